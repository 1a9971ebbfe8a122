//! Cards, from the file to the values or to the diagnostics.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use agentcard::card::{
    self, Card, Children, FunctionTool, Kind, LifecycleHooks, Lookup, McpServers, Origin, Piece,
    RequestParams, Standing,
};
use agentcard::diagnostic::{Diagnostic, Place};
use proptest::prelude::*;

use sha2::{Digest, Sha256};

use crate::support::wait::busy_with;

/// The variables there are.
const VARIABLES: Lookup<'static> = &|name| match name {
    "AGENT_NAME" => Some("the name".to_owned()),
    "TURNS" => Some("7".to_owned()),
    "A_TOKEN" => Some("secret-that-must-not-be-shown".to_owned()),
    "BIG" => Some("x".repeat(1000)),
    _ => None,
};

#[test]
fn the_shipped_card_is_the_file_it_was_given_as() {
    let bytes = fs::read("cards/hf-user-small.md").unwrap();
    let sum = Sha256::digest(&bytes).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    assert_eq!(sum, "f17685f445050d98b62d7bb2e7fd79dc311a76e69e0b783497c26a16bad5e265");
}

#[test]
fn the_shipped_card_loads_as_what_it_says() {
    let mut card = card::load(Path::new("cards/hf-user-small.md"), VARIABLES).unwrap();
    let text = fs::read_to_string("cards/hf-user-small.md").unwrap();
    let (_, body) = text.split_once("Pull Requests\n---\n").unwrap();
    let [tool] = std::mem::take(&mut card.function_tools).try_into().unwrap();
    let FunctionTool { module, function, .. } = &tool;
    assert_eq!(
        (module.as_path(), function.as_str()),
        (Path::new("hf_api_tool.py"), "hf_api_request")
    );
    assert_eq!(tool.place(), Some(Place { line: 5, column: 5 }));
    let expected = Card {
        tool_hooks: Vec::new(),
        lifecycle_hooks: LifecycleHooks::default(),
        path: "cards/hf-user-small.md".into(),
        kind: Kind::Agent,
        name: "hf-user-small".to_owned(),
        description: Some(
            "Use this tool to find out information about Users, Organizations and Pull Requests"
                .to_owned(),
        ),
        origin: Origin::Local,
        instruction: card.instruction.clone(),
        standing: Standing::Default,
        model: Some("hf.openai/gpt-oss-20b:groq".to_owned()),
        commands: Vec::new(),
        http_tools: Vec::new(),
        function_tools: Vec::new(),
        shell: None,
        mcp: McpServers::default(),
        request_params: RequestParams::default(),
        use_history: true,
        save_trajectory: false,
        messages: Vec::new(),
        skills: None,
        human_input: false,
        trim_tool_history: false,
        api_key: None,
        variables: BTreeMap::new(),
        agents: Vec::new(),
        subagents: None,
        harness_tools: false,
        children: Children::default(),
        input_schema: None,
        front: card.front.clone(),
        warnings: Vec::new(),
    };
    assert_eq!(card.instruction.pieces, [Piece::Text(body.trim_end().to_owned())]);
    assert_eq!(card, expected);
}

#[test]
fn every_good_card_loads_as_the_snapshot_says() {
    let mut report = String::new();
    for path in fixtures("good") {
        match card::load(&path, VARIABLES) {
            Ok(card) => writeln!(report, "{card:#?}\n").unwrap(),
            Err(diagnostics) => panic!("{}", shown(&diagnostics)),
        }
    }
    insta::assert_snapshot!(report);
}

#[test]
fn every_bad_card_is_answered_with_file_line_key_and_hint() {
    let mut report = String::new();
    for path in fixtures("bad") {
        match card::load(&path, VARIABLES) {
            Ok(_) => panic!("{} loads", path.display()),
            Err(diagnostics) => writeln!(report, "{}", shown(&diagnostics)).unwrap(),
        }
    }
    insta::assert_snapshot!(report.replace("tests/fixtures/cards/", ""));
}

#[test]
fn the_documentation_lists_every_key() {
    let documentation = fs::read_to_string("docs/cards.md").unwrap();
    let reference = card::reference();
    assert!(documentation.ends_with(&reference), "docs/cards.md must end in:\n{reference}");
}

