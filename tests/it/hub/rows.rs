//! Every row of the catalog through real HTTP: the request it makes, how careful it is, its happy
//! answer, and each error the Hub is known to give it.
//!
//! Generated from the facts and the recorded answers in the fixtures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use agentcard::hub::catalog::ENDPOINTS;
use agentcard::hub::{Shaping, TokenSource};
use agentcard::policy::endpoint_of;
use agentcard::tool::hub::HubTool;
use agentcard::tool::{OutputKind, Step, Tool, ToolOutput, WriteEffect};
use serde_json::{Value, json};

use super::server::{Answer, Seen, Server, json as ok};
use super::{arguments, context, settings, tool_with};

/// One use of an endpoint: a row of the facts with the recorded exchange.
struct Row {
    id: String,
    writes: bool,
    public: bool,
    statuses: Vec<u64>,
    method: String,
    path: String,
    params: Value,
    body: Value,
    status: u16,
    answer: Vec<u8>,
}

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn rows() -> Vec<Row> {
    let facts: Vec<Value> = serde_json::from_slice(&fixture("hub/endpoints.json")).unwrap();
    let index: Value = serde_json::from_slice(&fixture("sandbox/index.json")).unwrap();
    let row = |fact: &Value| {
        let sample = fact["sample"].as_str().unwrap();
        let exchange = &index[sample.trim_end_matches(".json")];
        let request = &exchange["request"];
        Row {
            id: fact["id"].as_str().unwrap().to_owned(),
            writes: fact["write"] == true,
            public: fact["auth"] == "none",
            statuses: fact["statuses"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_u64)
                .collect(),
            method: request["method"].as_str().unwrap().to_owned(),
            path: request["path"].as_str().unwrap().trim_start_matches("/api").to_owned(),
            params: request.get("params").cloned().unwrap_or_default(),
            body: request.get("body").cloned().unwrap_or_default(),
            status: exchange["status"].as_u64().unwrap().try_into().unwrap(),
            answer: fixture(&format!("sandbox/{sample}")),
        }
    };
    let mut rows: Vec<Row> =
        facts.iter().filter(|fact| fact["tool_supported"] == true).map(row).collect();
    // The fourth list of requests is like the third; the card has no name for it.
    let rejected = facts.iter().find(|fact| fact["id"] == "access.rejected").map(row).unwrap();
    let path = rejected.path.replace("/rejected", "/reset");
    rows.push(Row { id: "access.reset".to_owned(), path, ..rejected });
    rows
}

/// What somebody who does not get past a gate is told: there are four ways not to.
const GATED: [&str; 4] = [
    "Access to model a/b is restricted and you are not in the authorized list.",
    "Your request to access model a/b is awaiting a review from the repo authors.",
    "Your request to access model a/b has been rejected by the repo's authors.",
    "Your request to access model a/b has been reset by the repo's authors.",
];

/// The errors the facts name for a use of an endpoint: status, code and body.
fn errors(row: &Row) -> Vec<(u16, &'static str, Value)> {
    let sample = |name: &str| serde_json::from_slice(&fixture(&format!("sandbox/{name}"))).unwrap();
    let error = |text: &str| json!({ "error": text });
    let is = |beginning: &str| row.id.starts_with(beginning);
    let (gate, decides) = (row.id == "auth-check", is("access.handle") || is("access.grant"));
    let mut errors = Vec::new();
    let mut add = |status, code, body: Value| errors.push((status, code, body));
    for status in &row.statuses {
        match status {
            400 if row.writes => add(400, "", sample("error.400.too-long.json")),
            400 => add(400, "", sample("error.400.enum.json")),
            401 => add(401, "", sample("error.401.anonymous.json")),
            403 if gate => GATED.iter().for_each(|text| add(403, "GatedRepo", error(text))),
            403 => add(403, "", sample("error.403.permission.json")),
            404 if is("users") => add(404, "", sample("error.404.user.json")),
            404 if is("organizations") => add(404, "", error("Organization not found")),
            404 if is("collections.items") => add(404, "", error("Item not found")),
            404 if is("collections") => add(404, "", error("Collection not found")),
            404 => add(404, "RepoNotFound", sample("error.404.repo.json")),
            409 if is("collections.items") => add(409, "", sample("error.409.item.json")),
            409 => add(409, "", sample("error.409.collection.json")),
            _ => {}
        }
    }
    if gate {
        add(401, "GatedRepo", sample("error.401.gated.json"));
    }
    if decides {
        add(400, "RepoNotGated", sample("error.400.not-gated.json"));
        add(404, "", error("User not found"));
    }
    if is("access.handle") {
        add(404, "", sample("error.404.same-status.json"));
    }
    if is("access.grant") {
        add(400, "", error("That user already has access to the repo"));
    }
    if is("discussions.") && !is("discussions.list") && !is("discussions.create") {
        add(404, "", error("Discussion not found"));
    }
    if is("discussions.comment.") {
        add(404, "", error("Comment not found"));
    }
    // Every endpoint counts against the quota, and any server may fail.
    add(429, "", error("We had to rate limit you, you hit the quota of 1000 api requests"));
    add(503, "", error("Service Unavailable"));
    errors
}

/// What a write is about, as it is before.
fn before(seen: &Seen, path: &str) -> Option<Answer> {
    if seen.target.contains("/user-access-request/") {
        return Some(ok("[]"));
    }
    let id = path.split('/').nth(7);
    let event = json!({"id": id, "type": "comment", "author": {"name": "kenji-watts"},
        "createdAt": "2025-11-24T14:18:00.000Z", "data": {"latest": {"raw": "Old"}}});
    let is_discussion = seen.target.split('/').nth_back(1) == Some("discussions");
    is_discussion.then(|| ok(json!({"status": "open", "events": [event]}).to_string()))
}

