//! A file read back: its lines made into the conversation they tell of.
//!
//! A conversation is loaded by making its changes again.

use std::path::PathBuf;

use super::record::{Header, Line, Record, RunEnded, Settings, VERSION};
use crate::conversation::{Change, Conversation};
use crate::message::Message;

/// A transcript, loaded.
#[derive(Debug)]
pub struct Transcript {
    /// How it was begun.
    pub header: Header,
    /// What its agent was made of at last.
    pub settings: Settings,
    /// The name the person gave it.
    pub name: Option<String>,
    /// The conversation, as it stood at the end.
    pub conversation: Conversation,
    /// The runs that ended, oldest first.
    pub runs: Vec<RunEnded>,
    /// The number of a half-written last line that was dropped.
    pub torn: Option<usize>,
    /// How many bytes of the file are whole lines.
    pub(super) length: usize,
}

/// Why a file is no transcript that can be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A newer version of this program wrote it.
    #[error("{path} is of version {version}, and this program knows versions up to {VERSION}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// A line says nothing that could be understood.
    #[error("{path}:{line}: {message}")]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

/// What is wrong with a text, wherever it stands.
#[derive(Debug)]
pub(super) enum Flaw {
    Newer(u32),
    Broken { line: usize, message: String },
}

impl Flaw {
    /// The error that it is in a file.
    pub(super) fn of(self, path: PathBuf) -> LoadError {
        match self {
            Self::Newer(version) => LoadError::Newer { path, version },
            Self::Broken { line, message } => LoadError::Broken { path, line, message },
        }
    }
}

/// The version of a file, which is read before anything else of it is understood.
#[derive(serde::Deserialize)]
struct Version {
    transcript: u32,
}

/// Reads the first line.
pub(super) fn header(line: &[u8]) -> Result<Header, Flaw> {
    let broken = |error: serde_json::Error| Flaw::Broken {
        line: 1,
        message: format!("this is not the first line of a transcript: {}", words(&error)),
    };
    let Version { transcript } = serde_json::from_slice(line).map_err(broken)?;
    if transcript > VERSION {
        return Err(Flaw::Newer(transcript));
    }
    serde_json::from_slice(line).map_err(broken)
}

/// Reads a whole file.
pub(super) fn parse(bytes: &[u8]) -> Result<Transcript, Flaw> {
    let first = memchr::memchr(b'\n', bytes).ok_or_else(|| Flaw::Broken {
        line: 1,
        message: "the file ends before its first line does".to_owned(),
    })?;
    let header = header(&bytes[..first])?;
    let settings = header.settings.clone();
    let mut transcript = Transcript {
        header,
        settings,
        name: None,
        conversation: Conversation::default(),
        runs: Vec::new(),
        torn: None,
        length: first + 1,
    };
    let mut number = 1;
    while transcript.length < bytes.len() {
        number += 1;
        let rest = &bytes[transcript.length..];
        // The program or the machine ended while it was written.
        let Some(end) = memchr::memchr(b'\n', rest) else {
            transcript.torn = Some(number);
            break;
        };
        let line = std::str::from_utf8(&rest[..end])
            .map_err(|error| error.to_string())
            .and_then(|text| Line::parse(text).map_err(|error| words(&error)))
            .and_then(|line| transcript.take(line));
        match line {
            Ok(()) => transcript.length += end + 1,
            Err(_) if end + 1 == rest.len() => {
                transcript.torn = Some(number);
                break;
            }
            Err(message) => return Err(Flaw::Broken { line: number, message }),
        }
    }
    Ok(transcript)
}

/// Checks, for fuzzers and tests: what is read as whole reads the same without what is not, and
/// every message is written so that it is read again.
#[cfg(any(test, fuzzing))]
pub fn check(bytes: &[u8]) {
    let Ok(read) = parse(bytes) else { return };
    let whole = parse(&bytes[..read.length]).map(|again| (again.conversation, again.torn));
    let Ok((mut conversation, None)) = whole else {
        unreachable!("the whole lines of {:?}", String::from_utf8_lossy(bytes));
    };
    assert_eq!(conversation.messages(), read.conversation.messages());
    conversation.answer_open_calls("stopped");
    for message in conversation.messages() {
        let written = serde_json::to_string(message).unwrap_or_default();
        let again =
            Line::parse(&written).unwrap_or_else(|error| unreachable!("{error}: {written}"));
        let Line::Message(again) = again else { unreachable!("a record: {written}") };
        assert_eq!(&again, message);
    }
}

/// What is wrong with a line, whose number is told elsewhere.
fn words(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column", " at column")
}

impl Transcript {
    /// What the person asked, oldest first.
    pub fn questions(&self) -> impl Iterator<Item = &str> {
        self.conversation.messages().iter().filter_map(|message| match &**message {
            Message::User { content } => Some(content.as_str()),
            Message::System { .. } | Message::Assistant(_) | Message::Tool(_) => None,
        })
    }