#[test]
fn there_is_a_fixture_for_every_key() {
    let card = fs::read_to_string("tests/fixtures/cards/good/everything.md").unwrap();
    let gives = |key: &str| {
        card.lines().any(|line| line.trim_start_matches([' ', '-']).starts_with(&format!("{key}:")))
    };
    for row in card::reference().lines() {
        let Some((key, _)) = row.strip_prefix("| `").and_then(|row| row.split_once('`')) else {
            continue;
        };
        assert!(gives(key), "good/everything.md lacks `{key}`");
    }
}

#[test]
fn there_is_a_fixture_for_every_key_of_other_types() {
    let reference = card::reference();
    let (_, types) = reference.split_once("## Keys of other types").unwrap();
    for row in types.lines() {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, kind, key, ..] = cells[..] else { continue };
        let Some(key) = key.strip_prefix('`').and_then(|key| key.strip_suffix('`')) else {
            continue;
        };
        let gives = |path: &PathBuf| {
            let text = fs::read_to_string(path).unwrap();
            let text = text.to_lowercase();
            text.contains(&format!("type: {kind}\n")) && text.contains(&format!("\n{key}:"))
        };
        assert!(fixtures("good").iter().any(gives), "no good card of type {kind} gives `{key}`");
    }
}

#[test]
fn there_is_a_fixture_for_every_placeholder() {
    let documentation = fs::read_to_string("docs/cards.md").unwrap();
    let card = fs::read_to_string("tests/fixtures/cards/good/placeholders.md").unwrap();
    let rows = documentation.lines().filter(|line| line.starts_with("| `{{"));
    let names = rows.flat_map(|row| row.split('|').nth(1).unwrap().split(", "));
    let names: Vec<&str> = names.map(|name| name.trim().trim_matches('`')).collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        let start = name.split_inclusive(':').next().unwrap();
        assert!(card.contains(start), "good/placeholders.md lacks {name}");
    }
}

#[test]
fn a_file_that_is_not_there_is_answered_with_its_neighbor() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::write(path("hub.md"), "---\n---\n").unwrap();
    fs::create_dir(path("empty")).unwrap();
    let mut report = String::new();
    for name in ["hbu.md", "other.md", "nowhere/hub.md", "", "empty"] {
        report.push_str(&shown(&card::load(&path(name), VARIABLES).unwrap_err()));
    }
    let report = report.replace(directory.path().to_str().unwrap(), "DIR");
    insta::assert_snapshot!(report, @r"
    DIR/hbu.md: there is no such file
        hint: did you mean `DIR/hub.md`?
    DIR/other.md: there is no such file
    DIR/nowhere/hub.md: there is no such file
    DIR/: this is a directory, not a card
        hint: name the card's file: `DIR/hub.md`
    DIR/empty: this is a directory, not a card
        hint: name the card's file; there is none in this directory
    ");
}

#[cfg(unix)]
#[test]
fn a_device_is_refused_without_being_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("endless.md");
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    let diagnostics = card::load(&path, VARIABLES).unwrap_err();
    assert_eq!(shown(&diagnostics), format!("{}: this is not a regular file\n", path.display()));
}

#[test]
fn a_file_of_a_gigabyte_is_refused_without_being_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.md");
    fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
    let (loaded, used) = busy_with(|| card::load(&path, VARIABLES));
    let diagnostics = loaded.unwrap_err();
    assert!(used < Duration::from_secs(1), "{used:?}");
    let message = "a card has at most 1048576 bytes, and this has more";
    assert_eq!(shown(&diagnostics), format!("{}: {message}\n", path.display()));
}

