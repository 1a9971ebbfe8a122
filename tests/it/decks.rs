//! Several cards: directories of them, which one is asked, and how they call each other.

mod claude;
mod remote;
mod resumed;

use std::fs;
use std::path::Path;

use agentcard::card::deck::{Deck, DeckError, Hand};
use agentcard::card::{self, Card, Origin};
use serde_json::Value;

use crate::support::program::{Program, Ran};

/// A home with these files, each directory made.
fn home(files: &[(&str, &str)]) -> Program {
    let program = Program::new();
    for (name, text) in files {
        let path = program.home().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    program
}

/// A card whose agent says what it was asked.
const ECHO: &str = "---\nmodel: builtin.echo\n---\nRepeat it.\n";

/// The same one, asked by default.
const DEFAULT: &str = "---\nmodel: builtin.echo\ndefault: true\n---\nRepeat it.\n";

/// The same one, only there for others.
const TOOL: &str = "---\nmodel: builtin.echo\ntool_only: true\n---\nRepeat it.\n";

/// The agent that a command line leads to, by name.
fn asked(program: &Program, arguments: &[&str]) -> String {
    let ran = program.run(&[&["cards", "show"], arguments].concat());
    let name = ran.stdout.lines().find_map(|line| line.strip_prefix("name"));
    name.map_or_else(|| ran.shown(), |name| name.trim().to_owned())
}

#[test]
fn of_a_directory_the_default_is_asked_and_any_other_by_name() {
    let program = home(&[
        ("team/ann.md", ECHO),
        ("team/bob.md", DEFAULT),
        ("team/eve.md", DEFAULT),
        ("team/helper.md", TOOL),
        ("team/my agent.md", ECHO),
        ("team/README.md", "# The team\n"),
        ("team/fast-agent.yaml", "default_model: x\n"),
        ("team/deeper/zoe.md", "this is looked at by nobody"),
    ]);
    assert_eq!(asked(&program, &["--card", "team"]), "bob");
    assert_eq!(asked(&program, &["--card", "team", "--agent", "ann"]), "ann");
    assert_eq!(asked(&program, &["--card", "team", "--agent", "helper"]), "helper");
    assert_eq!(asked(&program, &["--card", "team", "--agent", "my agent"]), "my_agent");
    assert_eq!(asked(&program, &["--card", "team/ann.md"]), "ann");
    let mixed = ["--card", "team/ann.md", "--card", "team/helper.md"];
    assert_eq!(asked(&program, &mixed), "ann");
    let twice = ["--card", "team/ann.md", "--card", "team", "--agent", "ann"];
    assert_eq!(asked(&program, &twice), "ann");
    let answer = program.run(&["ask", "-q", "--card", "team", "Hello"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (0, "Hello\n"));
}

#[test]
fn where_nothing_says_who_is_asked_nobody_is() {
    let program = home(&[
        ("team/ann.md", ECHO),
        ("team/bob.md", ECHO),
        ("none/README.md", "---\nlicense: mit\n---\n"),
        ("twins/a.md", "---\nmodel: builtin.echo\nname: ann\n---\nOne.\n"),
        ("twins/ann.md", ECHO),
        ("wrong/a.md", "---\nmodle: x\n---\nOne.\n"),
        ("wrong/b.md", "---\ndefualt: true\n---\nTwo.\n"),
    ]);
    let ask = |arguments: &[&str]| {
        let Ran { code, stderr, .. } = program.run(&[&["ask", "Hello"], arguments].concat());
        format!("{code} {stderr}")
    };
    insta::assert_snapshot!(ask(&["--card", "team"]), @"
    2 error: several agents can be asked: ann, bob
      hint: name one: --agent NAME
      hint: or write `default: true` into its card
    ");
    insta::assert_snapshot!(ask(&["--card", "team", "--agent", "an"]), @"
    2 error: there is no agent `an`
      hint: did you mean `ann`?
    ");
    insta::assert_snapshot!(ask(&["--card", "team", "--agent", "nobody"]), @"
    2 error: there is no agent `nobody`
      hint: there are: ann, bob
    ");
    insta::assert_snapshot!(ask(&["--card", "none"]), @"
    52 error: none: there is no card in this directory
      hint: a card is Markdown with front matter, or YAML with an `instruction`; `agentcard cards new` makes one
    ");
    insta::assert_snapshot!(ask(&["--card", "twins"]), @"
    52 error: twins/ann.md: `name`: `ann` is the name of twins/a.md too
      hint: give one of them another `name`
    ");
    insta::assert_snapshot!(ask(&["--card", "wrong"]), @"
    52 error: wrong/a.md:2:1: `modle`: there is no such key
      hint: did you mean `model`?
    error: wrong/b.md:2:1: `defualt`: there is no such key
      hint: did you mean `default`?
    ");
    insta::assert_snapshot!(ask(&["--card", "nowhere"]), @"52 error: nowhere: there is no such file");
}

#[test]
fn cards_nobody_named_are_used_from_their_folder_and_it_is_said() {
    let program = home(&[
        (".fast-agent/agent-cards/ann.md", DEFAULT),
        (".fast-agent/agent-cards/bob.md", ECHO),
        ("elsewhere/agent-cards/zoe.md", ECHO),
        ("empty/agent-cards/notes.md", "nothing\n"),
    ]);
    let notice = "warning: the cards of .fast-agent/agent-cards are used\n";
    let ran = program.run(&["ask", "Hello"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Hello\n"));
    assert!(ran.stderr.contains(notice), "{}", ran.stderr);
    assert_eq!(asked(&program, &["--agent", "bob"]), "bob");
    let named = program.run(&["ask", "--card", "elsewhere/agent-cards", "Hello"]);
    assert!(named.code == 0 && !named.stderr.contains("are used"), "{}", named.stderr);
    let program = program.variable("FAST_AGENT_HOME", "elsewhere");
    assert_eq!(asked(&program, &[]), "zoe");
    let program = program.variable("FAST_AGENT_HOME", "empty");
    assert_eq!(asked(&program, &["--sandbox"]), "hf-user-small");
    let program = program.variable("AGENTCARD_CARD", ".fast-agent/agent-cards");
    assert_eq!(asked(&program, &[]), "ann");
}

#[test]
fn what_is_odd_is_told_of_all_that_run_and_of_no_other() {
    let program = home(&[
        ("team/ann.md", "---\nmodel: builtin.echo\ndefault: true\nagents: [bob]\n---\nA.\n"),
        ("team/bob.md", "---\nmodel: $system.fast\ntools: Read, Glob\n---\nB.\n"),
        ("team/eve.md", "---\nmodel: $system.slow\ntools: Glob\n---\nE.\n"),
        ("fast-agent.yaml", "default_model: builtin.echo\n"),
    ]);
    let ran = program.run(&["ask", "--card", "team", "--trust", "Hello"]);
    insta::assert_snapshot!(ran.stderr, @"
    warning: team/bob.md:3:8: `tools`: `Glob` is no tool of this program; the agent runs without it
    warning: team/bob.md:2:8: `model`: `$system.fast` is defined nowhere: the configured model takes its place
    ");
}

#[test]
fn cards_beside_them_are_offered_to_whichever_is_asked() {
    let program = home(&[
        (".fast-agent/agent-cards/ann.md", DEFAULT),
        (".fast-agent/agent-cards/bob.md", ECHO),
        (".fast-agent/tool-cards/find.md", TOOL),
        (".fast-agent/tool-cards/sort.md", ECHO),
        ("one/tool-cards/find.md", TOOL),
        ("more/zoe.md", ECHO),
    ]);
    let tools = |arguments: &[&str]| {
        let ran = program.run(&[&["cards", "show", "--json"], arguments].concat());
        let shown: Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.shown()));
        let names = shown["tools"].as_array().unwrap().iter();
        let names: Vec<_> = names.map(|tool| tool["name"].as_str().unwrap().to_owned()).collect();
        format!("{}: {}", shown["name"].as_str().unwrap(), names.join(" "))
    };
    assert_eq!(tools(&[]), "ann: agent__find agent__sort");
    assert_eq!(tools(&["--agent", "bob"]), "bob: agent__find agent__sort");
    assert_eq!(tools(&["--agent", "find"]), "find: agent__sort");
    assert_eq!(tools(&["--card-tool", "more"]), "ann: agent__zoe agent__find agent__sort");
    assert_eq!(tools(&["--card", ".fast-agent/agent-cards"]), "ann: ");
    insta::assert_snapshot!(program.run(&["ask", "Hello"]).stderr, @"
    warning: the cards of .fast-agent/agent-cards are used
    warning: the cards of .fast-agent/tool-cards are offered to the agent
    ");
    let program = program.variable("FAST_AGENT_HOME", "one");
    assert_eq!(asked(&program, &["--sandbox"]), "hf-user-small", "tools alone are nobody's");
}

#[test]
fn a_conversation_goes_from_one_agent_to_another_by_name() {
    let program = home(&[("team/ann.md", DEFAULT), ("team/bob.md", ECHO), ("zoe.md", ECHO)]);
    let typed = b"/card\n/card bob\n/card\nWho?\n/card zoe.md\n/card ann\n";
    let ran = program.run_with(&["chat", "--card", "team"], typed);
    insta::assert_snapshot!(ran.shown(), @"
    exit 0
    --- stdout
    Who?
    --- stderr
    ann (team/ann.md)
    others: bob
    bob (team/bob.md) · builtin.echo
    bob (team/bob.md)
    others: ann
    zoe (zoe.md) · builtin.echo
    error: ann: there is no such file
    ");
}

/// Cards that call each other as the list says: `a: b c` is a card `a` with those agents.
fn cards(list: &[&str]) -> Vec<Card> {
    let card = |line: &&str| {
        let (name, agents) = line.split_once(':').unwrap();
        let agents: Vec<&str> = agents.split_whitespace().collect();
        let text = format!("---\nagents: []\n---\n{}", agents.join("\n"));
        let path = Path::new(name).with_extension("md");
        let mut card = card::parse(&path, text.as_bytes(), Origin::Local, &|_| None).unwrap();
        card.agents = agents.into_iter().map(str::to_owned).collect();
        card
    };
    list.iter().map(card).collect()
}

/// What is wrong where `a` is asked.
fn complaints(list: &[&str]) -> String {
    let hand = Hand { cards: cards(list), ..Hand::default() };
    match Deck::assemble(hand, Some("a")) {
        Ok(deck) => deck.asked().name.clone(),
        Err(DeckError::Wrong(wrong)) => {
            let lines = wrong.iter().map(|wrong| {
                let hint = wrong.hint.as_ref().map(|hint| format!(" ({hint})"));
                format!("{wrong}{}", hint.unwrap_or_default())
            });
            lines.collect::<Vec<_>>().join("\n")
        }
        Err(other) => format!("{other:?}"),
    }
}

#[test]
fn calls_lead_to_cards_and_never_in_a_circle() {
    assert_eq!(complaints(&["b: a", "a: c", "c:"]), "a");
    insta::assert_snapshot!(complaints(&["a: writr nobody", "writer:"]), @"
    a.md:2:9: `agents[0]`: there is no card `writr` among those at hand (did you mean `writer`?)
    a.md:2:9: `agents[1]`: there is no card `nobody` among those at hand (its card is given with another `--card`, or its directory is)
    ");
    insta::assert_snapshot!(complaints(&["a: a"]), @"a.md:2:9: `agents[0]`: agents must not call each other in a circle: a -> a (take one of these calls away)");
    insta::assert_snapshot!(complaints(&["a: b", "b: c", "c: a b", "d: a"]), @r"
    c.md:2:9: `agents[0]`: agents must not call each other in a circle: a -> b -> c -> a (take one of these calls away)
    c.md:2:9: `agents[1]`: agents must not call each other in a circle: b -> c -> b (take one of these calls away)
    ");
}

#[test]
fn eight_agents_may_stand_in_a_row_and_the_longest_row_counts() {
    let eight = ["a: b h", "b: c", "c: d", "d: e", "e: f", "f: g", "g: h", "h:"];
    assert_eq!(complaints(&eight), "a");
    // One more is too many, though `a` calls `h` directly too; what follows is not told of again.
    let more = [&eight[..7], &["h: i", "i: j", "j:"]].concat();
    insta::assert_snapshot!(complaints(&more), @"h.md:2:9: `agents[0]`: more than 8 agents would call each other: a -> b -> c -> d -> e -> f -> g -> h -> i (let one of them call those at the end itself)");
}

#[test]
fn the_asked_one_calls_what_was_offered_too() {
    let (cards, offered) = (cards(&["a: b", "b:"]), cards(&["c:", "d: b"]));
    let hand = Hand { cards, offered, ..Hand::default() };
    let deck = Deck::assemble(hand, Some("a")).unwrap();
    let children = |name: &str| {
        let children = deck.children(deck.find(name).unwrap());
        children.iter().map(|card| &*card.name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(["a", "b", "c", "d"].map(children), ["b c d", "", "", "b"]);
}

#[test]
fn what_nobody_calls_is_nobodys_problem() {
    assert_eq!(complaints(&["a: b", "b:", "c: nobody", "d: e", "e: d"]), "a");
}

#[test]
fn a_broken_card_of_a_directory_stops_those_who_need_it() {
    let program = home(&[
        ("team/ann.md", DEFAULT),
        ("team/bob.md", "---\nmodle: x\n---\nOne.\n"),
        ("team/chain.md", "---\ntype: chain\nsequence: [ann, bob]\n---\n"),
        ("team/eve.md", ECHO),
    ]);
    let ask = |arguments: &[&str]| program.run(&[&["ask", "Hello"], arguments].concat()).shown();
    insta::assert_snapshot!(ask(&["--card", "team"]), @"
    exit 0
    --- stdout
    Hello
    --- stderr
    warning: left out: team/bob.md:2:1: `modle`: there is no such key
    ");
    let broken = ask(&["--card", "team", "--agent", "bob"]);
    insta::assert_snapshot!(broken, @"
    exit 52
    --- stdout
    --- stderr
    error: team/bob.md:2:1: `modle`: there is no such key
      hint: did you mean `model`?
    ");
    assert_eq!(ask(&["--card", "team", "--agent", "chain"]), broken);
    fs::remove_file(program.home().join("team/ann.md")).unwrap();
    assert_eq!(ask(&["--card", "team"]), broken);
    assert_eq!(ask(&["--card", "team/eve.md", "--card", "team/bob.md"]), broken);
    assert_eq!(asked(&program, &["--card", "team", "--agent", "eve"]), "eve");
}

#[test]
fn cards_that_are_no_agents_are_checked_and_wait() {
    let program = home(&[
        ("team/ann.md", ECHO),
        ("team/flow.md", "---\ntype: Chain\nsequence: [ann, bob]\ndescription: Both\n---\n"),
        ("flow/flow.md", "---\ntype: parallel\nfan_out: [ann, bob]\nfan_in: bo\n---\n"),
        ("flow/ann.md", ECHO),
        ("flow/bob.md", ECHO),
        ("default/flow.md", "---\ntype: router\nagents: [ann, bob]\ndefault: true\n---\n"),
        ("default/ann.md", ECHO),
        ("default/bob.md", TOOL),
        ("old.md", "---\ntype: smart\nmodel: builtin.echo\n---\nRepeat it.\n"),
    ]);
    assert_eq!(asked(&program, &["--card", "team"]), "ann");
    let ask = |arguments: &[&str]| program.run(&[&["ask", "Hello"], arguments].concat()).shown();
    insta::assert_snapshot!(ask(&["--card", "default"]), @"
    exit 52
    --- stdout
    --- stderr
    error: default/flow.md:2:7: `type`: cards of type `router` cannot be asked yet
      hint: its agents can: `--agent ann`
    ");
    insta::assert_snapshot!(ask(&["--card", "flow", "--agent", "flow"]), @"
    exit 52
    --- stdout
    --- stderr
    error: flow/flow.md:4:9: `fan_in`: there is no card `bo` among those at hand
      hint: did you mean `bob`?
    ");
    insta::assert_snapshot!(ask(&["--card", "old.md"]), @"
    exit 0
    --- stdout
    Hello
    --- stderr
    warning: old.md:2:7: `type`: is an old word for `agent` with `subagents` and `harness_tools`
    ");
    insta::assert_snapshot!(program.run(&["cards", "check", "default"]).shown(), @"
    exit 0
    --- stdout
    warning[card-type]: `type`: cards of type `router` cannot be asked yet
      --> default/flow.md:2:7
      |
    2 | type: router
      |       ^^^^^^

    3 checked, nothing is wrong, 1 warning
    --- stderr
    ");
    insta::assert_snapshot!(program.run(&["cards", "list", "team"]).stdout, @"
    hf-user-small  built in      Use this tool to find out information about Users, Organizations and Pull Requests
    ann            team/ann.md   
    flow           team/flow.md  (a chain cannot run yet) Both
    ");
}

#[test]
fn a_folder_with_its_own_configuration_runs_as_it_is() {
    let program = home(&[
        ("team/fast-agent.yaml", "default_model: builtin.echo\nlogger: {level: debug}\n"),
        ("team/ann.md", "---\n---\nRepeat it.\n"),
        ("team/bob.md", "---\nmodel: $system.fast\n---\nRepeat it.\n"),
        ("zoe.md", "---\n---\nRepeat it.\n"),
    ]);
    let ran = program.run(&["ask", "-q", "--card", "team/ann.md", "Hello"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "Hello\n", ""));
    let ran = program.run(&["ask", "--card", "team", "--agent", "bob", "Hello"]);
    insta::assert_snapshot!(ran.shown(), @"
    exit 0
    --- stdout
    Hello
    --- stderr
    warning: team/bob.md:2:8: `model`: `$system.fast` is defined nowhere: the configured model takes its place
    ");
    let ran = program.run(&["ask", "--card", "zoe.md", "Hello"]);
    assert!(ran.stderr.contains("no model is named"), "{}", ran.stderr);
    fs::remove_file(program.home().join("team/fast-agent.yaml")).unwrap();
    let ran = program.run(&["ask", "--card", "team", "--agent", "bob", "Hello"]);
    insta::assert_snapshot!(ran.shown(), @r#"
    exit 52
    --- stdout
    --- stderr
    error: the model `$system.fast` (from the card) is defined nowhere, and no other is named
      hint: name one with --model, or in AGENTCARD_MODEL
      hint: or define it: [model_references.system] fast = "…"
    "#);
    let dangling = "default_model: $system.fast\n";
    fs::write(program.home().join("fast-agent.yaml"), dangling).unwrap();
    let ran = program.run(&["ask", "--card", "zoe.md", "Hello"]);
    insta::assert_snapshot!(ran.shown(), @r#"
    exit 52
    --- stdout
    --- stderr
    error: the model `$system.fast` (from fast-agent.yaml:1:1) is defined nowhere, and no other is named
      hint: name one with --model, or in AGENTCARD_MODEL
      hint: or define it: [model_references.system] fast = "…"
    "#);
    let defined = format!("{dangling}model_references: {{system: {{fast: builtin.echo}}}}\n");
    fs::write(program.home().join("fast-agent.yaml"), defined).unwrap();
    let ran = program.run(&["ask", "--card", "zoe.md", "Hello"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "Hello\n", ""));
    let references = "model_references: {system: {fast: builtin.echo}}\nx: [\n";
    fs::write(program.home().join("fast-agent.yaml"), references).unwrap();
    let ran = program.run(&["ask", "--card", "team", "--agent", "bob", "Hello"]);
    insta::assert_snapshot!(ran.shown(), @"
    exit 52
    --- stdout
    --- stderr
    error: fast-agent.yaml:3:1: the YAML cannot be read: did not find expected node content
    ");
    let checked = program.run(&["cards", "check", "team"]);
    assert_eq!(checked.code, 52);
    fs::write(program.home().join("fast-agent.yaml"), references.replace("x: [", "")).unwrap();
    let ran = program.run(&["ask", "--card", "team", "--agent", "bob", "Hello"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Hello\n"));
}
