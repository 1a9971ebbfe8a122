//! What is wrong with cards, for people, for programs and for code scanners.
//!
//! It does not know how it was found.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};
use url::Url;

use super::check::{Checked, Severity};
use crate::diagnostic::{Diagnostic, Place};
use crate::render::sanitize::sanitize;

/// The version of the JSON form.
const VERSION: u32 = 1;

/// The most of a file beside a card that is read to show a line of it, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// For people: each complaint with its line and a mark under it.
pub(super) fn human(checked: &[Checked]) -> String {
    let mut text = String::new();
    for card in checked {
        for (severity, diagnostic) in card.found() {
            let source = source(card, &diagnostic.file);
            text.push_str(&complaint(severity, diagnostic, &source));
        }
    }
    let cards = checked.len();
    let errors: usize = checked.iter().map(|card| card.errors.len()).sum();
    let warnings: usize = checked.iter().map(|card| card.warnings.len()).sum();
    let bad = checked.iter().filter(|card| !card.errors.is_empty()).count();
    let odd = match warnings {
        0 => String::new(),
        1 => ", 1 warning".to_owned(),
        _ => format!(", {warnings} warnings"),
    };
    let _infallible = match (cards, errors) {
        (0, _) => writeln!(text, "there are no cards here"),
        (_, 0) if warnings == 0 => writeln!(text, "{cards} checked, nothing is wrong"),
        (_, 0) => writeln!(text, "{cards} checked, nothing is wrong{odd}"),
        _ => writeln!(text, "{cards} checked, {bad} with problems, {errors} in all{odd}"),
    };
    text
}

/// The text of a file that something is wrong with, as far as it can be had: mostly the card's.
fn source<'c>(card: &'c Checked, file: &Path) -> Cow<'c, str> {
    if *file == card.path {
        return Cow::Borrowed(&card.text);
    }
    let mut text = String::new();
    let read = File::open(file).map(|file| file.take(LARGEST).read_to_string(&mut text));
    // Without its line a complaint says less, and is one.
    if matches!(read, Ok(Ok(_))) { text.into() } else { Cow::Borrowed("") }
}

fn complaint(severity: Severity, diagnostic: &Diagnostic, card: &str) -> String {
    let Diagnostic { code, file, place, key, message, hint } = diagnostic;
    let key = key.as_ref().map(|key| format!("`{key}`: ")).unwrap_or_default();
    let mut text = format!("{}[{code}]: {key}{message}\n", severity.word());
    // Writing to a string cannot fail.
    let _infallible = match place {
        Some(Place { line, column }) => writeln!(text, "  --> {}:{line}:{column}", file.display()),
        None => writeln!(text, "  --> {}", file.display()),
    };
    if let Some(Place { line, column }) = place
        && let Some(source) = card.lines().nth(line - 1)
    {
        let gutter = " ".repeat(line.to_string().len());
        let source = source.replace('\t', " ");
        let before: String = source.chars().take(column - 1).map(|_| ' ').collect();
        let rest: String = source.chars().skip(column - 1).collect();
        let mark = "^".repeat(word(&rest).chars().count().max(1));
        let _infallible =
            writeln!(text, "{gutter} |\n{line} | {source}\n{gutter} | {before}{mark}");
    }
    if let Some(hint) = hint {
        let _infallible = writeln!(text, "  = help: {hint}");
    }
    text.push('\n');
    sanitize(&text).into_owned()
}

/// What a complaint is about, at the beginning of the rest of its line: a placeholder, a text in
/// quotes, a key or a value.
fn word(rest: &str) -> &str {
    if let Some((inner, _)) = rest.strip_prefix("{{").and_then(|inner| inner.split_once("}}")) {
        return &rest[..inner.len() + 4];
    }
    if let Some(quote @ ('"' | '\'')) = rest.chars().next() {
        return rest[1..].find(quote).map_or(rest, |end| &rest[..end + 2]);
    }
    let mut depth = 0_usize;
    let mut is_end = |(at, c): &(usize, char)| match c {
        '[' | '{' => {
            depth += 1;
            false
        }
        ']' | '}' if depth > 0 => {
            depth -= 1;
            false
        }
        ':' => rest[at + 1..].chars().next().is_none_or(char::is_whitespace),
        ',' | ']' | '}' => true,
        '`' => *at > 0,
        c => c.is_whitespace(),
    };
    rest.char_indices().find(&mut is_end).map_or(rest, |(end, _)| &rest[..end])
}

/// For programs.
pub(super) fn json(checked: &[Checked]) -> String {
    let diagnostics = checked.iter().flat_map(Checked::found).map(|(severity, diagnostic)| {
        let Diagnostic { code, file, place, key, message, hint } = diagnostic;
        json!({
            "severity": severity.word(), "code": code, "file": file,
            "line": place.map(|place| place.line), "column": place.map(|place| place.column),
            "key": key, "message": message, "hint": hint,
        })
    });
    let diagnostics: Vec<Value> = diagnostics.collect();
    let cards: Vec<_> = checked.iter().map(|card| &card.path).collect();
    format!(
        "{:#}\n",
        json!({"schema_version": VERSION, "cards": cards, "diagnostics": diagnostics})
    )
}

/// For code scanners: SARIF 2.1.0 (OASIS).
pub(super) fn sarif(checked: &[Checked]) -> String {
    let mut rules: Vec<&str> =
        checked.iter().flat_map(Checked::found).map(|(_, found)| found.code).collect();
    rules.sort_unstable();
    rules.dedup();
    let results: Vec<Value> = checked.iter().flat_map(Checked::found).map(result).collect();
    let driver = json!({
        "name": "agentcard", "version": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|id| json!({"id": id})).collect::<Vec<_>>(),
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    });
    format!("{log:#}\n")
}

fn result((severity, diagnostic): (Severity, &Diagnostic)) -> Value {
    let Diagnostic { code, file, place, key, message, hint } = diagnostic;
    let key = key.as_ref().map(|key| format!("`{key}`: ")).unwrap_or_default();
    let hint = hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    let mut location = json!({"artifactLocation": {"uri": uri(file)}});
    if let Some(Place { line, column }) = place {
        location["region"] = json!({"startLine": line, "startColumn": column});
    }
    json!({
        "ruleId": code, "level": severity.word(), "message": {"text": format!("{key}{message}{hint}")},
        "locations": [{"physicalLocation": location}],
    })
}

/// A path as a reference of a URI: what is relative stays so.
fn uri(path: &Path) -> String {
    match Url::from_file_path(Path::new("/").join(path)) {
        Ok(url) if path.is_absolute() => url.into(),
        Ok(url) => url.path().trim_start_matches('/').to_owned(),
        Err(()) => path.display().to_string(),
    }
}
