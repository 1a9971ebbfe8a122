//! Conversations and runs with the servers of a configuration, through the program.

use std::fs;

use crate::support::mcp::{node_server, odd_server};
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::terminal::Terminal;
use crate::support::wait::block_until;
use agentcard::config::Environment;
use serde_json::json;

/// A home whose own configuration defines servers, and a card that uses them.
fn home(model: &ModelServer, servers: &str, card: &str) -> Program {
    let path = Environment::process().get("PATH").unwrap_or_default();
    let program = Program::new()
        .variable("PATH", &path)
        .variable("AGENTCARD_BASE_URL", &model.url())
        .variable("MCP_TOKEN", "secret");
    let config = program.home().join(".config/agentcard");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.toml"), servers).unwrap();
    fs::write(program.home().join("card.md"), card).unwrap();
    program
}

/// A server of the configuration, by its command.
fn started(name: &str, command: &[String], more: &str) -> String {
    let (program, arguments) = command.split_first().unwrap();
    format!("[mcp.servers.{name}]\ncommand = {program:?}\nargs = {arguments:?}\n{more}\n")
}

fn everything(more: &str) -> Option<String> {
    let program = node_server("mcp-server-everything")?;
    Some(started("all", &[program, "stdio".to_owned()], more))
}

const CARD: &str = "---\nmodel: vllm.test\nservers: [all]\n---\nWork.\n";

fn ask(program: &Program) -> String {
    program.run(&["ask", "--card", "card.md", "Work!"]).shown()
}

#[test]
fn what_a_server_says_of_itself_is_in_the_prompt() {
    let Some(servers) = everything("") else { return };
    let model = ModelServer::start([Response::text("Done.")]);
    let card = CARD.replace("Work.", "Before.\n{{serverInstructions}}\nAfter.");
    ask(&home(&model, &servers, &card));
    let messages = model.requests()[0].messages();
    let prompt = messages[0]["content"].as_str().unwrap();
    let begins = "Before.\n<mcp-server name=\"all\">\n# Everything Server – Server Instructions\n";
    assert!(prompt.starts_with(begins), "{prompt}");
    assert!(prompt.ends_with("\n</mcp-server>\nAfter."), "{prompt}");
}

#[test]
fn a_prompt_of_a_server_is_asked_in_a_conversation() {
    let Some(servers) = everything("") else { return };
    let model = ModelServer::start(["It rains.", " It rains again."].map(Response::text));
    let program = home(&model, &servers, CARD);
    let typed = b"/prompt all__args-prompt city=Oslo\n/prompt args-prompt city=Rome\n\
                  /prompt all__args-promt\n";
    let ran = program.run_with(&["chat", "--card", "card.md"], typed);
    assert_eq!(ran.stdout, "It rains.\n It rains again.\n", "{}", ran.shown());
    let requests = model.requests();
    assert_eq!(requests[0].messages()[1]["content"], "What's weather in Oslo?");
    assert_eq!(requests[1].messages()[3]["content"], "What's weather in Rome?");
    assert!(ran.stderr.contains("did you mean all__args-prompt?"), "{}", ran.shown());
}

#[test]
fn tools_that_change_are_sent_with_the_next_turn() {
    let Some(command) = odd_server("grows") else { return };
    let model = ModelServer::start([
        Response::groq_call("all__work", &json!({})),
        Response::groq_call("all__work_harder", &json!({})),
        Response::text("Done."),
    ]);
    let shown = ask(&home(&model, &started("all", &command, ""), CARD));
    assert!(shown.starts_with("exit 0\n"), "{shown}");
    let requests = model.requests();
    let tools = requests
        .iter()
        .map(|request| request.json()["tools"][0]["function"]["name"].as_str().unwrap().to_owned());
    let expected = ["all__work", "all__work_harder", "all__work_harder"];
    assert_eq!(tools.collect::<Vec<_>>(), expected);
}

