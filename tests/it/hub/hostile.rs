//! Endpoints that mean harm: none of them leaves the machine.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use agentcard::hub::catalog::{ENDPOINTS, Method, endpoint_pattern};
use agentcard::hub::path::Piece;
use agentcard::hub::{Call, resolve};
use agentcard::tool::{Step, Tool};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::server::{Server, json as ok};
use super::{arguments, context, tool};

/// What is put in the place of a name.
const SEGMENTS: &[&str] = &[
    "",
    ".",
    "..",
    "...",
    "a..b",
    "../..",
    "..%2f..",
    "%2e%2e",
    "%252e",
    "a%2fb",
    "a%00",
    "a?b=c",
    "a?",
    "?",
    "a#b",
    "#",
    "a&b",
    "a;b",
    "a=b",
    "a\\b",
    "..\\..",
    "a b",
    "a\tb",
    "a\nb",
    "a\r\nHost: evil.example",
    "a\0b",
    "a\u{7f}b",
    "a\u{200b}b",
    "a\u{202e}b",
    "ａdmin",
    "é",
    "𝕒",
    "a:b",
    "a:80",
    "user@evil.example:80",
    "-a",
    ".git",
    "~root",
    "$HOME",
    "$(id)",
    "`id`",
    "*",
    "a|b",
    "a'b",
    "a\"b",
    "<user>",
    "{username}",
    "[a]",
    "^",
    "a/b/c/d/e",
    "http://evil.example",
];

/// What is put in the place of a number or an id.
const IDS: &[&str] =
    &["0", "-1", "01", "1.5", "1e3", "0x1", "1 OR 1=1", "99999999999", "١", "null"];

/// Addresses of other hosts, to which a path is appended.
const ORIGINS: &[&str] = &[
    "https://evil.example/api",
    "http://evil.example/api",
    "https://huggingface.co.evil.example/api",
    "https://huggingface.co@evil.example/api",
    "https://evil.example#huggingface.co/api",
    "//evil.example/api",
    "///evil.example/api",
    "\\\\evil.example/api",
    "/\\evil.example/api",
    "https:evil.example/api",
    "https:///evil.example/api",
    "file:///etc",
    "javascript://x",
    "data:text/plain,",
    "HTTP://[::1]:80/api",
    "gopher://127.0.0.1/api",
];

const METHODS: &[&str] = &[
    "PUT",
    "DELETE",
    "PATCH",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "GET\r\nX: y",
    "POST /x",
    "GET,POST",
    "*",
];

/// Paths of the catalog with one piece replaced, prefixes and endings of foreign origins and dot
/// segments, and every path with a method it does not have.
fn hostile() -> BTreeSet<(String, String)> {
    let mut calls = BTreeSet::new();
    for endpoint in ENDPOINTS {
        let method = endpoint.method().to_string();
        let pieces = endpoint.path.0;
        let good: Vec<&str> = pieces.iter().map(|piece| name(*piece)).collect();
        let path = |at: usize, replacement: &str| {
            let mut pieces = good.clone();
            pieces[at] = replacement;
            format!("/{}", pieces.join("/"))
        };
        for (at, piece) in pieces.iter().enumerate() {
            let replacements = match piece {
                Piece::Num | Piece::CommentId => [SEGMENTS, IDS].concat(),
                _ => SEGMENTS.to_vec(),
            };
            calls.extend(replacements.iter().map(|text| (method.clone(), path(at, text))));
        }
        let whole = format!("/{}", good.join("/"));
        for origin in ORIGINS {
            calls.insert((method.clone(), format!("{origin}{whole}")));
        }
        for around in
            ["/../../etc/passwd", "/%2e%2e/x", ";x=/", "/.", "#/api", "\0", "\r\n\r\nGET /"]
        {
            calls.insert((method.clone(), format!("{whole}{around}")));
            calls.insert((method.clone(), format!("{around}{whole}")));
        }
        calls.extend(METHODS.iter().map(|method| ((*method).to_owned(), whole.clone())));
        let has = |method| {
            ENDPOINTS.iter().any(|other| other.path == endpoint.path && other.method() == method)
        };
        for method in [Method::Get, Method::Post].into_iter().filter(|method| !has(*method)) {
            calls.insert((method.to_string(), whole.clone()));
        }
    }
    calls
}

fn name(piece: Piece) -> &'static str {
    match piece {
        Piece::Lit(word) => word,
        Piece::RepoType => "models",
        Piece::RepoId => "lumen-labs/aurora-7b",
        Piece::Username => "ada-moreau",
        Piece::Organization => "lumen-labs",
        Piece::Num => "7",
        Piece::CommentId | Piece::ItemId => "69050a076b82c8674826db85",
        Piece::Slug => "lumen-labs/aurora-69050a07f07cd7ad625a4e11",
    }
}

/// Replacements that happen to make another path of the catalog, which is no harm: a missing last
/// piece makes a shorter path.
fn is_shorter_path(endpoint: &str) -> bool {
    let path = endpoint.trim_end_matches(['?', '/']);
    path.len() < endpoint.len() && !path.contains(['?', '#', '%', '\\'])
}

#[tokio::test]
async fn nothing_hostile_leaves_the_machine() {
    let server = Server::start(|_| ok("{}")).await;
    let tool = tool(&server.origin);
    let calls = hostile();
    assert!(calls.len() >= 500, "only {} calls", calls.len());
    let mut refused = 0;
    for (method, endpoint) in &calls {
        if is_shorter_path(endpoint) {
            continue;
        }
        let body = (method == "POST").then(|| json!({"comment": "x"}));
        let call = json!({"endpoint": endpoint, "method": method, "json_body": body});
        match tool.call(arguments(call), &context().0).await {
            Err(error) => assert!(!error.message.is_empty()),
            Ok(Step::Done(output)) => panic!("{method} {endpoint:?} was answered: {output:?}"),
            Ok(Step::Write(plan)) => panic!("{method} {endpoint:?} was planned: {plan:?}"),
        }
        refused += 1;
    }
    assert!(refused >= 500, "only {refused} calls were refused");
    assert_eq!(server.seen(), []);
}

#[tokio::test]
async fn hostile_parameters_stay_parameters() {
    let server = Server::start(|_| ok("[]")).await;
    let tool = tool(&server.origin);
    let evil = "x&owner=evil#/../?a=b\r\nHost: evil";
    let call = json!({"endpoint": "/collections", "params": {"owner": evil}});
    tool.call(arguments(call), &context().0).await.unwrap();
    let sent = "GET /api/collections?owner=x%26owner%3Devil%23%2F..%2F%3Fa%3Db%0D%0AHost%3A+evil";
    assert_eq!(server.lines(), [sent]);
}

static PATTERN: LazyLock<regex::Regex> =
    LazyLock::new(|| regex::Regex::new(&endpoint_pattern()).unwrap());

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_only_paths_of_the_catalog_come_out(
        endpoint in "(/|api|users|models|collections|discussions|[a-z0-9]{1,8}|[?#%.\\\\@:]|\\PC){0,12}",
        method in "(|GET|post|PUT|\\PC{0,4})",
    ) {
        let origin = "https://huggingface.co".parse().unwrap();
        let params = Map::<String, Value>::new();
        let call = Call { endpoint: &endpoint, method: &method, params: &params };
        if let Ok(route) = resolve(&call, &origin) {
            prop_assert!(PATTERN.is_match(&route.path), "{}", route.path);
            prop_assert!(!route.path.contains(".."), "{}", route.path);
        }
    }
}
