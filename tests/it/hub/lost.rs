//! Writes whose answer was lost: looked for on the Hub, and never sent again.

use std::sync::atomic::{AtomicBool, Ordering};

use agentcard::tool::{OutputKind, WriteEffect, Written};
use serde_json::{Value, json};

use super::posts::{plan, send, status, told};
use super::server::{Answer, End, Seen, Server, json as ok};
use super::tool;

const THREAD: &str = "/models/a/b/discussions/7";

fn lost() -> Answer {
    Answer { end: End::HangUp, ..Answer::default() }
}

/// A server that loses the answer to a write, answers a question for the name with `whoami`, and
/// other reads as `read` says, which is told whether the write was there before.
async fn losing(
    whoami: Answer,
    read: impl Fn(&Seen, bool) -> Value + Send + Sync + 'static,
) -> Server {
    let written = AtomicBool::new(false);
    Server::start(move |seen| match (seen.method.as_str(), seen.target.as_str()) {
        ("POST", _) => {
            written.store(true, Ordering::Relaxed);
            lost()
        }
        (_, "/api/whoami-v2") => whoami.clone(),
        _ => ok(read(seen, written.load(Ordering::Relaxed)).to_string()),
    })
    .await
}

fn ada() -> Answer {
    ok(r#"{"name":"ada","auth":{"accessToken":{"role":"write"}}}"#)
}

/// Sends a write whose answer is lost.
async fn wrote(server: &Server, path: &str, body: Value) -> Written {
    let tool = tool(&server.origin);
    let plan = plan(&tool, path, body).await.unwrap();
    let written = send(&tool, plan).await.unwrap();
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("POST")).count(), 1);
    written
}

/// What the model reads of a write that was found.
fn found(written: &Written) -> Value {
    assert_eq!(written.output.kind, OutputKind::Success, "{}", written.output.content);
    let content: Value = serde_json::from_str(&written.output.content).unwrap();
    assert!(content["note"].as_str().unwrap().contains("it happened"), "{content}");
    content["data"].clone()
}

/// A comment of a minute ago.
fn comment(author: &str, text: &str) -> Value {
    let now = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(60);
    json!({"id": author, "type": "comment", "createdAt": now.to_string(),
        "author": {"name": author}, "data": {"latest": {"raw": text}}})
}

