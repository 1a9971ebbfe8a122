//! `agentcard cards check`: everything that is wrong with cards, as a compiler says it.
//!
//! It runs nothing and asks nobody. What is wrong is found in the rooms of cards and of the runtime;
//! here are only the complaints that take the whole text, such as a secret in it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::super::args::{CheckArgs, CheckFormat};
use super::super::{chat::guests, deck, setup};
use super::{fix, prose, report};
use crate::card::Kind;
use crate::card::deck::Deck;
use crate::config::{Config, Environment, Flags};
use crate::diagnostic::{Diagnostic, Place};
use crate::failure::{Exit, Failure};
use crate::render::sanitize::sanitize;
use crate::runtime::{self, Blueprint, SetupError, Surroundings};

/// How secrets begin; at least [`SHORTEST_SECRET`] letters and digits follow.
const SECRETS: &[&str] = &["hf_", "sk-", "gsk_", "ghp_", "github_pat_", "AKIA"];

const SHORTEST_SECRET: usize = 16;

/// Checks cards and prints what is wrong with them.
pub(in crate::cli) fn check(args: &CheckArgs, environment: &Environment) -> Exit {
    let checked = match checked(args, environment) {
        Ok(checked) => checked,
        Err(failure) => {
            let _unseen = failure.print(io::stderr());
            return failure.exit;
        }
    };
    let text = match args.format {
        CheckFormat::Human => report::human(&checked),
        CheckFormat::Json => report::json(&checked),
        CheckFormat::Sarif => report::sarif(&checked),
    };
    // Whoever closed the output has seen enough; the exit code says the rest.
    let _unseen = io::stdout().write_all(text.as_bytes());
    if checked.iter().all(|card| card.errors.is_empty()) { Exit::Answered } else { Exit::Invalid }
}

/// A card that was checked.
pub(super) struct Checked {
    /// The file.
    pub(super) path: PathBuf,
    /// What it says; empty if it cannot be read as text.
    pub(super) text: String,
    /// What is wrong with it, in the order of the file.
    pub(super) errors: Vec<Diagnostic>,
    /// What is odd about it and keeps nothing from running.
    pub(super) warnings: Vec<Diagnostic>,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    /// The card cannot run so.
    Error,
    /// It can.
    Warning,
}

impl Severity {
    /// How SARIF and this program call it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Checked {
    /// Everything that was found, in the order of the file.
    pub(super) fn found(&self) -> Vec<(Severity, &Diagnostic)> {
        let errors = self.errors.iter().map(|error| (Severity::Error, error));
        let warnings = self.warnings.iter().map(|warning| (Severity::Warning, warning));
        let mut found: Vec<_> = errors.chain(warnings).collect();
        found.sort_by_key(|(_, diagnostic)| (diagnostic.place.is_none(), diagnostic.place));
        found
    }
}

fn checked(args: &CheckArgs, environment: &Environment) -> Result<Vec<Checked>, Failure> {
    let flags = Flags { config: args.config.clone(), ..Flags::default() };
    let (mut config, _) = setup::settings(&flags, environment)?;
    let directories =
        args.paths.iter().map(|path| if path.is_dir() { path } else { deck::beside(path) });
    deck::add_fast_agent(&mut config, directories.chain([Path::new(".")]))?;
    let mut checked = Vec::new();
    for path in &args.paths {
        let files = if path.is_dir() {
            deck::card_files(path)?.unwrap_or_default()
        } else {
            vec![path.clone()]
        };
        if args.fix {
            files.iter().try_for_each(|file| mend(file, environment))?;
        }
        checked.extend(files.into_iter().map(|file| check_file(file, &config, environment)));
    }
    Ok(checked)
}

