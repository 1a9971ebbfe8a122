//! What a tool is: a spec the model reads, and a call that either answers or proposes a write.
//!
//! A tool never performs a write on its own: it returns a [`WritePlan`], and only a plan that the
//! tool set's approver let through comes back to it as [`Approved`]. It knows no session, no
//! terminal and no other tool.

pub mod approve;
mod arguments;
mod caller;
mod clip;
mod directory;
pub mod files;
pub mod http;
pub mod hub;
pub mod human_input;
pub mod mcp;
pub mod python;
pub mod question;
pub mod set;
pub mod shell;
pub mod skill;
pub mod slash_command;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::event::{Events, Showing};
use crate::message::{ToolSpec, Usage};

pub use approve::{Approved, Approver, Pending, Verdict, WriteClass, WritePlan};
pub use caller::{Caller, Leavings, Left, Reader};
pub use directory::WorkingDirectory;
pub use question::Questions;
pub use set::ToolSet;

/// Something a model can call.
pub trait Tool: Send + Sync {
    /// What the model is told about it.
    fn spec(&self) -> &ToolSpec;

    /// The name it had before, which models and hooks may still know.
    fn former_name(&self) -> Option<&'static str> {
        None
    }

    /// Which of its arguments is code, if one is.
    fn code(&self) -> Option<&CodeArgument> {
        None
    }

    /// How its calls in one turn go.
    fn order(&self) -> Order {
        Order::SideBySide
    }

    /// Whether it wants to know the conversation its calls are made in.
    fn listens(&self) -> bool {
        false
    }

    /// How many calls of it and of tools like it are shown to a person for each reply, if not all.
    fn most_shown(&self) -> Option<u32> {
        None
    }

    /// Answers a call, or proposes the write it asks for. It changes nothing anywhere.
    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>>;

    /// Proposes a write once more: the body may be another by now, or what it replaces. Only tools
    /// that return [`Step::Write`] need it. It changes nothing anywhere.
    fn plan_again<'a>(
        &'a self,
        plan: WritePlan,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<WritePlan, ToolError>> {
        let _ = context;
        Box::pin(async move { Err(ToolError::new(format!("{} makes no writes", plan.tool()))) })
    }

    /// Performs a write this tool proposed. Only tools that return [`Step::Write`] need it. It fails
    /// where nothing was sent.
    fn write<'a>(
        &'a self,
        approved: Approved,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Written, ToolError>> {
        let _ = context;
        Box::pin(async move {
            Err(ToolError::new(format!("{} makes no writes", approved.plan().tool())))
        })
    }
}

/// Tools that are known only while something runs, and that may become others meanwhile.
pub trait Supply: Send + Sync {
    /// The tools there are now, after whatever has to run for them was started: the same list, until
    /// something changes. What cannot be had is reported, and its tools are missing.
    fn tools<'a>(&'a self, events: &'a Events) -> BoxFuture<'a, Arc<[Arc<dyn Tool>]>>;

    /// Why there is no tool of this name, if it would come from here; the model reads it.
    fn lack(&self, name: &str) -> Option<String>;
}

/// How the calls of one turn go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// All at once.
    SideBySide,
    /// Each after those before it that are of this kind: it may need what they made, as a command
    /// that runs a file needs the call that writes it.
    InTurn,
}

/// The argument of a tool that people want to see as code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeArgument {
    /// Its name: `code`.
    pub name: String,
    /// The language it is in: `python`.
    pub language: String,
}

/// What a tool may use besides its arguments. A call is cancelled by dropping its future.
#[derive(Debug, Clone)]
pub struct ToolContext {
    /// Where retries and warnings are reported.
    pub events: Events,
    /// What the conversation last read that other people wrote; whoever says yes should know.
    pub foreign: Option<Arc<str>>,
    /// Where the call comes from; whoever says yes should know.
    pub origin: CallOrigin,
    /// How it is shown to a person.
    pub showing: Showing,
    /// Where questions to the person go.
    pub questions: Questions,
    /// What models used in its course.
    pub meter: Meter,
    /// The conversation it is made in, if a tool of the agent listens.
    pub caller: Caller,
    /// Where it leaves what is to be read later on.
    pub leavings: Leavings,
}

/// Adds up the tokens that models use in the course of calls. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Usage>>);

impl Meter {
    /// Adds what was used.
    pub fn add(&self, usage: Usage) {
        *self.lock() += usage;
    }

    /// What was used since this was last asked.
    pub fn take(&self) -> Usage {
        std::mem::take(&mut self.lock())
    }

    /// Nothing that holds the lock can panic.
    fn lock(&self) -> MutexGuard<'_, Usage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a call came from a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CallOrigin {
    /// As a call.
    #[default]
    Sent,
    /// It was recovered from what the model wrote, so that it may not have been meant as a call.
    Recovered,
}

impl ToolContext {
    /// The context of a call that reports here, where nothing is known against it.
    pub fn new(events: Events) -> Self {
        Self {
            events,
            foreign: None,
            origin: CallOrigin::Sent,
            showing: Showing::Alone,
            questions: Questions::default(),
            meter: Meter::default(),
            caller: Caller::default(),
            leavings: Leavings::default(),
        }
    }
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// It is answered.
    Done(ToolOutput),
    /// It asks for a write, which needs a yes first.
    Write(Box<WritePlan>),
}

/// A call's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolOutput {
    /// What the model reads.
    pub content: String,
    /// One line for people: `200, 20 of 46 shown`.
    pub summary: String,
    /// Whether the model reads of a success.
    pub kind: OutputKind,
    /// A piece of the text in it that other people wrote: a title, a comment, a bio.
    pub foreign: Option<String>,
}

/// A write that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The call's result.
    pub output: ToolOutput,
    /// Whether it changed anything.
    pub effect: WriteEffect,
}

/// Whether a write changed anything.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteEffect {
    /// It did.
    Done {
        /// The status the server answered with; none where it was no server, or its answer was lost
        /// and a look showed that it worked.
        status: Option<u16>,
        /// What it answered, whole; the record keeps of it what undoing needs.
        answer: Value,
    },
    /// It did not: it was refused.
    Nothing,
    /// Nobody knows: the answer was lost.
    Unknown,
}

/// Whether a result is a success or a failure the model can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputKind {
    /// The call did what was asked.
    Success,
    /// It failed, and the content says why.
    Failure,
}

/// A failure for the model to read: what was wrong with the call and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ToolError {
    /// The text, as the model reads it.
    pub message: String,
}

impl ToolError {
    /// Wraps a text for the model.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}