/// A server that answers a row's own request so, and others as they come before it.
async fn serve(row: &Row, answer: Answer) -> Server {
    let (path, writes) = (row.path.clone(), row.writes);
    Server::start(move |seen| match before(seen, &path) {
        Some(before) if writes && seen.method == "GET" => before,
        _ => answer.clone(),
    })
    .await
}

/// Calls a row's endpoint, says yes where that is asked, and returns how careful it was.
async fn call(tool: &HubTool, row: &Row) -> (String, ToolOutput, Option<WriteEffect>) {
    let most = serde_json::from_slice::<Value>(&row.answer).ok().and_then(|answer| {
        let list = [&answer, &answer["discussions"], &answer["events"], &answer["items"]];
        list.iter().find_map(|list| Some(list.as_array()?.len()))
    });
    let call = json!({"endpoint": row.path, "method": row.method, "params": row.params,
        "json_body": row.body, "max_results": most});
    match tool.call(arguments(call), &context().0).await.unwrap() {
        Step::Done(output) => ("read".to_owned(), output, None),
        Step::Write(plan) => {
            let class = format!("{:?}", plan.class).to_lowercase();
            let written = tool.write(plan.approve(), &context().0).await.unwrap();
            (class, written.output, Some(written.effect))
        }
    }
}

#[test]
fn every_row_of_the_catalog_is_among_them() {
    let covered: BTreeSet<&str> = rows()
        .iter()
        .filter_map(|row| {
            let segments: Vec<&str> = row.path.split('/').skip(1).collect();
            let mut found = ENDPOINTS.iter().filter(|endpoint| {
                endpoint.method().to_string() == row.method
                    && endpoint.path.match_segments(&segments).is_some()
            });
            Some(found.next()?.id)
        })
        .collect();
    assert_eq!(covered, ENDPOINTS.iter().map(|endpoint| endpoint.id).collect());
}

#[tokio::test]
async fn each_makes_the_request_and_hands_on_the_answer() {
    let mut classes = BTreeMap::new();
    for row in rows() {
        let answer = Answer { status: row.status, body: row.answer.clone(), ..Answer::default() };
        let server = serve(&row, answer).await;
        let mut settings = settings(&server.origin);
        settings.shaping = Shaping::Raw;
        let (class, output, effect) = call(&tool_with(settings), &row).await;
        assert_eq!(output.kind, OutputKind::Success, "{}: {}", row.id, output.content);
        let mut whole = serde_json::from_slice(&row.answer)
            .unwrap_or_else(|_| json!(String::from_utf8_lossy(&row.answer).trim()));
        if let Value::Object(whole) = &mut whole {
            // Where the page starts is said by `page`.
            whole.shift_remove("start");
        }
        let result: Value = serde_json::from_str(&output.content).unwrap();
        assert_eq!(
            (&result["status"], &result["data"]),
            (&json!(row.status), &whole),
            "{}",
            row.id
        );
        let asked = row.params.as_object().into_iter().flatten();
        let query: Vec<String> = asked
            .map(|(name, value)| format!("{name}={}", value.to_string().trim_matches('"')))
            .collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        let sent = Seen {
            method: row.method.clone(),
            target: format!("/api{}{query}", row.path),
            authorization: Some("Bearer hf_secret".to_owned()),
            body: if row.body.is_null() { String::new() } else { row.body.to_string() },
        };
        assert_eq!(server.seen().last(), Some(&sent), "{}", row.id);
        if let Some(effect) = effect {
            assert_eq!(
                effect,
                WriteEffect::Done { status: Some(row.status), answer: whole },
                "{}",
                row.id
            );
            assert!(endpoint_of(&row.path).is_some(), "{} is no write for rules", row.path);
        }
        classes.entry(class).or_insert_with(Vec::new).push(row.id);
    }
    insta::assert_debug_snapshot!(classes);
}

#[tokio::test]
async fn each_documented_error_is_told_with_what_to_do() {
    let (mut told, mut count) = (String::new(), 0);
    for row in rows() {
        writeln!(told, "{} {}", row.method, row.path).unwrap();
        for (status, code, body) in errors(&row) {
            let error = body["error"].as_str().unwrap();
            let body = body.to_string().into_bytes();
            let mut answer = Answer { status, body, ..Answer::default() };
            if !code.is_empty() {
                answer = answer.header("x-error-code", code);
            }
            if status == 429 {
                answer = answer.header("ratelimit", "\"api\";r=0;t=211");
            }
            let server = serve(&row, answer).await;
            let mut settings = settings(&server.origin);
            if status == 401 && row.public {
                settings.token = TokenSource::Disabled;
            }
            let (_, output, effect) = call(&tool_with(settings), &row).await;
            let result: Value = serde_json::from_str(&output.content).unwrap();
            assert_eq!((output.kind, &result["status"]), (OutputKind::Failure, &json!(status)));
            let said = result["error"].as_str().unwrap();
            assert!(said.starts_with(error), "{} {status}: {said}", row.id);
            let expected = if status == 503 { WriteEffect::Unknown } else { WriteEffect::Nothing };
            assert!(effect.is_none_or(|effect| effect == expected), "{} {status}", row.id);
            let hint = result["hint"].as_str().unwrap_or("-");
            let code = if code.is_empty() { String::new() } else { format!(" {code}") };
            let line = said.replace('\n', " ");
            writeln!(told, "  {status}{code}: {line}\n    {hint}").unwrap();
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
    insta::assert_snapshot!(told);
}
