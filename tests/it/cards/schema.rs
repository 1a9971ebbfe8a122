//! The JSON Schema of front matter, held against every card there is to test with.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use agentcard::card::{self, Origin};
use agentcard::schema::Schema;
use serde_json::{Value, json};

/// What a schema sees: whoever writes a card in an editor is told at once.
const SEEN: &[&str] = &["bad-entrypoint", "card-type", "missing-key", "unknown-key", "wrong-type"];

/// What this one does not, and why.
const UNSEEN: [(&str, &str); 15] = [
    ("bad-header", "a header is looked at by what sends it"),
    ("bad-name", "which names are free depends on the others"),
    ("bad-schema", "a schema of schemas would be needed"),
    ("bad-url", "an address is parsed"),
    ("conflict", "it is between two values"),
    ("dead-parameter", "one value names another"),
    ("dead-server", "one key names another"),
    ("duplicate-key", "JSON has no key twice"),
    ("duplicate-name", "which names are free depends on the others"),
    ("messages-in-body", "a body is no front matter"),
    ("response-format", "it is kept as providers take it"),
    ("secret-variable", "it is in the name of a variable"),
    ("two-prompts", "a body is no front matter"),
    ("unsupported-placeholder", "it is in a text"),
    ("unsupported-value", "it is known, and editors may offer it"),
];

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let files = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// The front matter of a card as JSON, where it can be read as such.
fn front_matter(path: &Path) -> Option<String> {
    let text = String::from_utf8(fs::read(path).ok()?).ok()?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_fence = |line: &&str| line.trim_end() == "---";
    let block: Vec<&str> = match text.lines().next() {
        Some(first) if is_fence(&first) => {
            text.lines().skip(1).take_while(|line| !is_fence(line)).collect()
        }
        _ => text.lines().collect(),
    };
    let value: Option<Value> = serde_yaml::from_str(&block.join("\n")).ok()?;
    Some(value.unwrap_or_else(|| json!({})).to_string())
}

/// What is wrong with the front matter of a card, whatever is beside it.
fn codes(path: &Path) -> BTreeSet<&'static str> {
    let bytes = fs::read(path).unwrap();
    let examined = card::examine(path, &bytes, Origin::Local, &|_| None);
    examined.errors.iter().map(|error| error.code).collect()
}

#[test]
fn the_schema_takes_every_good_card() {
    let schema = Schema::parse(&card::front_matter_schema().to_string()).ok().unwrap();
    for path in fixtures("cards/good") {
        let json = front_matter(&path).unwrap();
        assert_eq!(schema.fit(&json).map(|_| ()), Ok(()), "{}", path.display());
    }
}

#[test]
fn the_schema_refuses_every_bad_card_as_far_as_a_schema_can() {
    let schema = Schema::parse(&card::front_matter_schema().to_string()).ok().unwrap();
    let mut unseen = BTreeSet::new();
    for path in [fixtures("cards/bad"), fixtures("checks")].concat() {
        let codes = codes(&path);
        // What is no card at all may be anything.
        let json = front_matter(&path).filter(|_| !codes.contains("unreadable"));
        let Some(json) = json else { continue };
        let is_refused = schema.fit(&json).is_err();
        let is_seen = codes.iter().any(|code| SEEN.contains(code));
        assert_eq!(is_refused, is_seen, "{}: {codes:?}", path.display());
        unseen.extend(codes.into_iter().filter(|code| !SEEN.contains(code)));
    }
    assert_eq!(unseen, UNSEEN.map(|(code, _)| code).into());
}
