//! Writing: planned in words, and sent only as approved, once.

use agentcard::hub::{Reach, Settings, TokenSource};
use agentcard::policy::{Call, Request};
use agentcard::tool::hub::HubTool;
use agentcard::tool::{
    OutputKind, Step, Tool, ToolError, WriteClass, WriteEffect, WritePlan, Written,
};
use serde_json::{Value, json};

use super::server::{Answer, Seen, Server, json as ok};
use super::{arguments, ask, context, settings, tool, tool_with};

const DISCUSSION: &str = include_str!("../../fixtures/hub/discussion.json");
const COMMENT: &str = "69050a076b82c8674826db85";

pub(super) fn status(status: u16, body: &Value) -> Answer {
    Answer { status, body: body.to_string().into(), ..Answer::default() }
}

pub(super) async fn plan(
    tool: &HubTool,
    endpoint: &str,
    body: Value,
) -> Result<WritePlan, ToolError> {
    let call = json!({"endpoint": endpoint, "method": "POST", "json_body": body});
    match tool.call(arguments(call), &context().0).await? {
        Step::Write(plan) => Ok(*plan),
        Step::Done(output) => panic!("no plan: {output:?}"),
    }
}

pub(super) async fn send(tool: &HubTool, plan: WritePlan) -> Result<Written, ToolError> {
    tool.write(plan.approve(), &context().0).await
}

/// What the model reads of a write that failed.
pub(super) fn told(written: &Written) -> String {
    assert_eq!(written.output.kind, OutputKind::Failure);
    let content: Value = serde_json::from_str(&written.output.content).unwrap();
    format!("{}: {}\n  {}", content["status"], content["error"], content["hint"])
}

/// Answers reads of discussion 7 and writes with `{}`.
fn discussion(seen: &Seen) -> Answer {
    match (seen.method.as_str(), seen.target.as_str()) {
        ("GET", "/api/models/lumen-labs/aurora-7b/discussions/7") => ok(DISCUSSION),
        ("POST", _) => ok("{}"),
        _ => status(404, &json!({"error": "unexpected"})),
    }
}

