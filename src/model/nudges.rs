//! Asking for one reply again in other words, and how often.
//!
//! What makes a reply unusable is judged elsewhere.

use std::cmp::Ordering;

use super::fault::Fault;
use super::repair::{Misstep, Nudge, Repair};
use crate::message::{Message, Reply, Usage};

/// How often one reply is asked for again in other words.
const MOST_NUDGES: usize = 2;

/// What was added to the conversation for one reply, and what that cost.
#[derive(Default)]
pub(super) struct Nudges {
    messages: Vec<Message>,
    count: usize,
    usage: Usage,
}

impl Nudges {
    /// Prepares another request, if there is to be one.
    pub(super) fn add(&mut self, nudge: Nudge) -> Result<Repair, Fault> {
        self.count += 1;
        self.usage += nudge.usage;
        match self.count.cmp(&(MOST_NUDGES + 1)) {
            Ordering::Less => {
                self.messages.push(Message::Assistant(nudge.said));
                self.messages.push(Message::User { content: nudge.ask });
            }
            // What its provider refuses, a model often gets right in another attempt at the same.
            Ordering::Equal if nudge.kind == Misstep::ToolUseFailed => self.messages.clear(),
            Ordering::Equal | Ordering::Greater => return Err(Fault::Unusable(nudge.verdict())),
        }
        Ok(Repair::new(nudge.kind.word(), nudge.problem))
    }

    /// What the next request holds behind the conversation.
    pub(super) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Adds what the unusable replies cost.
    pub(super) fn charge(&self, mut reply: Reply) -> Reply {
        reply.usage += self.usage;
        reply
    }
}
