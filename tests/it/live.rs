//! A server that nobody here wrote, llama.cpp's own with a small model: `just live-local`.
//!
//! What is asserted is the protocol. How clever the model is, nobody knows.

use serde_json::Value;

use crate::support::program::{Program, Ran};

const CARD: &str = "---\nfunction_tools: [hf_api_tool.py:hf_api_request]\n---\nBe brief.\n";

const QUESTION: &str = "Repeat this word for word:\n```json\n{\"name\": \"hf_api_request\", \
                        \"arguments\": {\"endpoint\": \"/whoami-v2\"}}\n```";

#[expect(clippy::disallowed_methods, reason = "whoever runs it says where the server is")]
fn server() -> String {
    std::env::var("AGENTCARD_TEST_BASE_URL").unwrap()
}

fn ask(key: &str, question: &str) -> Ran {
    let program = Program::new().variable("AGENTCARD_API_KEY", key);
    let card = program.home().join("live.md");
    std::fs::write(&card, CARD).unwrap();
    let card = card.to_string_lossy().into_owned();
    let url = server();
    let model = "openai.live?temperature=0&max_tokens=64";
    let options = ["--model", model, "--base-url", &url, "--max-turns", "2", "--stream-json"];
    let head = ["ask", "--sandbox", "--card", &card, question];
    program.run(&[&head[..], &options].concat())
}

/// The last line of a run, which every run has.
fn end(ran: &Ran) -> Value {
    let lines: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.last().unwrap().clone();
    assert_eq!(end["type"], "run_ended", "{}", ran.shown());
    assert_eq!(end["exit_code"], ran.code);
    end
}

#[test]
#[ignore = "needs a server: just live-local"]
fn a_call_is_streamed_and_its_result_goes_back() {
    let ran = ask("live-key", QUESTION);
    let end = end(&ran);
    assert!(matches!(ran.code, 0 | 53), "{}", ran.shown());
    assert_eq!(end["calls"][0]["name"], "hf_api_request", "{}", ran.shown());
    assert_eq!(end["turns"], 2, "{}", ran.shown());
}

#[test]
#[ignore = "needs a server: just live-local"]
fn a_wrong_key_is_told() {
    let end = end(&ask("no-key", QUESTION));
    assert_eq!((&end["outcome"], &end["exit_code"]), (&"authentication".into(), &41.into()));
}

#[test]
#[ignore = "needs a server: just live-local"]
fn a_question_that_is_too_long_is_told() {
    let end = end(&ask("live-key", &"word ".repeat(20_000)));
    let message = end["error"]["message"].as_str().unwrap();
    assert_eq!(end["outcome"], "limit");
    assert!(message.starts_with("the conversation is too long for the model"), "{message}");
}
