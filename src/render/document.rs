//! The JSON forms of a run, for scripts: one document, and the events it is made of.
//!
//! Their shape is a promise, published as JSON Schemas; [`SCHEMA_VERSION`] changes when it does.

#[cfg(test)]
mod published;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::event::{CallStatus, Event};
use crate::message::Usage;
use crate::schema::Violation;

/// The version of the document and of the events.
pub const SCHEMA_VERSION: u32 = 1;

/// The JSON Schema of [`Document`].
pub const DOCUMENT_SCHEMA: &str = include_str!("../../schemas/document-1.json");

/// The JSON Schema of each line of `ask --stream-json`.
pub const EVENTS_SCHEMA: &str = include_str!("../../schemas/events-1.json");

/// What `ask --json` prints, and what ends `ask --stream-json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Document {
    /// The version of this form.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA_VERSION)))]
    pub schema_version: u32,
    /// How it ended, as a stable word.
    #[cfg_attr(test, schemars(extend("enum" = published::OUTCOMES)))]
    pub outcome: &'static str,
    /// The exit code of the program.
    pub exit_code: u8,
    /// The answer, where there is one.
    pub answer: Option<String>,
    /// The answer as a value, where `--output-schema` asked for a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_value: Option<Value>,
    /// Where the answer does not fit the schema, if that is what went wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// What went wrong, where something did.
    pub error: Option<Problem>,
    /// The model, where it came to one.
    pub model: Option<String>,
    /// Model requests.
    pub turns: u32,
    /// How often the conversation was made shorter to fit the model's context.
    pub compactions: u32,
    /// Tokens, as the provider counted them.
    pub usage: Usage,
    /// Tool calls, in the order the model asked.
    pub calls: Vec<Call>,
    /// How often each kind of thing that came from the model or its server had to be mended.
    pub repairs: BTreeMap<&'static str, u32>,
    /// The writes of a dry run, in the form `agentcard apply` reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Value>,
    /// How long things took.
    pub timings: Timings,
}

/// What went wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Problem {
    /// What went wrong.
    pub message: String,
    /// What to do next.
    pub hints: Vec<String>,
}

/// One tool call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Call {
    /// The tool.
    pub name: String,
    /// The arguments.
    pub arguments: Map<String, Value>,
    /// How it ended.
    pub status: CallStatus,
    /// One line about the result.
    pub summary: String,
    /// Bytes handed to the model.
    pub bytes: usize,
    /// Milliseconds.
    pub elapsed_ms: f64,
}

/// How long things took, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Timings {
    /// The whole run.
    pub total_ms: f64,
    /// Until the first fragment of text, if there was one.
    pub first_text_ms: Option<f64>,
    /// All tool calls summed, though those of one turn run side by side.
    pub tools_ms: f64,
}

impl Document {
    /// The document of an ask that never came to a model.
    pub fn of_failure(outcome: &'static str, exit_code: u8, error: Problem) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            outcome,
            exit_code,
            answer: None,
            answer_value: None,
            violations: Vec::new(),
            error: Some(error),
            model: None,
            turns: 0,
            compactions: 0,
            usage: Usage::default(),
            calls: Vec::new(),
            repairs: BTreeMap::new(),
            plan: None,
            timings: Timings::default(),
        }
    }
}

/// One line of `ask --stream-json`, but for the last.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Line {
    #[serde(flatten)]
    body: Body,
    /// The version of this form.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA_VERSION)))]
    schema_version: u32,
}

/// The last line of `ask --stream-json`: always there, and only once.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LastLine {
    #[serde(rename = "type")]
    kind: LastKind,
    #[serde(flatten)]
    document: Document,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum LastKind {
    /// The run is over; the rest of the line is the document.
    RunEnded,
}

/// What happened.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
enum Body {
    /// A model request starts; turns count from 1.
    TurnStarted { turn: u32 },
    /// A fragment of what the model says.
    Text { text: String },
    /// A fragment of the chain of thought.
    Reasoning { text: String },
    /// The model's reply is whole.
    ReplyEnded { usage: Usage },
    /// A tool call starts.
    CallStarted { id: String, name: String, arguments: Map<String, Value> },
    /// A tool call came back.
    CallEnded {
        id: String,
        name: String,
        status: CallStatus,
        /// One line about the result.
        summary: String,
        /// Bytes handed to the model.
        bytes: usize,
        elapsed_ms: f64,
    },
    /// Something failed in a way that is worth another try.
    Retry {
        /// Which attempt comes next, counted from 2.
        attempt: u32,
        wait_ms: f64,
        reason: String,
    },
    /// Something a model or server sent was mended.
    Repaired {
        /// The kind of repair, a stable word.
        kind: String,
        detail: String,
    },
    /// A line that a process of a tool printed.
    Printed {
        /// Whose process it is.
        by: String,
        text: String,
    },
    /// Something the person should know that changes no outcome.
    Warning { message: String },
    /// A person at the terminal is asked about a write.
    ApprovalAsked { request: String },
    /// The question is over; null if the run was stopped before.
    ApprovalEnded { choice: Option<String> },
}

impl From<Event> for Line {
    fn from(event: Event) -> Self {
        Self { body: event.into(), schema_version: SCHEMA_VERSION }
    }
}

impl From<Document> for LastLine {
    fn from(document: Document) -> Self {
        Self { kind: LastKind::RunEnded, document }
    }
}

impl From<Event> for Body {
    fn from(event: Event) -> Self {
        match event {
            Event::TurnStarted { turn } => Self::TurnStarted { turn },
            Event::Text(text) => Self::Text { text },
            Event::Reasoning(text) => Self::Reasoning { text },
            Event::ReplyEnded { usage } => Self::ReplyEnded { usage },
            Event::CallStarted { id, name, arguments, code: _, showing: _ } => {
                Self::CallStarted { id, name, arguments }
            }
            Event::CallEnded(ended) => Self::CallEnded {
                id: ended.id,
                name: ended.name,
                status: ended.status,
                summary: ended.summary,
                bytes: ended.bytes,
                elapsed_ms: milliseconds(ended.elapsed),
            },
            Event::Retry { attempt, wait, reason } => {
                Self::Retry { attempt, wait_ms: milliseconds(wait), reason }
            }
            Event::Repaired { kind, detail } => Self::Repaired { kind: kind.to_owned(), detail },
            Event::Printed { by, text } => Self::Printed { by, text },
            Event::Warning(message) => Self::Warning { message },
            Event::ApprovalAsked { request, question: _ } => Self::ApprovalAsked { request },
            Event::ApprovalEnded { choice } => {
                Self::ApprovalEnded { choice: choice.map(str::to_owned) }
            }
        }
    }
}

/// Milliseconds with microsecond resolution.
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
