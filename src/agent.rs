//! The loop: ask the model, run the tools it asked for, feed the results back, until it answers or
//! a limit says stop.
//!
//! It knows no provider, no terminal and no disk. Model, tools, events and cancellation are given.

mod dispatch;
mod hooks;
mod limits;
mod repeats;
mod report;
mod structured;
mod window;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::conversation::Conversation;
use crate::event::{CallStatus, Event, Events};
use crate::message::{AssistantMessage, Message, Reply, StopReason, Usage};
use crate::model::{Model, ModelError};
use crate::schema::Schema;
use crate::tool::{Caller, Leavings, Left, Meter, Reader, ToolContext, ToolSet};
use repeats::Repeats;

pub use hooks::{Hooks, Moment};
pub use limits::{Limit, Limits};
pub use repeats::Stuck;
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
    /// What it does with what tools bring.
    pub manner: Manner,
    /// What looks on.
    pub hooks: Option<Arc<dyn Hooks>>,
    /// What the answer has to fit, if it is to be a JSON document.
    pub answer_schema: Option<Arc<Schema>>,
}

/// What an agent does with the results of its calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// Who they are for.
    pub results: Results,
    /// What becomes of them once the run has answered.
    pub afterwards: Afterwards,
}

/// What becomes of the results of calls once a run has answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Afterwards {
    /// They stay.
    #[default]
    Kept,
    /// They are dropped, and the answer stays.
    Dropped,
}

/// Who the results of calls are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Results {
    /// The model reads them and answers.
    #[default]
    Read,
    /// Those that are no failures are the answer.
    Answer,
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
    let meter = Meter::default();
    let outcome = tokio::select! {
        biased;
        () = cancel.cancelled() => Outcome::Interrupted,
        limit = limits.out_of_time() => Outcome::Limit(limit),
        outcome = answer(agent, conversation, (events, &meter), &mut report) => outcome,
    };
    conversation.answer_open_calls("This call was not finished: the run was stopped.");
    if outcome == Outcome::Answered && agent.manner.afterwards == Afterwards::Dropped {
        conversation.drop_results();
    }
    report.usage += meter.take();
    // Another model may have taken the first one's place.
    agent.model.name().clone_into(&mut report.model);
    report.ended(outcome)
}

async fn answer(
    agent: &mut Agent,
    conversation: &mut Conversation,
    (events, meter): (&Events, &Meter),
    report: &mut RunReport,
) -> Outcome {
    let answered = match turns(agent, conversation, (events, meter), report).await {
        Ok(()) => structured::answer(agent, conversation, events, report).await,
        Err(outcome) => Err(outcome),
    };
    if answered.is_ok() {
        hooks::look_on(agent.hooks.as_deref(), Moment::Answered, conversation, events).await;
    }
    answered.err().unwrap_or(Outcome::Answered)
}

/// Takes turns until the model answers; otherwise, how the run ends.
async fn turns(
    agent: &mut Agent,
    conversation: &mut Conversation,
    (events, meter): (&Events, &Meter),
    report: &mut RunReport,
) -> Result<(), Outcome> {
    let mut repeats = Repeats::default();
    loop {
        hooks::look_on(agent.hooks.as_deref(), Moment::BeforeModel, conversation, events).await;
        let mut reply = ask(agent, conversation, Wanted::Reply, events, report).await?;
        let refused =
            hooks::look_at_reply(agent.hooks.as_deref(), conversation, &mut reply.message, events)
                .await;
        agent.tools.rename(&mut reply.message.tool_calls);
        let calls = reply.message.tool_calls.clone();
        keep(conversation, reply.message, reply.usage);
        if calls.is_empty() {
            return whole(&reply.stop);
        }
        if let Some(limit) = agent.limits.reached_by_calls(report) {
            return Err(Outcome::Limit(limit));
        }
        let context = ToolContext {
            foreign: conversation.foreign(),
            meter: meter.clone(),
            caller: caller(conversation, &agent.tools),
            ..ToolContext::new(events.clone())
        };
        let mut stuck = None;
        let first = report.calls.len();
        let results = match refused {
            None => dispatch::dispatch(&agent.tools, calls, &reply.recovered, &context).await,
            Some(why) => dispatch::refuse(calls, &why),
        };
        for mut dispatched in results {
            stuck = stuck.or(repeats.after(&mut dispatched, &agent.tools));
            conversation.push_result(dispatched.message);
            if let Some(text) = dispatched.foreign {
                conversation.note_foreign(text);
            }
            take_in(conversation, &dispatched.leavings);
            report.calls.push(dispatched.record);
        }
        report.usage += meter.take();
        hooks::look_on(agent.hooks.as_deref(), Moment::AfterCalls, conversation, events).await;
        if let Some(stuck) = stuck {
            return Err(Outcome::Stuck(stuck));
        }
        let succeeded = report.calls[first..].iter().all(|call| call.status == CallStatus::Ok);
        if agent.manner.results == Results::Answer && succeeded {
            pass_through(conversation, events, report);
            return Ok(());
        }
    }
}

