//! What a model is told when the Hub refuses, fails, or answers something else than a result.

use std::time::Duration;

use agentcard::event::Event;
use agentcard::hub::{Reach, TokenSource};
use agentcard::tool::{OutputKind, Tool};
use serde_json::{Value, json};

use super::server::{Answer, End, Server, json as ok};
use super::{arguments, ask, context, result, settings, tool, tool_with};
use crate::support::wait::Nobody;

fn status(status: u16, body: &str) -> Answer {
    Answer { status, body: body.into(), ..Answer::default() }
}

fn error(code: u16, message: &str) -> Answer {
    status(code, &json!({ "error": message }).to_string())
}

/// The failure a model reads when the Hub answers this, without the address.
async fn told(answer: Answer, endpoint: &str) -> String {
    let server = Server::start(move |_| answer.clone()).await;
    let output = ask(&tool(&server.origin), json!({ "endpoint": endpoint })).await.unwrap();
    assert_eq!(output.kind, OutputKind::Failure);
    without_address(&output.content)
}

async fn told_anonymous(answer: Answer, endpoint: &str) -> String {
    let server = Server::start(move |_| answer.clone()).await;
    let mut settings = settings(&server.origin);
    settings.token = TokenSource::Disabled;
    let output = ask(&tool_with(settings), json!({ "endpoint": endpoint })).await.unwrap();
    assert_eq!(server.seen()[0].authorization, None);
    without_address(&output.content)
}

