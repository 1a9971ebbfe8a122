//! What can be done to a line before it is sent.

use serde_json::json;

use super::chat;
use crate::support::model_server::{ModelServer, Response};
use crate::support::terminal::Terminal;

/// What the person said in the last request.
fn said(server: &ModelServer) -> String {
    let messages = server.requests().pop().unwrap().messages();
    messages.last().unwrap()["content"].as_str().unwrap().to_owned()
}

#[test]
fn ctrl_j_begins_another_line_and_ctrl_r_finds_an_earlier_one() {
    let server = ModelServer::start(["One.", "Two."].map(Response::text));
    let Some(terminal) = Terminal::start(60, &chat(&server)) else { return };
    terminal.prompt();
    terminal.keys("first");
    terminal.press("C-j");
    terminal.enter("second");
    terminal.until("One.\n>");
    assert_eq!(said(&server), "first\nsecond");
    terminal.press("C-r");
    terminal.keys("sec");
    terminal.shows("(reverse-i-search)`sec'");
    terminal.press("Enter");
    terminal.until("Two.\n>");
    assert_eq!(said(&server), "first\nsecond");
}

#[test]
fn a_line_is_taken_to_the_editor_and_back() {
    let server = ModelServer::start([Response::text("Fine.")]);
    let Some(terminal) = Terminal::with(60, "VISUAL='sed -i s/cat/dog/'", &chat(&server)) else {
        return;
    };
    terminal.prompt();
    terminal.keys("a cat?");
    terminal.press("C-x");
    terminal.press("C-e");
    terminal.shows("> a dog?");
    terminal.press("Enter");
    terminal.until("Fine.\n>");
    assert_eq!(said(&server), "a dog?");
    let left = std::fs::read_dir(terminal.home().join(".local/state/agentcard")).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.filter(|name| name.starts_with("edit-")).count() == 0);
}

#[test]
fn without_an_editor_the_line_stays() {
    let Some(terminal) = Terminal::start(60, "chat --sandbox") else { return };
    terminal.prompt();
    terminal.keys("half a question");
    terminal.press("C-x");
    terminal.press("C-e");
    terminal.until("error: there is no editor: set $EDITOR\n> half a question");
}

#[test]
fn commands_endpoints_and_names_are_completed() {
    let call =
        Response::groq_call("hf_api_request", &json!({"endpoint": "/users/ada-moreau/overview"}));
    let server = ModelServer::start([call, Response::text("She is."), Response::text("Yes.")]);
    let Some(terminal) = Terminal::start(90, &chat(&server)) else { return };
    terminal.prompt();
    terminal.keys("/to");
    terminal.press("Tab");
    terminal.until("> /tools");
    terminal.press("C-c");
    terminal.ask("Who is she?");
    terminal.keys("And /us");
    for (key, shown) in [("Tab", "> And /users/"), ("a", ""), ("Tab", "> And /users/ada-moreau")] {
        terminal.press(key);
        terminal.shows(shown);
    }
    terminal.keys(" or ad");
    terminal.press("Tab");
    terminal.until("or ada-moreau");
    terminal.press("Enter");
    terminal.until("Yes.\n>");
    assert_eq!(said(&server), "And /users/ada-moreau or ada-moreau");
}

/// Keeps the conversation busy until the file `go` is there.
const BUSY: &str = "!echo busy; until test -e ~/go; do sleep 0.05; done";

#[test]
fn a_line_that_is_typed_ahead_is_the_next_question() {
    let server = ModelServer::start([Response::text("Two.")]);
    let Some(terminal) = Terminal::start(60, &chat(&server)) else { return };
    terminal.prompt();
    terminal.enter(BUSY);
    terminal.until("done\nbusy");
    terminal.enter("one and one?");
    terminal.until("busy\none and one?");
    std::fs::write(terminal.home().join("go"), "").unwrap();
    let screen = terminal.shows("Two.\n>");
    insta::assert_snapshot!(screen.split_once("\nbusy\n").unwrap().1, @"
    one and one?
    > one and one?
    Two.
    >
    ");
    assert_eq!(said(&server), "one and one?");
    terminal.press("Up");
    terminal.until("> one and one?");
}

#[test]
fn lines_that_are_typed_ahead_are_one_text_to_look_at() {
    let server = ModelServer::start([Response::text("Two.")]);
    let Some(terminal) = Terminal::start(60, &chat(&server)) else { return };
    terminal.prompt();
    terminal.enter(BUSY);
    terminal.until("done\nbusy");
    terminal.enter("one");
    terminal.enter("and");
    terminal.keys("one");
    terminal.until("busy\none\nand\none");
    std::fs::write(terminal.home().join("go"), "").unwrap();
    terminal.until("> one\nand\none");
    assert_eq!(server.requests().len(), 0);
    terminal.enter("?");
    terminal.until("Two.\n>");
    assert_eq!(said(&server), "one\nand\none?");
}
