//! Tests of the commands that run no agent: help, cards, completion, the emulator as a program.

use std::io::{BufRead as _, BufReader};
use std::process::Command;
use std::time::Duration;

use agentcard::net::{Proxying, client};

use crate::support::program::Program;

#[test]
fn help_names_every_command_and_exit_code() {
    insta::assert_snapshot!(Program::new().run(&["--help"]).shown());
}

#[test]
fn every_command_has_help() {
    let program = Program::new();
    for command in [vec!["ask"], vec!["cards", "show"], vec!["sandbox", "serve"]] {
        let ran = program.run(&[&command[..], &["--help"]].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command:?}");
    }
}

#[test]
fn a_wrong_word_is_a_wrong_command_line() {
    let ran = Program::new().run(&["aks", "Who am I?"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("unrecognized subcommand 'aks'"), "{}", ran.stderr);
}

#[test]
fn cards_are_listed_and_bad_ones_say_so() {
    let program = Program::new();
    let cards = program.home().join("cards");
    std::fs::create_dir(&cards).unwrap();
    let good = "---\nname: greeter\ndescription: Says hello\nmodel: builtin.echo\n---\nHello.\n";
    std::fs::write(cards.join("good.md"), good).unwrap();
    std::fs::write(cards.join("bad.md"), "---\nmodle: x\n---\nHello.\n").unwrap();
    std::fs::write(cards.join("notes.txt"), "no card").unwrap();
    insta::assert_snapshot!(program.run(&["cards", "list"]).shown());
    let shown = program.run(&["cards", "show", "--card", "cards/good.md"]);
    insta::assert_snapshot!(shown.shown(), @r"
    exit 0
    --- stdout
    name         greeter
    card         cards/good.md
    description  Says hello
    model        builtin.echo
    endpoint     part of this program
    prompt       6 bytes, estimated at 2 tokens

    Hello.
    --- stderr
    ");
}

#[test]
fn a_card_is_shown_without_its_models_key() {
    let ran = Program::new().run(&["cards", "show", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(shown["model"], "hf.openai/gpt-oss-20b:groq");
    assert_eq!(shown["endpoint"], "https://router.huggingface.co/v1");
    assert_eq!(shown["tools"][0]["name"], "hf_api_request");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn completion_is_a_script_for_the_shell() {
    let ran = Program::new().run(&["completion", "zsh"]);
    assert!(ran.stdout.starts_with("#compdef agentcard"), "{}", ran.stdout);
    assert_eq!(ran.code, 0);
}

#[test]
fn the_emulator_serves_until_it_is_interrupted() {
    let program = Program::new();
    let mut child = program.start(&["sandbox", "serve", "--big", "3"]);
    let mut origin = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut origin).unwrap();
    let url = format!("{}/api/users/big3/followers", origin.trim_end());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let followers = runtime.block_on(async {
        let http = client(Proxying::Direct, Duration::from_secs(10)).unwrap();
        http.get(url).send().await.unwrap().text().await.unwrap()
    });
    let followers: Vec<serde_json::Value> = serde_json::from_str(&followers).unwrap();
    assert_eq!(followers.len(), 3);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_documentation_lists_every_endpoint_of_the_catalog() {
    let documentation = include_str!("../../docs/hub.md");
    let reference = agentcard::hub::catalog::reference();
    assert!(documentation.ends_with(&reference), "docs/hub.md must end in:\n{reference}");
}

#[test]
fn the_documentation_lists_every_fault() {
    let documentation = include_str!("../../docs/sandbox.md");
    let error = "teapot".parse::<agentcard::sandbox::faults::Faults>().unwrap_err().to_string();
    let (_, names) = error.split_once("there are ").unwrap();
    for name in names.split(", ") {
        assert!(documentation.contains(&format!("| `{name}")), "{name} is not in docs/sandbox.md");
    }
}