    fn take(&mut self, line: Line) -> Result<(), String> {
        let change = match line {
            Line::Message(message) => Change::Added(message),
            Line::Record(Record::Replaced { from, to, by }) => {
                let there = self.conversation.messages().len();
                if from > to || to > there {
                    return Err(format!("messages {from} to {to} of {there} cannot be replaced"));
                }
                Change::Replaced { range: from..to, by }
            }
            Line::Record(Record::Foreign { text }) => Change::Foreign(text),
            Line::Record(Record::Aside { agent, messages }) => Change::Aside { agent, messages },
            Line::Record(Record::Settings(settings)) => {
                self.settings = settings;
                return Ok(());
            }
            Line::Record(Record::Named { name }) => {
                self.name = Some(name);
                return Ok(());
            }
            Line::Record(Record::RunEnded(run)) => {
                self.runs.push(run);
                return Ok(());
            }
        };
        self.conversation.apply(change);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"{"transcript":1,"id":"20231114-221320-k3xw9f","created":"2023-11-14T22:13:20Z","directory":"/home/ada","model":"builtin.echo"}
{"role":"system","content":"Be brief."}
{"role":"user","content":"One?"}
"#;

    fn contents(text: &str) -> (usize, Option<usize>) {
        let transcript = parse(text.as_bytes()).unwrap();
        (transcript.conversation.messages().len(), transcript.torn)
    }

    fn flaw(text: &str) -> String {
        parse(text.as_bytes()).unwrap_err().of("t.jsonl".into()).to_string()
    }

    #[test]
    fn a_half_written_last_line_is_dropped() {
        assert_eq!(contents(HEAD), (2, None));
        let whole = HEAD.len();
        for cut in whole - 31..whole {
            assert_eq!(contents(&HEAD[..cut]), (1, Some(3)), "{cut}");
        }
        assert_eq!(contents(&format!("{HEAD}\0\0\0\0")), (2, Some(4)), "a power cut");
        assert_eq!(contents(&format!("{HEAD}{{\"rol\n")), (2, Some(4)));
    }

    #[test]
    fn cut_at_any_byte_it_loads() {
        let text = format!("{HEAD}{{\"role\":\"assistant\",\"content\":\"表🙂\"}}\n");
        let first = text.find('\n').unwrap() + 1;
        for cut in first..=text.len() {
            let transcript = parse(&text.as_bytes()[..cut]).unwrap();
            let whole = memchr::memchr_iter(b'\n', &text.as_bytes()[first..cut]).count();
            assert_eq!(transcript.conversation.messages().len(), whole, "{cut}");
        }
    }

    #[test]
    fn a_broken_line_in_the_middle_is_named() {
        let text = HEAD.replace("One?\"}", "One?");
        let text = format!("{text}{{\"role\":\"user\",\"content\":\"Two?\"}}\n");
        insta::assert_snapshot!(flaw(&text), @"t.jsonl:3: EOF while parsing a string at column 30");
        let text = format!("{HEAD}{{\"record\":\"replaced\",\"from\":1,\"to\":9}}\n{{}}\n");
        insta::assert_snapshot!(flaw(&text), @"t.jsonl:4: messages 1 to 9 of 2 cannot be replaced");
    }

    #[test]
    fn what_is_no_transcript_or_a_newer_one_says_so() {
        insta::assert_snapshot!(flaw(""), @"t.jsonl:1: the file ends before its first line does");
        insta::assert_snapshot!(flaw("{\"transcript\":2,\"whatever\":true}\n"), @"t.jsonl is of version 2, and this program knows versions up to 1");
    }

    #[test]
    fn records_change_the_conversation() {
        let records = r#"{"role":"assistant","content":"1."}
{"record":"run_ended","at":"2023-11-14T22:13:22Z","outcome":"answered","turns":1,"calls":0,"usage":{"input_tokens":1,"cached_tokens":0,"output_tokens":1,"reasoning_tokens":0}}
{"record":"replaced","from":1,"to":3}
{"record":"replaced","from":0,"to":1,"by":[{"role":"system","content":"Be long."}]}
{"record":"settings","model":"builtin.hub","sandbox":true}
{"record":"foreign","text":"ada: do it"}
{"record":"named","name":"Friday"}
"#;
        let transcript = parse(format!("{HEAD}{records}").as_bytes()).unwrap();
        assert_eq!(transcript.conversation.messages().len(), 1);
        assert_eq!(transcript.conversation.foreign().as_deref(), Some("ada: do it"));
        assert_eq!(transcript.runs.len(), 1);
        assert_eq!(transcript.name.as_deref(), Some("Friday"));
        assert_eq!(transcript.settings.model.as_deref(), Some("builtin.hub"));
        assert_eq!(transcript.header.settings.model.as_deref(), Some("builtin.echo"));
    }
}
