//! Cards that were written for Claude Code.

use std::fs;

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;

const REVIEWER: &str = "---\nname: reviewer\ndescription: Reviews code\ntools: Read, Grep, Bash\nmodel: inherit\ncolor: blue\n---\n\nYou review code.\n";
const WRITER: &str = "---\nname: writer\ndescription: Writes code\ntools: [Edit, Write, Task]\nmodel: sonnet\n---\n\nYou write code.\n";

/// A home with such cards, and a model that answers.
fn scene() -> (Program, ModelServer) {
    let server = ModelServer::start(vec![Response::text("Looks good.")]);
    let program = Program::new()
        .variable("PATH", "/usr/bin:/bin")
        .variable("AGENTCARD_BASE_URL", &server.url())
        .variable("AGENTCARD_MODEL", "generic.m");
    let agents = program.home().join(".claude/agents");
    fs::create_dir_all(&agents).unwrap();
    fs::write(agents.join("reviewer.md"), REVIEWER).unwrap();
    fs::write(agents.join("writer.md"), WRITER).unwrap();
    (program, server)
}

/// The names of the tools that the model was offered.
fn offered(server: &ModelServer) -> Vec<String> {
    let request = server.requests().remove(0).json();
    let tools = request["tools"].as_array().unwrap().iter();
    tools.map(|tool| tool["function"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn one_has_what_its_tools_are_here_and_says_which_are_nothing() {
    let (program, server) = scene();
    let asked = ["ask", "--card", ".claude/agents", "--agent", "reviewer", "--trust", "Well?"];
    let ran = program.run(&asked);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Looks good.\n"), "{}", ran.stderr);
    assert_eq!(
        ran.stderr,
        "warning: .claude/agents/reviewer.md:4:8: `tools`: `Grep` is no tool of this program; the agent runs without it\n"
    );
    assert_eq!(server.requests()[0].json()["model"], "m");
    assert_eq!(server.requests()[0].messages()[0]["content"], "You review code.");
    assert_eq!(offered(&server), ["bash", "process", "read_text_file"]);
}

#[test]
fn one_gets_files_without_commands_and_clones_of_itself() {
    let (program, server) = scene();
    let asked = ["ask", "--card", ".claude/agents/writer.md", "--model", "generic.m", "--trust"];
    let ran = program.run(&[&asked[..], &["Well?"]].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(offered(&server), ["write_text_file", "edit_file", "subagent"]);
}
