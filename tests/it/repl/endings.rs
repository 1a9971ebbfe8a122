//! How a conversation is stopped and left: keys, signals, a terminal that goes away, input that ends.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use super::chat;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::terminal::Terminal;

/// The transcripts that were kept, each as its lines.
fn transcripts(terminal: &Terminal) -> Vec<Vec<Value>> {
    let directory = terminal.home().join(".local/state/agentcard/transcripts");
    let mut found = Vec::new();
    let mut directories = vec![directory];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "jsonl") {
                let text = std::fs::read_to_string(path).unwrap();
                found.push(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect());
            }
        }
    }
    found
}

fn is_saved(transcripts: &[Vec<Value>], text: &str) -> bool {
    transcripts.iter().flatten().any(|line| line.to_string().contains(text))
}

/// A model that begins an answer and falls silent.
fn silent() -> ModelServer {
    let begun = json!({"choices": [{"index": 0, "delta": {"content": "Slow "}}]});
    ModelServer::start([Response::open([begun]).wait(Duration::from_mins(10))])
}

fn signal(terminal: &Terminal, name: &str) {
    let kill = format!("kill {name} {}", terminal.process());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

#[test]
fn a_retry_that_is_waited_for_is_cancelled() {
    let busy = Response::error(503, &json!({"error": {"message": "busy"}}));
    let server = ModelServer::start([busy.header("retry-after", "60"), Response::text("Here.")]);
    let Some(terminal) = Terminal::start(80, &chat(&server)) else { return };
    terminal.prompt();
    terminal.enter("Are you there?");
    terminal.shows("retry ");
    terminal.press("C-c");
    terminal.shows("stopped\n>");
    assert_eq!(server.requests().len(), 1, "it was stopped while it waited");
}

#[test]
fn a_line_is_cleared_and_ctrl_d_leaves_only_an_empty_one() {
    let Some(terminal) = Terminal::start(60, "chat --sandbox") else { return };
    terminal.prompt();
    terminal.keys("half a question");
    terminal.press("C-c");
    terminal.shows("> half a question\n>");
    terminal.keys("more");
    terminal.press("C-d");
    terminal.until("> more");
    terminal.press("C-u");
    terminal.press("C-d");
    terminal.shows("[exit 0]");
}

#[test]
fn sigterm_saves_and_leaves() {
    let server = silent();
    let Some(terminal) = Terminal::start(60, &chat(&server)) else { return };
    terminal.prompt();
    terminal.enter("Tell me everything.");
    terminal.shows("Slow");
    signal(&terminal, "-TERM");
    terminal.shows("[exit 130]");
    assert!(is_saved(&transcripts(&terminal), "Tell me everything."));
}

#[test]
fn a_terminal_that_is_closed_saves_and_leaves() {
    let server = silent();
    let Some(terminal) = Terminal::start(60, &chat(&server)) else { return };
    terminal.prompt();
    terminal.enter("Tell me everything.");
    terminal.shows("Slow");
    terminal.close();
    let transcripts = transcripts(&terminal);
    assert!(is_saved(&transcripts, "Tell me everything."));
    assert!(is_saved(&transcripts, "interrupted"), "{transcripts:?}");
}

#[test]
fn input_that_ends_ends_it_without_spinning() {
    let program = Program::new();
    let mut child = program.start(&["chat", "--sandbox"]);
    drop(child.stdin.take());
    let status = wait4::Wait4::wait4(child).unwrap();
    assert_eq!(status.status.code(), Some(0));
    let used = status.rusage.utime + status.rusage.stime;
    assert!(used < Duration::from_secs(1), "{used:?}");
}