fn check_file(path: PathBuf, config: &Config, environment: &Environment) -> Checked {
    let text = fs::read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.unwrap_or_default();
    let (mut errors, warnings) = match deck::read_card(&path, environment) {
        Ok(card) => {
            let mut warnings = card.warnings.clone();
            warnings.extend(card.unknown_placeholders());
            warnings.extend(guests::shadowed(&card));
            let is_agent = card.kind == Kind::Agent;
            let deck = Deck::single(card);
            let resolved = runtime::resolve(config, &deck, environment, Surroundings::Real);
            if let Ok(blueprint) = &resolved {
                warnings.extend(prose::check(&path, &text, &tools(blueprint)));
            }
            let errors = resolved.err().unwrap_or_default();
            let errors = errors.iter().map(|error| of(error, &path, &text)).collect();
            if is_agent {
                (errors, warnings)
            } else {
                // That it cannot run yet is not the card's fault.
                warnings.extend(errors);
                (Vec::new(), warnings)
            }
        }
        Err(diagnostics) => (diagnostics, Vec::new()),
    };
    errors.extend(secrets(&path, &text));
    Checked { path, text, errors, warnings }
}

/// Mends a card, and says what was changed beside the report.
fn mend(path: &Path, environment: &Environment) -> Result<(), Failure> {
    for change in fix::fix(path, environment)? {
        // Whoever closed standard error does not want to know.
        let _unseen = writeln!(io::stderr(), "fixed {}", sanitize(&change));
    }
    Ok(())
}

/// The names of an agent's tools, as far as they are known without running anything.
fn tools(blueprint: &Blueprint) -> Vec<String> {
    let functions = blueprint.card.function_tools.iter().map(|tool| tool.function.clone());
    let specs = blueprint.tool_specs().into_iter().map(|spec| spec.name);
    let agents = blueprint.card.agents.iter().map(|name| format!("agent__{name}"));
    let mut names: Vec<String> = specs.chain(functions).chain(agents).collect();
    names.sort();
    names.dedup();
    names
}

/// What keeps an agent from being made of a card, as a complaint about the card.
fn of(error: &SetupError, path: &Path, text: &str) -> Diagnostic {
    if let SetupError::Card(diagnostic) = error {
        return Diagnostic::clone(diagnostic);
    }
    let hints = match error {
        SetupError::Spec { error, .. } => error.hint.iter().cloned().collect(),
        SetupError::Model(error) => error.hints(),
        _ => Vec::new(),
    };
    let line = text.lines().position(|line| line.starts_with("model:"));
    Diagnostic {
        code: "dead-model",
        file: path.to_owned(),
        place: line.map(|line| Place { line: line + 1, column: 1 }),
        key: Some("model".to_owned()),
        message: error.to_string(),
        hint: hints.into_iter().next(),
    }
}

/// Tokens and keys in a card.
fn secrets(path: &Path, text: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (line, words) in (1..).zip(text.lines()) {
        for prefix in SECRETS {
            let is_secret = |(at, _): &(usize, &str)| {
                let rest = words[at + prefix.len()..].bytes();
                let is_inside = words[..*at].ends_with(|c: char| c.is_ascii_alphanumeric());
                let length = rest.take_while(u8::is_ascii_alphanumeric).count();
                !is_inside && length >= SHORTEST_SECRET
            };
            if let Some((at, _)) = words.match_indices(prefix).find(is_secret) {
                found.push(Diagnostic {
                    code: "secret",
                    file: path.to_owned(),
                    place: Some(Place { line, column: words[..at].chars().count() + 1 }),
                    key: None,
                    message: format!("this looks like a secret (`{prefix}…`)"),
                    hint: Some(
                        "take it out and revoke it; a card names the variable that holds a key"
                            .to_owned(),
                    ),
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_and_names_that_begin_like_one_are_not() {
        let text =
            "Call hf_api_request.\nToken: hf_abcdefghijklmnopqrstuv\nask-abcdefghijklmnopqrst";
        let found = secrets(Path::new("a.md"), text);
        let places: Vec<_> = found.iter().map(|secret| secret.place).collect();
        assert_eq!(places, [Some(Place { line: 2, column: 8 })]);
    }
}
