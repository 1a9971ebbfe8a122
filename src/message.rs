//! The messages of a conversation and what a model's reply is made of.
//!
//! Plain values: nothing here knows a wire format, a terminal or a disk.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// One entry of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// The card's instruction.
    System {
        /// The prompt text.
        content: String,
    },
    /// What the person said.
    User {
        /// The text, as typed.
        content: String,
    },
    /// What the model replied.
    Assistant(AssistantMessage),
    /// What one tool call came back with.
    Tool(ToolMessage),
}

/// A model's reply, as the conversation keeps it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AssistantMessage {
    /// The visible text; empty when the model only called tools.
    pub content: String,
    /// The chain of thought, kept because gpt-oss needs it back while it is calling tools
    /// (the harmony format description, "Handling reasoning output").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Reasoning>,
    /// The tool calls it asked for, in the order it asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
}

/// Reasoning text and the wire field it came in, since it must go back under the same name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reasoning {
    /// Which field of the provider's message carried it.
    pub field: ReasoningField,
    /// The text.
    pub text: String,
    /// `reasoning_details`, which only `OpenRouter` sends: its blocks, some of them signed or
    /// encrypted, which it wants back as they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Value>,
}

/// The names under which providers send reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasoningField {
    /// `reasoning`: Groq, the Hugging Face router, Ollama, `vLLM`, Cerebras, `OpenRouter`.
    Reasoning,
    /// `reasoning_content`: llama.cpp, Fireworks, older `vLLM`.
    ReasoningContent,
    /// `reasoning_text`: a few proxies.
    ReasoningText,
}

/// One tool call a model asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Unique within the conversation.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// What the model wrote as arguments.
    pub arguments: Arguments,
}

/// A tool call's arguments: an object, or the text that could not be read as one.
///
/// The text is kept only so that the model can be told what was wrong; what is sent back to a
/// provider is always valid JSON, because providers refuse a conversation that holds anything else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Arguments {
    /// A JSON object.
    Object(Map<String, Value>),
    /// Text that is no JSON object.
    Malformed(String),
}

/// The result of one tool call, as the conversation keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolMessage {
    /// The call it answers.
    pub call_id: String,
    /// The tool's name.
    pub name: String,
    /// What the model reads.
    pub content: String,
}

/// Tokens a run used, as the provider counted them.
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: u64,
    /// Of those, tokens the provider had cached.
    pub cached_tokens: u64,
    /// Tokens written, reasoning included.
    pub output_tokens: u64,
    /// Of those, reasoning tokens, where the provider says.
    pub reasoning_tokens: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens += other.input_tokens;
        self.cached_tokens += other.cached_tokens;
        self.output_tokens += other.output_tokens;
        self.reasoning_tokens += other.reasoning_tokens;
    }
}

/// A whole reply: the message, its usage and why the model stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What goes into the conversation.
    pub message: AssistantMessage,
    /// Tokens of this one request; zero where the provider does not say.
    pub usage: Usage,
    /// Why it ended. Whether tools are to run is decided by the calls, never by this.
    pub stop: StopReason,
    /// The ids of the calls that were recovered from what the model wrote: a server that should
    /// have sent them as calls left them in a text.
    pub recovered: Vec<String>,
}

/// Why a reply ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The model was done, or wants its tools run.
    Done,
    /// The token limit cut the reply off: a call in it may be half-written.
    Length,
    /// The provider's filter stopped it.
    Filtered,
    /// A reason we do not know, kept as written.
    Other(String),
}

/// What a tool tells the model about itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolSpec {
    /// The name the model calls.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// JSON Schema of the arguments, always of type `object`.
    pub parameters: Schema,
}

/// A JSON Schema: the text that every request shows, and the tree for those who look into it.
///
/// The tree is made when it is first asked for: at a cold start, making and dropping it takes as
/// long as encoding the whole prompt.
#[derive(Clone)]
pub struct Schema(Arc<SchemaParts>);

struct SchemaParts {
    text: Cow<'static, str>,
    tree: OnceLock<Value>,
}

impl Schema {
    /// The schema that is written here, as compact JSON.
    pub fn written(text: &'static str) -> Self {
        Self(Arc::new(SchemaParts { text: Cow::Borrowed(text), tree: OnceLock::new() }))
    }

    /// The schema as JSON.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The schema as a tree; null if its text is none.
    pub fn tree(&self) -> &Value {
        self.0.tree.get_or_init(|| serde_json::from_str(self.text()).unwrap_or_default())
    }
}

impl From<Value> for Schema {
    fn from(tree: Value) -> Self {
        let text = Cow::Owned(tree.to_string());
        Self(Arc::new(SchemaParts { text, tree: tree.into() }))
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.text() == other.text()
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text: &RawValue = serde_json::from_str(self.text()).map_err(S::Error::custom)?;
        text.serialize(serializer)
    }
}
