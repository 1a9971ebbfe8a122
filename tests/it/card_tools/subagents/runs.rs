//! How clones run: what they use up, how many at once, what looks on and what ends them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::{endless_work, is_interrupted_and_so_is_its_work};
use super::{ask, contents, scene, subagent, tools};
use crate::support::model_server::Response;
use crate::support::python::{self, fixture};

const LEAD: &str = "---\nname: lead\ndefault: true\nsubagents: true\n---\nYou lead.\n";

#[test]
fn tokens_of_clones_are_their_callers() {
    let tokens = |responses: Vec<Response>| {
        let (program, _server) = scene(&[("lead.md", LEAD)], responses);
        let ran = ask(&program, &["--json"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        document["usage"]["output_tokens"].as_u64().unwrap()
    };
    let call = || Response::groq_call("subagent", &json!({"message": "Work."}));
    let text = || Response::text("Done.");
    let alone = tokens(vec![text()]);
    let failing = Response::groq_call("lookup", &json!({}));
    let with_a_failing_call = tokens(vec![failing, text()]);
    let with_a_clone = tokens(vec![call(), text(), text()]);
    assert_eq!(with_a_clone, with_a_failing_call + alone);
}

#[test]
fn as_many_clones_run_at_once_as_the_card_says() {
    let calls = ["one", "two", "three"].map(|message| ("subagent", json!({ "message": message })));
    let slow = || Response::text("Done.").wait_first(Duration::from_millis(300));
    let responses =
        vec![Response::groq_calls(&calls), slow(), slow(), slow(), Response::text("All done.")];
    let card = LEAD.replace("subagents", "max_parallel: 1\nsubagents");
    let (program, server) = scene(&[("lead.md", &card)], responses);
    let started = Instant::now();
    assert_eq!(ask(&program, &[]).code, 0);
    assert!(started.elapsed() > Duration::from_millis(900), "{:?}", started.elapsed());
    let requests = server.requests();
    let asked = requests[1..4].iter().map(|request| contents(request)[1].clone());
    assert_eq!(asked.collect::<Vec<_>>(), [json!("one"), json!("two"), json!("three")]);
}

#[test]
fn hooks_look_on_while_a_clone_runs() {
    if !python::is_there() {
        return;
    }
    let card = LEAD.replace(
        "subagents",
        "function_tools: [tools.py:echo]\ntool_hooks: {after_tool_call: hooks.py:results}\nsubagents",
    );
    let responses = vec![
        subagent(&json!({"message": "Say it."})),
        Response::groq_call("echo", &json!({"value": "hello"})),
        Response::text("Said."),
        Response::text("Done."),
    ];
    let (program, server) = scene(&[("lead.md", &card)], responses);
    let program = program.variable("PATH", &python::search_path());
    for (fixture_name, name) in [("behavior.py", "tools.py"), ("hooks.py", "hooks.py")] {
        std::fs::copy(fixture(fixture_name), program.home().join("cards").join(name)).unwrap();
    }
    let ran = ask(&program, &["--trust", "-v"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{}", ran.stderr);
    assert_eq!(contents(&server.requests()[2]).last(), Some(&json!("hello")));
    let printed: Vec<&str> =
        ran.stderr.lines().filter(|line| line.contains("python | result")).collect();
    assert_eq!(printed.len(), 2, "{}", ran.stderr);
    assert!(printed[0].starts_with("subagent[1]/python | result {"), "{}", printed[0]);
    assert!(printed[0].contains("hello"), "{}", printed[0]);
}

#[test]
fn an_interrupted_run_takes_its_clones_and_what_they_run_with_it() {
    let card = LEAD.replace("subagents", "shell: true\nsubagents");
    let responses = vec![subagent(&json!({"message": "Work."})), endless_work()];
    let (program, _server) = scene(&[("lead.md", &card)], responses);
    is_interrupted_and_so_is_its_work(program);
}

#[test]
fn an_agent_that_is_called_may_have_clones_which_count_as_deep() {
    let worker = "---\ntool_only: true\nsubagents: true\n---\nYou work.\n";
    let lead = "---\ndefault: true\nagents: [worker]\n---\nYou lead.\n";
    let responses = vec![
        Response::groq_call("agent__worker", &json!({"message": "Work."})),
        subagent(&json!({"message": "Work for me."})),
        Response::text("Worked."),
        Response::text("Done."),
        Response::text("All done."),
    ];
    let (program, server) = scene(&[("lead.md", lead), ("worker.md", worker)], responses);
    let ran = ask(&program, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "All done.\n"), "{}", ran.stderr);
    let requests = server.requests();
    assert_eq!(tools(&requests[1]), ["subagent"]);
    assert_eq!(tools(&requests[2]), [""; 0]);
    assert_eq!(contents(&requests[2]), [json!("You work."), json!("Work for me.")]);

    // Five agents in a row are not too many, but with a clone of each there would be ten.
    let card = |next: &str| format!("---\nsubagents: true\n{next}---\nYou work.\n");
    let row = |name: &str| card(&format!("agents: [{name}]\n"));
    let (program, _server) = scene(
        &[
            ("a.md", &row("b").replace("\nagents", "\ndefault: true\nagents")),
            ("b.md", &row("c")),
            ("c.md", &row("d")),
            ("d.md", &row("e")),
            ("e.md", &card("")),
        ],
        Vec::new(),
    );
    let ran = ask(&program, &[]);
    assert_eq!(ran.code, 52);
    assert_eq!(
        ran.stderr,
        "error: cards/d.md:3:10: `agents[0]`: more than 8 agents would call each other: \
         a -> b -> c -> d -> e\n  hint: let one of them call those at the end itself\n"
    );
}