/// What was said before the reply that ends a conversation, if a tool listens.
fn caller(conversation: &Conversation, tools: &ToolSet) -> Caller {
    let before = conversation.messages().split_last().map(|(_, before)| before);
    match before.filter(|_| tools.listens()) {
        Some(before) => Caller { messages: before.into(), asides: conversation.asides() },
        None => Caller::default(),
    }
}

/// Takes in what a call left.
fn take_in(conversation: &mut Conversation, leavings: &Leavings) {
    match leavings.left() {
        Some(Left { reader: Reader::Caller, messages }) => {
            conversation.insert_before_question(messages);
        }
        Some(Left { reader: Reader::Agent(name), messages }) => {
            conversation.remember(name.clone(), messages);
        }
        None => {}
    }
}

/// Makes the results at the end of a conversation the answer.
fn pass_through(conversation: &mut Conversation, events: &Events, report: &mut RunReport) {
    let last = conversation.messages().iter().rev();
    let results = last.map_while(|message| match &**message {
        Message::Tool(result) => Some(result.content.as_str()),
        Message::System { .. } | Message::User { .. } | Message::Assistant(_) => None,
    });
    let mut results: Vec<&str> = results.collect();
    results.reverse();
    report.answer = results.join("\n");
    events.send(Event::Text(report.answer.clone()));
    let content = report.answer.clone();
    conversation.push_reply(AssistantMessage { content, ..AssistantMessage::default() });
}

/// What the model is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Text, or calls of its tools.
    Reply,
    /// A document that fits the schema.
    Document,
}

/// One request, unless a limit forbids it.
async fn ask(
    agent: &mut Agent,
    conversation: &mut Conversation,
    wanted: Wanted,
    events: &Events,
    report: &mut RunReport,
) -> Result<Reply, Outcome> {
    if let Some(limit) = agent.limits.reached(report) {
        return Err(Outcome::Limit(limit));
    }
    report.turns += 1;
    events.send(Event::TurnStarted { turn: report.turns });
    agent.tools.refresh(events).await;
    let reply = window::ask(agent, conversation, wanted, events, report).await;
    let reply = reply.map_err(Outcome::Failed)?;
    report.usage += reply.usage;
    events.send(Event::ReplyEnded { usage: reply.usage });
    report.answer.clone_from(&reply.message.content);
    Ok(reply)
}

fn keep(conversation: &mut Conversation, message: AssistantMessage, usage: Usage) {
    conversation.push_reply(message);
    if usage.input_tokens > 0 {
        conversation.note_tokens(usage.input_tokens + usage.output_tokens);
    }
}

/// Whether the last reply is all of the answer.
fn whole(stop: &StopReason) -> Result<(), Outcome> {
    match stop {
        StopReason::Done | StopReason::Other(_) => Ok(()),
        StopReason::Length => Err(Outcome::Limit(Limit::ReplyLength)),
        StopReason::Filtered => Err(Outcome::Failed(ModelError::filtered())),
    }
}
