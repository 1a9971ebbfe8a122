//! The chat completions API as it is on the wire: the request we write, the chunks we read.
//!
//! Chunks are read leniently, since no two providers agree: a field that is missing, null or of a
//! surprising type never fails the chunk it is in. What the pieces add up to is not known here.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::message::Schema;

/// A chat completion request.
///
/// The messages come last, so that the body of one request is the beginning of the next one's.
#[derive(Debug, Serialize)]
pub(super) struct Request<'a> {
    pub(super) model: &'a str,
    pub(super) stream: bool,
    #[serde(flatten)]
    pub(super) options: Cow<'a, Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tools: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) response_format: Option<ResponseFormat<'a>>,
    #[serde(serialize_with = "in_sequence")]
    pub(super) messages: [&'a [Box<RawValue>]; 2],
}

/// Writes two lists as one.
fn in_sequence<S: Serializer>(
    lists: &[&[Box<RawValue>]; 2],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(lists.iter().copied().flatten())
}

/// The form a reply is held to.
#[derive(Debug, Serialize)]
#[serde(tag = "type", content = "json_schema", rename_all = "snake_case")]
pub(super) enum ResponseFormat<'a> {
    /// `strict` is left out: it takes only schemas in which every property is required.
    JsonSchema { name: &'static str, schema: &'a Value },
}

/// A tool on offer.
#[derive(Debug, Serialize)]
#[serde(tag = "type", content = "function", rename_all = "snake_case")]
pub(super) enum Tool<'a> {
    Function { name: &'a str, description: &'a str, parameters: Schema },
}

/// A message, with the keys strict providers accept and no other: Groq and Cerebras refuse a
/// request for one key they do not know.
#[derive(Debug, Serialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub(super) enum Message<'a> {
    System {
        content: &'a str,
    },
    User {
        content: Cow<'a, str>,
    },
    Assistant {
        /// Never null: `""` beside calls is what every provider takes.
        content: Cow<'a, str>,
        #[serde(flatten)]
        reasoning: Option<Reasoning<'a>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<Call<'a>>,
    },
    Tool {
        tool_call_id: &'a str,
        content: Cow<'a, str>,
    },
}

/// Reasoning, under the name it came in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "they are the names of the fields")]
pub(super) enum Reasoning<'a> {
    Reasoning(Cow<'a, str>),
    ReasoningContent(Cow<'a, str>),
    ReasoningText(Cow<'a, str>),
    ReasoningDetails(&'a [Value]),
}

/// A tool call in an earlier reply.
#[derive(Debug, Serialize)]
pub(super) struct Call<'a> {
    pub(super) id: &'a str,
    #[serde(flatten)]
    pub(super) function: Function<'a>,
}

/// What a call calls.
#[derive(Debug, Serialize)]
#[serde(tag = "type", content = "function", rename_all = "snake_case")]
pub(super) enum Function<'a> {
    Function { name: &'a str, arguments: String },
}

/// One event of a streamed reply, or a whole reply that was not streamed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chunk {
    #[serde(deserialize_with = "lenient")]
    pub(super) choices: Vec<Choice>,
    #[serde(deserialize_with = "lenient")]
    pub(super) usage: Option<Usage>,
    pub(super) x_groq: Option<Groq>,
    /// An error, on any chunk and under any status.
    pub(super) error: Option<Value>,
    /// Cerebras puts the status of an error beside it.
    pub(super) status_code: Option<Value>,
}

impl Chunk {
    /// Takes the error out, wherever in the chunk it is.
    pub(super) fn take_error(&mut self) -> Option<Value> {
        let error = self.error.take().filter(|error| !error.is_null());
        let groq = self.x_groq.as_mut().and_then(|groq| groq.error.take());
        let error = error.or_else(|| groq.filter(|error| !error.is_null()))?;
        Some(match self.status_code.take() {
            Some(status) => json!({"error": error, "status_code": status}),
            None => error,
        })
    }
}

/// Groq's own part of a chunk.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Groq {
    #[serde(deserialize_with = "lenient")]
    pub(super) usage: Option<Usage>,
    /// Why the stream was stopped early.
    pub(super) error: Option<Value>,
}

/// A part of one of the replies that were asked for; we ask for one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    #[serde(deserialize_with = "lenient")]
    pub(super) delta: Delta,
    /// Instead of `delta` in a reply that was not streamed.
    #[serde(deserialize_with = "lenient")]
    pub(super) message: Option<Delta>,
    pub(super) finish_reason: Text,
}

/// A fragment of a reply.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Delta {
    pub(super) content: Text,
    pub(super) reasoning: Text,
    pub(super) reasoning_content: Text,
    pub(super) reasoning_text: Text,
    /// A list, at `OpenRouter`.
    pub(super) reasoning_details: Value,
    #[serde(deserialize_with = "lenient")]
    pub(super) tool_calls: Vec<CallDelta>,
}

/// A fragment of a tool call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CallDelta {
    pub(super) index: Index,
    pub(super) id: Text,
    #[serde(deserialize_with = "lenient")]
    pub(super) function: FunctionDelta,
}

/// A fragment of what is called.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FunctionDelta {
    pub(super) name: Text,
    pub(super) arguments: Text,
}

/// The tokens of a request, as its provider counts them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Usage {
    pub(super) prompt_tokens: Count,
    pub(super) completion_tokens: Count,
    #[serde(deserialize_with = "lenient")]
    pub(super) prompt_tokens_details: PromptTokens,
    #[serde(deserialize_with = "lenient")]
    pub(super) completion_tokens_details: CompletionTokens,
}

/// What the prompt's tokens were.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PromptTokens {
    pub(super) cached_tokens: Count,
}

/// What the reply's tokens were.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CompletionTokens {
    pub(super) reasoning_tokens: Count,
}

/// Reads null as the default.
fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A string; whatever else is sent in its place becomes one: null and absence the empty string,
/// content parts their texts, an object its JSON.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Text(pub(super) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Text, E> {
        Ok(Text(text))
    }

    fn visit_unit<E>(self) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Text, E> {
        Ok(Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Text, E> {
        Ok(Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Text, E> {
        Ok(Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Text, E> {
        Ok(Text(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Text, A::Error> {
        let mut text = String::new();
        while let Some(part) = parts.next_element::<Value>()? {
            if let Some(part) = part.as_str().or_else(|| part["text"].as_str()) {
                text.push_str(part);
            }
        }
        Ok(Text(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
        let value = Value::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Text(value.to_string()))
    }
}

/// A call's index, where there is a usable one. Together types it as a float, Cerebras leaves it
/// out.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Index(pub(super) Option<u64>);

/// A number of tokens; anything but a number is none.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count(pub(super) u64);

impl<'de> Deserialize<'de> for Index {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeNumber).map(Self)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeNumber).map(|count| Self(count.unwrap_or_default()))
    }
}

struct WholeNumber;

impl<'de> Visitor<'de> for WholeNumber {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(u64::try_from(value).ok())
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and a fraction means nothing here"
    )]
    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok((value >= 0.0).then_some(value as u64))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.parse().ok())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
