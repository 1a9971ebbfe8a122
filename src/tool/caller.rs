//! The conversation a call is made in, for tools that are agents themselves.
//!
//! It does not know what they do with it.

use std::sync::Arc;

use crate::message::Message;

/// The conversation a call is made in: what was said before the reply that makes the call.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The messages, oldest first.
    pub messages: Arc<[Arc<Message>]>,
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
