//! Commands that a card brings to conversations.

use std::fs;

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};
use crate::support::python::{self, fixture};
use crate::support::terminal::Terminal;

/// A home with a card that brings these commands, each with a function of the same name.
fn home(commands: &[&str]) -> Program {
    let program = Program::new().variable("PATH", &python::search_path());
    fs::copy(fixture("commands.py"), program.home().join("commands.py")).unwrap();
    let entry = |name: &&str| {
        format!("  {name}: {{description: Does {name}., handler: 'commands.py:{name}'}}\n")
    };
    let commands: String = commands.iter().map(entry).collect();
    let card = format!("---\nname: crew\ncommands:\n{commands}---\nYou help.\n");
    fs::write(program.home().join("card.md"), card).unwrap();
    program
}

fn chat(url: &str) -> [&str; 8] {
    ["chat", "--card", "card.md", "--model", "openai.x", "--base-url", url, "--trust"]
}

fn piped(program: &Program, model: &ModelServer, lines: &str) -> Ran {
    program.run_with(&chat(&model.url()), lines.as_bytes())
}

#[test]
fn they_are_carried_out_and_the_model_reads_nothing_of_them() {
    if !python::is_there() {
        return;
    }
    let program = home(&["deploy", "later", "facts", "rude", "fails"]);
    let model = ModelServer::start(["Hello.", "Bye."].map(Response::text));
    let lines = "Hi\n/deploy\n/DEPLOY  to the  moon \n/later\n/facts\n/rude\n/fails\n/facs\nBye\n";
    let ran = piped(&program, &model, lines);
    insta::assert_snapshot!(ran.shown(), @r#"
    exit 0
    --- stdout
    Hello.
    Bye.
    --- stderr
    1 deploy [] crew ['user: Hi', 'assistant: Hello.']
    2 deploy [to the  moon] crew ['user: Hi', 'assistant: Hello.']
    python | working on it
    {"city":"Zürich","tags":["a","b"]}
    ]0;minered [31malert
    | Allow this? [y]es
    error: /fails failed: no such place
    error: there is no command /facs
      hint: did you mean /facts?
    "#);
    let messages = model.requests()[1].messages();
    let contents: Vec<_> = messages.iter().skip(1).map(|message| &message["content"]).collect();
    assert_eq!(contents, ["Hi", "Hello.", "Bye"]);
}

#[test]
fn they_are_in_the_help_and_completed() {
    let program = home(&["deploy", "usage"]);
    let model = ModelServer::start([]);
    let url = model.url();
    let Some(terminal) = Terminal::run(100, &program, &chat(&url)) else { return };
    let screen = terminal.shows("/help shows the commands\n>");
    let warning =
        "warning: card.md:5:10: `commands.usage`: `/usage` is a command of the program, and";
    assert!(screen.contains(warning), "{screen}");
    terminal.enter("/help");
    let screen = terminal.shows("it leaves.\n>");
    assert!(
        screen.contains("/quit, /exit    leave (also Ctrl-D)\n/deploy         Does deploy.\n!"),
        "{screen}"
    );
    terminal.keys("/dep");
    terminal.press("Tab");
    terminal.shows("> /deploy");
}

#[test]
fn one_that_takes_too_long_is_stopped_by_the_person_or_the_clock() {
    if !python::is_there() {
        return;
    }
    let program = home(&["slow", "slow_async", "deploy"]);
    let model = ModelServer::start([]);
    let url = model.url();
    let Some(terminal) = Terminal::run(100, &program, &chat(&url)) else { return };
    for name in ["slow", "slow_async"] {
        terminal.prompt();
        terminal.press("C-l");
        terminal.enter(&format!("/{name}"));
        terminal.shows("python | started");
        terminal.press("C-c");
        terminal.shows("stopped\n>");
    }
    terminal.enter("/deploy on");
    terminal.shows("1 deploy [on] crew []");

    fs::write(program.home().join("agentcard.toml"), "[timeouts]\ntool = \"1s\"\n").unwrap();
    let ran = piped(&program, &model, "/slow_async\n");
    let expected = "error: /slow_async failed: it was stopped: there was no answer in 1 s\n";
    assert!(ran.stderr.ends_with(expected), "{}", ran.stderr);
}

#[test]
fn they_run_after_a_yes_and_not_before_they_are_typed() {
    let program = home(&["deploy"]);
    let model = ModelServer::start(["Fine.", "Fine."].map(Response::text));
    let url = model.url();
    let untrusted = &chat(&url)[..7];
    let ran = program.run_with(untrusted, b"Hi\n/deploy\n");
    assert_eq!(ran.code, 60, "{}", ran.stderr);
    assert!(ran.stderr.contains("  commands.py: Python module\n"), "{}", ran.stderr);
    // An `ask` has no commands, and so neither runs nor asks about what nobody can type.
    let program = program.variable("PATH", "");
    let ask = [&["ask"], &untrusted[1..], &["Hi"]].concat();
    let ran = program.run(&ask);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Fine.\n"), "{}", ran.stderr);
    let ran = program.run_with(&chat(&url), b"Hi\n/deploy\n");
    let missing = "its functions cannot be run: there is no `python3`";
    assert!(ran.stdout == "Fine.\n" && ran.stderr.contains(missing), "{}", ran.shown());
}

#[test]
fn a_function_that_cannot_be_one_is_told_when_it_is_typed_and_a_file_that_is_missing_before() {
    if !python::is_there() {
        return;
    }
    let program = home(&["takes_two", "nowhere"]);
    let model = ModelServer::start([]);
    let ran = piped(&program, &model, "/takes_two\n");
    insta::assert_snapshot!(ran.stderr, @r"
    error: card.md:4:54: `commands`: commands.py:50: `takes_two` cannot be a command: missing a required argument: 'other'
    error: card.md:5:50: `commands`: there is no function `nowhere` in `commands.py`
      hint: it defines deploy, later, facts, rude, fails, slow, slow_async, takes_two
    ");
    fs::remove_file(program.home().join("commands.py")).unwrap();
    let ran = program.run(&["cards", "check", "card.md"]);
    assert!(ran.code == 52 && ran.stdout.contains("there is no file"), "{}", ran.shown());
}

#[test]
fn what_is_odd_is_told_by_cards_check_and_all_is_shown_by_cards_show() {
    let program = home(&["deploy"]);
    let path = program.home().join("card.md");
    let card = fs::read_to_string(&path).unwrap().replace(
        "commands:\n",
        "commands:\n  Model: {description: Which., handler: 'commands.py:deploy', key: f5, completer: 'commands.py:facts'}\n",
    );
    fs::write(&path, card).unwrap();
    let ran = program.variable("AGENTCARD_MODEL", "openai.x").run(&["cards", "check", "card.md"]);
    insta::assert_snapshot!(ran.shown(), @r"
    exit 0
    --- stdout
    warning[shadowed-command]: `commands.Model`: `/model` is a command of the program, and stays that
      --> card.md:4:10
      |
    4 |   Model: {description: Which., handler: 'commands.py:deploy', key: f5, completer: 'commands.py:facts'}
      |          ^^^^^^^^^^^^
      = help: give it another name

    warning[unsupported-key]: `commands.Model.key`: is not supported, and has no effect here
      --> card.md:4:68
      |
    4 |   Model: {description: Which., handler: 'commands.py:deploy', key: f5, completer: 'commands.py:facts'}
      |                                                                    ^^

    warning[unsupported-key]: `commands.Model.completer`: is not supported, and has no effect here
      --> card.md:4:83
      |
    4 |   Model: {description: Which., handler: 'commands.py:deploy', key: f5, completer: 'commands.py:facts'}
      |                                                                                   ^^^^^^^^^^^^^^^^^^^

    1 checked, nothing is wrong, 3 warnings
    --- stderr
    ");
    let ran = home(&["deploy"]).run(&["cards", "show", "--card", "card.md", "--sandbox"]);
    let lines = "command      /deploy: Does deploy.\n\
                 program      commands.py: Python module, which runs after a yes\n";
    assert!(ran.stdout.contains(lines), "{}", ran.shown());
}
