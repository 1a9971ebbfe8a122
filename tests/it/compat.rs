//! The compatibility folder: cards of the features that the examples of fast-agent use, row by row.
//! Each is asked from its own directory, as it lies there, and answered by the scripted model.

mod far;
mod real;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};
use crate::support::python;

/// A card of type `agent`, and what a model is sent when it is asked.
struct Row {
    /// What the card does that another runtime's example does.
    what: &'static str,
    folder: &'static str,
    /// The one that is named; if empty, the one that is asked by default.
    agent: &'static str,
    /// The model as the request names it; if empty, the card names none that is at hand.
    model: &'static str,
    /// What the system prompt begins with.
    prompt: &'static str,
    tools: &'static [&'static str],
}

/// The tools of `shell: true`.
const SHELL: &[&str] = &["bash", "process", "read_text_file", "write_text_file", "edit_file"];
/// The same, and the cards of `tool-cards` beside the one that is asked.
const SHELL_AND_CARDS: &[&str] = &[
    "bash",
    "process",
    "read_text_file",
    "write_text_file",
    "edit_file",
    "agent__hub-search",
    "agent__text-search",
];
const HUB: &[&str] = &["hf_api_request"];
const SMALL: &str = "openai/gpt-oss-20b";
const SMALL_AT_GROQ: &str = "openai/gpt-oss-20b:groq";
const LARGE: &str = "openai/gpt-oss-120b:cerebras";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { what: "the Hub's tool, a model with a suffix, default", folder: "hub", agent: "",
        model: SMALL_AT_GROQ, prompt: "You answer questions about the Hub with `hf_api_request`. Today is ", tools: HUB },
    Row { what: "the name from the file, a model's alias", folder: "hub", agent: "help_desk",
        model: LARGE, prompt: "You answer questions about the Hub.\n\nSay where", tools: HUB },
    Row { what: "an alias of a model that is not at hand", folder: "hub", agent: "second",
        model: "", prompt: "You check what others found out about the Hub.", tools: HUB },
    Row { what: "saved messages", folder: "hub", agent: "saved",
        model: SMALL_AT_GROQ, prompt: "You go on with what was said before.", tools: HUB },
    Row { what: "agents as tools, no model", folder: "team", agent: "",
        model: SMALL, prompt: "You plan a day in two cities.", tools: &["agent__lisbon-desk", "agent__oslo-desk"] },
    Row { what: "a child, its server not there", folder: "team", agent: "lisbon-desk",
        model: SMALL, prompt: "You tell the time in Lisbon.", tools: &[] },
    Row { what: "limits of children", folder: "newsroom", agent: "",
        model: SMALL, prompt: "You put together what reporters find.", tools: &["agent__reporter", "agent__archivist"] },
    Row { what: "a filter of tools", folder: "newsroom", agent: "reporter",
        model: SMALL, prompt: "You read one page.", tools: &[] },
    Row { what: "an indented prompt, a server", folder: "chain", agent: "reader",
        model: "", prompt: "You are given an address.\n    Say in a paragraph what is there.", tools: &[] },
    Row { what: "an agent of a chain", folder: "chain", agent: "shortener",
        model: "", prompt: "Make it one line of at most 140 characters.", tools: &[] },
    Row { what: "history, a model of OpenAI", folder: "letters", agent: "writer",
        model: "gpt-4.1", prompt: "You write a letter to a landlord.", tools: &[] },
    Row { what: "reasoning in the model's name, braces in the prompt", folder: "letters", agent: "reviewer",
        model: "gpt-4o", prompt: "You rate a letter. Answer as JSON:\n{\"rating\": \"GOOD\", ", tools: &[] },
    Row { what: "a prompt that begins with a quote", folder: "review", agent: "spelling",
        model: "", prompt: "\"Check the spelling\" is all", tools: &[] },
    Row { what: "a bare name of a model", folder: "review", agent: "verdict",
        model: SMALL, prompt: "You put what was said together", tools: &[] },
    Row { what: "an agent of a router", folder: "switchboard", agent: "small-talk",
        model: "", prompt: "You chat.", tools: &[] },
    Row { what: "two servers", folder: "switchboard", agent: "code-desk",
        model: "", prompt: "You answer questions about this project.", tools: &[] },
    Row { what: "a schema in the prompt", folder: "plans", agent: "proof",
        model: "gpt-4.1", prompt: "You look for mistakes. Answer as JSON: {\"mistakes\": [{", tools: &[] },
    Row { what: "the voter", folder: "votes", agent: "classifier",
        model: "", prompt: "Answer with one word: positive, negative or neutral.", tools: &[] },
    Row { what: "a question to the person", folder: "asking", agent: "",
        model: "", prompt: "You fill in a form.", tools: &["__human_input"] },
    Row { what: "a shell, an included file, the environment, tool cards", folder: "outpost", agent: "",
        model: LARGE, prompt: "You answer questions about the protocol.\n\n- Quote the file and the line.\n", tools: SHELL_AND_CARDS },
    Row { what: "a second one beside it", folder: "outpost", agent: "server-expert",
        model: LARGE, prompt: "You answer questions about servers.\n\n- Quote the file", tools: SHELL_AND_CARDS },
    Row { what: "a block of text for a description, skills", folder: "outpost/tools", agent: "hub-search",
        model: LARGE, prompt: "You search the Hub with `hf`, and", tools: SHELL },
    Row { what: "arguments of its own, a hook in Python", folder: "outpost/tools", agent: "text-search",
        model: SMALL, prompt: "You search files with `rg`.", tools: SHELL },
    Row { what: "a reference to a model, no history", folder: "facts", agent: "",
        model: SMALL, prompt: "You state one fact about what you are asked.", tools: &[] },
    Row { what: "a minimal card", folder: "support", agent: "",
        model: "", prompt: "You answer questions about an order.", tools: &[] },
    Row { what: "no skills", folder: "spaces", agent: "",
        model: SMALL_AT_GROQ, prompt: "You find out what a Space does.", tools: &[] },
    Row { what: "a server by its address, which is not there", folder: "dataset", agent: "",
        model: SMALL_AT_GROQ, prompt: "You describe a data set.", tools: &[] },
    Row { what: "functions and a hook in Python, variables, escapes", folder: "functions", agent: "",
        model: "gpt-4.1-mini", prompt: "You sell things for the corner shop. {{shop}} stays as it is.\n\nRound to whole coins.",
        tools: &["price", "run_code"] },
];

