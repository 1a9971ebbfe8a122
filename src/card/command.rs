//! The entries of `commands`: what a person may type in a conversation beside the program's own
//! commands.
//!
//! It does not know those, nor what a function does.

use super::check::check_entries;
use super::function_tool::{FunctionTool, read_entrypoint};
use super::keys::{COMMAND, Spelling};
use super::node::Node;
use super::path::KeyPath;
use super::problem::{Problem, shown};
use super::problems::Problems;
use super::values::Values;

/// A command that a card brings to conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardCommand {
    /// Its name, in lower case and without the `/` before it.
    pub name: String,
    /// What it does, in a sentence.
    pub description: String,
    /// What may follow it: `[CITY]`.
    pub input_hint: Option<String>,
    /// The function that carries it out.
    pub function: FunctionTool,
    /// Where the card names it.
    pub key: KeyPath,
}

/// Reads what stands under `commands`.
pub(super) fn read(node: Option<&Node>, problems: &mut Problems<'_>) -> Vec<CardCommand> {
    let Some(Node::Mapping(entries)) = node else { return Vec::new() };
    let mut commands: Vec<CardCommand> = Vec::new();
    for (index, (written, entry)) in entries.iter().enumerate() {
        // A key that is given twice has been complained of.
        if *entry == Node::Null || entries[..index].iter().any(|(name, _)| name == written) {
            continue;
        }
        let key = KeyPath::top("commands").key(written);
        let Some(name) = name(&key, written, problems) else { continue };
        if commands.iter().any(|other| other.name == name) {
            let message = format!("`/{name}` is the name of another command too");
            problems.at_key(&key, Problem::new(message).kind("duplicate-name"));
            continue;
        }
        commands.extend(read_entry(key, name, entry, problems));
    }
    commands
}

/// What is typed, if that can be.
fn name(key: &KeyPath, written: &str, problems: &mut Problems<'_>) -> Option<String> {
    let name = written.trim();
    let name = name.strip_prefix('/').unwrap_or(name).to_lowercase();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if !name.is_empty() && name.chars().all(is_part) {
        return Some(name);
    }
    let message = format!("`{}` cannot be the name of a command", shown(written));
    let hint = "letters, digits, `-`, `_`, `.` and `:`, at least one".to_owned();
    problems.at_key(key, Problem::new(message).kind("bad-name").hint(hint));
    None
}

fn read_entry(
    key: KeyPath,
    name: String,
    entry: &Node,
    problems: &mut Problems<'_>,
) -> Option<CardCommand> {
    let Node::Mapping(entries) = entry else {
        let message = format!("must be a mapping, not {}", entry.kind());
        problems.at_value(&key, Problem::new(message).kind("wrong-type").hint(form()));
        return None;
    };
    check_entries(&key, entries, COMMAND, Spelling::Snake, problems);
    let values = Values(entries);
    for missing in ["description", "handler"].into_iter().filter(|it| values.get(it).is_none()) {
        let message = format!("has no `{missing}`");
        problems.at_value(&key, Problem::new(message).kind("missing-key").hint(form()));
    }
    let handler = values.text("handler");
    let function = handler.and_then(|it| read_entrypoint(&key.key("handler"), &it, problems));
    let (description, input_hint) = (values.text("description")?, values.text("input_hint"));
    Some(CardCommand { name, description, input_hint, function: function?, key })
}

fn form() -> String {
    "write it as `deploy: {description: Deploys it., handler: commands.py:deploy}`".to_owned()
}
