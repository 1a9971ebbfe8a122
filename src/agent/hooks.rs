//! The moments of a run at which something else may look on, and may change the calls of a reply.
//!
//! It does not know what looks on. What goes wrong there ends no run.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::conversation::Conversation;
use crate::event::{Event, Events};
use crate::message::{AssistantMessage, Message, ToolCall};

/// A moment of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The model is about to be asked.
    BeforeModel,
    /// It replied.
    AfterModel,
    /// The calls of its reply are about to be made.
    BeforeCalls,
    /// They all came back.
    AfterCalls,
    /// It answered.
    Answered,
}

/// Something that looks on.
pub trait Hooks: Send + Sync {
    /// Whether it cares for a moment.
    fn watches(&self, moment: Moment) -> bool;

    /// Looks on. `messages` are those of the conversation, the last one being what the moment is
    /// about. Returns the calls of that message as they are to be made, or what went wrong.
    fn look<'a>(
        &'a self,
        moment: Moment,
        messages: &'a [Arc<Message>],
        events: &'a Events,
    ) -> BoxFuture<'a, Result<Vec<ToolCall>, String>>;
}

/// Lets hooks look at the end of a conversation, at which nothing can be changed any more.
pub(super) async fn look_on(
    hooks: Option<&dyn Hooks>,
    moment: Moment,
    conversation: &Conversation,
    events: &Events,
) {
    let Some(hooks) = hooks.filter(|hooks| hooks.watches(moment)) else { return };
    if let Err(error) = hooks.look(moment, conversation.messages(), events).await {
        warn(moment, &error, events);
    }
}

/// Lets hooks change the calls of a reply. Returns why none of them may be made, if that is so.
pub(super) async fn look_at_reply(
    hooks: Option<&dyn Hooks>,
    conversation: &Conversation,
    reply: &mut AssistantMessage,
    events: &Events,
) -> Option<String> {
    let hooks = hooks?;
    for moment in [Moment::AfterModel, Moment::BeforeCalls] {
        let is_due = moment == Moment::AfterModel || !reply.tool_calls.is_empty();
        if !is_due || !hooks.watches(moment) {
            continue;
        }
        let mut messages = conversation.messages().to_vec();
        messages.push(Arc::new(Message::Assistant(reply.clone())));
        match hooks.look(moment, &messages, events).await {
            Ok(calls) => reply.tool_calls = calls,
            // There is no call that could be told.
            Err(error) if reply.tool_calls.is_empty() => warn(moment, &error, events),
            Err(error) => {
                let phase = moment.phase();
                return Some(format!("Tool hook or execution failed during {phase}: {error}"));
            }
        }
    }
    None
}

fn warn(moment: Moment, error: &str, events: &Events) {
    events.send(Event::Warning(format!("a hook failed {}: {error}", moment.words())));
}

impl Moment {
    /// The name cards have for it, which is told the model.
    pub const fn phase(self) -> &'static str {
        match self {
            Self::BeforeModel => "before_llm_call",
            Self::AfterModel => "after_llm_call",
            Self::BeforeCalls => "before_tool_call",
            Self::AfterCalls => "after_tool_call",
            Self::Answered => "after_turn_complete",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::BeforeModel => "before the model was asked",
            Self::AfterModel => "after its reply",
            Self::BeforeCalls => "before the calls",
            Self::AfterCalls => "after the calls",
            Self::Answered => "after the answer",
        }
    }
}
