//! `harness_tools`, and the type `smart`, which has them: what an agent may look up about itself.

use serde_json::{Value, json};

use super::{ask, bodies, home};
use crate::support::mcp::node_server;
use crate::support::model_server::{ModelServer, Response};
use agentcard::config::Environment;

fn tools(body: &Value) -> Vec<&str> {
    let tools = body["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
    tools.iter().map(|tool| tool["function"]["name"].as_str().unwrap()).collect()
}

/// What the tools come to that a model calls, one after the other.
fn results(front: &str, calls: &[(&str, Value)]) -> Vec<String> {
    let calls_then_answer = calls
        .iter()
        .map(|(tool, arguments)| Response::groq_call(tool, arguments))
        .chain([Response::text("Yes.")]);
    let model = ModelServer::start(calls_then_answer);
    let path = Environment::process().get("PATH").unwrap_or_default();
    let ran = ask(&home(front).variable("PATH", &path), &model, &["--trust", "Are you?"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let bodies = bodies(&model);
    let last = bodies.last().unwrap()["messages"].as_array().unwrap();
    let results = last.iter().filter(|message| message["role"] == "tool");
    results.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_agent_looks_itself_up_and_changes_nothing() {
    let commands = ["/tools", "/model", "/usage", "/system", "/skills", "/mcp", "/quit", "rm"];
    let calls: Vec<_> = commands
        .iter()
        .map(|command| ("slash_command", json!({ "command": command })))
        .chain([("get_resource", json!({"uri": "file:///etc/passwd"}))])
        .collect();
    let results = results("harness_tools: true\nhuman_input: true\n", &calls).join("\n--\n");
    insta::assert_snapshot!(results, @r"
    __human_input: Ask the person a question and wait for their answer. Use it when you need something only they know, or a decision that is theirs.
    slash_command: Shows something about you: `/commands` lists what there is. Nothing can be changed with it.
    get_resource: Reads a resource of an MCP server, by its URI.
    --
    openai.openai/gpt-oss-20b
    --
    6 messages, about 150 tokens
    --
    You are {{who}}.
    --
    There are none.
    --
    There are none.
    --
    Error: `/quit` is not for you to use: it is unknown, or the person's to type. There are, with nothing behind them: /commands, /tools, /model, /usage, /system, /skills, /prompts, /mcp.
    --
    Error: `rm` is not for you to use: it is unknown, or the person's to type. There are, with nothing behind them: /commands, /tools, /model, /usage, /system, /skills, /prompts, /mcp.
    --
    Error: There is no MCP server, and so there are no resources.
    ");
}

#[test]
fn the_old_type_smart_has_clones_too_and_they_do_without() {
    let model = ModelServer::start([
        Response::groq_call("subagent", &json!({"message": "Work."})),
        Response::text("Done."),
        Response::text("All done."),
    ]);
    let program = home("type: smart\n");
    let ran = ask(&program, &model, &["Go"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "All done.\n"), "{}", ran.stderr);
    let bodies = bodies(&model);
    assert_eq!(tools(&bodies[0]), ["slash_command", "get_resource", "subagent"]);
    assert_eq!(tools(&bodies[1]), [""; 0]);
    let checked = program.run(&["cards", "check", "a.md"]);
    assert!(
        checked.stdout.contains("is an old word for `agent` with `subagents` and `harness_tools`"),
        "{}",
        checked.stdout
    );
    let model = ModelServer::start([Response::text("Yes.")]);
    ask(&home("type: smart\nsubagents: false\nharness_tools: false\n"), &model, &["Go"]);
    assert_eq!(tools(&super::bodies(&model)[0]), [""; 0]);
}

#[test]
fn a_resource_is_read_from_the_server_that_has_it() {
    let Some(everything) = node_server("mcp-server-everything") else { return };
    let front =
        format!("harness_tools: true\nmcp_connect: {{all: {{target: {everything} stdio}}}}\n");
    let uri = "demo://resource/static/document/architecture.md";
    let read = results(
        &front,
        &[
            ("get_resource", json!({ "uri": uri })),
            ("get_resource", json!({ "uri": uri, "server_name": "none" })),
            ("slash_command", json!({"command": "/mcp"})),
        ],
    );
    assert!(read[0].starts_with("# Everything Server"), "{}", read[0]);
    assert_eq!(
        read[1],
        format!(
            "Error: `server_name` must be the name of the server that has `{uri}`. There are: all."
        )
    );
    assert_eq!(read[2], "all: usable");
}
