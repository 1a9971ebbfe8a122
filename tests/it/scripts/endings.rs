//! However a run ends: one terminal event, a document, both in the published shape.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command};

use agentcard::schema::Schema;
use serde_json::{Value, json};

use crate::support::hub::HubThread;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};
use crate::support::wait::{Nobody, PATIENCE};

/// The published schema of this name, as the program prints it.
fn published(name: &str) -> Schema {
    let ran = Program::new().run(&["schema", name]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    Schema::parse(&ran.stdout).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

fn fits(schema: &Schema, text: &str) {
    if let Err(violations) = schema.fit(text) {
        panic!("{text}\n{violations:?}");
    }
}

/// The lines of a run's events, each of which fits the schema; the last is the terminal event.
fn events(stdout: &str, exit: i32) -> Vec<Value> {
    let schema = published("events");
    stdout.lines().for_each(|line| fits(&schema, line));
    let lines: Vec<Value> =
        stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ends = lines.iter().filter(|line| line["type"] == "run_ended").count();
    let last = lines.last().unwrap();
    assert_eq!((ends, &last["type"]), (1, &json!("run_ended")), "{stdout}");
    assert_eq!(last["exit_code"], exit, "{stdout}");
    lines
}

/// A way to end, and what leads there.
struct Ending {
    outcome: &'static str,
    code: i32,
    arguments: Vec<&'static str>,
    replies: Vec<Response>,
}

impl Ending {
    fn new(outcome: &'static str, code: i32, arguments: &[&'static str]) -> Self {
        Self { outcome, code, arguments: arguments.to_vec(), replies: Vec::new() }
    }

    fn after(mut self, replies: impl IntoIterator<Item = Response>) -> Self {
        self.replies = replies.into_iter().collect();
        self
    }

    fn run(&self, form: &str, home: &Program) -> Ran {
        let model = ModelServer::start(self.replies.clone());
        let url = model.url();
        let head = ["ask", form, "--base-url", &url, "--model", "openai.x"];
        home.run(&[&head[..], &self.arguments].concat())
    }
}

fn call(endpoint: &str) -> Response {
    Response::groq_call("hf_api_request", &json!({"endpoint": endpoint}))
}

fn endings() -> Vec<Ending> {
    let error =
        |status, message: &str| Response::error(status, &json!({"error": {"message": message}}));
    let write = json!({
        "endpoint": "/models/lumen-labs/lumen-7b/discussions/1/comment",
        "method": "POST", "json_body": {"comment": "Hi."},
    });
    let post = Response::groq_call("hf_api_request", &write);
    let empty = || Response::events([json!({"choices": [{"delta": {}, "finish_reason": "stop"}]})]);
    vec![
        Ending::new("answered", 0, &["Hi"]).after([Response::text("Hello.")]),
        Ending::new("answered", 0, &["Hi"]).after([call("/whoami-v2"), Response::text("You.")]),
        Ending::new("answered", 0, &["Hi"])
            .after([error(429, "slow down").header("retry-after", "0"), Response::text("Hello.")]),
        Ending::new("answered", 0, &["--output-schema", "any.json", "Hi"])
            .after([Response::text("One."), Response::whole_text("{}")]),
        Ending::new("failed", 1, &["--output-schema", "any.json", "Hi"]).after([
            Response::text("One."),
            Response::text("1"),
            Response::text("[]"),
        ]),
        Ending::new("failed", 1, &["Hi"]).after([error(400, "no")]),
        Ending::new("failed", 1, &["Hi"]).after([empty(), empty(), empty()]),
        Ending::new("usage", 2, &[]),
        Ending::new("usage", 2, &["-f", "none.md", "Hi"]),
        Ending::new("usage", 2, &["--no-such-flag", "Hi"]),
        Ending::new("usage", 2, &["--max-turns", "none", "Hi"]),
        Ending::new("authentication", 41, &["Hi"]).after([error(401, "bad key")]),
        Ending::new("invalid", 52, &["--card", "none.md", "Hi"]),
        Ending::new("invalid", 52, &["--output-schema", "none.json", "Hi"]),
        Ending::new("limit", 53, &["--max-turns", "1", "Hi"]).after([call("/whoami-v2")]),
        Ending::new("limit", 53, &["--timeout", "1s", "Hi"])
            .after([Response::text("Never.").held()]),
        Ending::new("limit", 53, &["Hi"])
            .after([Response::whole(&json!({"content": "Half"}), "length")]),
        Ending::new("refused", 60, &["Hi"]).after([post.clone(), Response::text("Refused.")]),
        Ending::new("answered", 0, &["--dry-run", "Hi"]).after([post, Response::text("Planned.")]),
        Ending::new("rate_limited", 75, &["Hi"])
            .after([error(429, "slow down").header("retry-after", "600")]),
    ]
}

#[test]
fn every_ending_is_one_terminal_event_and_one_document_of_the_published_shape() {
    let hub = HubThread::standard();
    let home = Program::new()
        .variable("HF_ENDPOINT", &hub.origin)
        .variable("HF_TOKEN", "hf_test_write_ada");
    std::fs::write(home.home().join("any.json"), r#"{"type": "object"}"#).unwrap();
    let schema = published("document");
    for ending in endings() {
        let story = format!("{} {:?}", ending.outcome, ending.arguments);

        let ran = ending.run("--stream-json", &home);
        let lines = events(&ran.stdout, ran.code);
        let last = lines.last().unwrap();
        assert_eq!((ran.code, &last["outcome"]), (ending.code, &json!(ending.outcome)), "{story}");

        let ran = ending.run("--json", &home);
        fits(&schema, &ran.stdout);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(document["outcome"], ending.outcome, "{story}");
        assert_eq!(document["error"].is_null(), ending.code == 0, "{story}");
    }
}

#[test]
fn an_endpoint_that_cannot_be_reached_is_an_ending_too() {
    let nobody = Nobody::there();
    let url = format!("{}/v1", nobody.origin());
    let ran = Program::new().run(&[
        "ask",
        "--stream-json",
        "--base-url",
        &url,
        "--model",
        "openai.x",
        "Hi",
    ]);
    assert_eq!(ran.code, 69);
    events(&ran.stdout, 69);
}

/// An `ask` whose model says one word and then nothing for long, up to that word.
fn started(
    form: &str,
    model: &ModelServer,
    home: &Program,
) -> (Child, BufReader<std::process::ChildStdout>) {
    let url = model.url();
    let mut child = home.start(&["ask", form, "--base-url", &url, "--model", "openai.x", "Hi"]);
    drop(child.stdin.take());
    let output = BufReader::new(child.stdout.take().unwrap());
    (child, output)
}

fn slow() -> ModelServer {
    let word = json!({"choices": [{"delta": {"content": "One"}}]});
    ModelServer::start([Response::open([word]).wait(PATIENCE)])
}

#[test]
fn an_interrupted_run_ends_with_its_event() {
    for signal in ["-INT", "-TERM"] {
        let (model, home) = (slow(), Program::new());
        let (mut child, mut output) = started("--stream-json", &model, &home);
        let mut stdout = String::new();
        while !stdout.contains("\"One\"") {
            assert!(output.read_line(&mut stdout).unwrap() > 0, "{stdout}");
        }
        let pid = child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        output.read_to_string(&mut stdout).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let lines = events(&stdout, 130);
        assert_eq!(lines.last().unwrap()["outcome"], "interrupted");
    }
}

#[test]
fn a_reader_that_leaves_ends_every_form_quietly_and_at_once() {
    for form in ["--stream-json", "--json", "--no-stream", "--color=never"] {
        let words = "word ".repeat(20_000);
        let model = ModelServer::start([Response::text(&words)]);
        let home = Program::new();
        let (mut child, output) = started(form, &model, &home);
        drop(output);
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(stderr, "", "{form}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{form}");
    }
}

#[test]
fn a_full_disk_is_a_failure_in_every_form() {
    for form in ["--stream-json", "--json", "--no-stream", "--color=never"] {
        let model = ModelServer::start([Response::text("Hello.")]);
        let url = model.url();
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let home = Program::new();
        let output = home
            .command(&["ask", form, "--base-url", &url, "--model", "openai.x", "Hi"])
            .stdin(std::process::Stdio::null())
            .stdout(full)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), stderr.as_str()),
            (
                Some(1),
                "error: the answer cannot be written: No space left on device (os error 28)\n"
            ),
            "{form}"
        );
    }
}

#[test]
fn schemas_are_listed() {
    insta::assert_snapshot!(Program::new().run(&["schema"]).shown(), @r"
    exit 0
    --- stdout
    document  What `ask --json` prints
    events    Each line of `ask --stream-json`
    card      The front matter of a card
    --- stderr
    ");
}
