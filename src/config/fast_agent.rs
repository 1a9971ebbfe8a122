//! `fast-agent.yaml`, as it lies beside cards: models and MCP servers for them.
//!
//! It may be a stranger's, and stands below everything the person set. What it says about other
//! things is left alone: how fast-agent logs, where it sends keys.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::file::Trust;
use super::layers::{LAST_MODEL, bounded};
use super::mcp::{Root, Server, Transport};
use super::{Config, Environment, Origin, Sourced, expand};
use crate::diagnostic::{Diagnostic, Place};
use crate::variable::is_secret;

/// The names of the file; there may be one of them in a directory.
const NAMES: [&str; 3] = ["fast-agent.yaml", "fast-agent.config.yaml", "fastagent.config.yaml"];

/// The names of the file beside it that is not shared with others.
const SECRETS: [&str; 2] = ["fast-agent.secrets.yaml", "fastagent.secrets.yaml"];

/// The most that is read of a file, in bytes.
const MOST_BYTES: u64 = 64 * 1024;

/// What of a file acts.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct File {
    default_model: Option<String>,
    model_references: Option<BTreeMap<String, Option<BTreeMap<String, String>>>>,
    mcp: Option<Mcp>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct Mcp {
    servers: Option<BTreeMap<String, Option<Entry>>>,
}

/// A server. The file of secrets holds other keys of the same one.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct Entry {
    target: Option<String>,
    command: Option<String>,
    args: Option<Vec<String>>,
    env: Option<BTreeMap<String, String>>,
    cwd: Option<PathBuf>,
    url: Option<String>,
    headers: Option<BTreeMap<String, String>>,
    transport: Option<Transport>,
    roots: Option<Vec<RootEntry>>,
    read_timeout_seconds: Option<f64>,
}

/// A root. The server may be told another URI than the one that is meant.
#[derive(Deserialize)]
struct RootEntry {
    uri: String,
    name: Option<String>,
    server_uri_alias: Option<String>,
}

