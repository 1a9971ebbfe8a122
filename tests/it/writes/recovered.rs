//! A write that a server left in the model's text: it asks whatever the flags say, and it is told.

use serde_json::{Value, json};

use super::commands::Home;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Ran;

const PATH: &str = "/models/lumen-labs/aurora-7b/discussions/7/comment";

fn ask(home: &Home, flags: &[&str]) -> Ran {
    let call = json!({"endpoint": PATH, "method": "POST", "json_body": {"comment": "Hi"}});
    let leaked =
        format!("<|channel|>commentary to=functions.hf_api_request<|message|>{call}<|call|>");
    let chunk = json!({"choices": [{"delta": {"content": leaked}, "finish_reason": "stop"}]});
    let model = ModelServer::start([Response::events([chunk]), Response::text("That is all.")]);
    let url = model.url();
    let rule = format!("POST {PATH}");
    let head =
        ["ask", "--base-url", &url, "--model", "openai.gpt-oss-20b", "--allow", &rule, "Do it."];
    home.program.run(&[&head[..], flags].concat())
}

#[test]
fn no_flag_speaks_for_a_person_about_it() {
    let home = Home::new();
    let ran = ask(&home, &["-v"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (60, "That is all.\n"));
    let repair = "repaired harmony_call: the call of hf_api_request was in the text";
    assert!(ran.stderr.contains(repair), "{}", ran.stderr);
    let end = "error: a write was not sent: the model left it in its text, and nobody was there to \
               ask\n  hint: run it on a terminal, where you are asked\n";
    assert!(ran.stderr.ends_with(end), "{}", ran.stderr);
    assert_eq!(home.sent(), []);
}

#[test]
fn the_document_counts_what_was_mended() {
    let home = Home::new();
    let document: Value = serde_json::from_str(&ask(&home, &["--json"]).stdout).unwrap();
    assert_eq!(document["repairs"], json!({"call_id": 1, "harmony_call": 1}));
    assert_eq!(document["calls"][0]["status"], "refused");
}
