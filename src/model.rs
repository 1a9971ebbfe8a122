//! What a model is to the loop: something that is shown a conversation and replies.
//!
//! Wire formats, providers and retries stay below this line; the loop sees messages, events and a
//! typed error.

mod assemble;
mod body;
mod encode;
pub mod endpoint;
pub mod error;
pub mod fallback;
mod fault;
mod listen;
mod nudges;
pub mod openai;
mod options;
#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
mod provider_error;
mod repair;
mod retry;
mod schema;
pub mod scripted;
pub mod settings;
mod sse;
mod transport;
mod wire;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::event::Events;
use crate::message::{Message, Reply, ToolSpec};

pub use error::{ModelError, ModelErrorKind};
pub use openai::OpenAi;
pub use settings::{Delivery, MaxTokens, Params, RetryPolicy, Settings};

/// Something that replies to a conversation.
pub trait Model: Send {
    /// The model as the person knows it: `hf.openai/gpt-oss-20b:groq`.
    fn name(&self) -> &str;

    /// How many tokens it can read and write at once, as far as that is known.
    fn context(&self) -> Option<u64> {
        None
    }

    /// Asks for the next reply. Fragments go out as events while they arrive; the whole reply is
    /// returned. Dropping the future cancels the request.
    fn reply<'a>(
        &'a mut self,
        prompt: Prompt<'a>,
        events: &'a Events,
    ) -> BoxFuture<'a, Result<Reply, ModelError>>;
}

/// What a model is shown.
#[derive(Debug, Clone, Copy)]
pub struct Prompt<'a> {
    /// The conversation so far. It only grows between calls, or is replaced; an implementation may
    /// keep what it encoded for the messages whose pointers are the same.
    pub messages: &'a [Arc<Message>],
    /// The tools on offer; the same slice for the whole life of an agent.
    pub tools: &'a [ToolSpec],
    /// The JSON Schema the reply has to fit, for a prompt without tools: gpt-oss and its providers
    /// do not do both at once. A model that cannot be held to it is only told it by the messages.
    pub schema: Option<&'a Value>,
}

impl<'a> Prompt<'a> {
    /// The ids of the tool calls in the conversation.
    fn call_ids(self) -> impl Iterator<Item = &'a str> {
        let calls = self.messages.iter().flat_map(|message| match &**message {
            Message::Assistant(reply) => reply.tool_calls.as_slice(),
            Message::System { .. } | Message::User { .. } | Message::Tool(_) => &[],
        });
        calls.map(|call| call.id.as_str())
    }
}
