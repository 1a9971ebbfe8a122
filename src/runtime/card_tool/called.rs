//! A run inside another agent's call, and what the caller reads of it.
//!
//! It does not know who is called, nor why.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::agent::{self, Agent, Limit, Outcome, RunReport, Stuck};
use crate::conversation::{Change, Conversation};
use crate::message::Message;
use crate::tool::{OutputKind, ToolContext, ToolError, ToolOutput};

/// A run that is about to begin.
pub(super) struct Called {
    /// Who runs, as its caller knows it.
    pub(super) name: String,
    /// Who runs, as its calls are shown: `researcher[2]`.
    pub(super) shown: String,
    pub(super) agent: Agent,
    /// What it has read when it is told; calls in it are answered.
    pub(super) conversation: Conversation,
    /// What it is told.
    pub(super) message: String,
}

impl Called {
    /// Runs until it ends, and returns what was said, too. Whoever cancels the caller drops this, and
    /// the run with it.
    pub(super) async fn run(mut self, context: &ToolContext) -> Result<Ended, ToolError> {
        let mut conversation = self.conversation;
        if let Some(foreign) = &context.foreign {
            conversation.apply(Change::Foreign(Arc::clone(foreign)));
        }
        conversation.push_user(self.message);
        let told = conversation.messages().last().cloned();
        let events = context.events.inside(&self.shown, context.showing);
        let never = CancellationToken::new();
        let report = agent::run(&mut self.agent, &mut conversation, &events, &never).await;
        context.meter.add(report.usage);
        let foreign = conversation.foreign().map(|foreign| foreign.to_string());
        let output = outcome(&self.name, report)?;
        Ok(Ended {
            said: since(told.as_ref(), &conversation),
            output: ToolOutput { foreign, ..output },
        })
    }
}

/// A run that came to something.
pub(super) struct Ended {
    /// What the caller reads.
    pub(super) output: ToolOutput,
    /// What was said, beginning with what the agent was told.
    pub(super) said: Vec<Arc<Message>>,
}

/// A message of a conversation and all that came after it. What came before it may have been made
/// shorter meanwhile.
fn since(first: Option<&Arc<Message>>, conversation: &Conversation) -> Vec<Arc<Message>> {
    let messages = conversation.messages();
    let is_first = |message: &Arc<Message>| first.is_some_and(|it| Arc::ptr_eq(it, message));
    let start = messages.iter().rposition(is_first).unwrap_or(messages.len());
    messages[start..].to_vec()
}

/// What the caller reads of a run.
fn outcome(name: &str, report: RunReport) -> Result<ToolOutput, ToolError> {
    let failed = |why: String| Err(ToolError::new(format!("The agent `{name}` {why}.")));
    let summary = match (report.turns, report.calls.len()) {
        (1, 0) => "1 turn".to_owned(),
        (turns, 1) => format!("{turns} turns, 1 call"),
        (turns, calls) => format!("{turns} turns, {calls} calls"),
    };
    let output = |content: String, kind| Ok(ToolOutput { content, summary, kind, foreign: None });
    match report.outcome {
        Outcome::Answered => output(report.answer, OutputKind::Success),
        Outcome::Limit(Limit::ReplyLength) => {
            let note = format!("[The answer of `{name}` was cut off at its length limit.]");
            output(format!("{}\n{note}", report.answer), OutputKind::Failure)
        }
        Outcome::Limit(Limit::Turns(turns)) => {
            failed(format!("was stopped after {turns} model requests, before it answered"))
        }
        Outcome::Limit(Limit::Calls(calls)) => {
            failed(format!("was stopped after {calls} tool calls, before it answered"))
        }
        Outcome::Limit(Limit::Tokens(tokens)) => {
            failed(format!("was stopped after {tokens} tokens, before it answered"))
        }
        Outcome::Limit(Limit::Time(time)) => {
            failed(format!("was stopped after {} s, before it answered", time.as_secs_f32()))
        }
        Outcome::Stuck(Stuck::UnknownTools(tool) | Stuck::SameCall(tool)) => {
            failed(format!("went round in circles, calling `{tool}`"))
        }
        Outcome::Failed(error) => failed(format!("failed: {error}")),
        Outcome::Unfit(_) => failed("did not answer in the form it has to".to_owned()),
        Outcome::Interrupted => failed("was stopped".to_owned()),
    }
}
