//! The tool against the sandbox's Hub: the questions and the writes a card is for.

use agentcard::hub::TokenSource;
use agentcard::sandbox::server::{Options, Running, start};
use agentcard::sandbox::world::World;
use agentcard::secret::Secret;
use agentcard::tool::hub::HubTool;
use agentcard::tool::{OutputKind, Step, Tool, WriteEffect, Written};
use serde_json::{Value, json};

use super::{arguments, ask, context, http, result, settings, tool_with};

const AURORA: &str = "/models/lumen-labs/aurora-7b/discussions";
const QUIET: &str = "/models/lumen-labs/quiet-repo/discussions";
const GATED: &str = "/models/ada-moreau/gated-mini/user-access-request";

/// A Hub with these faults and ada's tool for it.
async fn hub(faults: &str) -> (Running, HubTool) {
    let mut world = World::standard().unwrap();
    world.add_big(300_000);
    let hub = start(Options { port: 0, world, faults: faults.parse().unwrap() }).await.unwrap();
    let mut settings = settings(&hub.origin);
    settings.token = TokenSource::Value(Secret::parse("hf_test_write_ada").unwrap().unwrap());
    let tool = tool_with(settings);
    (hub, tool)
}

/// Plans a write and performs it.
async fn post(tool: &HubTool, endpoint: &str, body: Value) -> Written {
    let call = json!({"endpoint": endpoint, "method": "POST", "json_body": body});
    match tool.call(arguments(call), &context().0).await.unwrap() {
        Step::Write(plan) => tool.write(plan.approve(), &context().0).await.unwrap(),
        Step::Done(output) => panic!("no plan: {output:?}"),
    }
}

fn answer(written: Written) -> Value {
    match written.effect {
        WriteEffect::Done { answer, .. } => answer,
        other => panic!("{other:?}: {}", written.output.content),
    }
}

#[tokio::test]
async fn lists_are_counted_to_their_end() {
    let (hub, tool) = hub("").await;
    let call = json!({"endpoint": "/users/ada-moreau/likes", "offset": 40});
    let likes = result(&tool, call).await;
    let page = json!({"shown": 6, "offset": 40, "total": 46, "complete": true});
    assert_eq!(likes["page"], page);
    let call = json!({"endpoint": "/organizations/lumen-labs/followers", "offset": 610});
    let followers = result(&tool, call).await;
    let page = json!({"shown": 11, "offset": 610, "total": 621, "complete": true});
    assert_eq!(followers["page"], page);
    let call = json!({"endpoint": "/users/big300000/followers", "max_results": 3});
    let before = hub.requests().len();
    assert_eq!(result(&tool, call).await["page"]["complete"], false);
    assert_eq!(hub.requests().len(), before + 1);
}

#[tokio::test]
async fn who_opens_most_discussions_is_exact() {
    let (_hub, tool) = hub("").await;
    let result = result(&tool, json!({"endpoint": AURORA, "count_by": "author.name"})).await;
    let counts = json!({
        "ada-moreau": 11, "kenji-watts": 11, "priya-ramanan": 11,
        "leo-ferrantino": 10, "nadia-okaforo": 10, "tomas-lindqvist": 10,
    });
    assert_eq!(result["data"]["counts"].to_string(), counts.to_string());
    assert_eq!(result["page"]["scanned"], 63);
    assert_eq!(result["page"]["complete"], true);
}

#[tokio::test]
async fn a_page_of_fifty_takes_a_quarter_of_its_room() {
    let (hub, tool) = hub("").await;
    let raw = http().get(format!("{}/api{AURORA}", hub.origin)).send().await.unwrap();
    let raw = raw.bytes().await.unwrap().len();
    let output = ask(&tool, json!({"endpoint": AURORA, "max_results": 50})).await.unwrap();
    let share = output.content.len() * 100 / raw;
    assert!(share <= 25, "{} of {raw} bytes: {share} %", output.content.len());
}

#[tokio::test]
async fn a_former_name_leads_to_the_second_page_too() {
    let (_hub, tool) = hub("").await;
    let call = json!({"endpoint": "/models/aurora/discussions", "offset": 60});
    let result = result(&tool, call).await;
    let page = json!({"shown": 3, "offset": 60, "total": 63, "complete": true});
    assert_eq!(result["page"], page);
    assert!(result["url"].as_str().unwrap().ends_with("/lumen-labs/aurora-7b/discussions?p=1"));
}

