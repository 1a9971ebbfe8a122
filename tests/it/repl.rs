//! The conversation on a real terminal: what a person types, and whole screens of what they see.

mod bad_input;
mod commands;
mod editing;
mod endings;
mod screen;

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use regex::Regex;
use serde_json::json;

use super::support::model_server::{ModelServer, Response};
use super::support::program::Program;
use super::support::terminal::Terminal;

/// Arguments for a conversation with this server.
fn chat(server: &ModelServer) -> String {
    format!("chat --sandbox --model openai.gpt-oss-20b --base-url {}", server.url())
}

/// Times of calls and the port, written as they do not differ.
fn steady(screen: &str) -> String {
    let time = regex::Regex::new(r"· \d+\.\d\d s").unwrap();
    time.replace_all(screen, "· TIME").into_owned()
}

#[test]
fn four_questions_on_one_conversation() {
    let Some(terminal) = Terminal::start(80, "chat --sandbox") else { return };
    for line in [
        "Which organizations is ada-moreau a member of?",
        "How many followers does ada-moreau have?",
        "Who am I?",
        "What is the weather?",
        "/usage",
    ] {
        terminal.ask(line);
    }
    terminal.press("C-d");
    insta::assert_snapshot!(steady(&terminal.shows("[exit")));
}

#[test]
fn a_card_and_a_model_are_swapped_and_an_error_changes_nothing() {
    let server = ModelServer::start(["One.", "Two.", "Three."].map(Response::text));
    let Some(terminal) = Terminal::start(100, &chat(&server)) else { return };
    let card = "---\ntype: agent\nname: brief\n---\nBe brief.\n";
    std::fs::write(terminal.home().join("brief.md"), card).unwrap();
    for line in [
        "First?",
        "/card missing.md",
        "/modle x",
        "/model nobody.knows",
        "Second?",
        "/card brief.md",
        "/model openai.gpt-oss-120b",
        "Third?",
    ] {
        terminal.ask(line);
    }
    insta::assert_snapshot!(terminal.screen());
    let requests = server.requests();
    let said = |index: usize| {
        let body = requests[index].json();
        let messages = body["messages"].as_array().unwrap().clone();
        let contents = messages.iter().map(|message| message["content"].clone());
        (body["model"].clone(), contents.skip(1).collect::<Vec<_>>(), messages[0].clone())
    };
    assert_eq!(said(1).1, [json!("First?"), json!("One."), json!("Second?")]);
    let (model, messages, system) = said(2);
    assert_eq!(model, "gpt-oss-120b");
    assert_eq!(messages.len(), 5);
    assert_eq!(system["content"], "Be brief.");
}

#[test]
fn an_answer_is_stopped_and_the_conversation_goes_on() {
    let begun = json!({"choices": [{"index": 0, "delta": {"content": "Slow "}}]});
    let slow = Response::open([begun]).wait(Duration::from_mins(10));
    let server = ModelServer::start([slow, Response::text("Again.")]);
    let Some(terminal) = Terminal::start(60, &chat(&server)) else { return };
    terminal.prompt();
    terminal.enter("Tell me.");
    terminal.shows("Slow");
    terminal.press("C-c");
    terminal.shows("stopped\n>");
    insta::assert_snapshot!(terminal.ask("/retry"));
    let body = server.requests()[1].json();
    assert_eq!(body["messages"][1]["content"], "Tell me.");
    assert_eq!(body["messages"].as_array().unwrap().len(), 2);
}

#[test]
fn a_slow_call_is_stopped_and_answered_for() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let hub = format!("HF_ENDPOINT=http://{}", silent.local_addr().unwrap());
    let call = Response::groq_call("hf_api_request", &json!({"endpoint": "/whoami-v2"}));
    let server = ModelServer::start([call, Response::text("Fine.")]);
    let arguments = format!("chat --model openai.gpt-oss-20b --base-url {}", server.url());
    let Some(terminal) = Terminal::with(60, &hub, &arguments) else { return };
    terminal.prompt();
    terminal.enter("Who am I?");
    terminal.shows("hf_api_request(");
    terminal.press("C-c");
    terminal.shows("stopped\n>");
    insta::assert_snapshot!(terminal.ask("Never mind."));
    let said = server.requests()[1].messages();
    let roles: Vec<_> = said.iter().filter_map(|message| message["role"].as_str()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "user"]);
    assert_eq!(said[3]["content"], "This call was not finished: the run was stopped.");
}

