//! `--no-stream`: the answer once, at the end.

use serde_json::json;

use super::ask;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;

#[test]
fn the_answer_is_all_there_is_and_text_before_calls_is_none() {
    let call = json!({
        "content": "Let me look.",
        "tool_calls": [{"id": "a", "type": "function", "function": {
            "name": "hf_api_request", "arguments": "{\"endpoint\":\"/nowhere\"}",
        }}],
    });
    let model = ModelServer::start([
        Response::whole(&call, "tool_calls"),
        Response::whole_text("There is nothing there."),
    ]);
    let ran = ask(&Program::new(), &model, &["--no-stream", "What is at /nowhere?"]);
    insta::assert_snapshot!(ran.shown(), @r"
    exit 0
    --- stdout
    There is nothing there.
    --- stderr
    ");
    assert!(model.requests().iter().all(|request| request.json()["stream"] == json!(false)));
}

#[test]
fn a_reply_that_is_cut_off_leaves_nothing_behind() {
    let half = Response::new(200, "application/json", "{\"choices\":[{\"message\":{").cut();
    let model = ModelServer::start(vec![half; 3]);
    let ran = ask(&Program::new(), &model, &["--no-stream", "-q", "Hi"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.starts_with("error: the reply was cut off"), "{}", ran.stderr);
}

#[test]
fn an_answer_cut_off_at_its_length_limit_is_shown_and_is_a_failure() {
    let model = ModelServer::start([Response::whole(&json!({"content": "First, "}), "length")]);
    let ran = ask(&Program::new(), &model, &["--no-stream", "Go on."]);
    assert_eq!((ran.code, ran.stdout.as_str()), (53, "First, \n"));
}

#[test]
fn events_hold_the_text_in_one_piece() {
    let model = ModelServer::start([Response::whole_text("One two three.")]);
    let ran = ask(&Program::new(), &model, &["--no-stream", "--stream-json", "Count."]);
    let texts = ran.stdout.lines().filter(|line| line.contains(r#""type":"text""#));
    let expected = r#"{"type":"text","text":"One two three.","schema_version":1}"#;
    assert_eq!(texts.collect::<Vec<_>>(), [expected]);
}
