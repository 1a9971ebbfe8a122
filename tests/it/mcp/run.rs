//! Whole runs with MCP servers: what the model sees, what the person sees, and who may do what.

use std::fs;
use std::path::PathBuf;

use crate::support::mcp::odd_server;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::terminal::Terminal;
use agentcard::config::Environment;
use serde_json::{Value, json};

/// A home with a card whose server misbehaves so, and a model that calls its tool and then answers.
struct Home {
    program: Program,
    model: ModelServer,
}

impl Home {
    fn new(manner: &str, called: &str) -> Option<Self> {
        let command = odd_server(manner)?;
        let model = ModelServer::start([
            Response::groq_call(called, &json!({})),
            Response::text("It is done."),
        ]);
        let path = Environment::process().get("PATH").unwrap_or_default();
        let program = Program::new()
            .variable("PATH", &path)
            .variable("AGENTCARD_BASE_URL", &model.url())
            .variable("HF_TOKEN", "hf_secret")
            .variable("SOMEBODYS_API_KEY", "secret");
        let home = Self { program, model };
        let target = command.join(" ");
        home.card(&format!("mcp_connect: {{odd: {{target: {target:?}}}}}"));
        Some(home)
    }

    fn card(&self, front: &str) {
        let text = format!("---\nmodel: vllm.test\n{front}\n---\nWork.\n");
        fs::write(self.path("card.md"), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.program.home().join(name)
    }

    /// What a run comes to, with the place of the server left out.
    fn ask(&self, flags: &[&str]) -> String {
        let arguments = [&["ask", "--card", "card.md"], flags, &["Work!"]].concat();
        let shown = self.program.run(&arguments).shown();
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/mcp/");
        let home = self.program.home().canonicalize().unwrap();
        shown.replace(root, "").replace(&home.display().to_string(), "HOME")
    }

    /// What the model read of its call.
    fn result(&self) -> String {
        let messages = self.model.requests().last().unwrap().messages();
        messages.last().unwrap()["content"].as_str().unwrap().to_owned()
    }
}

#[test]
fn the_tools_of_a_server_are_called_by_either_name() {
    for called in ["odd__work", "work", "odd.work"] {
        let Some(home) = Home::new("fine", called) else { return };
        let shown = home.ask(&["--trust"]);
        assert!(shown.starts_with("exit 0\n--- stdout\nIt is done.\n"), "{shown}");
        let requests = home.model.requests();
        insta::allow_duplicates! {
            insta::assert_json_snapshot!(requests[0].json()["tools"], @r#"
            [
              {
                "type": "function",
                "function": {
                  "name": "odd__work",
                  "description": "Works.",
                  "parameters": {
                    "type": "object",
                    "properties": {}
                  }
                }
              }
            ]
            "#);
        }
        let messages = requests[1].messages();
        assert_eq!(messages[2]["tool_calls"][0]["function"]["name"], "odd__work");
        assert_eq!(home.result(), "done");
    }
}

#[test]
fn what_a_card_would_start_takes_a_yes() {
    let Some(home) = Home::new("fine", "work") else { return };
    insta::assert_snapshot!(home.ask(&[]), @r#"
    exit 60
    --- stdout
    --- stderr
    error: the card's programs were not run, nobody was there to allow it:
    HOME
      python3 odd.py fine: MCP server
      hint: read them, and if they may run: --trust
      hint: or run it once on a terminal, where you are asked
    "#);
    assert_eq!(home.model.requests().len(), 0);
    // One that the person defined themselves needs none.
    let command = odd_server("fine").unwrap();
    let config = home.path(".config/agentcard");
    fs::create_dir_all(&config).unwrap();
    let server = format!("[mcp.servers.odd]\ncommand = \"python3\"\nargs = {:?}\n", &command[1..]);
    fs::write(config.join("config.toml"), server).unwrap();
    home.card("servers: [odd]");
    let shown = home.ask(&[]);
    assert!(shown.starts_with("exit 0\n"), "{shown}");
    assert_eq!(home.result(), "done");
}

#[test]
fn a_call_that_does_more_than_read_takes_a_yes() {
    let Some(home) = Home::new("writes", "work") else { return };
    insta::assert_snapshot!(home.ask(&["--trust"]), @r#"
    exit 60
    --- stdout
    It is done.
    --- stderr
    error: a write was not sent: nobody was there to approve it
      hint: to allow it: --allow 'odd__work'
      hint: or run it on a terminal, where you are asked
    "#);
    insta::assert_snapshot!(home.result(), @"Not sent: a write needs a person's yes, and nobody can be asked here. Do not try it again. Tell the person what was to be written, and that they can allow it with --allow 'odd__work' or by running this on a terminal.");
    let Some(home) = Home::new("writes", "work") else { return };
    let shown = home.ask(&["--trust", "--allow", "odd__work"]);
    assert!(shown.starts_with("exit 0\n"), "{shown}");
    assert_eq!(home.result(), "done");
    // A rule for all tools of a server covers those that only add something.
    for (manner, begins) in [("writes", "done"), ("destroys", "Not sent:")] {
        let Some(home) = Home::new(manner, "work") else { return };
        home.ask(&["--trust", "--allow", "odd__*"]);
        assert!(home.result().starts_with(begins), "{}", home.result());
    }
}

#[test]
fn a_server_that_cannot_be_had_ends_no_run() {
    let Some(home) = Home::new("stillborn", "odd__work") else { return };
    insta::assert_snapshot!(home.ask(&["--trust"]), @r#"
    exit 0
    --- stdout
    It is done.
    --- stderr
    warning: the MCP server `odd` cannot be used: it ended before it answered (exit status: 1). It wrote: no such database
    "#);
    insta::assert_snapshot!(home.result(), @"Error: The MCP server `odd` cannot be used, so that it has no tools: it ended before it answered (exit status: 1). It wrote: no such database");
}

#[test]
fn a_server_gets_no_keys_but_those_it_was_given() {
    let Some(home) = Home::new("environment", "work") else { return };
    let command = odd_server("environment").unwrap();
    let config = home.path(".config/agentcard");
    fs::create_dir_all(&config).unwrap();
    let server = format!(
        "[mcp.servers.odd]\ncommand = \"python3\"\nargs = {:?}\n\
         env = {{ GIVEN = \"${{SOMEBODYS_API_KEY}}\" }}\n",
        &command[1..]
    );
    fs::write(config.join("config.toml"), server).unwrap();
    home.card("servers: [odd]");
    home.ask(&[]);
    let tools = home.model.requests()[0].json();
    let names: Value =
        serde_json::from_str(tools["tools"][0]["function"]["description"].as_str().unwrap())
            .unwrap();
    let names = names.as_array().unwrap();
    let has = |name: &str| names.iter().any(|other| other == name);
    assert!(has("PATH") && has("HOME") && has("GIVEN"), "{names:?}");
    assert!(!has("HF_TOKEN") && !has("SOMEBODYS_API_KEY"), "{names:?}");
}

#[test]
fn a_question_of_a_server_is_declined_where_nobody_is() {
    let Some(home) = Home::new("asks", "work") else { return };
    home.ask(&["--trust"]);
    assert_eq!(home.result(), r#"{"action": "decline"}"#);
}

#[test]
fn a_question_of_a_server_is_answered_by_the_person() {
    let Some(home) = Home::new("asks", "work") else { return };
    let arguments = ["ask", "--card", "card.md", "--trust", "Work!"];
    let Some(terminal) = Terminal::run(80, &home.program, &arguments) else { return };
    insta::assert_snapshot!(terminal.shows("[yes or no]"), @r#"
    ▌ The MCP server `odd` asks:
    ▌
    ▌ Where shall it go?
    ▌
    ▌ What you type goes to it: no passwords, no tokens.
    ▌
    ▌ Do you answer? [yes or no]
    "#);
    terminal.enter("y");
    terminal.shows("city: The city");
    terminal.enter("");
    terminal.shows("Please type an answer.");
    terminal.enter("Oslo");
    terminal.shows("days:");
    terminal.enter("many");
    terminal.shows("Please type a whole number.");
    terminal.enter("");
    terminal.shows("by:");
    terminal.enter("ship");
    terminal.shows("It is done.");
    let result: Value = serde_json::from_str(&home.result()).unwrap();
    let expected = json!({
        "action": "accept", "content": {"city": "Oslo", "days": 3, "by": "ship"}
    });
    assert_eq!(result, expected);
}

#[test]
fn a_server_nobody_defined_is_an_error_with_a_way_out() {
    let Some(home) = Home::new("fine", "work") else { return };
    fs::write(home.path("fast-agent.yaml"), "mcp:\n  servers:\n    time: {command: uvx}\n")
        .unwrap();
    home.card("servers: [tiem, notes]");
    insta::assert_snapshot!(home.ask(&[]), @r#"
    exit 52
    --- stdout
    --- stderr
    error: card.md:3:11: `servers`: no MCP server `tiem` is defined
      hint: did you mean `time`?
    error: card.md:3:17: `servers`: no MCP server `notes` is defined
      hint: define it in config.toml as [mcp.servers.notes], or in fast-agent.yaml beside the card under `mcp.servers`
    "#);
}

#[test]
fn a_card_does_not_take_the_name_of_a_server_of_the_persons() {
    let Some(home) = Home::new("fine", "work") else { return };
    let config = home.path(".config/agentcard");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.toml"), "[mcp.servers.odd]\ncommand = \"mine\"\n").unwrap();
    insta::assert_snapshot!(home.ask(&["--trust", "--allow", "odd__*"]), @r#"
    exit 52
    --- stdout
    --- stderr
    error: card.md:3:20: `mcp_connect`: `odd` is the name of a server of your own
      hint: what you allow that one would be allowed this one: give it another `name`
    "#);
    assert_eq!(home.model.requests().len(), 0);
}

#[test]
fn a_server_is_shown_without_being_started() {
    let Some(home) = Home::new("stillborn", "work") else { return };
    home.card(
        "mcp_connect:\n  - uvx mcp-server-time\n  \
         - {target: 'https://mcp.example.org/mcp?key=secret', name: far}",
    );
    let shown = home.program.run(&["cards", "show", "--card", "card.md"]);
    insta::assert_snapshot!(shown.shown(), @r#"
    exit 0
    --- stdout
    name         card
    card         card.md
    description  none
    model        vllm.test
    endpoint     http://127.0.0.1:PORT/v1 (without a key)
    program      uvx mcp-server-time: MCP server, which runs after a yes
    server       mcp-server-time: uvx mcp-server-time
    server       far: https://mcp.example.org/mcp
    prompt       5 bytes, estimated at 2 tokens

    Work.
    --- stderr
    "#);
}
