//! Conversations gone on with by agents that call others: every card is found again.

use std::fs;

use serde_json::{Value, json};

use super::home;
use crate::support::model_server::{ModelServer, Request, Response};
use crate::support::program::Program;

const LEAD: &str = "---\nmodel: generic.big\nagents: [helper]\ndefault: true\n---\nYou lead.\n";
const SMALL: &str = "---\nmodel: generic.small\ntool_only: true\n---\nYou help.\n";
const PLAIN: &str = "---\nmodel: generic.big\n---\nYou answer.\n";

/// Calls of both runs go to the helper.
fn replies() -> Vec<Response> {
    let call = || Response::groq_call("agent__helper", &json!({"message": "help"}));
    let texts = |texts: [&str; 2]| texts.map(Response::text);
    let [helped, answered] = texts(["Helped.", "One."]);
    let [again, answer] = texts(["Helped again.", "Two."]);
    vec![call(), helped, answered, call(), again, answer]
}

fn sent(request: &Request) -> (String, String) {
    let body = request.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&body["model"]), text(&body["messages"][0]["content"]))
}

/// Asks as it was said, then goes on from another directory, and says who was asked what.
fn asked(program: Program, arguments: &[&str]) -> String {
    let server = ModelServer::start(replies());
    let program = program.variable("AGENTCARD_BASE_URL", &server.url());
    let first = program.run(&[&["ask", "-q"], arguments, &["one?"]].concat());
    assert_eq!((first.code, first.stdout.as_str()), (0, "One.\n"), "{}", first.shown());
    let transcripts = program.home().join(".local/state/agentcard/transcripts");
    let id = fs::read_dir(transcripts).unwrap().map(|entry| entry.unwrap().path());
    let id =
        id.filter_map(|path| Some(path.file_name()?.to_str()?.strip_suffix(".jsonl")?.to_owned()));
    let id = id.last().unwrap();
    let elsewhere = program.home().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let mut command = program.command(&["ask", "-q", "--resume", &id, "two?"]);
    let output = command.current_dir(elsewhere).output().unwrap();
    let said =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "Two.\n");
    let requests: Vec<_> = server.requests().iter().map(sent).collect();
    assert_eq!(requests[..3], requests[3..], "the second run is had with the agents of the first");
    requests[..3]
        .iter()
        .map(|(model, prompt)| format!("{model}: {prompt}"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn an_agent_of_a_folder_finds_its_cards_again() {
    let program = home(&[("team/lead.md", LEAD), ("team/helper.md", SMALL)]);
    insta::assert_snapshot!(asked(program, &["--card", "team"]), @"
    big: You lead.
    small: You help.
    big: You lead.
    ");
    let program = home(&[("lead.md", LEAD), ("tools/helper.md", SMALL)]);
    let single = asked(program, &["--card", "lead.md", "--card", "tools/helper.md"]);
    insta::assert_snapshot!(single, @"
    big: You lead.
    small: You help.
    big: You lead.
    ");
}

#[test]
fn a_model_that_was_typed_is_all_agents_model_again() {
    let program = home(&[("team/lead.md", LEAD), ("team/helper.md", SMALL)]);
    let asked = asked(program, &["--card", "team", "--model", "generic.typed"]);
    insta::assert_snapshot!(asked, @"
    typed: You lead.
    typed: You help.
    typed: You lead.
    ");
}

#[test]
fn cards_that_were_offered_are_offered_again() {
    let program = home(&[("plain.md", PLAIN), ("tools/helper.md", SMALL)]);
    let asked = asked(program, &["--card", "plain.md", "--card-tool", "tools"]);
    insta::assert_snapshot!(asked, @"
    big: You answer.
    small: You help.
    big: You answer.
    ");
}

#[test]
fn cards_that_nobody_named_are_found_from_anywhere_with_what_lies_beside_them() {
    let program = home(&[
        (
            ".fast-agent/agent-cards/lead.md",
            "---\nagents: [helper]\ndefault: true\n---\nYou lead.\n",
        ),
        (".fast-agent/agent-cards/helper.md", SMALL),
        (".fast-agent/fast-agent.yaml", "default_model: generic.configured\n"),
    ]);
    insta::assert_snapshot!(asked(program, &[]), @"
    configured: You lead.
    small: You help.
    configured: You lead.
    ");
}

#[test]
fn another_agent_of_the_same_cards_is_named_on_the_way() {
    let program = home(&[("team/lead.md", LEAD), ("team/helper.md", SMALL)]);
    let server = ModelServer::start(["1.", "2.", "3.", "4."].map(Response::text));
    let program = program.variable("AGENTCARD_BASE_URL", &server.url());
    program.run(&["ask", "--card", "team", "--agent", "helper", "one?"]);
    program.run(&["ask", "-c", "two?"]);
    program.run(&["ask", "-c", "--agent", "lead", "three?"]);
    program.run(&["ask", "-c", "four?"]);
    let requests: Vec<_> = server.requests().iter().map(sent).collect();
    let models = requests.iter().map(|(model, prompt)| format!("{model}: {prompt}"));
    insta::assert_snapshot!(models.collect::<Vec<_>>().join("\n"), @"
    small: You help.
    small: You help.
    big: You lead.
    big: You lead.
    ");
}