fn without_address(content: &str) -> String {
    let mut result: Value = serde_json::from_str(content).unwrap();
    assert!(result["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    result.as_object_mut().unwrap().shift_remove("url");
    result.to_string()
}

#[tokio::test]
async fn who_is_not_there_may_be_the_other_kind_of_account() {
    let user = told(error(404, "User not found"), "/users/lumen-labs/overview").await;
    insta::assert_snapshot!(user, @r#"{"status":404,"error":"User not found","hint":"There is no such user; an organization has /organizations/lumen-labs/overview."}"#);
    let org = told(error(404, "Not found"), "/organizations/ada/members").await;
    insta::assert_snapshot!(org, @r#"{"status":404,"error":"Not found","hint":"There is no such organization; a user has /users/ada/overview."}"#);
}

#[tokio::test]
async fn a_401_means_three_things() {
    let refused = || error(401, "Invalid username or password.");
    let unknown = told_anonymous(refused(), "/models/no/such/discussions").await;
    insta::assert_snapshot!(unknown, @r#"{"status":401,"error":"Invalid username or password.","hint":"Without a token the Hub does not say whether no/such is unknown or private. Check the name and the type (models, datasets or spaces), or ask the person for a token (HF_TOKEN)."}"#);
    let none = told_anonymous(refused(), "/whoami-v2").await;
    insta::assert_snapshot!(none, @r#"{"status":401,"error":"Invalid username or password.","hint":"This needs a Hub token and none is set. Ask the person to set HF_TOKEN."}"#);
    let bad = told(refused(), "/users/ada/overview").await;
    insta::assert_snapshot!(bad, @r#"{"status":401,"error":"Invalid username or password.","hint":"The Hub does not accept the token: it is mistyped, expired or revoked. Ask the person for a new HF_TOKEN; no other call will work with this one."}"#);
}

#[tokio::test]
async fn a_missing_repo_may_be_of_another_type() {
    let answer = error(404, "Repository not found").header("x-error-code", "RepoNotFound");
    insta::assert_snapshot!(told(answer, "/models/ada/set/discussions").await, @r#"{"status":404,"error":"Repository not found","hint":"There is no such repo of this type, or the token does not reach it. Other types: /datasets/ada/set/…, /spaces/ada/set/…."}"#);
    let num = told(error(404, "Not found"), "/models/ada/set/discussions/99").await;
    insta::assert_snapshot!(num, @r#"{"status":404,"error":"Not found","hint":"GET /models/ada/set/discussions lists the numbers there are."}"#);
}

#[tokio::test]
async fn a_gate_says_what_state_a_request_is_in() {
    let gated = |message| error(403, message).header("x-error-code", "GatedRepo");
    let path = "/models/ada/gated/auth-check";
    let waiting =
        "Your request to access model ada/gated is awaiting a review from the repo authors.";
    insta::assert_snapshot!(told(gated(waiting), path).await, @r#"{"status":403,"error":"Your request to access model ada/gated is awaiting a review from the repo authors.","hint":"The request is with the repo's owners; only they can decide it."}"#);
    let no = "Your request to access model ada/gated has been rejected by the repo's authors.";
    insta::assert_snapshot!(told(gated(no), path).await, @r#"{"status":403,"error":"Your request to access model ada/gated has been rejected by the repo's authors.","hint":"The owners said no; only they can change that."}"#);
    let none = "Access to model ada/gated is restricted and you are not in the authorized list.";
    insta::assert_snapshot!(told(gated(none), path).await, @r#"{"status":403,"error":"Access to model ada/gated is restricted and you are not in the authorized list.","hint":"The person can ask for access on the page of ada/gated on the Hub. Its discussions can be read without."}"#);
}

#[tokio::test]
async fn a_read_only_token_is_named_once_it_is_known() {
    let server = Server::start(|seen| match seen.target.as_str() {
        "/api/whoami-v2" => ok(r#"{"name":"ada","auth":{"accessToken":{"role":"read"}}}"#),
        _ => error(403, "You have read access but not the required permissions for this operation"),
    })
    .await;
    let tool = tool(&server.origin);
    let path = "/models/ada/gated/user-access-request/pending";
    let before = ask(&tool, json!({ "endpoint": path })).await.unwrap().content;
    insta::assert_snapshot!(without_address(&before), @r#"{"status":403,"error":"You have read access but not the required permissions for this operation","hint":"Only those who may write to the repo can see its access requests."}"#);
    for _ in 0..2 {
        result(&tool, json!({"endpoint": "/whoami-v2"})).await;
    }
    let after = ask(&tool, json!({ "endpoint": path })).await.unwrap().content;
    insta::assert_snapshot!(without_address(&after), @r#"{"status":403,"error":"You have read access but not the required permissions for this operation","hint":"The token is read-only (auth.accessToken.role in /whoami-v2 is read). Ask the person for one with role write."}"#);
    assert_eq!(server.lines().iter().filter(|line| line.ends_with("/whoami-v2")).count(), 1);
}

#[tokio::test]
async fn validation_errors_keep_all_their_lines() {
    let zod = "✖ Invalid option: expected one of \"a\"|\"b\"\n  → at type\n✖ Too big\n  → at q";
    insta::assert_snapshot!(told(error(400, zod), "/collections").await, @r#"{"status":400,"error":"✖ Invalid option: expected one of \"a\"|\"b\"\n  → at type\n✖ Too big\n  → at q","hint":"It takes params owner, item, q, sort (trending|lastModified|upvotes), limit, expand (true|false)."}"#);
}

#[tokio::test]
async fn html_is_never_passed_on() {
    let page = "<!doctype html><html><body>nginx hf_secret</body></html>";
    insta::assert_snapshot!(told(status(418, page), "/users/ada/overview").await, @r#"{"status":418,"error":"the Hub answered 418 I'm a teapot"}"#);
    insta::assert_snapshot!(told(status(200, page), "/users/ada/overview").await, @r#"{"status":200,"error":"the answer is an HTML page, not JSON","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
    insta::assert_snapshot!(told(status(200, page), "/users/ada/likes").await, @r#"{"status":200,"error":"the answer is an HTML page, not JSON","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
    insta::assert_snapshot!(told(status(200, page), "/models/a/b/auth-check").await, @r#"{"status":200,"error":"the answer is an HTML page, not JSON","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
}

#[tokio::test]
async fn a_success_that_is_no_result_is_a_failure() {
    let list = "/users/ada/followers";
    insta::assert_snapshot!(told(error(200, "rate limited"), list).await, @r#"{"status":200,"error":"the answer is an error in spite of its status: rate limited","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
    insta::assert_snapshot!(told(error(200, "oops"), "/models/a/b/discussions").await, @r#"{"status":200,"error":"the answer is an error in spite of its status: oops","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
    insta::assert_snapshot!(told(ok("[{\"user\":\"a\"},{\"us"), list).await, @r#"{"status":200,"error":"the answer broke off","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
    insta::assert_snapshot!(told(ok(b"[{\"user\":\"\xff\"}]".as_slice()), list).await, @r#"{"status":200,"error":"the answer is not valid JSON: invalid unicode code point at line 1 column 10","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
    insta::assert_snapshot!(told(ok("[1 2]"), list).await, @r#"{"status":200,"error":"the answer is not valid JSON: trailing characters at line 1 column 3","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
    insta::assert_snapshot!(told(ok("{\"user\":"), "/users/ada/overview").await, @r#"{"status":200,"error":"the answer broke off","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
    insta::assert_snapshot!(told(ok(""), "/whoami-v2").await, @r#"{"status":200,"error":"the answer is empty","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
    let cut = Answer { end: End::CutAfter(8), ..ok("[{\"user\":\"ada\"}]") };
    insta::assert_snapshot!(told(cut, list).await, @r#"{"status":200,"error":"the answer broke off (the connection broke: end of file before message length reached)","hint":"Try once more; if it happens again, the Hub or a proxy in between answers wrongly."}"#);
}

#[tokio::test]
async fn a_short_wait_is_waited_and_announced() {
    let tries = std::sync::atomic::AtomicU32::new(0);
    let server =
        Server::start(move |_| match tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => error(503, "busy"),
            1 => error(429, "slow down").header("retry-after", "0"),
            _ => ok("[]"),
        })
        .await;
    let (context, mut events) = context();
    let call = arguments(json!({"endpoint": "/users/ada/likes"}));
    tool(&server.origin).call(call, &context).await.unwrap();
    assert_eq!(server.lines().len(), 3);
    let retry =
        |attempt, wait, reason: &str| Event::Retry { attempt, wait, reason: reason.to_owned() };
    assert_eq!(
        events.try_recv().unwrap(),
        retry(2, Duration::from_millis(2), "the Hub answered 503")
    );
    assert_eq!(
        events.try_recv().unwrap(),
        retry(3, Duration::from_secs(1), "the Hub answered 429")
    );
    events.try_recv().unwrap_err();
}

#[tokio::test]
async fn a_long_wait_is_an_answer() {
    let limited = error(429, "We had to rate limit you").header("ratelimit", "\"api\";r=0;t=211");
    insta::assert_snapshot!(told(limited, "/users/ada/likes").await, @r#"{"status":429,"error":"We had to rate limit you","hint":"The Hub's rate limit is reached; it can be asked again in 212 s. Do not repeat the call now, tell the person."}"#);
}

#[tokio::test]
async fn tries_end() {
    let server = Server::start(|_| status(502, "<html>")).await;
    let output = ask(&tool(&server.origin), json!({"endpoint": "/users/ada/likes"})).await.unwrap();
    insta::assert_snapshot!(without_address(&output.content), @r#"{"status":502,"error":"the Hub answered 502 Bad Gateway","hint":"The Hub itself failed. Tell the person; it may work later."}"#);
    insta::assert_snapshot!(output.summary, @r"502 the Hub answered 502 Bad Gateway");
    assert_eq!(server.lines().len(), 4);
}

#[tokio::test]
async fn nobody_there_and_offline_are_told_apart() {
    let address = Nobody::there();
    let nobody = ask(&tool(&address.origin()), json!({"endpoint": "/whoami-v2"})).await.unwrap();
    insta::assert_snapshot!(without_address(&nobody.content), @r#"{"error":"the Hub cannot be reached: Connection refused (os error 111)","hint":"Other calls will fare no better now. Tell the person to check the network or HF_ENDPOINT."}"#);

    let server = Server::start(|_| ok("{}")).await;
    let mut settings = settings(&server.origin);
    settings.reach = Reach::Offline;
    let offline = ask(&tool_with(settings), json!({"endpoint": "/whoami-v2"})).await.unwrap();
    insta::assert_snapshot!(without_address(&offline.content), @r#"{"error":"offline mode is on (HF_HUB_OFFLINE), nothing was sent","hint":"No call to the Hub can work until the person turns offline mode off."}"#);
    assert_eq!(server.lines(), [""; 0]);
}

#[tokio::test]
async fn silence_ends_and_so_does_a_call_without_end() {
    let server = Server::start(|_| Answer { end: End::Silence, ..Answer::default() }).await;
    let mut quiet = settings(&server.origin);
    quiet.patience.silence = Duration::from_secs(1);
    let call = || json!({"endpoint": "/users/ada/likes"});
    let silent = ask(&tool_with(quiet), call()).await.unwrap();
    insta::assert_snapshot!(without_address(&silent.content), @r#"{"error":"the Hub did not answer within 1 s","hint":"Other calls will fare no better now. Tell the person to check the network or HF_ENDPOINT."}"#);
    assert_eq!(server.lines().len(), 1);

    let server = Server::start(|_| error(503, "busy")).await;
    let mut hasty = settings(&server.origin);
    hasty.patience.first_wait = Duration::from_mins(5);
    hasty.patience.whole = Duration::from_millis(50);
    let endless = ask(&tool_with(hasty), call()).await.unwrap();
    insta::assert_snapshot!(without_address(&endless.content), @r#"{"error":"the call was not done within 0.05 s","hint":"Ask for less: a smaller offset, or a narrower filter."}"#);
}

#[tokio::test]
async fn a_warning_of_the_hub_reaches_the_person_once() {
    let server = Server::start(|seen| {
        let answer = ok("[1]").header("x-hf-warning", "deprecated; use v3");
        match seen.target.as_str() {
            "/api/users/ada/likes" => {
                answer.header("link", "</api/users/ada/likes?cursor=1>; rel=\"next\"")
            }
            _ => answer,
        }
    })
    .await;
    let (context, mut events) = context();
    let call = arguments(json!({"endpoint": "/users/ada/likes"}));
    tool(&server.origin).call(call, &context).await.unwrap();
    assert_eq!(server.lines().len(), 2);
    let warning = Event::Warning("the Hub warns: deprecated; use v3".to_owned());
    assert_eq!(events.try_recv().unwrap(), warning);
    events.try_recv().unwrap_err();
}
