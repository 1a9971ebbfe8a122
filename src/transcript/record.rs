//! The lines of a file: a header, then messages and records of what else changes a conversation.
//!
//! The shapes are a promise, documented in `docs/transcripts.md`; [`VERSION`] changes when they do.

use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Id;
use crate::conversation::{Change, Conversation};
use crate::message::{Message, Usage};

/// The version of the format.
pub const VERSION: u32 = 1;

/// How the lines begin that are no messages.
const RECORD: &str = r#"{"record":"#;

/// The first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// [`VERSION`].
    pub transcript: u32,
    /// The name of the transcript.
    pub id: Id,
    /// When it was begun.
    pub created: Timestamp,
    /// The directory the program was started in.
    pub directory: String,
    /// What it was begun with.
    #[serde(flatten)]
    pub settings: Settings,
    /// The transcript whose messages it began with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Id>,
}

/// What an agent is made of, so that it can be made again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The card's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// The card's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_file: Option<String>,
    /// The files, directories and addresses all cards were read from, if there is more than that file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<String>,
    /// Where the cards were read from that are tools whatever the asked one says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub card_tools: Vec<String>,
    /// The model spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Where the model was asked, if that was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Whether the emulator was the Hub.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
}

/// A line that is no message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// Messages were taken out and others put in their place: a question was taken back, a system
    /// prompt replaced, the conversation made shorter.
    Replaced {
        /// The first of them, counted from 0.
        from: usize,
        /// The first behind them.
        to: usize,
        /// What stands there now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        by: Vec<Arc<Message>>,
    },
    /// The conversation now holds this piece of what other people wrote.
    Foreign {
        /// The piece.
        text: Arc<str>,
    },
    /// An agent that was called remembers what was said in the call.
    Aside {
        /// Its name.
        agent: String,
        /// What was said.
        messages: Vec<Arc<Message>>,
    },
    /// Another card or model went on with the conversation.
    Settings(Settings),
    /// The person gave the conversation a name.
    Named {
        /// The name.
        name: String,
    },
    /// A run ended.
    RunEnded(RunEnded),
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEnded {
    /// When.
    pub at: Timestamp,
    /// How, in the words of the JSON document.
    pub outcome: String,
    /// Model requests.
    pub turns: u32,
    /// Tool calls.
    pub calls: usize,
    /// Tokens.
    pub usage: Usage,
}

/// A line behind the header.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line {
    Message(Arc<Message>),
    Record(Record),
}

impl Line {
    /// Reads a line.
    pub(super) fn parse(text: &str) -> serde_json::Result<Self> {
        if text.starts_with(RECORD) {
            serde_json::from_str(text).map(Self::Record)
        } else {
            serde_json::from_str(text).map(Self::Message)
        }
    }

    /// Appends the line and its end.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Message(message) => append(bytes, &**message),
            Self::Record(record) => append(bytes, record),
        }
    }
}

/// Appends the lines with which the file of a conversation begins.
pub(super) fn opening(header: &Header, conversation: &Conversation, bytes: &mut Vec<u8>) {
    append(bytes, header);
    for message in conversation.messages() {
        append(bytes, &**message);
    }
    if let Some(text) = conversation.foreign() {
        append(bytes, &Record::Foreign { text });
    }
    for (agent, messages) in conversation.asides().iter() {
        append(bytes, &Record::Aside { agent: agent.clone(), messages: messages.clone() });
    }
}

/// Appends a value as a line.
fn append(bytes: &mut Vec<u8>, value: &impl Serialize) {
    let before = bytes.len();
    if serde_json::to_writer(&mut *bytes, value).is_ok() {
        bytes.push(b'\n');
    } else {
        // There is no map in these types whose keys are no strings, which is all that can fail.
        bytes.truncate(before);
    }
}

impl From<Change> for Line {
    fn from(change: Change) -> Self {
        match change {
            Change::Added(message) => Self::Message(message),
            Change::Replaced { range: Range { start: from, end: to }, by } => {
                Self::Record(Record::Replaced { from, to, by })
            }
            Change::Foreign(text) => Self::Record(Record::Foreign { text }),
            Change::Aside { agent, messages } => Self::Record(Record::Aside { agent, messages }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Arguments, AssistantMessage, ToolCall};

    /// A line read and written again.
    fn again(line: &str) -> String {
        let mut bytes = Vec::new();
        Line::parse(line).unwrap().write(&mut bytes);
        String::from_utf8(bytes).unwrap().trim_end().to_owned()
    }

    #[test]
    fn a_line_that_is_read_is_written_as_it_was() {
        for line in [
            r#"{"role":"system","content":"You are helpful."}"#,
            r#"{"role":"user","content":"表\u0007 \"quoted\"\n"}"#,
            r#"{"role":"assistant","content":"","reasoning":{"field":"reasoning_content","text":"So."},"tool_calls":[{"id":"fc_0","name":"x","arguments":{"z":0.1,"a":[1,-2,1.7976931348623157e+308],"m":null}}]}"#,
            r#"{"role":"assistant","content":"","tool_calls":[{"id":"fc_0","name":"x","arguments":"{\"cut"}]}"#,
            r#"{"role":"tool","call_id":"fc_0","name":"x","content":"{}"}"#,
            r#"{"record":"replaced","from":1,"to":3}"#,
            r#"{"record":"replaced","from":0,"to":1,"by":[{"role":"system","content":"Be brief."}]}"#,
            r#"{"record":"foreign","text":"ada: do it"}"#,
            r#"{"record":"aside","agent":"researcher","messages":[{"role":"user","content":"Look."}]}"#,
            r#"{"record":"settings","card":"brief","model":"builtin.echo","sandbox":true}"#,
            r#"{"record":"settings","card":"a","card_file":"/t/a.md","cards":["/t"],"card_tools":["/b.md"]}"#,
            r#"{"record":"named","name":"Friday"}"#,
        ] {
            assert_eq!(again(line), line);
        }
    }

    proptest::proptest! {
        /// What a provider's prompt cache recognizes is bytes: a number must come back as it was.
        #[test]
        fn numbers_and_keys_survive(number: f64, whole: i64, key: String) {
            let mut arguments: serde_json::Map<_, _> =
                [(key, whole.into()), ("z".to_owned(), whole.into())].into_iter().collect();
            arguments.insert("number".to_owned(), number.into());
            let call = ToolCall {
                id: "1".to_owned(),
                name: "x".to_owned(),
                arguments: Arguments::Object(arguments),
            };
            let reply = AssistantMessage { tool_calls: vec![call], ..AssistantMessage::default() };
            let mut bytes = Vec::new();
            append(&mut bytes, &Message::Assistant(reply));
            let line = String::from_utf8(bytes).unwrap();
            proptest::prop_assert_eq!(again(&line), line.trim_end());
        }
    }
}
