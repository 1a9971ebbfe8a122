//! How large messages are.
//!
//! It counts bytes of text. How a provider writes them down it does not know.

use std::sync::Arc;

use serde_json::Value;

use crate::message::{Arguments, Message};

/// How many bytes of text a model reads of these messages.
pub fn weigh(messages: &[Arc<Message>]) -> usize {
    messages.iter().map(|message| weight(message)).sum()
}

/// How many bytes of text a model reads of a message.
pub(super) fn weight(message: &Message) -> usize {
    match message {
        Message::System { content } | Message::User { content } => content.len(),
        Message::Tool(result) => result.content.len(),
        Message::Assistant(reply) => {
            let calls = reply.tool_calls.iter().map(|call| {
                let arguments = match &call.arguments {
                    Arguments::Object(object) => Value::Object(object.clone()).to_string().len(),
                    Arguments::Malformed(text) => text.len(),
                };
                call.id.len() + call.name.len() + arguments
            });
            // Reasoning goes back only with the calls it led to.
            let reasoning = reply.reasoning.as_ref().filter(|_| !reply.tool_calls.is_empty());
            let reasoning = reasoning.map_or(0, |reasoning| {
                let blocks = reasoning.details.iter().map(|block| block.to_string().len());
                blocks.sum::<usize>().max(reasoning.text.len())
            });
            calls.sum::<usize>() + reply.content.len() + reasoning
        }
    }
}
