//! Input and surroundings nobody hopes for.

use std::fs::File;
use std::process::Command;

use super::chat;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::terminal::Terminal;

/// What the person said in the only request.
fn said(server: &ModelServer) -> String {
    let messages = server.requests()[0].messages();
    messages.last().unwrap()["content"].as_str().unwrap().to_owned()
}

#[test]
fn a_large_paste_is_one_question_and_not_kept_in_the_history() {
    let server = ModelServer::start([Response::text("It was long.")]);
    let Some(terminal) = Terminal::start(200, &chat(&server)) else { return };
    let text = "0123456789abcde\n".repeat(512 * 1024 / 16);
    let file = terminal.home().join("paste");
    std::fs::write(&file, &text).unwrap();
    terminal.prompt();
    terminal.tmux(&["load-buffer", file.to_str().unwrap()]);
    terminal.tmux(&["paste-buffer", "-p"]);
    terminal.press("Enter");
    terminal.until("It was long.\n>");
    assert!(said(&server) == text.trim_end(), "it did not arrive whole");
    let history = terminal.home().join(".local/state/agentcard/history");
    assert!(!history.exists(), "nobody wants to read that at every start");
}

#[test]
fn a_paste_of_ten_megabytes_is_one_question() {
    let server = ModelServer::start([Response::text("It was long.")]);
    let url = server.url();
    let program = Program::new();
    let text = "0123456789abcde\n".repeat(10 * 1024 * 1024 / 16);
    let paste = program.home().join("paste");
    std::fs::write(&paste, &text).unwrap();
    let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/paste.py");
    let ran = Command::new("python3")
        .args([driver, "It was long.", env!("CARGO_BIN_EXE_agentcard")])
        .args(["chat", "--no-transcript", "--model", "openai.x", "--base-url", &url])
        .env("HOME", program.home())
        .current_dir(program.home())
        .stdin(File::open(paste).unwrap())
        .output();
    let Ok(ran) = ran else { return eprintln!("skipped: there is no python3") };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(said(&server) == text.trim_end(), "it did not arrive whole");
}

#[test]
fn a_line_of_ten_megabytes_is_one_question() {
    let server = ModelServer::start([Response::text("It was long.")]);
    let url = server.url();
    let text = "0123456789abcde ".repeat(10 * 1024 * 1024 / 16);
    let arguments = ["chat", "--model", "openai.x", "--base-url", &url, "--no-transcript"];
    let ran = Program::new().run_with(&arguments, format!("{text}\n").as_bytes());
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "It was long.\n"));
    assert!(said(&server) == text.trim_end(), "it did not arrive whole");
}

#[test]
fn a_line_of_broken_utf_8_is_left_out_and_named() {
    let server = ModelServer::start([Response::text("Fine.")]);
    let url = server.url();
    let arguments = ["chat", "--model", "openai.x", "--base-url", &url];
    let ran = Program::new().run_with(&arguments, b"caf\xe9?\nAnd now?\n");
    insta::assert_snapshot!(ran.shown(), @"
    exit 0
    --- stdout
    Fine.
    --- stderr
    error: a line was left out, since it is not UTF-8
    ");
    assert_eq!(said(&server), "And now?");
}

#[test]
fn a_full_disk_stops_nobody() {
    let server = ModelServer::start(["One.", "Two."].map(Response::text));
    // Every write to a file fails, as on a full disk.
    let full = r#"sh -c 'trap "" XFSZ; ulimit -f 0; exec "$0" "$@"'"#;
    let Some(terminal) = Terminal::with(80, full, &chat(&server)) else { return };
    terminal.ask("First?");
    let screen = terminal.ask("Second?");
    assert!(screen.contains("> Second?\nTwo.\n"), "{screen}");
    assert!(screen.contains("warning: the transcript cannot be written"), "{screen}");
    terminal.press("C-d");
    terminal.shows("[exit 0]");
}

#[test]
fn a_home_that_is_read_only_or_missing_stops_nobody() {
    // Nobody can make a directory in /proc, not even root.
    for (home, warning) in [("HOME=/proc", 1), ("env -u HOME", 0)] {
        let server = ModelServer::start(["One.", "Two."].map(Response::text));
        let Some(terminal) = Terminal::with(80, home, &chat(&server)) else { return };
        terminal.ask("First?");
        let screen = terminal.ask("Second?");
        assert!(screen.ends_with("> Second?\nTwo.\n>"), "{screen}");
        assert_eq!(screen.matches("warning: the transcript").count(), warning, "{screen}");
        terminal.press("C-d");
        terminal.shows("[exit 0]");
    }
}

#[test]
fn a_dumb_terminal_gets_plain_lines() {
    let call =
        Response::groq_call("hf_api_request", &serde_json::json!({"endpoint": "/whoami-v2"}));
    let server = ModelServer::start([call, Response::text("**Yes**, and\nmore.")]);
    let Some(terminal) = Terminal::with(60, "TERM=dumb", &chat(&server)) else { return };
    terminal.ask("Who am I?");
    terminal.press("C-d");
    insta::assert_snapshot!(terminal.shows("[exit"), @"
    hf-user-small (built-in/hf-user-small.md) · openai.gpt-oss-2
    0b · /help shows the commands
    > Who am I?
    **Yes**, and
    more.
    > [exit 0]
    ");
}