/// The cards of other types: the folder, the file, the type. Some are asked only by name.
const NOT_YET: &[(&str, &str, &str)] = &[
    ("chain", "poster", "chain"),
    ("letters", "letter", "evaluator_optimizer"),
    ("review", "review", "parallel"),
    ("switchboard", "switchboard", "router"),
    ("plans", "grader", "iterative_planner"),
    ("plans", "outline", "orchestrator"),
    ("votes", "vote", "maker"),
    ("facts", "colleague", "a2a"),
];

/// A home that is a copy of a folder. It has no `PATH`: no server of a card is there.
fn copy_of(folder: &str) -> Program {
    let program = Program::new().variable("AGENTCARD_API_KEY", "k");
    copy(&Path::new("tests/fixtures/compat").join(folder), program.home());
    program
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { _ = fs::copy(&path, target).unwrap() }
    }
}

/// Asks an agent, or the one that is asked by default.
fn ask(program: &Program, cards: &str, agent: &str, model: &ModelServer, more: &[&str]) -> Ran {
    let (url, mut line) = (model.url(), vec!["ask", "Hello", "--trust", "--base-url"]);
    line.push(&url);
    if !cards.is_empty() {
        line.extend(["--card", cards]);
    }
    if !agent.is_empty() {
        line.extend(["--agent", agent]);
    }
    line.extend(more);
    program.run(&line)
}

