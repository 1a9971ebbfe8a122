//! `cards check --fix`: the mistakes in a card that have one meaning, mended where they stand.
//!
//! It changes words and nothing around them: line ends, comments and a byte-order mark stay. What
//! would bring a new problem is left as it is.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::card::{self, Origin};
use crate::config::Environment;
use crate::diagnostic::{Diagnostic, Place};
use crate::failure::{Exit, Failure};

/// How often a card is looked at again: one mistake may hide another.
const ROUNDS: usize = 20;

/// Mends a card's file, and says what was changed, a line each.
pub(super) fn fix(path: &Path, environment: &Environment) -> Result<Vec<String>, Failure> {
    let Some(before) = fs::read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
        // What cannot be read is said by the check.
        return Ok(Vec::new());
    };
    let (text, changes) = mended(path, &before, &|name| environment.get(name));
    if text != before {
        write(path, &text).map_err(|error| {
            Failure::new(Exit::Failed, format!("{} cannot be written: {error}", path.display()))
        })?;
    }
    Ok(changes)
}

/// A text without the mistakes that can be mended, and what was changed.
fn mended(path: &Path, before: &str, variables: card::Lookup<'_>) -> (String, Vec<String>) {
    let complaints = |text: &str| {
        let parsed = card::parse(path, text.as_bytes(), Origin::Local, variables);
        parsed.err().unwrap_or_default()
    };
    let mut text = before.to_owned();
    let mut changes = Vec::new();
    let mut wrong = complaints(&text);
    for _ in 0..ROUNDS {
        let better = wrong.iter().find_map(|diagnostic| {
            let (candidate, change) = attempt(&text, diagnostic)?;
            let left = complaints(&candidate);
            // What could not be read at all may show many problems once it can.
            let is_new = |left: &&Diagnostic| !wrong.contains(left);
            let is_better = !left.contains(diagnostic)
                && (left.len() <= wrong.len() || diagnostic.code == "unreadable")
                && left.iter().filter(is_new).all(|left| left.code != "duplicate-key");
            is_better.then_some((candidate, change, left))
        });
        let Some((candidate, change, left)) = better else { break };
        (text, wrong) = (candidate, left);
        changes.push(format!("{}:{change}", path.display()));
    }
    (text, changes)
}

/// The text with one mistake mended, and the words for it.
fn attempt(text: &str, diagnostic: &Diagnostic) -> Option<(String, String)> {
    let place = diagnostic.place?;
    let start = offset(text, place)?;
    let rest = text[start..].lines().next()?;
    let replace = |from: &str, to: &str| {
        let Place { line, column } = place;
        let words = format!("{line}:{column}: `{from}` is `{to}` now");
        (format!("{}{to}{}", &text[..start], &text[start + from.len()..]), words)
    };
    match diagnostic.code {
        "unknown-key" => {
            let meant = diagnostic.hint.as_deref()?.strip_prefix("did you mean `")?;
            let meant = meant.strip_suffix("`?")?;
            let is_letter = |c: char| c.is_alphanumeric() || c == '_';
            let written = &rest[..rest.find(|c| !is_letter(c)).unwrap_or(rest.len())];
            (!written.is_empty()).then(|| replace(written, meant))
        }
        "wrong-type" => {
            if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
                let inner = rest[1..].split(quote).next()?;
                let is_plain = matches!(inner, "true" | "false") || inner.parse::<f64>().is_ok();
                return is_plain.then(|| replace(&rest[..inner.len() + 2], inner));
            }
            let scalar = rest.split([' ', ',', ']', '}', '#']).next()?.trim_end();
            let is_hinted = diagnostic.hint.as_deref() == Some("put it in quotes");
            (is_hinted && !scalar.is_empty()).then(|| replace(scalar, &format!("\"{scalar}\"")))
        }
        "unreadable" => {
            let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
            let line = text[line_start..].lines().next()?;
            let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
            let spaces = indent.replace('\t', "  ");
            let mended =
                format!("{}{spaces}{}", &text[..line_start], &text[line_start + indent.len()..]);
            let words = format!("{}:1: tabs are spaces now", place.line);
            (spaces != indent).then_some((mended, words))
        }
        _ => None,
    }
}

/// Where a place is, in bytes. A byte-order mark is no column.
fn offset(text: &str, place: Place) -> Option<usize> {
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut start = mark;
    for _ in 1..place.line {
        start += text[start..].find('\n')? + 1;
    }
    let mut characters = text[start..].char_indices();
    characters.nth(place.column - 1).map(|(byte, _)| start + byte)
}

/// Puts a text in a file's place, all of it or nothing.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    // A link stays one, and what it leads to is changed.
    let path = path.canonicalize()?;
    let permissions = fs::metadata(&path)?.permissions();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written =
        fs::OpenOptions::new().write(true).create_new(true).open(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.set_permissions(permissions)?;
            file.sync_all()
        });
    let moved = written.and_then(|()| fs::rename(&beside, &path));
    if moved.is_err() {
        // There may be none.
        let _gone = fs::remove_file(&beside);
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> (String, Vec<String>) {
        mended(Path::new("a.md"), text, &|_| None)
    }

    #[test]
    fn what_has_one_meaning_is_mended_and_nothing_around_it() {
        let text = "\u{feff}---\r\nmodle: x # mine\r\ndefualt: \"true\"\r\nname: 12\r\n\
                    request_params: {temprature: '0.5', topP: 7}\r\nnonsense_key: 1\r\n---\r\nHi.\r\n";
        let (mended, changes) = fixed(text);
        let expected = "\u{feff}---\r\nmodel: x # mine\r\ndefault: true\r\nname: \"12\"\r\n\
                        request_params: {temperature: 0.5, topP: 7}\r\nnonsense_key: 1\r\n---\r\nHi.\r\n";
        assert_eq!(mended, expected);
        assert_eq!(changes.len(), 6, "{changes:?}");
        assert_eq!(changes[0], "a.md:2:1: `modle` is `model` now");
    }

    #[test]
    fn what_would_bring_another_problem_stays() {
        for text in ["---\nmodel: x\nmodle: y\n---\n", "---\nname: [a]\n---\n", "no card"] {
            assert_eq!(fixed(text), (text.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn tabs_that_indent_become_spaces() {
        let (mended, changes) =
            fixed("---\nrequest_params:\n\ttop_k: 1\n\ttop_p: \"1\"\n---\n\ta\n");
        assert_eq!(mended, "---\nrequest_params:\n  top_k: 1\n  top_p: 1\n---\n\ta\n");
        assert_eq!(changes.len(), 3, "{changes:?}");
    }
}
