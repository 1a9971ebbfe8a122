//! Built-in models: somebody other than a language model writes the replies.
//!
//! What an [`Author`] writes takes the same way as a provider's stream: wire chunks, assembler,
//! reply. Nothing about the loop is special for them.

use serde_json::{Map, Value};

use super::Prompt;

/// Writes the replies of a built-in model.
pub trait Author: Send {
    /// The next reply to this conversation.
    fn next(&mut self, prompt: Prompt<'_>) -> ScriptedReply;
}

/// A reply as its author writes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScriptedReply {
    /// Chain of thought, if any.
    pub reasoning: String,
    /// The visible text.
    pub content: String,
    /// Tool calls: name and arguments.
    pub calls: Vec<(String, Map<String, Value>)>,
}
