//! Each fault as a client sees it.

use std::time::{Duration, Instant};

use agentcard::sandbox::server::{Options, Running, Sender, start};
use agentcard::sandbox::world::{HOSTILE, TokenRole, World};
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, LINK, LOCATION, RETRY_AFTER};
use serde_json::Value;

use super::{ADA, http};

const AURORA: &str = "/api/models/lumen-labs/aurora-7b/discussions";
const QUIET: &str = "/api/models/lumen-labs/quiet-repo/discussions";

async fn faulty(faults: &str) -> Running {
    let world = World::standard().unwrap();
    start(Options { port: 0, world, faults: faults.parse().unwrap() }).await.unwrap()
}

async fn get(hub: &Running, path: &str) -> Response {
    http().get(format!("{}{path}", hub.origin)).send().await.unwrap()
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).unwrap().to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_quota_comes_back() {
    let hub = faulty("429=1").await;
    let response = get(&hub, AURORA).await;
    assert_eq!(response.status(), 429);
    assert_eq!(header(&response, "ratelimit"), "\"api\";r=0;t=1");
    assert_eq!(response.headers().get(RETRY_AFTER), None);
    let text = response.text().await.unwrap();
    assert!(text.contains("you hit the quota of 1000 api requests per 5 minutes period"), "{text}");
    assert_eq!(get(&hub, AURORA).await.status(), 200);
}

#[tokio::test]
async fn an_action_limit_leaves_quota() {
    let hub = faulty("429-action=1").await;
    let response = get(&hub, AURORA).await;
    assert_eq!(response.status(), 429);
    assert_eq!(header(&response, "ratelimit"), "\"api\";r=997;t=211");
    assert_eq!(header(&response, "retry-after"), "1");
}

#[tokio::test]
async fn a_refused_write_was_not_made_and_a_spoiled_one_was() {
    let hub = faulty("503=1,truncated=1").await;
    let post = async || {
        let body = "{\"title\":\"Once\",\"description\":\"only\"}";
        http().post(format!("{}{QUIET}", hub.origin)).bearer_auth(ADA).body(body).send().await
    };
    assert_eq!(post().await.unwrap().status(), 503);
    let lost = post().await.unwrap();
    assert_eq!(lost.status(), 200);
    assert!(serde_json::from_slice::<Value>(&lost.bytes().await.unwrap()).is_err());
    let list: Value = get(&hub, QUIET).await.json().await.unwrap();
    assert_eq!(list["count"], 1);
    let senders: Vec<Sender> = hub.requests().iter().map(|request| request.sender).collect();
    let ada = Sender::Token(TokenRole::Write);
    assert_eq!(senders, [ada, ada, Sender::Anonymous]);
}

#[tokio::test]
async fn success_is_not_always_json() {
    let hub = faulty("html=1,error-200=1").await;
    let page = get(&hub, AURORA).await;
    assert_eq!(page.status(), 200);
    assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    let error = get(&hub, AURORA).await;
    assert_eq!(error.status(), 200);
    let error: Value = error.json().await.unwrap();
    assert!(error["error"].as_str().unwrap().starts_with("We had to rate limit you"));
}

#[tokio::test]
async fn addresses_may_lead_away_or_nowhere() {
    let hub = faulty("redirect=http://127.0.0.1:9").await;
    let response = get(&hub, "/api/whoami-v2?a=b").await;
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()[LOCATION], "http://127.0.0.1:9/api/whoami-v2?a=b");

    let followers = "/api/users/ada-moreau/followers";
    let hub = faulty("link=http://127.0.0.1:9").await;
    let next = get(&hub, followers).await.headers()[LINK].clone();
    assert_eq!(next, format!("<http://127.0.0.1:9{followers}>; rel=\"next\""));

    let hub = faulty("link-loop").await;
    let next = get(&hub, followers).await.headers()[LINK].clone();
    assert_eq!(next, format!("<{}{followers}>; rel=\"next\"", hub.origin));
}

#[tokio::test]
async fn a_body_may_break_off_or_be_no_text() {
    let hub = faulty("reset=1,not-utf8=1").await;
    let response = get(&hub, AURORA).await;
    assert_eq!(response.status(), 200);
    response.bytes().await.unwrap_err();
    let bytes = get(&hub, AURORA).await.bytes().await.unwrap();
    std::str::from_utf8(&bytes).unwrap_err();
    assert!(bytes.starts_with(b"{\"discussions\""));
}

#[tokio::test]
async fn answers_may_take_their_time() {
    let hub = faulty("slow=50ms").await;
    let started = Instant::now();
    assert_eq!(get(&hub, AURORA).await.status(), 200);
    assert!(started.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn strangers_may_write_anything_and_leave() {
    let hub = faulty("hostile,no-author").await;
    let ada: Value = get(&hub, "/api/users/ada-moreau/overview").await.json().await.unwrap();
    assert!(ada["details"].as_str().unwrap().ends_with(HOSTILE));
    let detail: Value = get(&hub, &format!("{AURORA}/7")).await.json().await.unwrap();
    let comment = &detail["events"][0];
    assert!(comment["data"]["latest"]["raw"].as_str().unwrap().ends_with(HOSTILE));
    assert_eq!((detail.get("author"), comment.get("author")), (None, None));
}
