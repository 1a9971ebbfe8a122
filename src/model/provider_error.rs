//! What a provider's error says, whatever shape it says it in.
//!
//! Pure: status, headers and body in, words and kind out. What is done about it is decided
//! elsewhere.

use std::fmt::Write as _;

use reqwest::StatusCode;
use serde_json::{Map, Value};

use super::error::{ModelError, ModelErrorKind};

/// The longest message that is passed on, in characters.
const LONGEST: usize = 1000;

/// A provider's error, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ProviderError {
    /// The provider's own words, on one line; empty if it sent none.
    pub(super) message: String,
    /// `code` or `type`, whichever is telling: `tool_use_failed`, `model_not_found`.
    pub(super) code: String,
    /// The key of the request it is about, where it says so.
    pub(super) param: String,
    /// The status it names itself, inside the body.
    pub(super) status: Option<u16>,
    /// What the model wrote, where Groq refuses it as a tool call.
    pub(super) failed_generation: Option<String>,
}

impl ProviderError {
    /// Reads an error body.
    pub(super) fn parse(body: &[u8]) -> Self {
        if let Ok(value) = serde_json::from_slice::<Value>(body) {
            return Self::from_value(&value);
        }
        // What is no text, such as a body that is compressed without saying so, says nothing.
        let Ok(text) = str::from_utf8(cut_at_a_character(body)) else {
            return Self::default();
        };
        Self { message: one_line(html_title(text).unwrap_or(text)), ..Self::default() }
    }

    /// Reads an error that is JSON already: the body, or a chunk's `error`.
    pub(super) fn from_value(value: &Value) -> Self {
        match value {
            Value::Object(object) => Self::from_object(object),
            // The Hub's router has sent lists.
            Value::Array(list) => {
                let parts: Vec<Self> = list.iter().map(Self::from_value).collect();
                let messages: Vec<&str> = parts.iter().map(|part| part.message.as_str()).collect();
                let message = one_line(&messages.join("; "));
                Self { message, ..parts.into_iter().next().unwrap_or_default() }
            }
            Value::String(text) => Self { message: one_line(text), ..Self::default() },
            Value::Null | Value::Bool(_) | Value::Number(_) => Self::default(),
        }
    }

    fn from_object(object: &Map<String, Value>) -> Self {
        // `error` is an object at most providers, a string at the Hub's router, and absent at
        // Cerebras, which has its keys at the top.
        let words = ["error", "message", "error_description", "detail", "msg"];
        let inner = words.iter().filter_map(|key| object.get(*key)).map(Self::from_value);
        let inner = inner.reduce(|first, next| if first.message.is_empty() { next } else { first });
        let inner = inner.unwrap_or_default();
        let mut message = inner.message;
        // OpenRouter's own message is "Provider returned error"; the cause is what it passes on.
        if let Some(raw) = object.get("metadata").and_then(|metadata| metadata.get("raw")) {
            let raw = raw
                .as_str()
                .map_or_else(|| Self::from_value(raw), |text| Self::parse(text.as_bytes()));
            let _infallible = write!(message, ": {}", raw.message);
        }
        // FastAPI, and so vLLM, says where in the request a complaint belongs.
        let place = place(object);
        if !place.is_empty() && !message.is_empty() {
            message = format!("{place}: {message}");
        }
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        let code = text("code").or_else(|| text("type")).unwrap_or_default();
        let status =
            ["status_code", "code", "status"].iter().find_map(|key| status(object.get(*key)?));
        Self {
            message: one_line(&message),
            code: if inner.code.is_empty() { code } else { inner.code },
            param: [inner.param, text("param").unwrap_or_default(), place]
                .into_iter()
                .find(|param| !param.is_empty())
                .unwrap_or_default(),
            status: inner.status.or(status),
            failed_generation: inner.failed_generation.or_else(|| text("failed_generation")),
        }
    }

    /// The message, or these words where there is none.
    pub(super) fn message_or(&self, words: &str) -> String {
        if self.message.is_empty() { words.to_owned() } else { self.message.clone() }
    }

