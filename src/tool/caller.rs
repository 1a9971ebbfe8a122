//! The conversation a call is made in, for tools that are agents themselves.
//!
//! It does not know what they do with it.

use std::sync::{Arc, OnceLock};

use crate::conversation::Asides;
use crate::message::Message;

/// The conversation a call is made in: what was said before the reply that makes the call.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The messages, oldest first.
    pub messages: Arc<[Arc<Message>]>,
    /// What agents that were called before remember.
    pub asides: Arc<Asides>,
}

/// What a call leaves in the conversation it is made in, besides its result.
#[derive(Debug, Clone, PartialEq)]
pub struct Left {
    /// Who is to read it.
    pub reader: Reader,
    /// What was said in the call.
    pub messages: Vec<Arc<Message>>,
}

/// Who reads what was said in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// Whoever made the call.
    Caller,
    /// The agent of this name, when it is called again.
    Agent(String),
}

/// The place where a call leaves something. Clones are the same place.
#[derive(Debug, Clone, Default)]
pub struct Leavings(Arc<OnceLock<Left>>);

impl Leavings {
    /// Leaves something. A call does so once.
    pub fn leave(&self, left: Left) {
        // Only the first counts.
        let _first = self.0.set(left);
    }

    /// What was left.
    pub fn left(&self) -> Option<&Left> {
        self.0.get()
    }
}

impl Caller {
    /// The caller's system prompt, if it has one.
    pub fn system_prompt(&self) -> Option<&Arc<Message>> {
        self.messages.first().filter(|message| matches!(***message, Message::System { .. }))
    }

    /// What the person said last.
    pub fn question(&self) -> Option<&str> {
        self.messages.iter().rev().find_map(|message| match &**message {
            Message::User { content } => Some(content.as_str()),
            Message::System { .. } | Message::Assistant(_) | Message::Tool(_) => None,
        })
    }
}
