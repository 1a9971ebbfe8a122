//! `agentcard transcripts`: which conversations were kept, and what becomes of them.
//!
//! It shows and moves them; none is gone on with here.

mod show;

use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use super::args::{Format, TranscriptsCommand};
use super::resume::{find, last, store, unlisted, unusable};
use crate::config::Environment;
use crate::failure::{Exit, Failure};
use crate::render::sanitize::{reveal, sanitize};
use crate::transcript::{Header, Id, Settings, Store, Transcript, VERSION, import};

/// Carries out a `transcripts` command and returns what it prints.
pub(super) fn transcripts(
    command: TranscriptsCommand,
    environment: &Environment,
) -> Result<String, Failure> {
    let store = store(environment)?;
    match command {
        TranscriptsCommand::List { limit, json: false } => show::list(&store, limit.get()),
        TranscriptsCommand::List { limit, json: true } => {
            show::list_json(&store, limit.get()).map(|rows| printed(&rows))
        }
        TranscriptsCommand::Search { words, limit, json } => {
            let hits = store.search(&words).map_err(|error| unlisted(&store, &error))?;
            if json {
                Ok(printed(&show::hits_json(&hits)))
            } else {
                Ok(show::hits(&hits, limit.get()))
            }
        }
        TranscriptsCommand::Show { id, json } => {
            let transcript = load(&store, id.as_deref(), environment)?;
            if json { Ok(printed(&transcript.to_json())) } else { Ok(show::whole(&transcript)) }
        }
        TranscriptsCommand::Export { id, format, output } => {
            let transcript = load(&store, id.as_deref(), environment)?;
            let text = exported(&transcript, format.unwrap_or(Format::Markdown));
            match output {
                Some(path) => write(&path, &text).map(|()| String::new()),
                // A terminal acts on what is written to it; a pipe passes on what it is given.
                None if io::stdout().is_terminal() => Ok(sanitize(&text).into_owned()),
                None => Ok(text),
            }
        }
        TranscriptsCommand::Import { file } => import_file(&store, &file, environment),
        TranscriptsCommand::Rm { ids } => remove(&store, &ids),
    }
}

/// The conversations had last.
pub(super) fn recent(store: &Store) -> Result<String, Failure> {
    show::list(store, 10)
}

fn load(
    store: &Store,
    written: Option<&str>,
    environment: &Environment,
) -> Result<Transcript, Failure> {
    let id = match written {
        Some(written) => find(store, written)?,
        None => last(store, environment, None)?,
    };
    store.load(&id).map_err(|error| unusable(&error))
}

/// A transcript in a format.
pub(super) fn exported(transcript: &Transcript, format: Format) -> String {
    match format {
        Format::Markdown => transcript.to_markdown(),
        Format::Json => document(&transcript.to_json()),
        Format::FastAgent => document(&transcript.to_fast_agent()),
    }
}

fn document(value: &Value) -> String {
    format!("{value:#}\n")
}

/// JSON for standard output, as a terminal may be given it.
fn printed(value: &Value) -> String {
    let text = document(value);
    if io::stdout().is_terminal() { reveal(&text).into_owned() } else { text }
}

/// Writes a new file that only this user can read.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
        let message = format!("{} cannot be written: {error}", path.display());
        let failure = Failure::new(Exit::Failed, message);
        match error.kind() {
            io::ErrorKind::AlreadyExists => failure.hint("name a file that is not there yet"),
            _ => failure,
        }
    })
}

fn import_file(store: &Store, path: &Path, environment: &Environment) -> Result<String, Failure> {
    let failure = |error: &dyn std::fmt::Display| {
        Failure::new(Exit::Failed, format!("{} cannot be imported: {error}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| failure(&error))?;
    let imported = import(&text).map_err(|error| {
        failure(&error).hint("what can be is JSON of `transcripts export` or of fast-agent")
    })?;
    let created = Timestamp::now();
    let header = Header {
        transcript: VERSION,
        id: Id::new(created),
        created,
        directory: environment.directory().unwrap_or_default().display().to_string(),
        settings: Settings::default(),
        parent: None,
    };
    store.create(&header, &imported.conversation).map_err(|error| failure(&error))?;
    let id = header.id;
    let left_out = match imported.left_out {
        0 => String::new(),
        1 => " (one piece that was no text is left out)".to_owned(),
        count => format!(" ({count} pieces that were no text are left out)"),
    };
    Ok(format!("{id}{left_out}\n"))
}

/// Removes all of them. If one is not there, none is removed.
fn remove(store: &Store, written: &[String]) -> Result<String, Failure> {
    let ids: Vec<Id> = written.iter().map(|id| find(store, id)).collect::<Result<_, _>>()?;
    let mut text = String::new();
    for id in ids {
        match store.remove(&id) {
            Ok(true) => text.extend(["removed ", id.as_str(), "\n"]),
            Ok(false) => {
                let message = format!("{text}conversation {id} is in use, so it was not removed");
                return Err(Failure::new(Exit::Failed, message));
            }
            Err(error) => {
                let message = format!("{text}{id} cannot be removed: {error}");
                return Err(Failure::new(Exit::Failed, message));
            }
        }
    }
    Ok(text)
}
