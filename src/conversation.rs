//! The ordered messages of a conversation, and the one rule they obey: every tool call is answered
//! before the next message.
//!
//! It knows no model and no disk.

use std::sync::Arc;

use crate::message::{AssistantMessage, Message, ToolMessage};

/// An append-only list of messages.
///
/// Messages are shared, so that a model can recognize by pointer what it has already encoded and
/// send the earlier part byte for byte as before.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    messages: Vec<Arc<Message>>,
}

impl Conversation {
    /// Starts a conversation with a system prompt.
    pub fn new(system_prompt: String) -> Self {
        let mut conversation = Self::default();
        if !system_prompt.is_empty() {
            conversation.push(Message::System { content: system_prompt });
        }
        conversation
    }

    /// The messages, oldest first.
    pub fn messages(&self) -> &[Arc<Message>] {
        &self.messages
    }

    /// Appends what the person said.
    pub fn push_user(&mut self, content: String) {
        self.push(Message::User { content });
    }

    /// Appends a reply. Calls in it must be answered with [`Self::push_results`].
    pub fn push_reply(&mut self, message: AssistantMessage) {
        self.push(Message::Assistant(message));
    }

    /// Appends the results of a reply's calls, one for each call and in their order.
    pub fn push_results(&mut self, results: impl IntoIterator<Item = ToolMessage>) {
        self.messages.extend(results.into_iter().map(|result| Arc::new(Message::Tool(result))));
    }

    fn push(&mut self, message: Message) {
        self.messages.push(Arc::new(message));
    }
}