#[tokio::test]
async fn a_discussion_is_opened_as_approved() {
    let server = Server::start(|_| {
        ok(r#"{"num":64,"pullRequest":false,"url":"https://huggingface.co/a/b/discussions/64"}"#)
    })
    .await;
    let tool = tool(&server.origin);
    let body =
        json!({"title": "Two BOS tokens", "description": "Set twice.", "pullRequest": false});
    let plan = plan(&tool, "/models/lumen-labs/aurora-7b/discussions", body.clone()).await.unwrap();
    let expected = WritePlan {
        words: "Open a discussion on model lumen-labs/aurora-7b: “Two BOS tokens”".to_owned(),
        request: Request::post("/models/lumen-labs/aurora-7b/discussions", Some(body.clone())),
        now: None,
        class: WriteClass::Additive,
    };
    assert_eq!(plan, expected);
    assert_eq!(server.seen(), [], "nothing is sent before the yes");

    let written = send(&tool, plan).await.unwrap();
    let sent = Seen {
        method: "POST".to_owned(),
        target: "/api/models/lumen-labs/aurora-7b/discussions".to_owned(),
        authorization: Some("Bearer hf_secret".to_owned()),
        body: body.to_string(),
    };
    assert_eq!(server.seen(), [sent]);
    let WriteEffect::Done { status: Some(200), answer } = written.effect else {
        panic!("not done")
    };
    assert_eq!(answer["num"], 64);
    let content: Value = serde_json::from_str(&written.output.content).unwrap();
    assert_eq!(content["data"]["num"], 64);
    assert_eq!(written.output.summary, "200");
}

#[tokio::test]
async fn what_the_hub_would_refuse_is_not_asked_about() {
    let server = Server::start(|_| ok("{}")).await;
    let tool = tool(&server.origin);
    let body = json!({"title": "No description"});
    let error = plan(&tool, "/models/a/b/discussions", body).await.unwrap_err();
    assert!(error.message.contains("`description` is missing"), "{error}");
    assert_eq!(server.seen(), []);
}

#[tokio::test]
async fn an_edit_shows_what_it_replaces() {
    let server = Server::start(discussion).await;
    let tool = tool(&server.origin);
    let path = format!("/models/lumen-labs/aurora-7b/discussions/7/comment/{COMMENT}/edit");
    let body = json!({"content": "Solved."});
    let plan = plan(&tool, &path, body.clone()).await.unwrap();
    insta::assert_snapshot!(plan.words, @r"Replace the comment of ada-moreau in #7 on model lumen-labs/aurora-7b (“Hello, I noticed this while evaluating the 7B checkpoint.”) by “Solved.”");
    insta::assert_json_snapshot!(plan.now, @r#"
    {
      "author": "ada-moreau",
      "createdAt": "2025-11-24T14:18:00.000Z",
      "text": "Hello,\n\nI noticed this while evaluating the 7B checkpoint."
    }
    "#);
    assert_eq!(server.lines(), ["GET /api/models/lumen-labs/aurora-7b/discussions/7"]);
    send(&tool, plan).await.unwrap();
    assert_eq!(server.lines()[1], format!("POST /api{path}"));
    assert_eq!(server.seen()[1].body, body.to_string());
}

#[tokio::test]
async fn a_comment_that_is_not_there_is_not_asked_about() {
    let server = Server::start(discussion).await;
    let path = "/models/lumen-labs/aurora-7b/discussions/7/comment/000000000000000000000000/hide";
    let error = plan(&tool(&server.origin), path, json!({})).await.unwrap_err();
    insta::assert_snapshot!(error, @r"Nothing was sent: there is no comment 000000000000000000000000 in this discussion. Comment ids are the `id`s of the events in GET /models/lumen-labs/aurora-7b/discussions/7.");
}

#[tokio::test]
async fn hiding_is_destructive_and_has_no_body() {
    let server = Server::start(discussion).await;
    let tool = tool(&server.origin);
    let path = format!("/models/lumen-labs/aurora-7b/discussions/7/comment/{COMMENT}/hide");
    let plan = plan(&tool, &path, json!(null)).await.unwrap();
    assert_eq!((plan.class, plan.request.body()), (WriteClass::Destructive, None));
    insta::assert_snapshot!(plan.words, @r"Hide the comment of ada-moreau in #7 on model lumen-labs/aurora-7b (“Hello, I noticed this while evaluating the 7B checkpoint.”) for good: nobody can read or restore it");
    send(&tool, plan).await.unwrap();
    assert_eq!(server.seen()[1].body, "");
}

#[tokio::test]
async fn a_status_change_depends_on_what_it_is_now() {
    let server = Server::start(|seen| {
        let mut discussion: Value = serde_json::from_str(DISCUSSION).unwrap();
        if seen.target.ends_with("/8") {
            discussion["status"] = json!("draft");
            discussion["num"] = json!(8);
        }
        ok(discussion.to_string())
    })
    .await;
    let tool = tool(&server.origin);
    let close = json!({"status": "closed", "comment": "Fixed in v2."});
    let plan_close =
        plan(&tool, "/models/lumen-labs/aurora-7b/discussions/7/status", close).await.unwrap();
    insta::assert_snapshot!(plan_close.words, @r"Close #7 on model lumen-labs/aurora-7b (“How was the harbor subset filtered? (7)”), with the comment “Fixed in v2.”");
    assert_eq!(plan_close.class, WriteClass::Additive);

    let open = || json!({"status": "open"});
    let publish =
        plan(&tool, "/models/lumen-labs/aurora-7b/discussions/8/status", open()).await.unwrap();
    insta::assert_snapshot!(publish.words, @r"Publish the draft pull request #8 on model lumen-labs/aurora-7b (“How was the harbor subset filtered? (7)”): it cannot become a draft again");
    assert_eq!(publish.class, WriteClass::Destructive);

    let same = plan(&tool, "/models/lumen-labs/aurora-7b/discussions/7/status", open()).await;
    insta::assert_snapshot!(same.unwrap_err(), @r"Nothing was sent: its status is open already. A comment alone goes to …/comment.");
}

#[tokio::test]
async fn every_other_write_is_said_in_words() {
    let server = Server::start(|_| ok("[]")).await;
    let tool = tool(&server.origin);
    let access = "/models/ada-moreau/gated-mini/user-access-request";
    let handle = format!("{access}/handle");
    let cases = [
        ("/datasets/a/b/discussions/3/comment", json!({"comment": "Thanks!\n\nThat helped."})),
        (
            "/models/a/b/discussions",
            json!({"title": "Fix", "description": "d", "pullRequest": true}),
        ),
        (&handle, json!({"user": "kenji-watts", "status": "accepted"})),
        (&handle, json!({"user": "kenji-watts", "status": "rejected", "rejectionReason": "No."})),
        (&handle, json!({"user": "kenji-watts", "status": "pending"})),
        (&format!("{access}/grant"), json!({"user": "nadia-okaforo"})),
        ("/collections", json!({"title": "To read", "namespace": "ada-moreau", "private": true})),
        (
            "/collections/ada-moreau/to-read-69050a075071a45fe7aecc8f/items",
            json!({"item": {"id": "tidepool-ai/kelp-classifier", "type": "model"}}),
        ),
    ];
    let mut words = Vec::new();
    for (path, body) in cases {
        let plan = plan(&tool, path, body).await.unwrap();
        words.push(format!("{:?}: {}", plan.class, plan.words));
    }
    insta::assert_snapshot!(words.join("\n"), @r"
    Additive: Comment on #3 on dataset a/b: “Thanks! That helped.”
    Additive: Open a draft pull request on model a/b: “Fix”
    Disclosing: Give kenji-watts access to model ada-moreau/gated-mini, as requested
    Destructive: Refuse kenji-watts access to model ada-moreau/gated-mini: they cannot ask again
    Destructive: Put the access request of kenji-watts for model ada-moreau/gated-mini back to pending: access they have is taken away
    Disclosing: Give nadia-okaforo access to model ada-moreau/gated-mini
    Additive: Make the private collection “To read” of ada-moreau
    Additive: Add the model tidepool-ai/kelp-classifier to the collection ada-moreau/to-read-69050a075071a45fe7aecc8f
    ");
    assert!(server.seen().iter().all(|seen| seen.method == "GET"));
}

#[tokio::test]
async fn a_decision_shows_what_the_request_is_now() {
    let request = json!({"user": {"user": "priya", "fullname": "Priya"}, "status": "accepted",
        "timestamp": "2026-01-31T00:00:00.000Z", "fields": {"Why": "Research"}});
    let server = Server::start(move |seen| {
        let accepted = seen.target.contains("/accepted");
        ok(if accepted { json!([request]).to_string() } else { "[]".to_owned() })
    })
    .await;
    let tool = tool(&server.origin);
    let access = "/models/a/b/user-access-request";
    let handle = format!("{access}/handle");
    let cancel = json!({"user": "priya", "status": "pending"});
    let plan_cancel = plan(&tool, &handle, cancel).await.unwrap();
    let now = json!({"user": "priya", "fullname": "Priya", "asked": "2026-01-31T00:00:00.000Z",
        "status": "accepted"});
    assert_eq!(plan_cancel.now, Some(now));
    insta::assert_snapshot!(plan_cancel.words, @"Put the access request of priya for model a/b back to pending: the access they have is taken away");
    let reject = json!({"user": "priya", "status": "rejected"});
    let reject = plan(&tool, &handle, reject).await.unwrap();
    insta::assert_snapshot!(reject.words, @"Take the access of priya to model a/b away: they cannot ask again");
    let list = |name: &str| format!("GET /api{access}/{name}?q=priya");
    assert_eq!(server.lines()[..2], [list("pending"), list("accepted")]);

    let again = plan(&tool, &handle, json!({"user": "priya", "status": "accepted"})).await;
    let granted = plan(&tool, &format!("{access}/grant"), json!({"user": "priya"})).await;
    let said = "Nothing was sent: the access request is accepted already.";
    assert_eq!(
        (again.unwrap_err().message, granted.unwrap_err().message),
        (said.into(), said.into())
    );
}

#[tokio::test]
async fn a_moved_write_keeps_its_body_or_is_not_followed() {
    let answer = |code: u16| {
        move |seen: &Seen| match seen.target.as_str() {
            "/api/models/gpt2/discussions/1/comment" => status(code, &json!(null))
                .header("location", "/api/models/o/gpt2/discussions/1/comment"),
            _ => status(201, &json!({"newMessage": {"id": "1"}})),
        }
    };
    let server = Server::start(answer(307)).await;
    let tool_307 = tool(&server.origin);
    let body = json!({"comment": "Hello"});
    let path = "/models/gpt2/discussions/1/comment";
    let plan_307 = plan(&tool_307, path, body.clone()).await.unwrap();
    let done = send(&tool_307, plan_307).await.unwrap().effect;
    let message = json!({"newMessage": {"id": "1"}});
    assert_eq!(done, WriteEffect::Done { status: Some(201), answer: message });
    assert_eq!(server.seen()[1].body, body.to_string());
    assert_eq!(server.lines()[1], "POST /api/models/o/gpt2/discussions/1/comment");

    let server = Server::start(answer(302)).await;
    let tool_302 = tool(&server.origin);
    let plan_302 = plan(&tool_302, path, body).await.unwrap();
    insta::assert_snapshot!(told(&send(&tool_302, plan_302).await.unwrap()), @r#"
    null: "the Hub answered the write with a redirect (302 Found) that was not followed; it is unknown whether it happened"
      "Do not send it again on your own: tell the person that it may have happened, and look at GET /models/gpt2/discussions/1 when the Hub answers again."
    "#);
    let posts = server.lines().iter().filter(|line| line.starts_with("POST")).count();
    assert_eq!(posts, 1);
}

#[tokio::test]
async fn a_plan_for_another_path_is_not_sent() {
    let server = Server::start(|_| ok("{}")).await;
    let tool = tool(&server.origin);
    let body = json!({"comment": "Hello"});
    let honest = plan(&tool, "/models/a/b/discussions/7/comment", body).await.unwrap();
    for path in ["/models/a/b/discussions/7/merge", "/whoami-v2", "/models/a/b/../c", "//x/y"] {
        let forged = WritePlan {
            request: Request::post(path, honest.request.body().cloned()),
            ..honest.clone()
        };
        send(&tool, forged).await.unwrap_err();
    }
    let forged = WritePlan {
        request: Request::Call(Call {
            tool: "bash".to_owned(),
            action: Some("rm -r .".to_owned()),
            body: None,
        }),
        ..honest
    };
    send(&tool, forged).await.unwrap_err();
    assert_eq!(server.seen(), []);
}

#[tokio::test]
async fn nobody_is_asked_about_a_write_that_cannot_be_sent() {
    let whoami = r#"{"name":"ada","auth":{"accessToken":{"role":"read"}}}"#;
    let server = Server::start(move |_| ok(whoami)).await;
    let offline = Settings { reach: Reach::Offline, ..settings(&server.origin) };
    let anonymous = Settings { token: TokenSource::Disabled, ..settings(&server.origin) };
    let read_only = tool(&server.origin);
    ask(&read_only, json!({"endpoint": "/whoami-v2"})).await.unwrap();
    let mut refusals = Vec::new();
    for tool in [tool_with(offline), tool_with(anonymous), read_only] {
        let call = json!({
            "endpoint": "/models/a/b/discussions/7/comment", "method": "POST",
            "json_body": {"comment": "Hello"},
        });
        let told: Value = serde_json::from_str(&ask(&tool, call).await.unwrap().content).unwrap();
        refusals.push(format!("{}\n  {}", told["error"], told["hint"]));
    }
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    "offline mode is on (HF_HUB_OFFLINE), nothing was sent"
      "No call to the Hub can work until the person turns offline mode off."
    "no Hub token is set, nothing was sent"
      "Ask the person to set HF_TOKEN to a token with role write (or a matching fine-grained one)."
    "the Hub token is read-only, nothing was sent"
      "Ask the person to set HF_TOKEN to a token with role write (or a matching fine-grained one)."
    "#);
    assert_eq!(server.lines(), ["GET /api/whoami-v2"]);
}