#[test]
fn a_server_is_told_the_roots_of_the_configuration() {
    let model = || {
        ModelServer::start([
            Response::groq_call("get-roots-list", &json!({})),
            Response::text("Done."),
        ])
    };
    let result = |model: &ModelServer| {
        let messages = model.requests().last().unwrap().messages();
        messages.last().unwrap()["content"].as_str().unwrap().to_owned()
    };
    let Some(servers) = everything("roots = [\".\", \"file:///srv/notes\"]") else { return };
    let mine = model();
    let program = home(&mine, &servers, CARD);
    ask(&program);
    let here = program.home().canonicalize().unwrap();
    let said = result(&mine);
    assert!(said.contains(&format!("URI: file://{}\n", here.display())), "{said}");
    assert!(said.contains("URI: file:///srv/notes\n"), "{said}");
    // As the file beside cards says them.
    let theirs = model();
    let program = home(&theirs, "", CARD);
    let command = node_server("mcp-server-everything").unwrap();
    let file = format!(
        "mcp:\n  servers:\n    all:\n      command: {command}\n      args: [stdio]\n      \
         roots:\n        - {{uri: \"file:///srv/notes\", name: Notes}}\n        \
         - {{uri: \"file:///srv/mail\", server_uri_alias: \"file:///mail\"}}\n"
    );
    fs::write(program.home().join("fast-agent.yaml"), file).unwrap();
    program.run(&["ask", "--card", "card.md", "--trust", "Work!"]);
    let said = result(&theirs);
    assert!(said.contains("1. Notes\n   URI: file:///srv/notes\n"), "{said}");
    assert!(said.contains("URI: file:///mail\n"), "{said}");
    // What is no directory is said to be none, before anything runs.
    let Some(servers) = everything("roots = [\"https://example.org\"]") else { return };
    let shown = ask(&home(&model(), &servers, CARD));
    insta::assert_snapshot!(shown, @r"
    exit 52
    --- stdout
    --- stderr
    error: card.md:3:11: `servers`: the MCP server `all` cannot be used: its root `https://example.org` is neither a directory nor a `file://` URI
    ");
}

#[test]
fn a_token_and_headers_are_sent_to_a_server() {
    let model = ModelServer::start([Response::text("Done.")]);
    let server = ModelServer::start([]);
    let card = format!(
        "---\nmodel: vllm.test\nmcp_connect:\n  all:\n    target: {}\n    \
         access_token: ${{MCP_TOKEN}}\n    headers: {{X-Team: kettles}}\n---\nWork.\n",
        server.url()
    );
    ask(&home(&model, "", &card));
    let request = &server.requests()[0];
    assert_eq!(request.header("authorization"), Some("Bearer secret"));
    assert_eq!(request.header("x-team"), Some("kettles"));
}

#[test]
fn waiting_for_servers_can_be_stopped() {
    let Some(command) = odd_server("silent") else { return };
    let model = ModelServer::start([]);
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let command = [command, vec![mark.to_str().unwrap().to_owned()]].concat();
    let program = home(&model, &started("all", &command, ""), CARD);
    for typed in ["/tools", "/prompt"] {
        let arguments = ["chat", "--card", "card.md"];
        let Some(terminal) = Terminal::run(80, &program, &arguments) else { return };
        terminal.prompt();
        terminal.keys(typed);
        terminal.press("Enter");
        block_until("the server is waited for", || mark.exists());
        terminal.press("C-c");
        terminal.shows("stopped");
        std::fs::remove_file(&mark).unwrap();
    }
}

#[test]
fn a_person_who_waits_for_servers_is_told_so() {
    let Some(command) = odd_server("silent") else { return };
    let model = ModelServer::start([]);
    let program = home(&model, &started("all", &command, ""), CARD);
    let Some(terminal) = Terminal::run(80, &program, &["chat", "--card", "card.md"]) else {
        return;
    };
    terminal.prompt();
    terminal.enter("Work!");
    terminal.shows("starting the MCP servers, then asking the model");
    terminal.press("C-c");
    terminal.shows("stopped");
    assert_eq!(model.requests().len(), 0);

    let quoting = CARD.replace("Work.", "{{serverInstructions}}");
    fs::write(program.home().join("card.md"), quoting).unwrap();
    let Some(terminal) = Terminal::run(80, &program, &["ask", "--card", "card.md", "Work!"]) else {
        return;
    };
    terminal.shows("starting what the card brings …");
}

#[test]
fn the_last_question_is_the_persons_own() {
    let model = ModelServer::start([
        Response::text("Three."),
        Response::text("{\"count\": \"many\"}"),
        Response::text("{\"count\": 3}"),
        Response::text("Three again."),
        Response::text("{\"count\": 3}"),
    ]);
    let card = "---\nmodel: vllm.test\nrequest_params:\n  response_format:\n    type: json_schema\n    \
                json_schema:\n      name: count\n      schema:\n        type: object\n        \
                properties: {count: {type: integer}}\n        required: [count]\n---\nCount.\n";
    let program = home(&model, "", card);
    let ran = program.run_with(&["chat", "--card", "card.md"], b"How many?\n/retry\n/undo\n");
    let requests = model.requests();
    assert_eq!(requests.len(), 5, "{}", ran.shown());
    let again = requests[3].messages();
    assert_eq!(again.len(), 2, "{again:?}");
    assert_eq!(again[1]["content"], "How many?");
    assert!(ran.stderr.contains("forgotten: How many?"), "{}", ran.shown());
}

#[test]
fn servers_of_the_hub_need_no_yes_for_the_token_they_get() {
    let model = ModelServer::start([]);
    let card = "---\nmodel: vllm.test\nmcp_connect:\n  hub: https://huggingface.co/mcp\n  \
                space: https://ada-notes.hf.space/mcp\n  keyed: {target: https://mcp.example.org/mcp, \
                access_token: mine}\n---\nWork.\n";
    let program = home(&model, "", card).variable("HF_TOKEN", "hf_secret");
    let shown = program.run(&["cards", "show", "--card", "card.md"]).shown();
    let programs: Vec<_> =
        shown.lines().filter(|line| line.trim_start().starts_with("program")).collect();
    insta::assert_snapshot!(programs.join("\n"), @r"program      mcp.example.org is sent the headers authorization: MCP server, which runs after a yes");
    assert!(!shown.contains("hf_secret"), "{shown}");
}
