//! What a run reports while it runs, and the channel it reports through.
//!
//! Whoever shows a run reads these; the run itself never prints.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use crate::message::Usage;

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A turn starts: what it takes is made ready, and the model asked. Turns count from 1.
    TurnStarted {
        /// Which turn of the run.
        turn: u32,
    },
    /// A fragment of the answer.
    Text(String),
    /// A fragment of the chain of thought.
    Reasoning(String),
    /// The model's reply is whole.
    ReplyEnded {
        /// Tokens of this reply.
        usage: Usage,
    },
    /// A tool call starts.
    CallStarted {
        /// The call.
        id: String,
        /// The tool's name.
        name: String,
        /// Its arguments.
        arguments: Map<String, Value>,
        /// What of them is code.
        code: Option<Code>,
        /// How it is shown to a person.
        showing: Showing,
    },
    /// A tool call came back.
    CallEnded(CallEnded),
    /// Something failed in a way that is worth another try.
    Retry {
        /// Which attempt comes next, counted from 2.
        attempt: u32,
        /// How long it waits first.
        wait: Duration,
        /// What failed.
        reason: String,
    },
    /// Something a model or server sent was mended.
    Repaired {
        /// The kind of repair, a stable word.
        kind: &'static str,
        /// What was done.
        detail: String,
    },
    /// A line that a process of a tool printed.
    Printed {
        /// Whose process it is.
        by: String,
        /// The line.
        text: String,
    },
    /// Something the person should know that changes no outcome.
    Warning(String),
    /// A person at the terminal is asked whether a write may happen. Until the answer is there,
    /// nothing else should be drawn.
    ApprovalAsked {
        /// The request it is about: `POST /models/a/b/discussions/7/comment`.
        request: String,
        /// All the person is shown, the choices being the last line.
        question: String,
    },
    /// The question is over.
    ApprovalEnded {
        /// What the person chose; nothing if the run was stopped before.
        choice: Option<&'static str>,
    },
}

/// How a call is shown to a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Showing {
    /// On a line of its own.
    #[default]
    Alone,
    /// Counted, together with others like it.
    Counted,
    /// Not at all: it is made in the course of one that is only counted.
    Hidden,
}

/// A program that a call brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The language it is in: `python`.
    pub language: String,
    /// The program.
    pub text: String,
}

/// How a tool call came back.
#[derive(Debug, Clone, PartialEq)]
pub struct CallEnded {
    /// The call.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// How it ended.
    pub status: CallStatus,
    /// One line about the result, for people: `200, 20 of 46 shown`.
    pub summary: String,
    /// Bytes handed to the model.
    pub bytes: usize,
    /// How long it took.
    pub elapsed: Duration,
}

/// How a tool call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// It did what was asked.
    Ok,
    /// It failed; the model was told.
    Error,
    /// It was a write nobody approved; the model was told.
    Refused,
    /// It was practised only: a dry run, nothing was sent.
    NotSent,
    /// The run was cancelled before it came back.
    Cancelled,
}

/// The sending end of a run's events.
///
/// Sending never fails and never waits: a run does not depend on anybody looking.
#[derive(Debug, Clone)]
pub struct Events {
    sender: mpsc::UnboundedSender<Event>,
    /// The agent that runs inside another's call, by way of which others.
    inside: Option<Arc<Inside>>,
}

/// An agent inside another's call.
#[derive(Debug)]
struct Inside {
    /// It, by way of which others: `lead[1]/researcher[2]`.
    agent: String,
    /// How that call is shown, or the one around it that is shown less.
    showing: Showing,
}

/// The receiving end of a run's events.
pub type EventStream = mpsc::UnboundedReceiver<Event>;

impl Events {
    /// Makes a channel.
    pub fn channel() -> (Self, EventStream) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self { sender, inside: None }, receiver)
    }

    /// The events of an agent that runs inside a call of this run: `researcher[2]`. What its model
    /// says is nobody's answer, so that only what happens to it is reported, under its name; its calls
    /// are not shown where its own is not.
    #[must_use]
    pub fn inside(&self, agent: &str, showing: Showing) -> Self {
        let inside = match self.inside.as_deref() {
            Some(Inside { agent: outer, showing: of_outer }) => Inside {
                agent: format!("{outer}/{agent}"),
                showing: if *of_outer == Showing::Alone { showing } else { *of_outer },
            },
            None => Inside { agent: agent.to_owned(), showing },
        };
        Self { sender: self.sender.clone(), inside: Some(inside.into()) }
    }

    /// Reports one event.
    pub fn send(&self, event: Event) {
        let event = match self.inside.as_deref() {
            Some(inside) => of_agent(inside, event),
            None => Some(event),
        };
        if let Some(event) = event {
            // A receiver that is gone means that nobody is looking, which is no failure of the run.
            let _unseen = self.sender.send(event);
        }
    }
}

/// An event of an agent inside another's call, as the outer run reports it.
fn of_agent(Inside { agent, showing: outer }: &Inside, event: Event) -> Option<Event> {
    Some(match event {
        Event::TurnStarted { .. }
        | Event::Text(_)
        | Event::Reasoning(_)
        | Event::ReplyEnded { .. } => return None,
        Event::CallStarted { id, name, arguments, code, showing } => Event::CallStarted {
            id: format!("{agent}/{id}"),
            name: format!("{agent}/{name}"),
            arguments,
            code,
            showing: if *outer == Showing::Alone { showing } else { Showing::Hidden },
        },
        Event::CallEnded(ended) => Event::CallEnded(CallEnded {
            id: format!("{agent}/{}", ended.id),
            name: format!("{agent}/{}", ended.name),
            ..ended
        }),
        Event::Retry { attempt, wait, reason } => {
            Event::Retry { attempt, wait, reason: format!("{agent}: {reason}") }
        }
        Event::Repaired { kind, detail } => {
            Event::Repaired { kind, detail: format!("{agent}: {detail}") }
        }
        Event::Printed { by, text } => Event::Printed { by: format!("{agent}/{by}"), text },
        Event::Warning(text) => Event::Warning(format!("{agent}: {text}")),
        Event::ApprovalAsked { .. } | Event::ApprovalEnded { .. } => event,
    })
}
