//! The rows whose cards name a server, with that server of the registries: `uvx` and `npx` stand in
//! for the ones that would fetch it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::{Value, json};

use super::{ask, copy_of, tools};
use crate::support::mcp::{node_programs, python_programs};
use crate::support::model_server::{ModelServer, Request, Response};
use crate::support::program::Program;
use crate::support::python;

/// A copy of a folder, on a machine that has the servers its cards name.
fn equipped(folder: &str) -> Option<Program> {
    let (node, python) = (node_programs()?, python_programs()?);
    let program = copy_of(folder);
    let path = python::search_path();
    let script = |name: &str, text: &str| write_script(&program.home().join(name), text);
    script(
        "uvx",
        &format!("name=$1; shift; PATH='{path}' exec '{}'/\"$name\" \"$@\"", python.display()),
    );
    script(
        "npx",
        &format!(
            "[ \"$1\" = -y ] && shift; name=${{1#@modelcontextprotocol/}}; shift\n\
             PATH='{path}' exec '{}'/mcp-\"$name\" \"$@\"",
            node.display()
        ),
    );
    let home = program.home().to_str().unwrap().to_owned();
    Some(program.variable("PATH", &home))
}

fn write_script(path: &Path, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Asks an agent whose model is another than its card's, and returns what the model was sent.
fn sent(program: &Program, agent: &str, responses: Vec<Response>) -> Vec<Value> {
    let model = ModelServer::start(responses);
    let ran = ask(program, ".", agent, &model, &["--model", "openai.m"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{}", ran.shown());
    assert!(!ran.stderr.contains("warning"), "{}", ran.shown());
    model.requests().iter().map(Request::json).collect()
}

fn last(request: &Value) -> &str {
    request["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap()
}

#[test]
fn children_tell_the_time() {
    let Some(program) = equipped("team") else { return };
    let requests = sent(
        &program,
        "",
        vec![
            Response::groq_call("agent__lisbon-desk", &json!({"message": "What time is it?"})),
            Response::groq_call(
                "clock__convert_time",
                &json!({"source_timezone": "Asia/Tokyo", "time": "12:00", "target_timezone": "Asia/Dubai"}),
            ),
            Response::text("It is seven."),
            Response::text("Done."),
        ],
    );
    assert_eq!(tools(&requests[1]), ["clock__get_current_time", "clock__convert_time"]);
    assert!(requests[1]["tools"].to_string().contains("Europe/Lisbon"), "{}", requests[1]["tools"]);
    assert!(last(&requests[2]).contains("07:00:00+04:00"), "{}", last(&requests[2]));
    assert_eq!(last(&requests[3]), "It is seven.");
}

#[test]
fn a_page_reader_has_the_one_tool_its_card_names() {
    let Some(program) = equipped("newsroom") else { return };
    let request = sent(&program, "reporter", vec![Response::text("Done.")]).swap_remove(0);
    assert_eq!(tools(&request), ["pages__fetch"]);
    assert_eq!(request["max_completion_tokens"], 2000);
}

#[test]
fn files_are_read_and_pages_too() {
    let Some(program) = equipped("switchboard") else { return };
    fs::write(program.home().join("notes.txt"), "Water the plants.").unwrap();
    let path = program.home().join("notes.txt");
    let requests = sent(
        &program,
        "code-desk",
        vec![
            Response::groq_call("disk__read_text_file", &json!({"path": path})),
            Response::text("Done."),
        ],
    );
    let names = tools(&requests[0]);
    assert!(names.contains(&"disk__read_text_file"), "{names:?}");
    assert!(names.contains(&"pages__fetch"), "{names:?}");
    assert!(last(&requests[1]).contains("Water the plants."), "{}", last(&requests[1]));
}
