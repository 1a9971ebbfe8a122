//! `agentcard undo`: takes back what this program wrote, as far as that can be done.
//!
//! It reads the record and sends what undoes an entry in the way of any other write.

mod inverse;

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::args::UndoArgs;
use super::send::{self, Sender, Sent};
use crate::audit::{Entry, Log, Outcome};
use crate::config::{Config, Environment};
use crate::failure::{Exit, Failure};
use crate::policy::Request;
use crate::render::sanitize::reveal;
use inverse::Inverse;

/// Takes back one write: the one named, or the last that was not taken back yet.
pub(super) async fn undo(args: &UndoArgs, environment: &Environment) -> Result<(), Failure> {
    let config = send::settings(&args.confirm, environment)?;
    let entries = entries(&config)?;
    let entry = choose(&entries, args.id)?;
    let hub = config.hub.endpoint.value.as_str();
    if entry.sent.origin != hub {
        let origin = &entry.sent.origin;
        let message = format!("write {} was sent to {origin}, not to {hub}", entry.id);
        return Err(Failure::new(Exit::Invalid, message)
            .hint(format!("if it is to be undone there: HF_ENDPOINT={origin}")));
    }
    let inverse = inverse::of(entry).map_err(|why| {
        let words = &entry.sent.plan.words;
        Failure::new(Exit::Failed, format!("write {} ({words}) cannot be undone: {why}", entry.id))
            .hint("`agentcard undo --list` shows what else there is")
    })?;
    send::with_sender((&config, environment), &args.confirm, Some(entry.id), async |sender| {
        take_back(sender, entry, inverse).await
    })
    .await
}

async fn take_back(sender: &Sender, entry: &Entry, inverse: Inverse) -> Result<(), Failure> {
    sender.say(&format!("To undo {}: {}", entry.id, entry.sent.plan.words));
    for note in &inverse.notes {
        sender.say(note);
    }
    let plan = sender
        .plan(inverse.plan)
        .await
        .map_err(|error| Failure::new(Exit::Failed, format!("it cannot be undone: {error}")))?;
    if let Some((field, expected)) = inverse.expected
        && plan.now.as_ref().and_then(|now| now.get(field)) != Some(&expected)
    {
        let message =
            "it was changed since this program wrote it, and undoing would overwrite that";
        return Err(Failure::new(Exit::Failed, message)
            .hint("look at it on the Hub, and change it there or with `agentcard ask`"));
    }
    match sender.send(plan).await {
        Sent::Done | Sent::Refused => Ok(()),
        Sent::Failed => Err(Failure::new(Exit::Failed, "it could not be undone")),
    }
}

/// All entries, newest first, one a line.
pub(super) fn list(args: &UndoArgs, environment: &Environment) -> Result<String, Failure> {
    let entries = entries(&send::settings(&args.confirm, environment)?)?;
    let mut text = String::new();
    for entry in entries.iter().rev() {
        let time = entry.at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
        let state = match &entry.outcome {
            Outcome::Failed(_) => "failed".to_owned(),
            Outcome::Unknown => "unknown".to_owned(),
            Outcome::Done { .. } => match undone_by(&entries, entry.id) {
                Some(by) => format!("undone by {by}"),
                None => "done".to_owned(),
            },
        };
        let words = reveal(&entry.sent.plan.words);
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{:>4}  {time}  {state:12}  {words}", entry.id);
    }
    if text.is_empty() {
        text.push_str("Nothing was written yet.\n");
    }
    Ok(text)
}

fn entries(config: &Config) -> Result<Vec<Entry>, Failure> {
    let Some(directory) = &config.directories.state else {
        return Err(Failure::new(Exit::Failed, "without a home directory no record is kept"));
    };
    let log = Log::new(directory);
    log.entries().map_err(|error| {
        Failure::new(Exit::Failed, format!("{} cannot be read: {error}", log.path().display()))
    })
}

fn choose(entries: &[Entry], id: Option<u64>) -> Result<&Entry, Failure> {
    if let Some(id) = id {
        let entry = entries.iter().find(|entry| entry.id == id).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("there is no write {id}"))
                .hint("`agentcard undo --list` shows those there are")
        })?;
        return match undone_by(entries, id) {
            Some(by) => {
                Err(Failure::new(Exit::Failed, format!("write {id} was undone already, by {by}")))
            }
            None => Ok(entry),
        };
    }
    let is_open = |entry: &&Entry| {
        matches!(entry.outcome, Outcome::Done { .. })
            && matches!(entry.sent.plan.request, Request::Post(_))
            && entry.sent.undoes.is_none()
            && undone_by(entries, entry.id).is_none()
    };
    entries
        .iter()
        .rev()
        .find(is_open)
        .ok_or_else(|| Failure::new(Exit::Failed, "there is nothing to undo"))
}

/// The entry that took another one back.
fn undone_by(entries: &[Entry], id: u64) -> Option<u64> {
    entries
        .iter()
        .find(|entry| {
            entry.sent.undoes == Some(id) && matches!(entry.outcome, Outcome::Done { .. })
        })
        .map(|entry| entry.id)
}