/// What ends other parsers: 20 000 levels of `- ` overflow `gray_matter`'s stack, 400 bytes of
/// aliases exhaust its memory, and 60 000 open brackets keep libyaml busy for seconds.
#[test]
fn hostile_front_matter_is_refused_in_no_time() {
    let front = |yaml: String| format!("---\n{yaml}\n---\n");
    let full = |piece: &str| piece.repeat(60_000 / piece.len());
    let numbered = |keys: i32| (0..keys).map(|key| format!("k{key}: 1")).collect::<Vec<_>>();
    let cards = [
        ("open brackets", front(full("["))),
        ("as many as may be", front(full("[               "))),
        ("block lists", front(full("- ") + "x")),
        ("explicit keys", front(full("? ") + "x")),
        ("the same key", front("a: 1\n".repeat(2000))),
        ("unknown keys", front(numbered(2000).join("\n"))),
        (
            "list times list",
            front(format!("a: &a [{}]\nb: [{}]", "x,".repeat(9000), "*a,".repeat(9000))),
        ),
        (
            "text times list",
            front(format!("a: &a {}\nb: [{}]", "x".repeat(30_000), "*a,".repeat(9000))),
        ),
        ("too much", front(format!("a: {}", "x".repeat(66_000)))),
        ("placeholders", front(String::new()) + &"{{agents}}".repeat(100_000)),
        ("variables", front(format!("a: {}", "${A:".repeat(3000)))),
        ("large variables", front(format!("a: {}", "${BIG}".repeat(3000)))),
        ("openings", front("a: 1".to_owned()) + &"{{file:".repeat(140_000)),
    ];
    let mut report = String::new();
    for (name, card) in cards {
        let (parsed, used) = busy_with(|| parse("a.md", card.as_bytes()));
        let diagnostics = parsed.unwrap_err();
        assert!(used < Duration::from_mins(1), "{name}: {used:?}");
        writeln!(report, "{name}: {}", diagnostics.last().unwrap()).unwrap();
    }
    insta::assert_snapshot!(report, @r"
    open brackets: a.md:2:1: a card opens at most 4000 brackets in its YAML
    as many as may be: a.md:2:2049: the YAML cannot be read: recursion limit exceeded
    block lists: a.md:2:257: the YAML cannot be read: recursion limit exceeded
    explicit keys: a.md:2:3: the YAML cannot be read: invalid type: map, expected a key that is text
    the same key: a.md: and 1975 more problems
    unknown keys: a.md: and 1975 more problems
    list times list: a.md:2:4344: the YAML cannot be read: b[27][2168]: its aliases make it too large
    text times list: a.md:2:4: the YAML cannot be read: b[278]: its aliases make it too large
    too much: a.md:2:1: a card has at most 65536 bytes of YAML, not 66004
    placeholders: a.md: and 99975 more problems
    variables: a.md:2:12003: the YAML cannot be read: mapping values are not allowed in this context
    large variables: a.md:2:4: `a`: its variables come to more than 1048576 bytes
    openings: a.md:2:1: `a`: there is no such key
    ");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        drop(parse("a.md", &bytes));
        drop(parse("a.yaml", &bytes));
    }

    #[test]
    fn whatever_it_says_it_says_of_a_place_in_the_file(
        yaml in "(name|model|type|request_params|top_k|[a-c1é]|[:\\-\\[\\]{}&*!|>'\"#%@,? $~]|: |\n|\n  |\n- ){0,40}",
        body in "([a-c]|\n|---USER|\\{\\{env\\}\\}){0,10}",
    ) {
        let text = format!("---\n{yaml}\n---\n{body}");
        for diagnostic in parse("a.md", text.as_bytes()).err().into_iter().flatten() {
            if let Some(Place { line, column }) = diagnostic.place {
                let found = text.split('\n').nth(line - 1);
                prop_assert!(found.is_some_and(|line| column <= line.chars().count() + 1), "{diagnostic}");
            }
        }
    }
}

fn parse(name: &str, bytes: &[u8]) -> Result<Card, Vec<Diagnostic>> {
    card::parse(Path::new(name), bytes, Origin::Local, VARIABLES)
}

fn fixtures(kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new("tests/fixtures/cards").join(kind)).into_iter().flatten();
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    assert!(!paths.is_empty());
    paths.sort();
    paths
}

fn shown(diagnostics: &[Diagnostic]) -> String {
    let lines = diagnostics.iter().flat_map(|diagnostic| {
        let hint = diagnostic.hint.iter().map(|hint| format!("    hint: {hint}\n"));
        std::iter::once(format!("{diagnostic}\n")).chain(hint)
    });
    lines.collect()
}