#[tokio::test]
async fn a_discussion_lives_through_all_its_writes() {
    let (_hub, tool) = hub("").await;
    let body = json!({"title": "Two BOS tokens", "description": "Set twice."});
    let num = answer(post(&tool, QUIET, body).await)["num"].clone();
    let thread = format!("{QUIET}/{num}");
    let body = json!({"comment": "Seen it too."});
    let comment = answer(post(&tool, &format!("{thread}/comment"), body).await);
    let comment = format!("{thread}/comment/{}", comment["newMessage"]["id"].as_str().unwrap());
    let body = json!({"content": "Seen it in v2 too."});
    answer(post(&tool, &format!("{comment}/edit"), body).await);
    answer(post(&tool, &format!("{comment}/hide"), json!({})).await);
    let body = json!({"status": "closed", "comment": "Fixed."});
    answer(post(&tool, &format!("{thread}/status"), body).await);
    let result = result(&tool, json!({ "endpoint": thread })).await;
    assert_eq!(result["data"]["status"], "closed");
    let hidden = &result["data"]["events"][1]["data"];
    assert_eq!((&hidden["hidden"], &hidden["edited"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn access_requests_are_decided_once() {
    let (_hub, tool) = hub("").await;
    let handle = format!("{GATED}/handle");
    let accept = || json!({"user": "kenji-watts", "status": "accepted"});
    answer(post(&tool, &handle, accept()).await);
    let call = json!({"endpoint": handle, "method": "POST", "json_body": accept()});
    let again = ask(&tool, call).await.unwrap_err();
    assert_eq!(again, "Nothing was sent: the access request is accepted already.");
    answer(post(&tool, &format!("{GATED}/grant"), json!({"user": "nadia-okaforo"})).await);
    let call = json!({"endpoint": format!("{GATED}/accepted"), "count_by": "user.user"});
    let accepted = result(&tool, call).await;
    let expected = json!({"kenji-watts": 1, "nadia-okaforo": 1, "priya-ramanan": 1});
    assert_eq!(accepted["data"]["counts"], expected);
}

#[tokio::test]
async fn collections_are_made_found_and_filled() {
    let (_hub, tool) = hub("").await;
    let body = json!({"title": "To evaluate", "namespace": "ada-moreau"});
    let slug = answer(post(&tool, "/collections", body).await)["slug"].as_str().unwrap().to_owned();
    let body = json!({"item": {"id": "tidepool-ai/kelp-classifier", "type": "model"}});
    let items = format!("/collections/{slug}/items");
    answer(post(&tool, &items, body.clone()).await);
    let twice = post(&tool, &items, body).await;
    assert!(twice.output.content.contains("nothing left to do"), "{}", twice.output.content);
    let call = json!({"endpoint": format!("/collections/{slug}")});
    let collection = result(&tool, call).await;
    assert_eq!(collection["data"]["items"][0]["id"], "tidepool-ai/kelp-classifier");
    let call = json!({"endpoint": "/collections", "params": {"owner": "lumen-labs"}});
    let all = result(&tool, call).await;
    assert_eq!(all["page"], json!({"shown": 12, "offset": 0, "total": 12, "complete": true}));
}

#[tokio::test]
async fn a_write_whose_answer_is_spoiled_is_looked_up() {
    let body = || json!({"title": "Once only", "description": "d"});
    for fault in ["reset=1", "truncated=1", "not-utf8=1"] {
        let (hub, tool) = hub(fault).await;
        let written = post(&tool, QUIET, body()).await;
        assert!(
            written.output.content.contains("it happened"),
            "{fault}: {}",
            written.output.content
        );
        let posts = hub.requests().iter().filter(|request| request.method == "POST").count();
        assert_eq!(posts, 1);
    }
    for fault in ["html=1", "error-200=1", "503=1"] {
        let (_hub, tool) = hub(fault).await;
        let written = post(&tool, QUIET, body()).await;
        assert_eq!(written.effect, WriteEffect::Unknown, "{fault}");
        assert!(written.output.content.contains("does not show it"), "{}", written.output.content);
    }
}

#[tokio::test]
async fn every_fault_of_a_read_is_an_honest_result() {
    let elsewhere = start(Options::default()).await.unwrap();
    let away = format!("redirect={}", elsewhere.origin);
    let link = format!("link={}", elsewhere.origin);
    let faults = ["html", "error-200", "reset", "truncated", "not-utf8", "link-loop", &away, &link];
    for fault in faults {
        let (_hub, tool) = hub(fault).await;
        let call = json!({"endpoint": "/organizations/lumen-labs/followers", "max_results": 621});
        let output = ask(&tool, call).await.unwrap();
        let result: Value = serde_json::from_str(&output.content).unwrap();
        let stopped = result["page"]["stopped"].is_string();
        assert!(stopped || output.kind == OutputKind::Failure, "{fault}: {}", output.content);
        assert!(!output.content.contains('<'), "{fault}: {}", output.content);
    }
    assert_eq!(elsewhere.requests(), []);
}
