//! Every code that `cards check` may say has a card that brings it about, and a line of documentation.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::program::Program;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/checks");

/// What is said of cards only where they are fetched, are larger than a fixture, or run; other tests
/// have them.
const FOUND_ELSEWHERE: [&str; 8] = [
    "bad-function",
    "dead-url",
    "import-failed",
    "large-file",
    "large-prompt",
    "large-variable",
    "python",
    "remote-card",
];

/// What stands before a code in the sources.
const BEFORE: [&str; 10] = [
    "kind(",
    "complaint(",
    "code: ",
    "Refusal::new(",
    "diagnostic(named, ",
    "diagnostic(first, ",
    "add(",
    "=> (",
    "Self::new(",
    "Some((",
];

/// The codes in the sources of the rooms that complain about cards.
fn codes() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files =
        vec![root.join("card.rs"), root.join("runtime.rs"), root.join("cli/chat/guests.rs")];
    for room in ["card", "runtime", "cli/cards"] {
        sources(&root.join(room), &mut files);
    }
    let mut codes = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        for before in BEFORE {
            for (_, rest) in
                text.match_indices(before).map(|(at, _)| text.split_at(at + before.len()))
            {
                let Some(rest) = rest.trim_start().strip_prefix('"') else { continue };
                let (code, rest) = rest.split_once('"').unwrap();
                let is_code = code.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                let is_word = before.starts_with(['S', '=']) && !code.contains('-');
                if is_code && !is_word && !code.is_empty() && rest.starts_with([',', ')', ' ']) {
                    codes.insert(code.to_owned());
                }
            }
        }
    }
    codes
}

fn sources(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, files);
        } else {
            files.push(entry);
        }
    }
}

#[test]
fn every_code_has_a_card_that_brings_it_about() {
    let program = Program::new();
    let home = program.home().join("checks");
    copy(Path::new(FIXTURES), &home);
    let ran = program.run(&["cards", "check", "--format", "json", "checks"]);
    assert_eq!(ran.code, 52, "{}", ran.shown());
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for diagnostic in diagnostics(&ran.stdout) {
        let (file, code) = (text(&diagnostic, "file"), text(&diagnostic, "code"));
        let stem = Path::new(&file).file_stem().unwrap().to_str().unwrap().to_owned();
        let has_line = !diagnostic["line"].is_null();
        assert!(has_line || code == "no-model", "without a line: {diagnostic}");
        found.entry(stem).or_default().insert(code);
    }
    for entry in fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap().to_str().unwrap().to_owned();
        if entry.is_dir() {
            let ran =
                program.run(&["cards", "check", "--format", "json", &format!("checks/{name}")]);
            let codes = diagnostics(&ran.stdout).into_iter().map(|it| text(&it, "code"));
            found.insert(name, codes.collect());
        }
    }
    let codes = codes();
    assert!(codes.len() > 40, "they are found in the sources: {codes:?}");
    for code in codes.iter().filter(|code| !FOUND_ELSEWHERE.contains(&code.as_str())) {
        let brought = found.get(code).is_some_and(|brought| brought.contains(code));
        assert!(brought, "tests/fixtures/checks has no card for `{code}`: {:?}", found.get(code));
    }
}

#[test]
fn every_code_is_documented() {
    let documentation = fs::read_to_string("docs/cards.md").unwrap();
    let is_row = |line: &&str| line.starts_with("| `") && line.matches('|').count() == 3;
    let rows = documentation
        .lines()
        .skip_while(|line| *line != "### Codes")
        .take_while(|line| !line.starts_with("## "));
    let documented: BTreeSet<String> = rows
        .filter(is_row)
        .map(|row| row.trim_start_matches("| `").split('`').next().unwrap().to_owned())
        .collect();
    assert_eq!(documented, codes());
}

fn diagnostics(stdout: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(stdout).unwrap();
    document["diagnostics"].as_array().unwrap().clone()
}

fn text(diagnostic: &Value, key: &str) -> String {
    diagnostic[key].as_str().unwrap().to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            fs::copy(&entry, target).unwrap();
        }
    }
}

#[test]
fn good_cards_are_not_warned_of() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let mut files = vec![PathBuf::from(root).join("cards/hf-user-small.md")];
    for folder in ["tests/fixtures/compat", "tests/fixtures/cards"] {
        sources(&Path::new(root).join(folder), &mut files);
    }
    files.retain(|file| file.extension().is_some_and(|suffix| suffix == "md"));
    assert!(files.len() > 40, "{files:?}");
    let program = Program::new();
    let paths: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let ran = program.run(&[&["cards", "check", "--format", "json"], &paths[..]].concat());
    let mut found = diagnostics(&ran.stdout);
    // Fixtures of the card language hold keys without an effect, and compatible cards none.
    found.retain(|found| match text(found, "code").as_str() {
        "dead-tool" => true,
        "no-effect" => text(found, "file").contains("/compat/"),
        _ => false,
    });
    assert_eq!(found, [Value::Null; 0]);
}
