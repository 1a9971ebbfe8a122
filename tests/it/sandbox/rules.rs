//! Who may do what, in which order that is checked, and what is said to those who may not.

use agentcard::sandbox::server::Running;
use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ADA, KENJI, http, standard};

const READ: &str = "hf_test_read_ada";
const FINE: &str = "hf_test_fine_ada";
const QUIET: &str = "/api/models/lumen-labs/quiet-repo/discussions";
const GATED: &str = "/api/models/ada-moreau/gated-mini/user-access-request";

/// Status and error text (or `code: text`) of a request; the text of a success is empty.
async fn outcome(hub: &Running, token: &str, request: (&str, &str), body: Value) -> (u16, String) {
    let (method, path) = request;
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut sent = http().request(method, format!("{}{path}", hub.origin));
    if !token.is_empty() {
        sent = sent.bearer_auth(token);
    }
    if !body.is_null() {
        sent = sent.body(body.to_string());
    }
    let response = sent.send().await.unwrap();
    let status = response.status();
    let code = response.headers().get("x-error-code").map(|code| code.to_str().unwrap().to_owned());
    let text = response.text().await.unwrap();
    if status.is_success() {
        return (status.as_u16(), String::new());
    }
    let error: Value = serde_json::from_str(&text).unwrap();
    let error = error["error"].as_str().unwrap();
    (status.as_u16(), code.map_or_else(|| error.to_owned(), |code| format!("{code}: {error}")))
}

async fn get(hub: &Running, token: &str, path: &str) -> (u16, String) {
    outcome(hub, token, ("GET", path), Value::Null).await
}

async fn post(hub: &Running, token: &str, path: &str, body: Value) -> (u16, String) {
    outcome(hub, token, ("POST", path), body).await
}

fn error(status: StatusCode, text: &str) -> (u16, String) {
    (status.as_u16(), text.to_owned())
}

fn unauthorized() -> (u16, String) {
    error(StatusCode::UNAUTHORIZED, "Invalid username or password.")
}

fn forbidden() -> (u16, String) {
    let text = "You have read access but not the required permissions for this operation";
    error(StatusCode::FORBIDDEN, text)
}

fn no_route() -> (u16, String) {
    error(StatusCode::NOT_FOUND, "Sorry, we can't find the page you are looking for.")
}

const OK: (u16, String) = (200, String::new());

#[tokio::test]
async fn a_token_that_is_not_known_is_refused_everywhere() {
    let hub = standard().await;
    assert_eq!(get(&hub, "hf_wrong", "/api/users/ada-moreau/overview").await, unauthorized());
    assert_eq!(get(&hub, "hf_wrong", "/api/no/such/route").await, unauthorized());
}

#[tokio::test]
async fn private_things_are_unknown_to_strangers() {
    let hub = standard().await;
    let notes = "/api/models/ada-moreau/private-notes/discussions";
    let no_repo = error(StatusCode::NOT_FOUND, "RepoNotFound: Repository not found");
    assert_eq!(get(&hub, "", notes).await, unauthorized());
    assert_eq!(get(&hub, KENJI, notes).await, no_repo);
    assert_eq!(get(&hub, READ, notes).await, OK);

    let collections = format!("{}/api/collections?owner=ada-moreau", hub.origin);
    let of_ada = http().get(&collections).bearer_auth(READ).send().await.unwrap();
    let of_ada: Value = of_ada.json().await.unwrap();
    let slug = of_ada[1]["slug"].as_str().unwrap();
    assert!(slug.starts_with("ada-moreau/private-scratch-"), "{slug}");
    let scratch = format!("/api/collections/{slug}");
    let unknown = error(StatusCode::NOT_FOUND, "Collection not found");
    assert_eq!(get(&hub, KENJI, &scratch).await, unknown);
    assert_eq!(get(&hub, READ, &scratch).await, OK);
}

#[tokio::test]
async fn the_repository_is_checked_before_the_caller_and_the_caller_before_the_body() {
    let hub = standard().await;
    let no_repo = error(StatusCode::NOT_FOUND, "RepoNotFound: Repository not found");
    let nonsense = json!({ "title": 1 });
    let missing = "/api/models/lumen-labs/missing/discussions";
    assert_eq!(post(&hub, READ, missing, nonsense.clone()).await, no_repo);
    assert_eq!(post(&hub, "", QUIET, nonsense.clone()).await, unauthorized());
    assert_eq!(post(&hub, READ, QUIET, nonsense.clone()).await, forbidden());
    let issues = "✖ Invalid input: expected string, received number\n  → at title\n\
                  ✖ Invalid input: expected string, received undefined\n  → at description";
    assert_eq!(post(&hub, ADA, QUIET, nonsense).await, error(StatusCode::BAD_REQUEST, issues));
}

#[tokio::test]
async fn what_a_token_allows_depends_on_its_role() {
    let hub = standard().await;
    let opened = json!({ "title": "A question", "description": "" });
    assert_eq!(post(&hub, FINE, QUIET, opened).await, OK);
    let comment = json!({ "comment": "me too" });
    let created = (201, String::new());
    assert_eq!(post(&hub, KENJI, &format!("{QUIET}/1/comment"), comment).await, created);
    let closed = json!({ "status": "closed" });
    let status = format!("{QUIET}/1/status");
    assert_eq!(post(&hub, KENJI, &status, closed.clone()).await, forbidden());
    assert_eq!(post(&hub, FINE, &status, closed).await, OK);

    let decision = json!({ "user": "kenji-watts", "status": "accepted" });
    assert_eq!(post(&hub, FINE, &format!("{GATED}/handle"), decision).await, forbidden());
    assert_eq!(get(&hub, FINE, &format!("{GATED}/pending")).await, forbidden());
    assert_eq!(get(&hub, "", &format!("{GATED}/pending")).await, unauthorized());
    let write = "/api/models/lumen-labs/aurora-7b/auth-check/write";
    assert_eq!(get(&hub, ADA, write).await, OK);
    assert_eq!(get(&hub, READ, write).await, forbidden());
    assert_eq!(get(&hub, KENJI, write).await, forbidden());
}

