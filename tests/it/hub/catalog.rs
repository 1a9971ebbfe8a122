//! The catalog against the table of facts it was made from, a copy of which is a fixture.

use agentcard::hub::catalog::{
    Action, Answer, Auth, ENDPOINTS, Endpoint, FieldKind, List, Method, NOT_OFFERED, Need, Paging,
    ParamKind, Place, by_id, endpoint_pattern,
};
use agentcard::hub::{Call, resolve};
use serde_json::{Map, Value, json};

fn facts() -> Vec<Value> {
    serde_json::from_str(include_str!("../../fixtures/hub/endpoints.json")).unwrap()
}

/// The catalog has one row where the facts have one for each use of an endpoint.
fn row(fact: &Value) -> &'static Endpoint {
    let name = fact["card_method_name"].as_str().unwrap();
    let mut rows = ENDPOINTS.iter().filter(|endpoint| endpoint.names.contains(&name));
    let row = rows.next().unwrap_or_else(|| panic!("no row for {name}"));
    assert!(rows.next().is_none(), "two rows for {name}");
    row
}

#[test]
fn every_fact_has_its_row() {
    for fact in facts() {
        let name = &fact["card_method_name"];
        if fact["tool_supported"] == false {
            let row = NOT_OFFERED.iter().find(|row| *name == row.name).unwrap();
            assert_eq!(fact["method"], row.method);
            continue;
        }
        let row = row(&fact);
        assert_eq!(fact["method"], row.method().to_string(), "{name}");
        let template = fact["path_template"].as_str().unwrap();
        let template = template.replace("{namespace}/{slug}-{id}", "{slug}");
        assert_eq!(template, row.path.to_string(), "{name}");
        let auth = match row.auth {
            Auth::Anyone => "none",
            Auth::AnyToken => "read",
            Auth::Writer => "write",
        };
        assert_eq!(fact["auth"], auth, "{name}");
        assert_eq!(fact["write"], matches!(row.action, Action::Write(_)), "{name}");
    }
}

#[test]
fn lists_are_where_the_facts_say() {
    for fact in facts().iter().filter(|fact| fact["tool_supported"] == true) {
        let Action::Read(read) = &row(fact).action else { continue };
        let (response, key, size) = match read.answer {
            Answer::Object => ("object", json!(null), json!(null)),
            Answer::Text => ("text", json!(null), json!(null)),
            Answer::List(List { place, paging }) => {
                let (response, key) = match place {
                    Place::Bare => ("list", json!(null)),
                    Place::Under(key) => ("object", json!(key)),
                };
                let size = match paging {
                    Paging::Whole => json!(null),
                    Paging::Link(size) => json!(size),
                    Paging::Numbered(size) => json!(size),
                };
                (response, key, size)
            }
        };
        assert_eq!((&fact["response"], &fact["list_key"]), (&json!(response), &key), "{fact}");
        assert_eq!(fact["page_size"], size, "{fact}");
    }
}

