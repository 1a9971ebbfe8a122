//! Functions that are run when an agent starts, and when it has done its work.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Command;

use serde_json::json;

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::python::{self, fixture};
use crate::support::wait::PATIENCE;

const FIXED: [&str; 6] = ["ask", "--trust", "--model", "openai.x", "--card", "card.md"];

/// A home with a card that has these hooks, under a key more.
fn home(on_start: &str, on_shutdown: &str, more: &str) -> Program {
    let program = Program::new().variable("PATH", &python::search_path());
    fs::copy(fixture("hooks.py"), program.home().join("hooks.py")).unwrap();
    let hooks = format!("{{on_start: hooks.py:{on_start}, on_shutdown: hooks.py:{on_shutdown}}}");
    let card = format!("---\nname: lead\nlifecycle_hooks: {hooks}\n{more}---\nSpeak.\n");
    fs::write(program.home().join("card.md"), card).unwrap();
    program
}

fn ask(program: &Program, model: &ModelServer, more: &[&str]) -> (i32, String, String) {
    let url = model.url();
    let ran = program.run(&[&FIXED[..], &["--base-url", &url], more, &["Say it."]].concat());
    (ran.code, ran.stdout, ran.stderr)
}

fn log(program: &Program) -> String {
    fs::read_to_string(program.home().join("log.txt")).unwrap_or_default()
}

#[test]
fn they_are_run_once_around_the_work_however_it_ends() {
    if !python::is_there() {
        return;
    }
    let both = "on_start lead None\non_shutdown lead None\n";
    let program = home("log", "log_later", "");
    let model = ModelServer::start([Response::text("Done.")]);
    let (code, stdout, stderr) = ask(&program, &model, &[]);
    assert_eq!((code, stdout.as_str()), (0, "Done.\n"), "{stderr}");
    assert_eq!(log(&program), both);

    let program = home("log", "log", "");
    let model = ModelServer::start([Response::text("Done.")]);
    let (code, _, stderr) = ask(&program, &model, &["--timeout", "0.000001"]);
    assert_ne!(code, 0, "{stderr}");
    assert_eq!(log(&program), both);
}

#[test]
fn an_agent_that_is_called_starts_with_its_first_call_and_ends_with_its_caller() {
    if !python::is_there() {
        return;
    }
    let program = home("log", "log", "agents: [helper]\n");
    let card = "---\nname: helper\nlifecycle_hooks: {on_start: hooks.py:log, on_shutdown: hooks.py:log}\n---\nHelp.\n";
    fs::write(program.home().join("helper.md"), card).unwrap();
    let call = || Response::groq_call("agent__helper", &json!({"message": "Help."}));
    let help = || Response::text("Here.");
    let model = ModelServer::start([call(), help(), call(), help(), Response::text("Done.")]);
    let more = ["--card", "helper.md", "--agent", "lead"];
    let (code, _, stderr) = ask(&program, &model, &more);
    assert_eq!(code, 0, "{stderr}");
    let mut lines: Vec<_> = log(&program).lines().map(str::to_owned).collect();
    assert_eq!(lines[..2], ["on_start lead None", "on_start helper None"]);
    lines[2..].sort();
    assert_eq!(lines[2..], ["on_shutdown helper None", "on_shutdown lead None"]);
}

#[test]
fn one_that_fails_at_the_start_is_an_error_and_at_the_end_a_warning() {
    if !python::is_there() {
        return;
    }
    let program = home("fails", "log", "");
    let model = ModelServer::start([]);
    let (code, stdout, stderr) = ask(&program, &model, &[]);
    insta::assert_snapshot!(format!("exit {code}\n{stdout}{stderr}"), @r"
    exit 52
    error: card.md:3:29: `lifecycle_hooks`: `on_start` failed (hooks.py:fails): no luck
    ");
    assert_eq!(log(&program), "");

    let program = home("log", "fails", "");
    let model = ModelServer::start([Response::text("Done.")]);
    let (code, stdout, stderr) = ask(&program, &model, &["--json"]);
    assert_eq!((code, stderr.as_str()), (0, "warning: `on_shutdown` of `lead` failed: no luck\n"));
    assert!(stdout.ends_with("}\n"), "{stdout}");
}

#[test]
fn they_are_run_after_an_interruption_and_take_trust() {
    if !python::is_there() {
        return;
    }
    let program = home("log", "log", "");
    let word = json!({"choices": [{"delta": {"content": "One"}}]});
    let model = ModelServer::start([Response::open([word]).wait(PATIENCE)]);
    let url = model.url();
    let mut child =
        program.start(&[&FIXED[..], &["--stream-json", "--base-url", &url, "Say it."]].concat());
    let (mut output, mut stdout) = (BufReader::new(child.stdout.take().unwrap()), String::new());
    while !stdout.contains("\"One\"") {
        assert!(output.read_line(&mut stdout).unwrap() > 0, "{stdout}");
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    output.read_to_string(&mut stdout).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(log(&program), "on_start lead None\non_shutdown lead None\n");

    let program = home("log", "log", "");
    let ran = program.run(&["ask", "--sandbox", "--card", "card.md", "Say it."]);
    assert_eq!((ran.code, log(&program).as_str()), (60, ""), "{}", ran.stderr);
}
