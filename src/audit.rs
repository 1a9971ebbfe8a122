//! The record of writes: what this program sent to a server, kept so that it can be looked up and
//! undone.
//!
//! A line is written before a write is sent and another when its answer is there, so that one whose
//! answer never came is known too. Bodies are in it, tokens never are. It decides nothing.

mod receipt;

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::tool::WritePlan;

pub use receipt::receipt;

/// The file, in the directory it is given.
const FILE: &str = "writes.jsonl";

/// The record of one user's writes: JSON Lines that only this user can read.
#[derive(Debug, Clone)]
pub struct Log {
    directory: PathBuf,
}

/// One write that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number, from 1 on.
    pub id: u64,
    /// When it was sent.
    pub at: Timestamp,
    /// What was sent where.
    pub sent: Sent,
    /// What came of it.
    pub outcome: Outcome,
}

/// What was sent where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// The server: `https://huggingface.co`.
    pub origin: String,
    /// The write, with its body and what it replaced.
    pub plan: WritePlan,
    /// The entry it takes back, where it is an undoing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
}

/// What came of a write.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There was no answer, or the program ended before it: it may have happened.
    #[default]
    Unknown,
    /// It happened.
    Done {
        /// The status of the answer, where there was one with a status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// What is needed to find again what was written; see [`receipt`].
        receipt: Map<String, Value>,
    },
    /// It was refused, or it failed; the text says how.
    Failed(String),
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    id: u64,
    at: Timestamp,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum What {
    Sent(Box<Sent>),
    Ended { outcome: Outcome },
}

impl Log {
    /// The record in this directory, which need not exist yet.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// The file.
    pub fn path(&self) -> PathBuf {
        self.directory.join(FILE)
    }

    /// Records a write that is about to be sent, and gives it a number.
    pub fn begin(&self, sent: Sent) -> io::Result<u64> {
        let mut file = self.open()?;
        let text = read(&mut file)?;
        let id = lines(&text).map(|line| line.id).max().unwrap_or(0) + 1;
        append(
            &mut file,
            &text,
            &Line { id, at: Timestamp::now(), what: What::Sent(sent.into()) },
        )?;
        Ok(id)
    }

    /// Records what came of a write.
    pub fn end(&self, id: u64, outcome: Outcome) -> io::Result<()> {
        let mut file = self.open()?;
        let text = read(&mut file)?;
        append(&mut file, &text, &Line { id, at: Timestamp::now(), what: What::Ended { outcome } })
    }

    /// All writes, oldest first. Lines that cannot be read are passed over.
    pub fn entries(&self) -> io::Result<Vec<Entry>> {
        let text = match File::open(self.path()) {
            Ok(mut file) => read(&mut file)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut entries = BTreeMap::new();
        for Line { id, at, what } in lines(&text) {
            match what {
                What::Sent(sent) => {
                    let outcome = Outcome::Unknown;
                    entries.insert(id, Entry { id, at, sent: *sent, outcome });
                }
                What::Ended { outcome } => {
                    if let Some(entry) = entries.get_mut(&id) {
                        entry.outcome = outcome;
                    }
                }
            }
        }
        Ok(entries.into_values().collect())
    }

    /// Opens the file for this process alone; others wait their turn.
    fn open(&self) -> io::Result<File> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)?;
        let path: &Path = &self.path();
        let file =
            OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.lock()?;
        Ok(file)
    }
}

fn read(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn lines(text: &str) -> impl Iterator<Item = Line> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok())
}

/// Appends a line in one piece, on a line of its own even if the last writer was interrupted.
fn append(file: &mut File, text: &str, line: &Line) -> io::Result<()> {
    let mut bytes = Vec::new();
    if !text.is_empty() && !text.ends_with('\n') {
        bytes.push(b'\n');
    }
    serde_json::to_writer(&mut bytes, line)?;
    bytes.push(b'\n');
    file.write_all(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Request;
    use crate::tool::WriteClass;
    use serde_json::json;
    use std::fs;

    fn sent(path: &str, undoes: Option<u64>) -> Sent {
        let plan = WritePlan {
            words: "Comment on #7".to_owned(),
            request: Request::post(path, Some(json!({"comment": "Hi"}))),
            now: None,
            class: WriteClass::Additive,
        };
        Sent { origin: "https://huggingface.co".to_owned(), plan, undoes }
    }

    #[test]
    fn an_entry_is_whole_when_its_answer_is_there() {
        let directory = tempfile::tempdir().unwrap();
        let log = Log::new(directory.path().join("state/agentcard"));
        assert_eq!(log.entries().unwrap(), []);
        let done = Outcome::Done { status: Some(201), receipt: Map::new() };
        assert_eq!(log.begin(sent("/a", None)).unwrap(), 1);
        assert_eq!(log.begin(sent("/b", Some(1))).unwrap(), 2);
        log.end(1, done.clone()).unwrap();
        let entries = log.entries().unwrap();
        assert_eq!(entries[0].outcome, done);
        assert_eq!(entries[0].sent, sent("/a", None));
        assert_eq!((entries[1].sent.undoes, &entries[1].outcome), (Some(1), &Outcome::Unknown));
    }

    #[test]
    fn nobody_else_can_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let log = Log::new(directory.path().join("agentcard"));
        log.begin(sent("/a", None)).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&log.path()), 0o600);
        assert_eq!(mode(log.path().parent().unwrap()), 0o700);
        fs::set_permissions(log.path(), Permissions::from_mode(0o644)).unwrap();
        log.end(1, Outcome::Failed("403".to_owned())).unwrap();
        assert_eq!(mode(&log.path()), 0o600);
    }

    #[test]
    fn a_torn_line_costs_nothing_but_itself() {
        let directory = tempfile::tempdir().unwrap();
        let log = Log::new(directory.path());
        log.begin(sent("/a", None)).unwrap();
        let mut text = fs::read_to_string(log.path()).unwrap();
        text.push_str("{\"id\":2,\"at\":\"20");
        fs::write(log.path(), text).unwrap();
        assert_eq!(log.begin(sent("/b", None)).unwrap(), 2);
        let paths: Vec<String> = log
            .entries()
            .unwrap()
            .into_iter()
            .map(|entry| entry.sent.plan.request.bare().to_string())
            .collect();
        assert_eq!(paths, ["POST /a", "POST /b"]);
    }

    #[test]
    fn the_lines_are_what_the_documentation_shows() {
        let directory = tempfile::tempdir().unwrap();
        let log = Log::new(directory.path());
        log.begin(sent("/models/a/b/discussions/7/comment", None)).unwrap();
        let receipt = receipt(&json!({"newMessage": {"id": "69050a076b82c8674826db85"}}));
        log.end(1, Outcome::Done { status: Some(201), receipt }).unwrap();
        let text = fs::read_to_string(log.path()).unwrap();
        insta::with_settings!({filters => vec![(r#""at":"[^"]*""#, r#""at":"…""#)]}, {
            insta::assert_snapshot!(text, @r#"
            {"id":1,"at":"…","origin":"https://huggingface.co","plan":{"words":"Comment on #7","method":"POST","path":"/models/a/b/discussions/7/comment","body":{"comment":"Hi"},"class":"additive"}}
            {"id":1,"at":"…","outcome":{"done":{"status":201,"receipt":{"comment":"69050a076b82c8674826db85"}}}}
            "#);
        });
    }
}