#[test]
fn calls_that_run_side_by_side_have_a_line_each() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let hub = format!("HF_ENDPOINT=http://{}", silent.local_addr().unwrap());
    let calls = ["/whoami-v2", "/users/ada-moreau/overview"]
        .map(|endpoint| ("hf_api_request", json!({"endpoint": endpoint})));
    let server = ModelServer::start([Response::groq_calls(&calls)]);
    let arguments = format!("chat --model openai.gpt-oss-20b --base-url {}", server.url());
    let Some(terminal) = Terminal::with(80, &hub, &arguments) else { return };
    terminal.prompt();
    terminal.enter("Who are we?");
    // A busy machine is looked at later than after a second.
    let both = r#"whoami-v2"\) · [1-9]\d* s\n.*overview"\) · [1-9]\d* s"#;
    let seconds = Regex::new(both).unwrap();
    let screen = terminal.wait(both, |screen| seconds.is_match(screen));
    assert_eq!(screen.matches("hf_api_request(").count(), 2, "{screen}");
    terminal.press("C-c");
    let screen = terminal.shows("stopped\n>");
    assert_eq!(screen.matches("hf_api_request(").count(), 0, "{screen}");
}

#[test]
fn reasoning_is_shown_where_it_is_asked_for_and_undo_forgets() {
    let server = ModelServer::start(["Hidden.", "Shown.", "Alone."].map(Response::text));
    let Some(terminal) = Terminal::start(60, &chat(&server)) else { return };
    for line in ["One?", "/reasoning", "Two?", "/undo", "/verbose", "/tools", "/new", "Three?"] {
        terminal.ask(line);
    }
    insta::assert_snapshot!(terminal.screen());
    assert_eq!(server.requests()[2].messages().len(), 2);
}

#[test]
fn the_person_is_asked_about_a_write() {
    let write = json!({
        "endpoint": "/models/lumen-labs/aurora-7b/discussions/7/comment",
        "method": "POST",
        "json_body": {"comment": "Thanks!"},
    });
    let call = || Response::groq_call("hf_api_request", &write);
    let text = Response::text;
    let server =
        ModelServer::start([call(), text("No?"), call(), text("Sent."), call(), text("Again.")]);
    let Some(terminal) = Terminal::start(90, &chat(&server)) else { return };
    for (line, answer) in [("Thank them.", "n"), ("Please do.", "a")] {
        terminal.prompt();
        terminal.enter(line);
        terminal.until("[e]dit >");
        terminal.enter(answer);
        terminal.prompt();
    }
    terminal.ask("Once more.");
    insta::assert_snapshot!(steady(&terminal.screen()));
}

#[test]
fn input_that_ends_ends_it() {
    let program = Program::new();
    let ran = program.run_with(&["chat", "--sandbox"], b"Who am I?\n/quit now\n");
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn twice_ctrl_c_leaves() {
    let Some(terminal) = Terminal::start(60, "chat --sandbox") else { return };
    terminal.prompt();
    terminal.keys("half a que");
    // On a busy machine more than a second may pass between two presses, so there are several.
    let has_left = || (0..50).any(|_| terminal.screen().contains("[exit 0]"));
    let left = (0..10).any(|_| {
        terminal.press("C-c");
        terminal.press("C-c");
        has_left()
    });
    assert!(left, "{}", terminal.screen());
}

#[test]
fn a_narrow_window_wide_characters_and_a_paste() {
    let server = ModelServer::start([Response::text("表は🙂です。")]);
    let Some(terminal) = Terminal::start(20, &chat(&server)) else { return };
    terminal.prompt();
    terminal.keys("名前は🙂何ですか。もう一度 ");
    terminal.paste("one\ntwo");
    terminal.keys("\\");
    terminal.press("Enter");
    terminal.enter("three");
    insta::assert_snapshot!(terminal.shows("です。\n>"));
    let body = server.requests()[0].json();
    assert_eq!(body["messages"][1]["content"], "名前は🙂何ですか。もう一度 one\ntwo\nthree");
    let state = terminal.home().join(".local/state/agentcard");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    assert_eq!(mode(&state.join("history")), 0o600);
}
