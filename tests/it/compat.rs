//! The compatibility folder: cards of the features that the examples of fast-agent use, row by row.
//! Each is asked from its own directory, as it lies there, and answered by the scripted model.

use std::fs;
use std::path::Path;

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};

/// What comes of asking a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comes {
    /// An answer.
    Answer,
    /// An answer as soon as all its keys act, and until then what does not act yet, and no more.
    AnswerOnceKeysAct,
    /// That its type does not run yet.
    NotYet,
}

use Comes::{Answer, AnswerOnceKeysAct, NotYet};

/// What the card does that another runtime's example does, its folder, its name, what comes of it.
const ROWS: &[(&str, &str, &str, Comes)] = &[
    ("the Hub's tool, a model with a suffix, default", "hub", "", Answer),
    ("the name from the file, a model's alias", "hub", "help_desk", Answer),
    ("an alias of a model that is not at hand", "hub", "second", Answer),
    ("saved messages", "hub", "saved", Answer),
    ("agents as tools, a server, no model", "team", "", AnswerOnceKeysAct),
    ("the child with a server", "team", "lisbon-desk", AnswerOnceKeysAct),
    ("limits of children", "newsroom", "", AnswerOnceKeysAct),
    ("a filter of tools", "newsroom", "reporter", AnswerOnceKeysAct),
    ("a chain", "chain", "", NotYet),
    ("an indented prompt, a server", "chain", "reader", AnswerOnceKeysAct),
    ("an agent of a chain", "chain", "shortener", Answer),
    ("generator and evaluator, a null", "letters", "", NotYet),
    ("history, a model of OpenAI", "letters", "writer", Answer),
    ("reasoning in the model's name, braces in the prompt", "letters", "reviewer", Answer),
    ("side by side, without a default", "review", "review", NotYet),
    ("a prompt that begins with a quote", "review", "spelling", Answer),
    ("no model", "review", "verdict", Answer),
    ("a router", "switchboard", "", NotYet),
    ("an agent of a router", "switchboard", "small-talk", Answer),
    ("two servers", "switchboard", "code-desk", AnswerOnceKeysAct),
    ("a planner, `{{agents}}`", "plans", "", NotYet),
    ("an orchestrator", "plans", "outline", NotYet),
    ("a schema in the prompt", "plans", "proof", Answer),
    ("votes", "votes", "", NotYet),
    ("the voter", "votes", "classifier", Answer),
    ("a question to the person", "asking", "", Answer),
    ("a shell, an included file, the environment", "outpost", "", Answer),
    ("a second one beside it", "outpost", "server-expert", Answer),
    ("a reference to a model, no history", "facts", "", Answer),
    ("a minimal card", "support", "", Answer),
    ("no skills", "spaces", "", Answer),
    ("a server by its address", "dataset", "", AnswerOnceKeysAct),
];

/// The cards that other agents call, in a folder of their own.
const TOOL_ROWS: &[(&str, &str, Comes)] = &[
    ("a block of text for a description", "hub-search", Answer),
    ("arguments of its own, a hook in Python", "text-search", AnswerOnceKeysAct),
];

/// A home that is a copy of a folder. It has no `PATH`: no server of a card is there.
fn copy_of(folder: &str) -> Program {
    let program = Program::new().variable("OPENAI_API_KEY", "k");
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

/// Asks an agent, or the one that is asked by default, with a model that answers at once.
fn ask(program: &Program, cards: &[&str], agent: &str) -> (Ran, ModelServer) {
    let model = ModelServer::start([Response::text("Done.")]);
    let url = model.url();
    let head = ["ask", "Hello", "--trust", "--model", "openai.gpt-oss-20b", "--base-url", &url];
    let name = if agent.is_empty() { vec![] } else { vec!["--agent", agent] };
    let program = program.run(&[&head[..], cards, &name].concat());
    (program, model)
}

fn check(row: &str, ran: &Ran, comes: Comes) {
    let all = |text: &str| {
        let mut errors = ran.stderr.lines().filter(|line| line.starts_with("error: ")).peekable();
        ran.code == 52 && errors.peek().is_some() && errors.all(|line| line.contains(text))
    };
    let answered = ran.code == 0 && ran.stdout == "Done.\n";
    let is_right = match comes {
        Answer => answered,
        AnswerOnceKeysAct => answered || all("not supported yet"),
        // Its agents may wait for keys of their own.
        NotYet => all("cannot be asked yet") || all("not supported yet"),
    };
    assert!(is_right, "{row}: {comes:?}, but\n{}", ran.shown());
}

#[test]
fn every_row_runs_or_says_what_is_missing() {
    std::thread::scope(|scope| {
        for (row, folder, agent, comes) in ROWS {
            scope.spawn(move || {
                let program = copy_of(folder);
                let cards: &[&str] = if *folder == "outpost" { &[] } else { &["--card", "."] };
                check(row, &ask(&program, cards, agent).0, *comes);
            });
        }
        for (row, agent, comes) in TOOL_ROWS {
            scope.spawn(move || {
                let cards = ["--card", ".fast-agent/tool-cards"];
                check(row, &ask(&copy_of("outpost"), &cards, agent).0, *comes);
            });
        }
    });
}

/// Every folder is in a row, so that none is forgotten.
#[test]
fn every_folder_has_a_row() {
    for entry in fs::read_dir("tests/fixtures/compat").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(ROWS.iter().any(|(_, folder, ..)| *folder == name), "{name}");
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
fn what_the_model_is_sent_is_what_the_cards_say() {
    let sent = |folder: &str, agent: &str| {
        let cards: &[&str] = if folder == "outpost" { &[] } else { &["--card", "."] };
        let (ran, model) = ask(&copy_of(folder), cards, agent);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        model.requests().swap_remove(0).json()
    };
    let saved = sent("hub", "saved");
    let roles = saved["messages"].as_array().unwrap().iter().map(|message| &message["role"]);
    let roles: Vec<&str> = roles.filter_map(|role| role.as_str()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "assistant", "user"]);
    let expert = sent("outpost", "");
    let prompt = expert["messages"][0]["content"].as_str().unwrap();
    assert!(prompt.contains("- Quote the file and the line."), "{prompt}");
    assert!(!prompt.contains("{{"), "{prompt}");
    let tools = expert["tools"].as_array().unwrap().iter();
    let tools: Vec<&str> = tools.filter_map(|tool| tool["function"]["name"].as_str()).collect();
    assert_eq!(tools, ["bash", "process", "read_text_file", "write_text_file", "edit_file"]);
    let quoted = sent("review", "spelling");
    let prompt = quoted["messages"][0]["content"].as_str().unwrap();
    assert!(prompt.starts_with("\"Check the spelling\""), "{prompt}");
    let indented = sent("chain", "shortener");
    assert_eq!(indented["messages"][0]["content"], "Make it one line of at most 140 characters.");
}
