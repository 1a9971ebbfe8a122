//! Transcripts on a screen and as JSON: the list, what was found, a whole one.
//!
//! All text of people and models is made harmless here.

use std::fmt::Write as _;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::resume::unlisted;
use crate::failure::Failure;
use crate::render::sanitize::sanitize;
use crate::transcript::{Hit, Id, LoadError, Store, Transcript};

/// How much of a first question is shown.
const TITLE: usize = 60;

/// The conversations had last, one a line.
pub(super) fn list(store: &Store, limit: usize) -> Result<String, Failure> {
    let ids = store.by_use().map_err(|error| unlisted(store, &error))?;
    let mut text = String::new();
    for (id, used) in ids.iter().take(limit) {
        let time = time(*used);
        // Writing to a string cannot fail.
        let _infallible = match store.load(id) {
            Ok(transcript) => {
                let (questions, title) = (transcript.questions().count(), title(&transcript));
                writeln!(text, "{id}  {time}  {questions:>3}  {title}")
            }
            Err(error) => writeln!(text, "{id}  {time}    -  ({})", broken(&error)),
        };
    }
    match ids.len().saturating_sub(limit) {
        0 if ids.is_empty() => text.push_str("No conversation was kept yet.\n"),
        0 => {}
        more => _ = writeln!(text, "and {more} more (-n {})", ids.len()),
    }
    Ok(text)
}

/// The same as JSON.
pub(super) fn list_json(store: &Store, limit: usize) -> Result<Value, Failure> {
    let ids = store.by_use().map_err(|error| unlisted(store, &error))?;
    Ok(ids.iter().take(limit).map(|(id, used)| row(store, id, *used)).collect())
}

fn row(store: &Store, id: &Id, used: SystemTime) -> Value {
    let used = Timestamp::try_from(used).unwrap_or_default();
    match store.load(id) {
        Ok(transcript) => json!({
            "id": id,
            "name": transcript.name,
            "created": transcript.header.created,
            "used": used,
            "directory": transcript.header.directory,
            "card": transcript.settings.card,
            "model": transcript.settings.model,
            "sandbox": transcript.settings.sandbox,
            "questions": transcript.questions().count(),
            "first_question": transcript.questions().next(),
        }),
        Err(error) => json!({"id": id, "used": used, "error": error.to_string()}),
    }
}

/// What a conversation is recognized by: its name, and its first question.
fn title(transcript: &Transcript) -> String {
    let question = transcript.questions().next().unwrap_or_default();
    let mut words = question.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(TITLE) {
        words.truncate(end);
        words.push('…');
    }
    let name = transcript.name.as_ref().map(|name| format!("[{name}] ")).unwrap_or_default();
    sanitize(&format!("{name}{words}")).replace(['\n', '\t'], " ")
}

fn broken(error: &LoadError) -> String {
    let word = match error {
        LoadError::Unreadable { .. } => "it cannot be read",
        LoadError::Newer { .. } => "a newer version wrote it",
        LoadError::Broken { .. } => "it is broken",
    };
    word.to_owned()
}

fn time(at: SystemTime) -> String {
    let at = Timestamp::try_from(at).unwrap_or_default();
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// What a search found, a conversation a line.
pub(super) fn hits(hits: &[Hit], limit: usize) -> String {
    let mut text = String::new();
    for Hit { id, role, excerpt, .. } in hits.iter().take(limit) {
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{id}  {role:9}  {}", sanitize(excerpt));
    }
    match hits.len().saturating_sub(limit) {
        0 if hits.is_empty() => text.push_str("Nothing was found.\n"),
        0 => {}
        more => _ = writeln!(text, "and {more} more (-n {})", hits.len()),
    }
    text
}

/// The same as JSON.
pub(super) fn hits_json(hits: &[Hit]) -> Value {
    let hit = |hit: &Hit| json!({"id": hit.id, "role": hit.role, "excerpt": hit.excerpt});
    hits.iter().map(hit).collect()
}

/// A whole conversation, to be read on a screen.
pub(super) fn whole(transcript: &Transcript) -> String {
    let mut text = sanitize(&transcript.to_markdown()).into_owned();
    if let Some(line) = transcript.torn {
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "\n(line {line} was not written to its end)");
    }
    text
}