    /// Whether it is about the field that carries reasoning. Groq and Cerebras know `reasoning` and
    /// refuse `reasoning_content`.
    pub(super) fn refuses_reasoning(&self) -> bool {
        let message = self.message.to_ascii_lowercase();
        // A refused parameter is another matter.
        let message = message.replace("reasoning_effort", "").replace("reasoning_format", "");
        let refusals =
            ["unsupported", "not supported", "not permitted", "not allowed", "unrecognized"];
        message
            .split_once("reasoning")
            .is_some_and(|(_, rest)| refusals.iter().any(|refusal| rest.contains(refusal)))
    }

    /// What kind of error this is under an HTTP status.
    pub(super) fn kind(&self, status: StatusCode) -> ModelErrorKind {
        let status = self.status.filter(|_| status.is_success()).unwrap_or(status.as_u16());
        let message = self.message.to_ascii_lowercase();
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| message.contains(phrase));
        match status {
            402 => ModelErrorKind::Credits,
            _ if self.code == "insufficient_quota" || says(&["depleted your"]) => {
                ModelErrorKind::Credits
            }
            401 | 403 => ModelErrorKind::Auth,
            429 | 498 => ModelErrorKind::RateLimited,
            // Groq's 413 names a rate limit, the tokens of a minute; but waiting does not help, the
            // request alone is more.
            413 => ModelErrorKind::Overflow,
            _ if says(OVERFLOW) || self.code == "context_length_exceeded" => {
                ModelErrorKind::Overflow
            }
            // Cerebras refuses a conversation that is too long without a word.
            400 if message.is_empty() => ModelErrorKind::Overflow,
            _ if matches!(self.code.as_str(), "model_not_found" | "model_not_supported")
                || says(UNSUPPORTED)
                || status == 404 && says(&["model"]) && says(&["does not exist", "not found"]) =>
            {
                ModelErrorKind::UnsupportedModel
            }
            408 => ModelErrorKind::TimedOut,
            500.. => ModelErrorKind::Server,
            200..=399
                if self.message.is_empty() || self.code.is_empty() && self.status.is_none() =>
            {
                ModelErrorKind::Malformed
            }
            _ => ModelErrorKind::Rejected,
        }
    }
}

/// How many tokens a model can read and write at once, where an error about a conversation that is
/// too long says so: `maximum context length is 131072 tokens`.
pub(super) fn context(error: &ModelError) -> Option<u64> {
    let message = error.message.to_ascii_lowercase();
    let (_, rest) = ["context length", "context size", "context window"]
        .iter()
        .filter(|_| error.kind == ModelErrorKind::Overflow)
        .find_map(|words| message.split_once(words))?;
    let number = rest.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?;
    number.parse().ok().filter(|context| *context >= SMALLEST_CONTEXT)
}

/// No model that calls tools has so small a context; a smaller number is about something else.
const SMALLEST_CONTEXT: u64 = 1024;

/// How providers say that the conversation is too long, in lower case.
const OVERFLOW: &[&str] = &[
    "reduce the length of the messages", // Groq
    "maximum context length",            // OpenRouter, vLLM
    "exceeds the available context",     // llama.cpp
    "greater than the context length",   // LM Studio
    "exceeds the context window",        // OpenAI
];

/// How providers say that they do not serve a model, in lower case.
const UNSUPPORTED: &[&str] = &[
    "not supported by any provider",   // the Hub's router
    "model not supported by provider", // the Hub's router
    "try pulling it first",            // Ollama
];

/// The `loc` of a complaint, as a path: `messages.2.reasoning_content`.
fn place(object: &Map<String, Value>) -> String {
    let parts = object.get("loc").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let parts = parts.iter().filter_map(|part| match part {
        Value::String(name) => Some(name.clone()).filter(|name| name != "body"),
        Value::Number(index) => Some(index.to_string()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join(".")
}

/// Bytes without the character at their end that was cut in two when they were limited.
fn cut_at_a_character(bytes: &[u8]) -> &[u8] {
    match str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        Ok(_) | Err(_) => bytes,
    }
}

/// A code that is an HTTP status: a number at llama.cpp, `vLLM` and `OpenRouter`.
fn status(value: &Value) -> Option<u16> {
    let status = value.as_u64().and_then(|status| u16::try_from(status).ok());
    status.filter(|status| (400..600).contains(status))
}

fn html_title(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("<title>")?;
    rest.split_once("</title>").map(|(title, _)| title)
}

/// One line of bounded length without control characters.
fn one_line(text: &str) -> String {
    let text = text.trim();
    let mut line: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests;
