//! The entries of `function_tools`: which function of which module.
//!
//! It does not know whether there is such a function.

use std::path::PathBuf;

use super::check::check_entries;
use super::idle;
use super::keys::{FUNCTION_TOOL, Spelling};
use super::node::Node;
use super::path::KeyPath;
use super::problem::{Problem, shown};
use super::problems::Problems;
use super::values::Values;
use super::yaml::Locator;
use crate::diagnostic::Place;

/// The most functions a card may name; no provider takes more tools than this.
pub(super) const MOST_FUNCTIONS: usize = 128;

/// A function a card wants as a tool: `hf_api_tool.py:hf_api_request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionTool {
    /// The module's file, as written; a relative one is meant from the card's directory.
    pub module: PathBuf,
    /// The function in it.
    pub function: String,
    /// What of its arguments is to be shown as code.
    pub code: Option<FunctionCode>,
    place: Locator,
}

/// The argument of a function that is to be shown as code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCode {
    /// Its name.
    pub argument: String,
    /// The language it is in.
    pub language: String,
}

impl FunctionTool {
    /// Where the card names it, which takes reading the card's YAML again.
    pub fn place(&self) -> Option<Place> {
        self.place.find()
    }
}

/// Reads what stands under `function_tools`: one entry or a list of them.
pub(super) fn read(node: Option<&Node>, problems: &mut Problems<'_>) -> Vec<FunctionTool> {
    let path = KeyPath::top("function_tools");
    match node {
        Some(Node::List(list)) if list.len() > MOST_FUNCTIONS => {
            let message = format!("has {} entries; the most is {MOST_FUNCTIONS}", list.len());
            problems.at_value(&path, Problem::new(message));
            Vec::new()
        }
        Some(Node::List(list)) => list
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| read_entry(&path.index(index), entry, problems))
            .collect(),
        Some(entry @ Node::Text(_)) => read_entry(&path, entry, problems).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn read_entry(path: &KeyPath, entry: &Node, problems: &mut Problems<'_>) -> Option<FunctionTool> {
    match entry {
        Node::Text(entrypoint) => read_entrypoint(path, entrypoint, problems),
        Node::Mapping(entries) => {
            check_entries(path, entries, FUNCTION_TOOL, Spelling::Snake, problems);
            match Values(entries).get("entrypoint") {
                Some(Node::Text(entrypoint)) => {
                    let tool = read_entrypoint(&path.key("entrypoint"), entrypoint, problems)?;
                    Some(FunctionTool { code: code(path, Values(entries), problems), ..tool })
                }
                Some(_) => None,
                None => {
                    problems.at_value(
                        path,
                        Problem::new("has no `entrypoint`").kind("bad-entrypoint").hint(form()),
                    );
                    None
                }
            }
        }
        other => {
            let message = format!("must be text or a mapping, not {}", other.kind());
            problems.at_value(path, Problem::new(message).kind("bad-entrypoint").hint(form()));
            None
        }
    }
}

/// What is to be shown as code, if `variant` says that something is.
fn code(path: &KeyPath, values: Values<'_>, problems: &mut Problems<'_>) -> Option<FunctionCode> {
    if values.get("variant").is_none() {
        for key in ["code_arg", "language"].into_iter().filter(|key| values.get(key).is_some()) {
            problems.warn_at_key(&path.key(key), idle::without("variant: code"));
        }
    }
    values.text("variant")?;
    let text = |key, usual: &str| values.text(key).unwrap_or_else(|| usual.to_owned());
    Some(FunctionCode { argument: text("code_arg", "code"), language: text("language", "python") })
}

/// Reads `module.py:function`.
pub(super) fn read_entrypoint(
    path: &KeyPath,
    entrypoint: &str,
    problems: &mut Problems<'_>,
) -> Option<FunctionTool> {
    let Some((module, function)) = split(entrypoint) else {
        let message = format!("`{}` names no function of a module", shown(entrypoint));
        problems.at_value(path, Problem::new(message).kind("bad-entrypoint").hint(form()));
        return None;
    };
    let place = problems.locator(path);
    let (module, function) = (PathBuf::from(module), function.to_owned());
    Some(FunctionTool { module, function, code: None, place })
}

/// Splits at the last colon: the module's path may have others.
fn split(entrypoint: &str) -> Option<(&str, &str)> {
    let (module, function) = entrypoint.rsplit_once(':')?;
    let is_letter = |c: char| c == '_' || c.is_alphabetic();
    let is_name =
        function.starts_with(is_letter) && function.chars().all(|c| is_letter(c) || c.is_numeric());
    (is_name && !module.trim().is_empty()).then_some((module, function))
}

fn form() -> String {
    "write it as `module.py:function`".to_owned()
}
