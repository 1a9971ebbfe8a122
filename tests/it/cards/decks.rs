//! Tests of `cards check` on cards that belong together.

use std::fs;

use crate::support::program::Program;

/// A home with these files.
fn home(files: &[(&str, &str)]) -> Program {
    let program = Program::new();
    for (name, text) in files {
        let path = program.home().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    program
}

const ECHO: &str = "---\nmodel: builtin.echo\n---\nHi.\n";

#[test]
fn what_is_wrong_between_cards_is_told_at_its_line_whoever_is_asked() {
    let program = home(&[
        ("cards/a.md", "---\nmodel: builtin.echo\nagents: [b, hleper]\n---\nHi.\n"),
        ("cards/b.md", "---\nmodel: builtin.echo\nagents:\n  - c\n---\nHi.\n"),
        ("cards/c.md", "---\nmodel: builtin.echo\nagents: [b, unread]\n---\nHi.\n"),
        ("cards/helper.md", ECHO),
        ("cards/other.md", "---\nname: helper\nmodel: builtin.echo\n---\nHi.\n"),
        ("cards/team.yaml", "type: chain\nsequence: [a, nobody]\n"),
        ("cards/unread.md", "---\nmodel: [\n---\nHi.\n"),
    ]);
    let ran = program.run(&["cards", "check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (52, ""));
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn a_card_that_cannot_run_is_checked_as_far_as_it_can_be_read() {
    let program = home(&[(
        "cards/a.md",
        "---\ntpye: agent\nmodel: nobody.x\nservers: [nowhere]\nmessages: gone.md\n\
         skills: [none]\nshell: true\ncwd: nowhere\nname: ${NOT_SET}\nagents: [ghost]\n---\n\
         {{file:gone.md}} {{user}}\n",
    )]);
    let ran = program.run(&["cards", "check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (52, ""));
    let home = program.home().canonicalize().unwrap();
    insta::assert_snapshot!(ran.stdout.replace(home.to_str().unwrap(), "HOME"));
}

#[test]
fn both_halves_of_a_projects_agents_are_one_deck() {
    let calls = "---\nmodel: builtin.echo\nagents: [tool, lost]\n---\nHi.\n";
    let program = home(&[
        (".fast-agent/agent-cards/main.md", calls),
        (".fast-agent/tool-cards/tool.md", ECHO),
    ]);
    for paths in [&[][..], &["."], &[".fast-agent"], &[".fast-agent/agent-cards/main.md"]] {
        let ran = program.run(&[&["cards", "check"], paths].concat());
        assert_eq!(ran.code, 52, "{paths:?}");
        assert_eq!(ran.stdout.matches("error[").count(), 1, "{}", ran.stdout);
        assert!(ran.stdout.contains("there is no card `lost`"), "{}", ran.stdout);
        assert!(ran.stdout.contains("main.md:3:16"), "{}", ran.stdout);
    }
    let tool = program.run(&["cards", "check", ".fast-agent/tool-cards"]);
    assert_eq!((tool.code, tool.stdout.as_str()), (0, "1 checked, nothing is wrong\n"));
}

#[test]
fn cards_of_other_paths_may_be_called_and_have_the_same_names() {
    let calls = "---\nmodel: builtin.echo\nagents: [b]\n---\nHi.\n";
    let program = home(&[("one/a.md", calls), ("two/a.md", calls), ("two/b.md", ECHO)]);
    let both = program.run(&["cards", "check", "one", "two", "one/a.md"]);
    assert_eq!((both.code, both.stdout.as_str()), (0, "3 checked, nothing is wrong\n"));
    let alone = program.run(&["cards", "check", "one"]);
    assert_eq!(alone.code, 52);
}

#[test]
fn what_fast_agent_yaml_beside_the_cards_defines_is_there_for_them_alone() {
    let card = "---\nmodel: $system.fast\nservers: [time]\n---\nHi.\n";
    let defines = "model_references: {system: {fast: builtin.echo}}\n\
                   mcp: {servers: {time: {target: uvx mcp-server-time}}}\n";
    let program = home(&[("one/a.md", card), ("one/fast-agent.yaml", defines), ("two/a.md", card)]);
    let one = program.run(&["cards", "check", "one"]);
    assert_eq!((one.code, one.stdout.as_str()), (0, "1 checked, nothing is wrong\n"));
    let both = program.run(&["cards", "check", "one", "two"]);
    assert_eq!(both.code, 52);
    insta::assert_snapshot!(both.stdout);
}

#[test]
fn functions_and_tools_that_are_not_there_are_told_whatever_else_is_wrong() {
    let program = home(&[
        (
            "a.md",
            "---\ndefualt: true\nfunction_tools: ['tools.py:wether', 'tools.py:weather']\n\
             tool_hooks: {before_tool_call: 'tools.py:gaurd'}\n---\n\
             Use the bash tool or `weather`. {{file:gone.txt}}\n",
        ),
        ("tools.py", "def weather(): ...\nasync def guard(context): ...\n"),
    ]);
    let ran = program.run(&["cards", "check", "a.md"]);
    assert_eq!(ran.code, 52);
    let is_head = |line: &&str| line.starts_with("error") || line.starts_with("warning");
    let heads: Vec<&str> = ran.stdout.lines().filter(is_head).collect();
    assert_eq!(
        heads[..4],
        [
            "error[unknown-key]: `defualt`: there is no such key",
            "error[dead-function]: `function_tools`: there is no function `wether` in `tools.py`",
            "error[dead-function]: `tool_hooks`: there is no function `gaurd` in `tools.py`",
            "warning[dead-tool]: the card has no tool `bash`",
        ],
        "{}",
        ran.stdout
    );
    assert!(heads[4].starts_with("error[dead-file]: "), "{}", ran.stdout);
    assert_eq!(heads.len(), 5);
    assert!(ran.stdout.contains("did you mean `weather`?"), "{}", ran.stdout);
}

#[test]
fn a_tool_nobody_knows_is_told_with_those_there_are() {
    let card = "---\nmodel: builtin.echo\n---\nUse the `get_weather` tool.\n";
    let program = home(&[("a.md", card)]);
    insta::assert_snapshot!(program.run(&["cards", "check", "a.md"]).shown(), @"
    exit 0
    --- stdout
    warning[dead-tool]: the card has no tool `get_weather`
      --> a.md:4:10
      |
    4 | Use the `get_weather` tool.
      |          ^^^^^^^^^^^
      = help: it has no tools

    1 checked, nothing is wrong, 1 warning
    --- stderr
    ");
}

#[test]
fn a_variable_that_a_server_needs_and_nobody_set_is_named() {
    let server = "{target: 'https://mcp.example.org/mcp', access_token: '${EXAMPLE_TOKEN}'}";
    let card = format!("---\nmodel: builtin.echo\nmcp_connect:\n  far: {server}\n---\nHi.\n");
    let program = home(&[("a.md", &card)]);
    let ran = program.run(&["cards", "check", "a.md"]);
    assert_eq!(ran.code, 52);
    let said = "error[dead-server]: `mcp_connect`: the MCP server `far` cannot be used: \
                `EXAMPLE_TOKEN` is not set\n  --> a.md:4:8\n";
    assert!(ran.stdout.starts_with(said), "{}", ran.stdout);
    let program = program.variable("EXAMPLE_TOKEN", "x");
    assert_eq!(program.run(&["cards", "check", "a.md"]).code, 0);
}