#[tokio::test]
async fn a_comment_is_found_if_its_author_wrote_it() {
    let thanks = json!({"comment": "Thanks!"});
    let path = format!("{THREAD}/comment");
    let both =
        |_: &Seen, _| json!({"events": [comment("eve", "Thanks!"), comment("ada", "Thanks!")]});
    let server = losing(ada(), both).await;
    assert_eq!(found(&wrote(&server, &path, thanks.clone()).await)["author"]["name"], "ada");

    let others = |_: &Seen, _| json!({"events": [comment("eve", "Thanks!"), comment("ada", "Hi")]});
    let server = losing(ada(), others).await;
    let written = wrote(&server, &path, thanks.clone()).await;
    assert_eq!(written.effect, WriteEffect::Unknown);
    insta::assert_snapshot!(told(&written), @r#"
    null: "the connection broke: connection closed before message completed; GET /models/a/b/discussions/7 does not show it (yet)"
      "Most likely it did not happen. Do not send it again on your own: tell the person, and look at GET /models/a/b/discussions/7 first. If it shows up late, sending it again would make it twice."
    "#);

    // Without a name of one's own, whose comment it is cannot be told.
    let server = losing(status(401, &json!({"error": "no"})), both).await;
    let written = wrote(&server, &path, thanks).await;
    assert_eq!(written.effect, WriteEffect::Unknown);
    assert!(told(&written).contains("it is unknown whether it happened"), "{}", told(&written));
}

#[tokio::test]
async fn a_discussion_is_found_if_its_author_opened_it() {
    let opened = |author: &str| {
        let now = jiff::Timestamp::now().to_string();
        json!({"num": 9, "title": "Two BOS tokens", "isPullRequest": false, "createdAt": now,
            "author": {"name": author}})
    };
    let list = move |author: &'static str| move |_: &Seen, _| json!({"discussions": [opened(author)], "count": 1, "start": 0});
    let body = json!({"title": "Two BOS tokens ", "description": "Set twice."});
    let path = "/models/a/b/discussions";
    let server = losing(ada(), list("ada")).await;
    assert_eq!(found(&wrote(&server, path, body.clone()).await)["num"], 9);
    let server = losing(ada(), list("eve")).await;
    let written = wrote(&server, path, body).await;
    assert!(told(&written).contains("does not show it"), "{}", told(&written));
}

#[tokio::test]
async fn a_decision_is_found_in_the_list_it_leads_to() {
    let path = "/models/a/b/user-access-request/handle";
    for (decided, list) in [("accepted", "accepted"), ("rejected", "rejected"), ("reset", "reset")]
    {
        let server = losing(ada(), move |seen, written| {
            let now = if written { list } else { "pending" };
            let request = json!({"user": {"user": "kenji"}, "status": now});
            let is_there = seen.target.contains(&format!("/{now}?"));
            if is_there { json!([request]) } else { json!([]) }
        })
        .await;
        let body = json!({"user": "kenji", "status": decided});
        assert_eq!(found(&wrote(&server, path, body).await)["status"], decided);
        let read = format!("GET /api/models/a/b/user-access-request/{list}?q=kenji");
        assert_eq!(server.lines().last(), Some(&read));
    }
}

#[tokio::test]
async fn a_collection_is_looked_for_among_the_newest_of_its_owner() {
    let server = losing(ada(), |_, _| {
        let now = jiff::Timestamp::now().to_string();
        json!([{"slug": "ada/to-read-1", "title": "To read", "lastUpdated": now}])
    })
    .await;
    let body = json!({"title": "To read", "namespace": "ada"});
    assert_eq!(found(&wrote(&server, "/collections", body).await)["slug"], "ada/to-read-1");
    assert_eq!(server.lines()[1], "GET /api/collections?owner=ada&sort=lastModified");
}

#[tokio::test]
async fn what_cannot_be_looked_up_is_unknown() {
    let server = Server::start(|_| lost()).await;
    let tool = tool(&server.origin);
    let body = json!({"comment": "Hello"});
    let plan = plan(&tool, "/models/a/b/discussions/7/comment", body).await.unwrap();
    let written = send(&tool, plan).await.unwrap();
    assert_eq!(written.effect, WriteEffect::Unknown);
    insta::assert_snapshot!(told(&written), @r#"
    null: "the connection broke: connection closed before message completed; it is unknown whether it happened"
      "Do not send it again on your own: tell the person that it may have happened, and look at GET /models/a/b/discussions/7 when the Hub answers again."
    "#);
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("POST")).count(), 1);
}

#[tokio::test]
async fn a_write_is_sent_once_whatever_comes_back() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.target.as_str()) {
        ("POST", _) => status(503, &json!({"error": "busy"})),
        (_, "/api/whoami-v2") => ada(),
        _ => ok(json!({"discussions": [], "count": 0, "start": 0}).to_string()),
    })
    .await;
    let body = json!({"title": "Once", "description": "d"});
    let written = wrote(&server, "/models/a/b/discussions", body).await;
    assert_eq!(
        (&written.effect, written.output.kind),
        (&WriteEffect::Unknown, OutputKind::Failure)
    );
    insta::assert_snapshot!(told(&written), @r#"
    503: "busy; GET /models/a/b/discussions does not show it (yet)"
      "Most likely it did not happen. Do not send it again on your own: tell the person, and look at GET /models/a/b/discussions first. If it shows up late, sending it again would make it twice."
    "#);
    let looked = ["GET /api/whoami-v2", "GET /api/models/a/b/discussions"];
    assert_eq!(server.lines()[1..], looked);
}
