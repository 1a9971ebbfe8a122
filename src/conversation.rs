//! The ordered messages of a conversation, and the one rule they obey: every tool call is answered
//! before the next message.
//!
//! It knows no model and no disk.

use std::sync::Arc;

use crate::message::{AssistantMessage, Message, ToolCall, ToolMessage};

/// An append-only list of messages.
///
/// Messages are shared, so that a model can recognize by pointer what it has already encoded and
/// send the earlier part byte for byte as before.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    messages: Vec<Arc<Message>>,
    foreign: Option<Arc<str>>,
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

    /// Appends a reply. Calls in it must be answered with [`Self::push_result`].
    pub fn push_reply(&mut self, message: AssistantMessage) {
        self.push(Message::Assistant(message));
    }

    /// Appends the result of one call. Results stand in the order of the calls.
    pub fn push_result(&mut self, result: ToolMessage) {
        self.push(Message::Tool(result));
    }

    /// Takes the person's last message and all that came after it out, and returns what they said.
    pub fn take_back(&mut self) -> Option<String> {
        let last = self.messages.iter().rposition(|m| matches!(**m, Message::User { .. }))?;
        let said = match &*self.messages[last] {
            Message::User { content } => content.clone(),
            Message::System { .. } | Message::Assistant(_) | Message::Tool(_) => return None,
        };
        self.messages.truncate(last);
        Some(said)
    }

    /// Puts another system prompt in the place of the one it has.
    pub fn replace_system_prompt(&mut self, system_prompt: String) {
        self.messages.retain(|message| !matches!(**message, Message::System { .. }));
        let mut messages = Self::new(system_prompt).messages;
        messages.append(&mut self.messages);
        self.messages = messages;
    }

    /// A piece of the last result that held text other people wrote, if there was such a result.
    ///
    /// Whoever approves a write should know that the model may be acting on somebody else's words.
    pub fn foreign(&self) -> Option<Arc<str>> {
        self.foreign.clone()
    }

    /// Remembers that the conversation now holds this piece of what other people wrote.
    pub fn note_foreign(&mut self, text: String) {
        self.foreign = Some(text.into());
    }

    /// Gives every call that has no result yet this text for one, so that the conversation may go
    /// on: providers refuse a call without a result.
    pub fn answer_open_calls(&mut self, content: &str) {
        let mut open: Vec<ToolCall> = Vec::new();
        for message in &self.messages {
            match &**message {
                Message::Assistant(reply) => open.extend(reply.tool_calls.iter().cloned()),
                Message::Tool(result) => open.retain(|call| call.id != result.call_id),
                Message::System { .. } | Message::User { .. } => {}
            }
        }
        for ToolCall { id, name, .. } in open {
            self.push_result(ToolMessage { call_id: id, name, content: content.to_owned() });
        }
    }

    fn push(&mut self, message: Message) {
        self.messages.push(Arc::new(message));
    }
}
