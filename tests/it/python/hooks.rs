//! Functions that look on while an agent runs.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::python::{self, fixture};

/// A home with a card that has these hooks.
fn home(hooks: &[(&str, &str)]) -> Program {
    let program = Program::new().variable("PATH", &python::search_path());
    for (fixture_name, name) in [("behavior.py", "tools.py"), ("hooks.py", "hooks.py")] {
        fs::copy(fixture(fixture_name), program.home().join(name)).unwrap();
    }
    let hooks: Vec<_> =
        hooks.iter().map(|(phase, name)| format!("{phase}: hooks.py:{name}")).collect();
    let card = format!(
        "---\nname: looked at\nfunction_tools: [tools.py:echo]\ntool_hooks: {{{}}}\n---\nSpeak.\n",
        hooks.join(", ")
    );
    fs::write(program.home().join("card.md"), card).unwrap();
    program
}

fn says(value: &str) -> Response {
    Response::groq_call("say", &json!({"value": value}))
}

fn ask(program: &Program, model: &ModelServer) -> (i32, String) {
    let url = model.url();
    let fixed =
        ["ask", "-v", "--trust", "--card", "card.md", "--model", "openai.x", "--base-url", &url];
    let ran = program.run(&[&fixed[..], &["Say it."]].concat());
    (ran.code, ran.stderr)
}

#[test]
fn a_hook_changes_calls_and_the_conversation_has_what_was_called() {
    if !python::is_there() {
        return;
    }
    let program = home(&[("before_tool_call", "guard"), ("after_tool_call", "results")]);
    let model = ModelServer::start([says("hello"), Response::text("Done.")]);
    let (code, stderr) = ask(&program, &model);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("python | result {"), "{stderr}");
    let messages = model.requests()[1].messages();
    let call = &messages[2]["tool_calls"][0]["function"];
    assert_eq!(
        (&call["name"], &call["arguments"]),
        (&json!("echo"), &json!(r#"{"value":"HELLO"}"#))
    );
    assert_eq!(messages[3]["content"], "HELLO");
}

#[test]
fn a_hook_that_fails_keeps_its_calls_from_being_made() {
    if !python::is_there() {
        return;
    }
    let program = home(&[("before_tool_call", "guard")]);
    let model = ModelServer::start([says("a bad thing"), Response::text("Then not.")]);
    let (code, stderr) = ask(&program, &model);
    assert_eq!(code, 0, "{stderr}");
    let failed = "Error: Tool hook or execution failed during before_tool_call: that is a bad word";
    assert_eq!(model.requests()[1].messages()[3]["content"], failed);
}

#[test]
fn hooks_see_every_moment_of_a_run() {
    if !python::is_there() {
        return;
    }
    let phases = [
        "before_llm_call",
        "after_llm_call",
        "before_tool_call",
        "after_tool_call",
        "after_turn_complete",
    ];
    let program = home(&phases.map(|phase| (phase, "note")));
    let call = Response::groq_call("echo", &json!({"value": "hi"}));
    let model = ModelServer::start([call, Response::text("Done.")]);
    let (code, stderr) = ask(&program, &model);
    assert_eq!(code, 0, "{stderr}");
    let seen = fs::read_to_string(program.home().join("seen.json")).unwrap();
    let seen: Vec<Value> = serde_json::from_str(&seen).unwrap();
    assert_eq!(
        seen,
        [
            json!(["before_llm_call", "looked_at", 2, "user", "Say it."]),
            json!(["after_llm_call", "looked_at", 3, "assistant", ""]),
            json!(["before_tool_call", "looked_at", 3, "assistant", ""]),
            json!(["after_tool_call", "looked_at", 4, "user", "hi"]),
            json!(["before_llm_call", "looked_at", 4, "user", "hi"]),
            json!(["after_llm_call", "looked_at", 5, "assistant", "Done."]),
            json!(["after_turn_complete", "looked_at", 5, "assistant", "Done."]),
        ]
    );
}

#[test]
fn a_hook_that_fails_at_an_answer_is_a_warning() {
    if !python::is_there() {
        return;
    }
    let program = home(&[("after_llm_call", "fails")]);
    let model = ModelServer::start([Response::text("Done.")]);
    let (code, stderr) = ask(&program, &model);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("warning: a hook failed after its reply: "), "{stderr}");
}

#[test]
fn a_hook_that_only_looks_on_may_fail() {
    if !python::is_there() {
        return;
    }
    let program = home(&[("before_llm_call", "fails")]);
    let model = ModelServer::start([Response::text("Done.")]);
    let (code, stderr) = ask(&program, &model);
    assert_eq!(code, 0, "{stderr}");
    let warning = "warning: a hook failed before the model was asked: no luck\n";
    assert!(stderr.contains(warning), "{stderr}");
}

#[test]
fn hooks_that_cannot_be_run_are_errors_before_anything_runs() {
    if !python::is_there() {
        return;
    }
    let model = ModelServer::start([]);
    let mut text = String::new();
    for hooks in [[("before_tool_cal", "guard")], [("before_llm_call", "takes_two")]] {
        let (code, stderr) = ask(&home(&hooks), &model);
        write!(text, "exit {code}\n{stderr}").unwrap();
    }
    insta::assert_snapshot!(text, @r"
    exit 52
    error: card.md:4:14: `before_tool_cal` is no moment of a run
      hint: did you mean `before_tool_call`?
    exit 52
    error: card.md:4:31: `tool_hooks`: hooks.py:33: `takes_two` cannot be a hook: missing a required argument: 'other'
    ");
    let program = home(&[("before_tool_call", "guard")]);
    let shown = program.run(&["cards", "show", "--card", "card.md", "--sandbox"]);
    assert!(shown.stdout.contains("program      hooks.py: Python module"), "{}", shown.stdout);
}
