//! Tests of `cards new`, `cards show` and `cards check`.

mod codes;
mod decks;
mod schema;

use std::fs;

use agentcard::schema::Schema;
use serde_json::Value;

use crate::support::{program::Program, sarif};

#[test]
fn a_new_card_is_a_good_one_and_is_never_written_over() {
    let program = Program::new();
    let made = program.run(&["cards", "new", "greeter"]);
    insta::assert_snapshot!(made.shown(), @r#"
    exit 0
    --- stdout
    cards/greeter.md

    Try it:    agentcard ask --card cards/greeter.md "Who are you?"
    Check it:  agentcard cards check cards/greeter.md
    --- stderr
    "#);
    let checked = program.run(&["cards", "check"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (0, "1 checked, nothing is wrong\n"));
    let shown = program.run(&["cards", "show", "--card", "cards/greeter.md"]);
    assert!(shown.stdout.contains("You are greeter. Today is "), "{}", shown.stdout);

    let again = program.run(&["cards", "new", "greeter"]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.starts_with("error: cards/greeter.md cannot be made: File exists"));
    let outside = program.run(&["cards", "new", "../x"]);
    assert_eq!((outside.code, program.home().join("x.md").exists()), (2, false));
}

#[test]
fn what_a_card_takes_of_every_request_is_told_as_an_estimate() {
    let program = Program::new();
    fs::write(program.home().join("a.md"), "---\nmodel: builtin.echo\n---\nSay hello.\n").unwrap();
    let shown = program.run(&["cards", "show", "--card", "a.md"]).stdout;
    assert!(shown.contains("prompt       10 bytes, estimated at 4 tokens\n"), "{shown}");
    let json = program.run(&["cards", "show", "--json"]).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    let bytes = json["prompt"].as_str().unwrap().len();
    assert_eq!(json["prompt_size"]["bytes"], bytes);
    assert_eq!(json["prompt_size"]["estimated_tokens"], bytes.div_ceil(3));
    assert!(json["tools_size"]["bytes"].as_u64() > Some(500));
}

/// A home with good and bad cards, and what is no card.
fn home() -> Program {
    let program = Program::new();
    let cards = program.home().join("cards");
    fs::create_dir(&cards).unwrap();
    let write = |name: &str, text: &str| fs::write(cards.join(name), text).unwrap();
    write("a.md", "---\nmodle: x\nrequest_params:\n  temperature: \"hot\"\n---\nSay {{agents}}.\n");
    write("b.md", "---\nmodel: nobody.x\n---\nMy token is hf_abcdefghijklmnopqrst.\n");
    write("c.md", "---\nmodel: builtin.echo\n---\nHello.\n");
    write("README.md", "# Cards\n\nThese are cards.\n");
    write("fast-agent.yaml", "default_model: x\n");
    program
}

#[test]
fn everything_that_is_wrong_is_told_with_its_line() {
    let program = home();
    let ran = program.run(&["cards", "check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (52, ""));
    insta::assert_snapshot!(ran.stdout);
    let good = program.run(&["cards", "check", "cards/c.md"]);
    assert_eq!((good.code, good.stdout.as_str()), (0, "1 checked, nothing is wrong\n"));
    let none = program.run(&["cards", "check", "none.md"]);
    assert_eq!(none.code, 52);
}

#[test]
fn programs_and_scanners_are_told_the_same() {
    let program = home();
    let json = program.run(&["cards", "check", "--format", "json", "cards/a.md"]);
    let document: Value = serde_json::from_str(&json.stdout).unwrap();
    insta::assert_json_snapshot!(document["diagnostics"][0]);

    let sarif = program.run(&["cards", "check", "--format", "sarif", "cards"]);
    assert_eq!((json.code, sarif.code), (52, 52));
    let log: Value = serde_json::from_str(&sarif.stdout).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 5);
    insta::assert_json_snapshot!(results[0]);
}

#[test]
fn what_scanners_are_told_is_sarif() {
    let Some(schema) = sarif::schema() else { return };
    let schema = Schema::parse(&schema).ok().unwrap();
    let program = home();
    fs::write(program.home().join("a card, 100%.md"), "---\nmodle: x\n---\n{{file:gone}}\n")
        .unwrap();
    let absolute = program.home().join("cards/b.md");
    for paths in
        [&["cards"][..], &["a card, 100%.md"], &[absolute.to_str().unwrap()], &["cards/c.md"]]
    {
        let ran = program.run(&[&["cards", "check", "--format", "sarif"], paths].concat());
        assert_eq!(schema.fit(&ran.stdout).map(|_| ()), Ok(()), "{}", ran.stdout);
    }
    let ran = program.run(&["cards", "check", "--format", "sarif", "a card, 100%.md"]);
    assert!(ran.stdout.contains("\"uri\": \"a%20card,%20100%25.md\""), "{}", ran.stdout);
    let broken = ran.stdout.replace("\"version\": \"2.1.0\"", "\"version\": \"1\"");
    assert!(schema.fit(&broken).is_err(), "the schema tells what is none");
}

#[test]
fn the_shipped_card_is_good() {
    let card = concat!(env!("CARGO_MANIFEST_DIR"), "/cards/hf-user-small.md");
    let ran = Program::new().run(&["cards", "check", card]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "1 checked, nothing is wrong\n"));
}

#[test]
fn what_has_one_meaning_is_mended_in_the_file_and_told() {
    let program = home();
    let card = "---\r\nmodle: builtin.echo\r\ndefault: \"true\" # keep\r\nnonsense_key: 1\r\n---\r\nHi.\r\n";
    fs::write(program.home().join("x.md"), card).unwrap();
    let ran = program.run(&["cards", "check", "--fix", "x.md"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (52, "fixed x.md:2:1: `modle` is `model` now\nfixed x.md:3:10: `\"true\"` is `true` now\n")
    );
    assert!(ran.stdout.ends_with("1 checked, 1 with problems, 1 in all\n"), "{}", ran.stdout);
    let mended = fs::read_to_string(program.home().join("x.md")).unwrap();
    let expected =
        "---\r\nmodel: builtin.echo\r\ndefault: true # keep\r\nnonsense_key: 1\r\n---\r\nHi.\r\n";
    assert_eq!(mended, expected);
    assert_eq!(
        fs::read_dir(program.home())
            .unwrap()
            .filter(|entry| {
                entry.as_ref().unwrap().file_name().to_string_lossy().contains("x.md")
            })
            .count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn what_the_words_of_a_card_promise_in_vain_is_warned_of() {
    let program = Program::new();
    let card = "---\nmodel: builtin.echo\nfunction_tools: hf_api_tool.py:hf_api_request\n---\n\
                Call read_file(path=\"x\"), or hf_api_request(endpoint=\"/jobs/{username}/all\").\n\
                Not hf_api_request(endpoint=\"/users/{username}/overview\").\n\
                The key is aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE.\n";
    fs::write(program.home().join("x.md"), card).unwrap();
    let ran = program.run(&["cards", "check", "x.md"]);
    assert_eq!(ran.code, 0);
    let lines = ran.stdout.lines().filter(|line| line.starts_with("warning"));
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            "warning[dead-tool]: the card has no tool `read_file`",
            "warning[dead-endpoint]: `/jobs/{username}/all` is no endpoint `hf_api_request` can call",
            "warning[maybe-secret]: this may be a key: it is long and random",
        ]
    );
}
