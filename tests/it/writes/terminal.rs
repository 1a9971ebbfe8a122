//! A person at a real terminal.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::support::hub::HubThread;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::terminal::Terminal;

const COMMENT: &str = "/models/lumen-labs/aurora-7b/discussions/7/comment";

/// A Hub, and a model that makes these calls, one a turn, and answers.
struct Scene {
    hub: HubThread,
    model: ModelServer,
    program: Program,
}

impl Scene {
    fn new(calls: &[Value]) -> Self {
        let call = |arguments: &Value| Response::groq_call("hf_api_request", arguments);
        let turns = calls.iter().map(call).chain([Response::text("That is all.")]);
        let hub = HubThread::standard();
        let program = Program::new()
            .variable("HF_ENDPOINT", &hub.origin)
            .variable("HF_TOKEN", "hf_test_write_ada");
        Self { hub, model: ModelServer::start(turns), program }
    }

    fn ask(&self) -> Option<Terminal> {
        let url = self.model.url();
        let arguments = ["ask", "--base-url", &url, "--model", "openai.x", "Do it."];
        Terminal::run(100, &self.program, &arguments)
    }

    /// The bodies of the writes that reached the Hub.
    fn sent(&self) -> Vec<Value> {
        let writes = self.hub.requests().into_iter().filter(|request| request.method == "POST");
        writes.map(|write| serde_json::from_str(&write.body).unwrap_or_default()).collect()
    }
}

fn comment(text: &str) -> Value {
    json!({"endpoint": COMMENT, "method": "POST", "json_body": {"comment": text}})
}

fn read() -> Value {
    json!({"endpoint": COMMENT.trim_end_matches("/comment")})
}

#[test]
fn yes() {
    let scene = Scene::new(&[read(), comment("Thanks!\n\nSolved in \u{202e}v2.")]);
    let Some(terminal) = scene.ask() else { return };
    let screen = terminal.shows("[e]dit >");
    let question = screen.split_once('▌').map(|(_, question)| question).unwrap_or_default();
    insta::assert_snapshot!(format!("▌{question}"), @r#"
    ▌ Comment on #7 on model lumen-labs/aurora-7b: “Thanks! Solved in \u202ev2.”
    ▌
    ▌ POST /models/lumen-labs/aurora-7b/discussions/7/comment
    ▌   {
    ▌     "comment": """
    ▌       Thanks!
    ▌
    ▌       Solved in \u202ev2."""
    ▌   }
    ▌
    ▌ The model has read what other people wrote, and may be following it:
    ▌   > ada-moreau: Hello,
    ▌   >
    ▌   > I noticed this while evaluating the 7B checkpoint.
    ▌
    ▌ (always: this endpoint, this repo, as long as this conversation)
    ▌ [y]es  [n]o  [a]lways  [e]dit >
    "#);
    assert_eq!(scene.sent(), [] as [Value; 0]);
    terminal.enter("y");
    terminal.shows("[exit 0]");
    assert_eq!(scene.sent(), [json!({"comment": "Thanks!\n\nSolved in \u{202e}v2."})]);
}

#[test]
fn no() {
    let scene = Scene::new(&[comment("Hi")]);
    let Some(terminal) = scene.ask() else { return };
    terminal.shows("[e]dit >");
    terminal.enter("n");
    let screen = terminal.shows("[exit 60]");
    assert!(screen.contains("error: a write was not sent: you said no"), "{screen}");
    assert_eq!(scene.sent(), [] as [Value; 0]);
}

#[test]
fn always() {
    let scene = Scene::new(&[comment("One"), comment("Two")]);
    let Some(terminal) = scene.ask() else { return };
    terminal.shows("[e]dit >");
    terminal.enter("always");
    let screen = terminal.shows("[exit 0]");
    assert_eq!(screen.matches("[e]dit >").count(), 1, "{screen}");
    assert_eq!(scene.sent(), [json!({"comment": "One"}), json!({"comment": "Two"})]);
}

#[test]
fn edit() {
    let mut scene = Scene::new(&[comment("thx")]);
    let editor = scene.program.home().join("editor");
    std::fs::write(&editor, "#!/bin/sh\nsed -i 's/thx/Thank you/' \"$1\"\n").unwrap();
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
    scene.program = scene.program.variable("EDITOR", &editor.to_string_lossy());
    let Some(terminal) = scene.ask() else { return };
    terminal.shows("[e]dit >");
    terminal.enter("e");
    terminal.shows("\"comment\": \"Thank you\"");
    terminal.enter("y");
    terminal.shows("[exit 0]");
    assert_eq!(scene.sent(), [json!({"comment": "Thank you"})]);
}

#[test]
fn what_was_typed_before_the_question_is_no_answer() {
    let held = Response::groq_call("hf_api_request", &comment("Hi")).held();
    let mut scene = Scene::new(&[]);
    scene.model = ModelServer::start([held, Response::text("Done.")]);
    let Some(terminal) = scene.ask() else { return };
    terminal.shows("waiting for the model");
    terminal.enter("y");
    scene.model.release();
    terminal.shows("[e]dit >");
    terminal.enter("n");
    terminal.shows("[exit 60]");
    assert_eq!(scene.sent(), [] as [Value; 0]);
}

#[test]
fn ctrl_c_is_no_yes() {
    let scene = Scene::new(&[comment("Hi")]);
    let Some(terminal) = scene.ask() else { return };
    terminal.shows("[e]dit >");
    terminal.press("C-c");
    terminal.shows("[exit 130]");
    assert_eq!(scene.sent(), [] as [Value; 0]);
}

#[test]
fn a_write_of_a_conversation_is_recorded_and_can_be_undone() {
    let close = json!({"endpoint": "/models/lumen-labs/aurora-7b/discussions/7/status",
        "method": "POST", "json_body": {"status": "closed"}});
    let scene = Scene::new(&[close]);
    let url = scene.model.url();
    let chat = ["chat", "--base-url", &url, "--model", "openai.x"];
    let Some(terminal) = Terminal::run(100, &scene.program, &chat) else { return };
    terminal.prompt();
    terminal.enter("Close number 7.");
    let screen = terminal.shows("[e]dit >");
    assert!(screen.contains("▌ It is now") && screen.contains("\"status\": \"open\""), "{screen}");
    terminal.enter("y");
    terminal.shows("That is all.");
    terminal.prompt();
    terminal.press("C-d");
    terminal.shows("[exit 0]");
    let list = scene.program.run(&["undo", "--list"]).stdout;
    assert!(list.contains("done") && list.contains("Close #7"), "{list}");
    let undone = scene.program.run(&["undo", "--yes"]);
    assert_eq!(undone.code, 0, "{}", undone.shown());
    assert_eq!(scene.sent(), [json!({"status": "closed"}), json!({"status": "open"})]);
}

#[test]
fn a_conversation_knows_the_same_rules() {
    for (flags, shown, sent) in [
        (&["--read-only"][..], "· refused ·", 0),
        (&["--allow", "POST /models/lumen-labs/*/discussions/*/comment"], "· 201 ·", 1),
    ] {
        let scene = Scene::new(&[comment("Hi")]);
        let url = scene.model.url();
        let chat = [&["chat", "--base-url", &url, "--model", "openai.x"], flags].concat();
        let Some(terminal) = Terminal::run(100, &scene.program, &chat) else { return };
        terminal.prompt();
        terminal.enter("Do it.");
        let screen = terminal.shows("That is all.");
        assert!(screen.contains(shown) && !screen.contains("[e]dit >"), "{screen}");
        assert_eq!(scene.sent().len(), sent, "{flags:?}");
    }
}