/// The names of the tools in a request.
fn tools(request: &Value) -> Vec<&str> {
    let tools = request["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
    tools.iter().filter_map(|tool| tool["function"]["name"].as_str()).collect()
}

impl Row {
    fn check(&self) {
        let Self { what, agent, .. } = self;
        let (folder, cards) = match self.folder {
            "outpost" => ("outpost", ""),
            "outpost/tools" => ("outpost", ".fast-agent/tool-cards"),
            folder => (folder, "."),
        };
        let program = copy_of(folder).variable("PATH", &self.search_path());
        let model = ModelServer::start([Response::text("Done.")]);
        let named = if self.model.is_empty() { vec!["--model", "openai.m"] } else { vec![] };
        let ran = ask(&program, cards, agent, &model, &named);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{what}: {}", ran.shown());
        let request = model.requests().swap_remove(0).json();
        let expected = if self.model.is_empty() { "m" } else { self.model };
        assert_eq!(request["model"], expected, "{what}");
        let prompt = request["messages"][0]["content"].as_str().unwrap();
        assert!(prompt.starts_with(self.prompt), "{what}: {prompt}");
        assert!(!prompt.replace("{{shop}}", "").contains("{{"), "{what}: {prompt}");
        assert_eq!(tools(&request), self.tools, "{what}");
    }

    /// What is on this machine for the cards: Python, if it takes that.
    fn search_path(&self) -> String {
        if self.takes_python() { python::search_path() } else { String::new() }
    }

    fn takes_python(&self) -> bool {
        self.folder == "functions" || self.agent == "text-search"
    }
}

#[test]
fn every_agent_runs_and_its_model_is_sent_what_its_card_says() {
    let has_python = python::is_there();
    std::thread::scope(|scope| {
        for row in ROWS.iter().filter(|row| has_python || !row.takes_python()) {
            scope.spawn(|| row.check());
        }
    });
}

#[test]
fn every_other_type_says_that_it_cannot_be_asked_yet_and_where_it_is_named() {
    std::thread::scope(|scope| {
        for (folder, agent, kind) in NOT_YET {
            scope.spawn(move || {
                let ran = ask(&copy_of(folder), ".", agent, &ModelServer::start([]), &[]);
                let file = fs::read_to_string(format!("tests/fixtures/compat/{folder}/{agent}.md"));
                let file = file.unwrap().to_lowercase();
                let line = file.lines().position(|line| line.starts_with("type:")).unwrap() + 1;
                let error = format!("error: ./{agent}.md:{line}:7: `type`: ");
                let first = ran.stderr.lines().find(|line| line.starts_with("error: ")).unwrap();
                assert!(first.starts_with(&error), "{}", ran.shown());
                assert!(first.contains("cannot be asked yet"), "{}", ran.shown());
                assert!(first.to_lowercase().contains(kind), "{}", ran.shown());
                assert_eq!(ran.code, 52, "{}", ran.shown());
            });
        }
    });
}

#[test]
fn a_guard_that_knows_the_shell_by_its_old_name_guards_it() {
    if !python::is_there() {
        return;
    }
    let program = copy_of("outpost").variable("PATH", &python::search_path());
    for name in ["bash", "execute"] {
        let call = Response::groq_call(name, &json!({"command": "touch here"}));
        let model = ModelServer::start([call, Response::text("Done.")]);
        let rule = ["--allow", "bash"];
        let ran = ask(&program, ".fast-agent/tool-cards", "text-search", &model, &rule);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let function = &model.requests()[1].messages()[2]["tool_calls"][0]["function"];
        assert_eq!(function["name"], "bash");
        assert_eq!(function["arguments"], r#"{"command":"rg --version"}"#);
        assert!(!program.home().join("here").exists());
    }
}

/// Every folder is in a row, so that none is forgotten.
#[test]
fn every_folder_has_a_row() {
    for entry in fs::read_dir("tests/fixtures/compat").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(ROWS.iter().any(|row| row.folder == name), "{name}");
    }
}

#[test]
fn what_is_no_card_is_left_alone() {
    let listed = copy_of("hub").run(&["cards", "list", "."]).stdout;
    let names: Vec<&str> =
        listed.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["desk-small", "help_desk", "saved", "second"]);
    let outpost = copy_of("outpost");
    let listed = outpost.run(&["cards", "list", ".fast-agent/skills/release-notes"]).stdout;
    assert_eq!(listed.lines().count(), 1, "{listed}");
}

#[test]
fn saved_messages_stand_before_the_question() {
    let model = ModelServer::start([Response::text("Done.")]);
    assert_eq!(ask(&copy_of("hub"), ".", "saved", &model, &[]).code, 0);
    let messages = model.requests()[0].messages();
    let roles: Vec<_> = messages.iter().filter_map(|message| message["role"].as_str()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "assistant", "user"]);
    let result = messages[3]["content"].as_str().unwrap();
    assert!(result.starts_with("{'url': 'https://huggingface.co/api/users/ada-moreau/overview'"));
}