impl Config {
    /// Adds what the files in some directories say, those of the first directory before those of the
    /// others, wherever nothing is set yet. Directories without such files are passed over. Variables in
    /// the name of a model are filled in, but for those that hold secrets: it is shown and sent.
    pub fn add_fast_agent(
        &mut self,
        directories: &[PathBuf],
        environment: &Environment,
    ) -> Result<(), Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        for directory in directories {
            match read_directory(directory) {
                Ok(Some(read)) => self.add(read, environment),
                Ok(None) => {}
                Err(diagnostic) => wrong.push(*diagnostic),
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    fn add(&mut self, read: Read, environment: &Environment) {
        let Read { path, text, file } = read;
        let lookup = |name: &str| environment.get(name).filter(|_| !is_secret(name));
        let sourced = |value: String, key: &str| Sourced {
            value: expand::expand(&value, lookup),
            origin: Origin::File { path: path.clone(), place: place_of(&text, key) },
        };
        let is_last = |model: &Sourced<String>| model.origin == Origin::Environment(LAST_MODEL);
        if self.model.as_ref().is_none_or(is_last)
            && let Some(model) = file.default_model
        {
            self.model = Some(sourced(model, "default_model"));
        }
        for (group, models) in file.model_references.into_iter().flatten() {
            for (name, model) in models.into_iter().flatten() {
                let reference = format!("{group}.{name}");
                let model = sourced(model, &name);
                self.model_references.entry(reference).or_insert(model);
            }
        }
        for (name, entry) in file.mcp.and_then(|mcp| mcp.servers).into_iter().flatten() {
            let entry = entry.unwrap_or_default();
            match self.mcp_servers.entry(name) {
                Slot::Vacant(free) => _ = free.insert(entry.server()),
                Slot::Occupied(_) => {}
            }
        }
    }
}

impl Entry {
    fn server(self) -> Server {
        Server {
            target: self.target,
            command: self.command,
            args: self.args.unwrap_or_default(),
            env: self.env.unwrap_or_default(),
            cwd: self.cwd,
            url: self.url,
            headers: self.headers.unwrap_or_default(),
            transport: self.transport,
            roots: self.roots.into_iter().flatten().map(RootEntry::root).collect(),
            timeout: self
                .read_timeout_seconds
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                .filter(|timeout| !timeout.is_zero()),
            ..Server::new(Trust::Project)
        }
    }

    /// The same server with what another file says of it.
    fn with(self, other: Self) -> Self {
        let both = |mine: Option<BTreeMap<_, _>>, other: Option<BTreeMap<_, _>>| match mine {
            Some(mut mine) => {
                mine.extend(other.into_iter().flatten());
                Some(mine)
            }
            None => other,
        };
        Self {
            target: other.target.or(self.target),
            command: other.command.or(self.command),
            args: other.args.or(self.args),
            env: both(self.env, other.env),
            cwd: other.cwd.or(self.cwd),
            url: other.url.or(self.url),
            headers: both(self.headers, other.headers),
            transport: other.transport.or(self.transport),
            roots: other.roots.or(self.roots),
            read_timeout_seconds: other.read_timeout_seconds.or(self.read_timeout_seconds),
        }
    }
}

impl RootEntry {
    fn root(self) -> Root {
        Root { place: self.server_uri_alias.unwrap_or(self.uri), name: self.name }
    }
}

/// A file that was read.
struct Read {
    path: PathBuf,
    text: String,
    file: File,
}

/// The files of a directory: the one that says most, with what the secret one says of its servers.
fn read_directory(directory: &Path) -> Result<Option<Read>, Box<Diagnostic>> {
    let main = read_one(directory, &NAMES)?;
    let secrets = read_one(directory, &SECRETS)?;
    let Some(mut main) = main else { return Ok(secrets) };
    let servers = main.file.mcp.get_or_insert_default().servers.get_or_insert_default();
    let secrets = secrets.and_then(|secrets| secrets.file.mcp?.servers);
    for (name, entry) in secrets.into_iter().flatten() {
        let mine = servers.remove(&name).flatten().unwrap_or_default();
        servers.insert(name, Some(mine.with(entry.unwrap_or_default())));
    }
    Ok(Some(main))
}

/// The one file of a directory that has one of these names.
fn read_one(directory: &Path, names: &[&str]) -> Result<Option<Read>, Box<Diagnostic>> {
    let mut there = names.iter().map(|name| directory.join(name)).filter(|path| path.is_file());
    let Some(path) = there.next() else { return Ok(None) };
    if let Some(other) = there.next() {
        let message = format!("{} lies beside it, and they are the same thing", other.display());
        let hint = Some("keep one of them".to_owned());
        return Err(Box::new(Diagnostic { hint, ..wrong(&path, message) }));
    }
    let text = bounded(&path, MOST_BYTES)
        .map_err(|error| wrong(&path, format!("cannot be read: {error}")))?;
    let file = parse(&text).map_err(|(place, message)| {
        let message = format!("the YAML cannot be read: {message}");
        Diagnostic { place, ..wrong(&path, message) }
    })?;
    Ok(Some(Read { path, text, file }))
}

fn parse(text: &str) -> Result<File, (Option<Place>, String)> {
    if let Some(alias) = alias(text) {
        return Err((Some(place_at(text, alias)), "aliases are not followed here".to_owned()));
    }
    let file: Result<Option<File>, _> = serde_yaml::from_str(text);
    file.map(Option::unwrap_or_default).map_err(|error| {
        let place = error.location().map(|location| place_at(text, location.index()));
        let words = error.to_string();
        let words = words.split_once(" at line ").map_or(words.as_str(), |(words, _)| words);
        (place, words.to_owned())
    })
}

/// Where a text refers to another part of itself, by which a small file can become a large one.
fn alias(text: &str) -> Option<usize> {
    let may_stand_before = |before: &str| before.is_empty() || before.ends_with([' ', '[', ',']);
    text.match_indices('*').map(|(at, _)| at).find(|at| {
        let follows = text[at + 1..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let line = text[..*at].rsplit('\n').next().unwrap_or_default();
        follows && may_stand_before(line) && !line.trim_start().starts_with('#')
    })
}

fn wrong(path: &Path, message: String) -> Diagnostic {
    Diagnostic {
        code: "config",
        file: path.to_owned(),
        place: None,
        key: None,
        message,
        hint: None,
    }
}

/// The line a key stands on, as well as it can be told.
fn place_of(text: &str, key: &str) -> Place {
    let is_keys = |line: &str| {
        line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    let line = text.lines().position(is_keys).unwrap_or_default();
    Place { line: line + 1, column: 1 }
}

fn place_at(text: &str, byte: usize) -> Place {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Place {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}
