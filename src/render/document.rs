//! The JSON forms of a run, for scripts: one document, and the events it is made of.
//!
//! Their shape is a promise; [`SCHEMA_VERSION`] changes when it does.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::event::{CallStatus, Event};
use crate::message::Usage;

/// The version of the document and of the events.
pub const SCHEMA_VERSION: u32 = 1;

/// What `ask --json` prints, and what ends `ask --stream-json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// How it ended, as a stable word: `answered`, `failed`, `limit`, …
    pub outcome: &'static str,
    /// The exit code of the program.
    pub exit_code: u8,
    /// The answer, where there is one.
    pub answer: Option<String>,
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
    /// The writes of a dry run, in the form `agentcard apply` reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Value>,
    /// How long things took.
    pub timings: Timings,
}

/// What went wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What went wrong.
    pub message: String,
    /// What to do next.
    pub hints: Vec<String>,
}

/// One tool call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// The tool.
    pub name: String,
    /// The arguments.
    pub arguments: Map<String, Value>,
    /// `ok`, `error`, `refused`, `not_sent` or `cancelled`.
    pub status: &'static str,
    /// One line about the result.
    pub summary: String,
    /// Bytes handed to the model.
    pub bytes: usize,
    /// Milliseconds.
    pub elapsed_ms: f64,
}

/// How long things took, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
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
            error: Some(error),
            model: None,
            turns: 0,
            compactions: 0,
            usage: Usage::default(),
            calls: Vec::new(),
            plan: None,
            timings: Timings::default(),
        }
    }
}

/// An event as a JSON object with a `type`.
pub fn event_object(event: Event) -> Value {
    match event {
        Event::TurnStarted { turn } => json!({"type": "turn_started", "turn": turn}),
        Event::Text(text) => json!({"type": "text", "text": text}),
        Event::Reasoning(text) => json!({"type": "reasoning", "text": text}),
        Event::ReplyEnded { usage } => json!({"type": "reply_ended", "usage": usage}),
        Event::CallStarted { id, name, arguments } => {
            json!({"type": "call_started", "id": id, "name": name, "arguments": arguments})
        }
        Event::CallEnded(ended) => json!({
            "type": "call_ended", "id": ended.id, "name": ended.name,
            "status": status_word(ended.status), "summary": ended.summary, "bytes": ended.bytes,
            "elapsed_ms": milliseconds(ended.elapsed),
        }),
        Event::Retry { attempt, wait, reason } => json!({
            "type": "retry", "attempt": attempt, "wait_ms": milliseconds(wait), "reason": reason,
        }),
        Event::Repaired { kind, detail } => {
            json!({"type": "repaired", "kind": kind, "detail": detail})
        }
        Event::Warning(message) => json!({"type": "warning", "message": message}),
        Event::ApprovalAsked { request, question: _ } => {
            json!({"type": "approval_asked", "request": request})
        }
        Event::ApprovalEnded { choice } => json!({"type": "approval_ended", "choice": choice}),
    }
}

/// The stable word for how a call ended.
pub fn status_word(status: CallStatus) -> &'static str {
    match status {
        CallStatus::Ok => "ok",
        CallStatus::Error => "error",
        CallStatus::Refused => "refused",
        CallStatus::NotSent => "not_sent",
        CallStatus::Cancelled => "cancelled",
    }
}

/// Milliseconds with microsecond resolution.
pub fn milliseconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
