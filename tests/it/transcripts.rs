//! Tests of transcripts: what the built program keeps, and what it does with it later.

mod disk;
mod kill;
mod manage;
mod resume;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::hub::HubThread;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran, steady};

/// The files of all transcripts, the first begun first.
fn files(program: &Program) -> Vec<PathBuf> {
    let directory = program.home().join(".local/state/agentcard/transcripts");
    let entries = fs::read_dir(directory).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some()).collect();
    files.sort();
    files
}

/// A file's lines.
fn lines(file: &PathBuf) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The one transcript's file and lines.
fn only(program: &Program) -> (PathBuf, Vec<Value>) {
    let files = files(program);
    assert_eq!(files.len(), 1, "{files:?}");
    (files[0].clone(), lines(&files[0]))
}

/// Runs a command with a scripted model and a card of one line.
fn run(program: &Program, model: &ModelServer, arguments: &[&str]) -> Ran {
    program.run(&spoken(program, model, arguments))
}

/// The arguments of such a command.
fn spoken<'a>(program: &Program, model: &'a ModelServer, arguments: &[&'a str]) -> Vec<&'a str> {
    let card = program.home().join("brief.md");
    fs::write(
        card,
        "---\nname: brief\nfunction_tools: [hf_api_tool.py:hf_api_request]\n---\nBe brief.",
    )
    .unwrap();
    let url = Box::leak(model.url().into_boxed_str());
    let head = ["--base-url", url, "--model", "openai.gpt-oss-20b", "--card", "brief.md"];
    [&arguments[..1], &head[..], &arguments[1..]].concat()
}

#[test]
fn a_run_is_kept_line_by_line() {
    let hub = HubThread::standard();
    let program =
        Program::new().variable("HF_ENDPOINT", &hub.origin).variable("HF_TOKEN", "hf_secret_ada");
    let call = Response::groq_call("hf_api_request", &json!({"endpoint": "/whoami-v2"}));
    let model = ModelServer::start([call, Response::text("Nobody.")]);
    assert_eq!(run(&program, &model, &["ask", "Who am I?"]).stdout, "Nobody.\n");
    let (file, mut lines) = only(&program);
    assert_eq!(lines[0]["id"], *file.file_stem().unwrap().to_str().unwrap());
    let home = program.home().display().to_string();
    assert_eq!(lines[0]["directory"], home);
    assert_eq!(lines[0]["card_file"], format!("{home}/brief.md"));
    assert_eq!(lines[0]["base_url"], model.url());
    for key in ["id", "created", "directory", "card_file", "base_url"] {
        lines[0][key] = json!("…");
    }
    lines.last_mut().unwrap()["at"] = json!("…");
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    insta::assert_snapshot!(steady(&text.join("\n")));
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    assert!(!fs::read_to_string(file).unwrap().contains("hf_secret_ada"));
}

#[test]
fn nothing_is_kept_where_that_is_not_wanted() {
    let program = Program::new();
    let config = program.home().join("agentcard.toml");
    let model = ModelServer::start(["One.", "Two."].map(Response::text));
    assert_eq!(run(&program, &model, &["ask", "--no-transcript", "Hi"]).code, 0);
    fs::write(&config, "[transcripts]\nkeep = \"nothing\"\n").unwrap();
    assert_eq!(run(&program, &model, &["ask", "Hi"]).code, 0);
    assert!(!program.home().join(".local").exists());
    fs::write(&config, "[transcripts]\nkeep = \"1s\"\n").unwrap();
    let refused = run(&program, &model, &["ask", "Hi"]).stderr;
    let expected = "error: HOME/agentcard.toml:2:8: `transcripts.keep`: a project's file may only say \
                    `nothing` here\n  hint: set it in your own config.toml\n";
    assert_eq!(refused.replace(&program.home().display().to_string(), "HOME"), expected);
}

#[test]
fn a_conversation_is_a_file_and_a_new_one_another() {
    let program = Program::new();
    let model = ModelServer::start(["1.", "2.", "3."].map(Response::text));
    let chat = spoken(&program, &model, &["chat"]);
    program.run_with(&chat, b"/help\n/quit\n");
    assert!(files(&program).is_empty(), "nothing was said");
    program.run_with(&chat, b"One?\n/undo\nTwo?\n/new\nThree?\n/model builtin.echo\n");
    let files = files(&program);
    let short = |line: &Value| match line["role"].as_str() {
        Some(role) => format!("{role}: {}", line["content"].as_str().unwrap()),
        None => line["record"].as_str().unwrap_or("header").to_owned(),
    };
    let mut told: Vec<Vec<String>> =
        files.iter().map(|file| lines(file).iter().map(short).collect()).collect();
    told.sort();
    assert_eq!(
        told[0],
        [
            "header",
            "system: Be brief.",
            "user: One?",
            "assistant: 1.",
            "run_ended",
            "replaced",
            "user: Two?",
            "assistant: 2.",
            "run_ended"
        ]
    );
    assert_eq!(
        told[1],
        ["header", "system: Be brief.", "user: Three?", "assistant: 3.", "run_ended", "settings"]
    );
}
