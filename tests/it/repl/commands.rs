//! Commands that say something of the conversation, or do something beside it.

use serde_json::json;

use super::chat;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::terminal::Terminal;

#[test]
fn help_says_what_a_conversation_is_not_ready_for() {
    let Some(terminal) = Terminal::start(80, "chat --sandbox") else { return };
    terminal.ask("/retry");
    // The greeting names `/help` too, so that the word alone says nothing.
    terminal.enter("/help");
    insta::assert_snapshot!(terminal.shows("it leaves.\n>"));
}

#[test]
fn the_policy_says_what_was_approved() {
    let write = json!({
        "endpoint": "/models/lumen-labs/aurora-7b/discussions/7/comment",
        "method": "POST",
        "json_body": {"comment": "Thanks!"},
    });
    let call = Response::groq_call("hf_api_request", &write);
    let server = ModelServer::start([call, Response::text("Sent.")]);
    let arguments = format!("{} --allow 'POST /models/ada/*/discussions'", chat(&server));
    let Some(terminal) = Terminal::start(100, &arguments) else { return };
    terminal.ask("/policy");
    terminal.enter("Thank them.");
    terminal.until("[e]dit >");
    terminal.enter("a");
    terminal.until("Sent.\n>");
    terminal.enter("/policy");
    let screen = terminal
        .wait("approved: ", |screen| screen.contains("approved: ") && screen.ends_with("\n>"));
    let policies: Vec<_> = screen.split("> /policy\n").skip(1).collect();
    insta::assert_snapshot!(policies[1].trim_end_matches("\n>"), @"
    1. allow POST /models/ada/*/discussions (--allow)
    2. ask on a terminal, refuse elsewhere: everything else
    approved for the whole conversation: allow POST /models/lumen-labs/aurora-7b/discussions/*/comment (
    always)
    approved: POST /models/lumen-labs/aurora-7b/discussions/7/comment
    ");
    insta::assert_snapshot!(policies[0].split("\n>").next().unwrap_or_default(), @"
    1. allow POST /models/ada/*/discussions (--allow)
    2. ask on a terminal, refuse elsewhere: everything else
    nothing was approved in this conversation
    ");
}

#[test]
fn the_last_answer_is_copied_through_the_terminal() {
    let server = ModelServer::start([Response::text("**Bold** \u{1b}]52;c;eA==\u{7}words.")]);
    let Some(terminal) = Terminal::start(80, &chat(&server)) else { return };
    terminal.tmux(&["set-option", "-g", "set-clipboard", "on"]);
    terminal.ask("Say it.");
    assert!(terminal.ask("/copy").contains("asked the terminal to copy 25 characters (OSC 52"));
    let buffer = terminal.tmux(&["show-buffer"]).stdout;
    assert_eq!(String::from_utf8(buffer).unwrap(), "**Bold** ]52;c;eA==words.");
}

#[test]
fn a_shell_command_is_the_persons_own() {
    let server = ModelServer::start([Response::text("Hello.")]);
    let Some(terminal) = Terminal::start(60, &chat(&server)) else { return };
    terminal.ask("!echo from the $((40 + 2)) shell");
    terminal.ask("!exit 3");
    insta::assert_snapshot!(terminal.ask("Hello?"));
    assert_eq!(server.requests()[0].messages().len(), 2);
}

#[test]
fn a_shell_command_leaves_the_lines_that_are_piped_in() {
    let program = Program::new();
    let ran = program.run_with(&["chat", "--sandbox"], b"!cat; echo done >&2\n/usage\n");
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.contains("done\nquestions       0\n"), "{}", ran.stderr);
}