#[test]
fn parameters_are_those_of_the_facts() {
    for fact in facts().iter().filter(|fact| fact["tool_supported"] == true) {
        let Action::Read(read) = &row(fact).action else { continue };
        let params = fact["params"].as_array().unwrap();
        let mut names: Vec<_> = read.params.iter().map(|param| param.name).collect();
        let mut expected: Vec<_> =
            params.iter().map(|param| param["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected, "{fact}");
        for fact in params {
            let param = read.params.iter().find(|param| fact["name"] == param.name).unwrap();
            match param.kind {
                ParamKind::OneOf(words) => {
                    let mut words = words.to_vec();
                    words.sort_unstable();
                    let mut expected: Vec<_> = fact["values"].as_array().unwrap().clone();
                    expected.sort_unstable_by_key(|value| value.as_str().unwrap().to_owned());
                    assert_eq!(json!(words), json!(expected));
                }
                ParamKind::PageSize(least, _) if fact.get("min").is_some() => {
                    assert_eq!(fact["min"], least);
                }
                _ => assert!(fact.get("values").is_none(), "{fact}"),
            }
        }
    }
}

#[test]
fn bodies_are_those_of_the_facts() {
    for fact in facts().iter().filter(|fact| fact["tool_supported"] == true) {
        let Action::Write(write) = &row(fact).action else { continue };
        for fact in fact["body"].as_array().unwrap() {
            let field = write.body.iter().find(|field| fact["name"] == field.name).unwrap();
            // A pull request is a discussion with one more field, which is not required of both;
            // of `user` and its alternatives one is.
            let one_row_for_two = matches!(field.name, "pullRequest" | "user");
            if !one_row_for_two {
                assert_eq!(fact["required"], field.need == Need::Required, "{fact}");
            }
            match field.kind {
                FieldKind::Text(least, most) => {
                    assert!(fact.get("min").is_none_or(|min| *min == least), "{fact}");
                    assert!(fact.get("max").is_none_or(|max| *max == most), "{fact}");
                }
                FieldKind::OneOf(words) => assert_eq!(fact["values"], json!(words)),
                FieldKind::Boolean => assert_eq!(fact["type"], "boolean"),
                FieldKind::Name | FieldKind::Item(_) => {}
            }
        }
        let status = fact["body"].as_array().unwrap().iter().find_map(|field| field.get("const"));
        let body = Map::from_iter([("status".to_owned(), status.cloned().unwrap_or_default())]);
        let destructive = write.kind.class(&body) == agentcard::hub::catalog::Class::Destructive;
        assert_eq!(fact["destructive"], destructive, "{fact}");
    }
}

/// Every path of the card, with real names in it.
const PATHS: &[(&str, &str, &str)] = &[
    ("GET", "/whoami-v2", "whoami-v2"),
    ("GET", "/users/ada-moreau/overview", "users.overview"),
    ("GET", "/users/ada-moreau/likes", "users.likes"),
    ("GET", "/users/ada-moreau/followers", "users.followers"),
    ("GET", "/users/ada-moreau/following", "users.following"),
    ("GET", "/organizations/lumen-labs/overview", "organizations.overview"),
    ("GET", "/organizations/lumen-labs/members", "organizations.members"),
    ("GET", "/organizations/lumen-labs/followers", "organizations.followers"),
    ("GET", "/models/lumen-labs/aurora-7b/discussions", "discussions.list"),
    ("GET", "/models/gpt2/discussions", "discussions.list"),
    ("GET", "/spaces/ada-moreau/aurora-chat/discussions/7", "discussions.detail"),
    ("POST", "/datasets/lumen-labs/harbor-corpus/discussions", "discussions.create"),
    ("POST", "/models/gpt2/discussions/12/comment", "discussions.comment"),
    (
        "POST",
        "/models/a/b/discussions/7/comment/69050a076b82c8674826db85/edit",
        "discussions.comment.edit",
    ),
    (
        "POST",
        "/models/a/b/discussions/7/comment/69050a076b82c8674826db85/hide",
        "discussions.comment.hide",
    ),
    ("POST", "/models/a/b/discussions/7/status", "discussions.status"),
    ("GET", "/models/a/b/user-access-request/pending", "access.pending"),
    ("GET", "/datasets/a/b/user-access-request/accepted", "access.accepted"),
    ("GET", "/models/a/b/user-access-request/rejected", "access.rejected"),
    ("GET", "/models/a/b/user-access-request/reset", "access.reset"),
    ("POST", "/models/a/b/user-access-request/handle", "access.handle"),
    ("POST", "/models/a/b/user-access-request/grant", "access.grant"),
    ("GET", "/collections", "collections.list"),
    ("GET", "/collections/lumen-labs/aurora-69050a07f07cd7ad625a4e11", "collections.get"),
    ("GET", "/collections/lumen-labs/aurora", "collections.get"),
    ("POST", "/collections", "collections.create"),
    ("POST", "/collections/ada/to-read-69050a075071a45fe7aecc8f/items", "collections.items.add"),
    ("GET", "/models/lumen-labs/aurora-7b/auth-check", "auth-check"),
];

#[test]
fn every_path_of_the_card_finds_its_row_and_is_sent_as_written() {
    let origin = "https://huggingface.co".parse().unwrap();
    let params = Map::new();
    let mut found: Vec<&str> = Vec::new();
    for (method, path, id) in PATHS {
        let route = resolve(&Call { endpoint: path, method, params: &params }, &origin).unwrap();
        assert_eq!((route.endpoint.id, route.path.as_str()), (*id, *path));
        assert_eq!(route.repaired, Vec::<String>::new());
        found.push(id);
    }
    for endpoint in ENDPOINTS {
        assert!(found.contains(&endpoint.id), "{} is not reached", endpoint.id);
        assert!(std::ptr::eq(by_id(endpoint.id).unwrap(), endpoint));
    }
}

#[test]
fn the_pattern_matches_what_the_router_takes() {
    let pattern = regex::Regex::new(&endpoint_pattern()).unwrap();
    for (_, path, _) in PATHS {
        assert!(pattern.is_match(path), "{path}");
    }
    for path in [
        "/whoami",
        "whoami-v2",
        "/users//overview",
        "/users/a/b/overview",
        "/users/a?b/overview",
        "/models/a/b/c/discussions",
        "/models/a/b",
        "/collections/a",
        "/models/a/b/discussions/0",
        "/models/a/b/like",
        "/models/a/b/discussions/7/merge",
        "/models/../b/discussions",
    ] {
        assert!(!pattern.is_match(path), "{path}");
    }
}

#[test]
fn reads_are_get_and_writes_are_post() {
    for endpoint in ENDPOINTS {
        match endpoint.action {
            Action::Read(_) => assert_eq!(endpoint.method(), Method::Get),
            Action::Write(_) => assert_eq!(endpoint.method(), Method::Post),
        }
    }
}
