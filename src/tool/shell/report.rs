//! What a command came to, as the model reads it.
//!
//! It looks at commands and changes none.

use serde_json::Value;

use super::Wait;
use super::child::Ended;
use super::jobs::{Job, State};
use crate::tool::clip::clip;
use crate::tool::{OutputKind, ToolOutput, WriteEffect, Written};

/// What to do about output that was left out.
const LESS: &str = "Ask for less, with `head` or `grep` for instance.";

/// The result of the call that started a command.
pub(super) fn written(job: &Job, state: &State, wait: Wait) -> Written {
    let output = match (state, wait) {
        (State::Running, Wait::Background) => started(job),
        _ => look(job, state),
    };
    let effect = match state {
        State::Running | State::Ended(_) => WriteEffect::Done { status: None, answer: Value::Null },
        State::Stopped | State::Lost(_) => WriteEffect::Unknown,
    };
    Written { output, effect }
}

/// What a command wrote and how it is.
pub(super) fn look(job: &Job, state: &State) -> ToolOutput {
    let mut content = clip(&job.text(), LESS);
    if !content.is_empty() && !content.ends_with('\n') {
        content.push('\n');
    }
    let (line, summary, kind) = words(job, state);
    content.push_str(&line);
    ToolOutput { content, summary, kind, foreign: None }
}

fn started(job: &Job) -> ToolOutput {
    let content = format!("process_id: {}\nit runs in the background", job.id);
    let summary = format!("{} started", job.id);
    ToolOutput { content, summary, kind: OutputKind::Success, foreign: None }
}

/// How a command is, for the model and for people, and whether that is a success.
pub(super) fn words(job: &Job, state: &State) -> (String, String, OutputKind) {
    match state {
        State::Running => (
            format!(
                "process_id: {id}\nit still runs, after {age} s; `process` can wait for it, read \
                 what it writes and stop it",
                id = job.id,
                age = job.age().as_secs()
            ),
            format!("{} still runs", job.id),
            OutputKind::Success,
        ),
        State::Ended(Ended::Code(0)) => {
            ("process exit code was 0".to_owned(), "exit code 0".to_owned(), OutputKind::Success)
        }
        State::Ended(Ended::Code(code)) => (
            format!("process exit code was {code}"),
            format!("exit code {code}"),
            OutputKind::Failure,
        ),
        State::Ended(Ended::Signal(signal)) => (
            format!("process was ended by signal {signal}"),
            format!("signal {signal}"),
            OutputKind::Failure,
        ),
        State::Stopped => {
            ("process was stopped".to_owned(), "stopped".to_owned(), OutputKind::Success)
        }
        State::Lost(why) => (
            format!("nobody knows how the process ended: {why}"),
            "lost".to_owned(),
            OutputKind::Failure,
        ),
    }
}