#[tokio::test]
async fn the_gate_says_why_it_is_shut() {
    let hub = standard().await;
    let check = "/api/models/ada-moreau/gated-mini/auth-check";
    assert_eq!(get(&hub, ADA, check).await, OK);
    let waiting = "GatedRepo: Your request to access model ada-moreau/gated-mini is awaiting a \
                   review from the repo authors.";
    assert_eq!(get(&hub, KENJI, check).await, error(StatusCode::FORBIDDEN, waiting));
    let reset = json!({ "user": "kenji-watts", "status": "reset" });
    assert_eq!(post(&hub, ADA, &format!("{GATED}/handle"), reset).await, OK);
    let again = "GatedRepo: Your request to access model ada-moreau/gated-mini has been reset by \
                 the repo's authors. Visit https://huggingface.co/ada-moreau/gated-mini to submit \
                 a new request.";
    assert_eq!(get(&hub, KENJI, check).await, error(StatusCode::FORBIDDEN, again));
    let never = "GatedRepo: Access to dataset lumen-labs/harbor-corpus-gated is restricted and \
                 you are not in the authorized list. Visit \
                 https://huggingface.co/datasets/lumen-labs/harbor-corpus-gated to ask for access.";
    let check = "/api/datasets/lumen-labs/harbor-corpus-gated/auth-check";
    assert_eq!(get(&hub, KENJI, check).await, error(StatusCode::FORBIDDEN, never));
}

#[tokio::test]
async fn a_decision_names_one_user_with_a_request() {
    let hub = standard().await;
    let handle = format!("{GATED}/handle");
    let grant = format!("{GATED}/grant");
    let neither = "✖ Either userId or user must be provided, but not both";
    let neither = error(StatusCode::BAD_REQUEST, neither);
    let both = json!({ "user": "kenji-watts", "userId": "61ec9f4c7842e1df84c812c8" });
    assert_eq!(post(&hub, ADA, &grant, both).await, neither);
    assert_eq!(post(&hub, ADA, &handle, json!({ "status": "accepted" })).await, neither);
    let nobody = json!({ "user": "nobody-here", "status": "accepted" });
    let unknown = error(StatusCode::NOT_FOUND, "User not found");
    assert_eq!(post(&hub, ADA, &handle, nobody).await, unknown);
    let reader = json!({ "user": "reader-0007" });
    assert_eq!(post(&hub, ADA, &grant, reader.clone()).await, OK);
    let twice = error(StatusCode::BAD_REQUEST, "That user already has access to the repo");
    assert_eq!(post(&hub, ADA, &grant, reader).await, twice);
    let by_id = json!({ "userId": "61ec9f4c7842e1df84c812c8", "status": "accepted" });
    assert_eq!(post(&hub, ADA, &handle, by_id).await, OK);
}

#[tokio::test]
async fn an_item_of_a_collection_must_exist() {
    let hub = standard().await;
    let collections = "/api/collections";
    let with = |item: Value| json!({ "title": "New", "namespace": "ada-moreau", "item": item });
    let unknown = error(StatusCode::NOT_FOUND, "Item not found");
    let missing = with(json!({ "type": "model", "id": "ada-moreau/missing" }));
    assert_eq!(post(&hub, ADA, collections, missing).await, unknown);
    let kinds = "\"paper\"|\"collection\"|\"space\"|\"model\"|\"dataset\"|\"bucket\"";
    let issue = format!("✖ Invalid option: expected one of {kinds}\n  → at item.type");
    let untyped = with(json!({ "id": "lumen-labs/aurora-7b" }));
    assert_eq!(post(&hub, ADA, collections, untyped).await, error(StatusCode::BAD_REQUEST, &issue));
    let foreign = json!({ "title": "New", "namespace": "tidepool-ai" });
    assert_eq!(post(&hub, ADA, collections, foreign).await, forbidden());
    let fine = with(json!({ "type": "paper", "id": "2603.01234" }));
    assert_eq!(post(&hub, ADA, collections, fine).await, OK);
}

#[tokio::test]
async fn a_moved_repository_is_asked_for_again_where_it_is_now() {
    let hub = standard().await;
    let old = format!("{}/api/models/aurora/discussions/3/comment?a=b", hub.origin);
    let response = http().post(old).bearer_auth(ADA).body("{}").send().await.unwrap();
    assert_eq!(response.status(), 307);
    let new = "/api/models/lumen-labs/aurora-7b/discussions/3/comment?a=b";
    assert_eq!(response.headers()[LOCATION], new);
}

#[tokio::test]
async fn there_is_nothing_else() {
    let hub = standard().await;
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/api/agent-harnesses"),
        ("GET", "/api/models/lumen-labs/aurora-7b"),
        ("GET", "/api/models/lumen-labs%2Faurora-7b/discussions"),
        ("POST", "/api/users/ada-moreau/overview"),
        ("PUT", "/api/collections"),
        ("POST", "/api/models/lumen-labs/aurora-7b/like"),
    ] {
        let answer = outcome(&hub, ADA, (method, path), Value::Null).await;
        assert_eq!(answer, no_route(), "{method} {path}");
    }
    let head = http().head(format!("{}/api/whoami-v2", hub.origin)).send().await.unwrap();
    assert_eq!(head.status(), 404);
}
