//! What a run came to.
//!
//! Values only: what they mean for an exit code or a screen is decided at the edge.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::{Limit, Stuck};
use crate::event::CallStatus;
use crate::message::Usage;
use crate::model::ModelError;
use crate::schema::Violation;

/// How a run ended. Each way has its own exit code at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The model answered.
    Answered,
    /// The model could not be had, or sent something unusable.
    Failed(ModelError),
    /// A limit ended it.
    Limit(Limit),
    /// The answer does not fit the schema it has to fit; these are the ways in which it does not.
    Unfit(Vec<Violation>),
    /// The model went round in circles.
    Stuck(Stuck),
    /// The person ended it.
    Interrupted,
}

/// A run, after it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// How it ended.
    pub outcome: Outcome,
    /// The text of the last whole reply: the answer, where the outcome says so.
    pub answer: String,
    /// The answer as a JSON document, where it had to fit a schema and does.
    pub answer_value: Option<Value>,
    /// The model's name.
    pub model: String,
    /// Tokens of all replies together.
    pub usage: Usage,
    /// Model requests that were started.
    pub turns: u32,
    /// How often the conversation was made shorter to fit the model's context.
    pub compactions: u32,
    /// Tool calls that came back, in the order the model asked.
    pub calls: Vec<CallRecord>,
    /// How long it took in all.
    pub elapsed: Duration,
    started: Instant,
    /// Whether a provider refused the conversation as too long, and was asked again.
    pub(super) recovered: bool,
}

/// One tool call, after it.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRecord {
    /// The tool's name.
    pub name: String,
    /// Its arguments; empty when the model's were no JSON object.
    pub arguments: Map<String, Value>,
    /// How it ended.
    pub status: CallStatus,
    /// One line about the result.
    pub summary: String,
    /// Bytes handed to the model.
    pub bytes: usize,
    /// How long it took.
    pub elapsed: Duration,
}

impl RunReport {
    /// The answer, whole or cut off at its length limit; none where a run came to none.
    pub fn answer(&self) -> Option<&str> {
        match self.outcome {
            Outcome::Answered | Outcome::Limit(Limit::ReplyLength) => Some(&self.answer),
            Outcome::Failed(_)
            | Outcome::Limit(_)
            | Outcome::Unfit(_)
            | Outcome::Stuck(_)
            | Outcome::Interrupted => None,
        }
    }

    pub(super) fn new(model: String) -> Self {
        Self {
            outcome: Outcome::Interrupted,
            answer: String::new(),
            answer_value: None,
            model,
            usage: Usage::default(),
            turns: 0,
            compactions: 0,
            calls: Vec::new(),
            elapsed: Duration::ZERO,
            started: Instant::now(),
            recovered: false,
        }
    }

    pub(super) fn ended(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self.elapsed = self.started.elapsed();
        self
    }
}
