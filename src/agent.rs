//! The loop: ask the model, run the tools it asked for, feed the results back, until it answers or
//! a limit says stop.
//!
//! It knows no provider, no terminal and no disk. Model, tools, events and cancellation are given.

mod dispatch;
mod limits;
mod report;
mod window;

use tokio_util::sync::CancellationToken;

use crate::conversation::Conversation;
use crate::event::{Event, Events};
use crate::message::StopReason;
use crate::model::{Model, ModelError};
use crate::tool::{ToolContext, ToolSet};

pub use limits::{Limit, Limits};
pub use report::{CallRecord, Outcome, RunReport};
pub use window::{Shortened, shorten};

/// A card made runnable, without its prompt: that is the first message of the conversation.
pub struct Agent {
    /// Who replies.
    pub model: Box<dyn Model>,
    /// What it may call.
    pub tools: ToolSet,
    /// When to stop.
    pub limits: Limits,
}

/// Runs the agent on a conversation whose last message is the person's, until it answers.
///
/// Whatever happens, the conversation is valid afterwards: every call in it is answered. A reply
/// that failed is not in it.
pub async fn run(
    agent: &mut Agent,
    conversation: &mut Conversation,
    events: &Events,
    cancel: &CancellationToken,
) -> RunReport {
    let mut report = RunReport::new(agent.model.name().to_owned());
    let limits = agent.limits;
    let outcome = tokio::select! {
        biased;
        () = cancel.cancelled() => Outcome::Interrupted,
        limit = limits.out_of_time() => Outcome::Limit(limit),
        outcome = turns(agent, conversation, events, &mut report) => outcome,
    };
    conversation.answer_open_calls("This call was not finished: the run was stopped.");
    // Another model may have taken the first one's place.
    agent.model.name().clone_into(&mut report.model);
    report.ended(outcome)
}

async fn turns(
    agent: &mut Agent,
    conversation: &mut Conversation,
    events: &Events,
    report: &mut RunReport,
) -> Outcome {
    loop {
        if let Some(limit) = agent.limits.reached(report) {
            return Outcome::Limit(limit);
        }
        report.turns += 1;
        events.send(Event::TurnStarted { turn: report.turns });
        let reply = match window::ask(agent, conversation, events, report).await {
            Ok(reply) => reply,
            Err(error) => return Outcome::Failed(error),
        };
        report.usage += reply.usage;
        events.send(Event::ReplyEnded { usage: reply.usage });
        let calls = reply.message.tool_calls.clone();
        report.answer.clone_from(&reply.message.content);
        conversation.push_reply(reply.message);
        if reply.usage.input_tokens > 0 {
            conversation.note_tokens(reply.usage.input_tokens + reply.usage.output_tokens);
        }
        if calls.is_empty() {
            return answered(&reply.stop);
        }
        let context = ToolContext { events: events.clone(), foreign: conversation.foreign() };
        for dispatched in dispatch::dispatch(&agent.tools, calls, &context).await {
            conversation.push_result(dispatched.message);
            if let Some(text) = dispatched.foreign {
                conversation.note_foreign(text);
            }
            report.calls.push(dispatched.record);
        }
    }
}

fn answered(stop: &StopReason) -> Outcome {
    match stop {
        StopReason::Done | StopReason::Other(_) => Outcome::Answered,
        StopReason::Length => Outcome::Limit(Limit::ReplyLength),
        StopReason::Filtered => Outcome::Failed(ModelError::filtered()),
    }
}
