//! What a provider's error says, whatever shape it says it in.
//!
//! Pure: status, headers and body in, words and kind out. What is done about it is decided
//! elsewhere.

use std::fmt::Write as _;

use reqwest::StatusCode;
use serde_json::{Map, Value};

use super::error::ModelErrorKind;

/// The longest message that is passed on, in characters.
const LONGEST: usize = 1000;

/// A provider's error, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ProviderError {
    /// The provider's own words, on one line; empty if it sent none.
    pub(super) message: String,
    /// `code` or `type`, whichever is telling: `tool_use_failed`, `model_not_found`.
    pub(super) code: String,
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
        let text = String::from_utf8_lossy(body);
        Self { message: one_line(html_title(&text).unwrap_or(&text)), ..Self::default() }
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
        let inner = object.get("error").map(Self::from_value).unwrap_or_default();
        let words = ["message", "error_description", "detail", "error_type"];
        let own = words.iter().find_map(|key| match object.get(*key) {
            Some(value @ (Value::String(_) | Value::Array(_) | Value::Object(_))) => {
                Some(Self::from_value(value).message).filter(|message| !message.is_empty())
            }
            _ => None,
        });
        let mut message =
            if inner.message.is_empty() { own.unwrap_or_default() } else { inner.message };
        // OpenRouter's own message is "Provider returned error"; the cause is what it passes on.
        if let Some(raw) = object.get("metadata").and_then(|metadata| metadata.get("raw")) {
            let raw = raw
                .as_str()
                .map_or_else(|| Self::from_value(raw), |text| Self::parse(text.as_bytes()));
            let _infallible = write!(message, ": {}", raw.message);
        }
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        let code = text("code").or_else(|| text("type")).unwrap_or_default();
        let status =
            ["status_code", "code", "status"].iter().find_map(|key| status(object.get(*key)?));
        Self {
            message: one_line(&message),
            code: if inner.code.is_empty() { code } else { inner.code },
            status: inner.status.or(status),
            failed_generation: inner.failed_generation.or_else(|| text("failed_generation")),
        }
    }

    /// The message, or these words where there is none.
    pub(super) fn message_or(&self, words: &str) -> String {
        if self.message.is_empty() { words.to_owned() } else { self.message.clone() }
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
            // Groq counts prompt and max_tokens against the tokens of a minute, under 413.
            413 if says(&["tokens per minute", "rate limit"])
                || self.code == "rate_limit_exceeded" =>
            {
                ModelErrorKind::RateLimited
            }
            _ if says(OVERFLOW) => ModelErrorKind::Overflow,
            413 => ModelErrorKind::Overflow,
            // Cerebras refuses a conversation that is too long without a word.
            400 if message.is_empty() => ModelErrorKind::Overflow,
            _ if matches!(self.code.as_str(), "model_not_found" | "model_not_supported")
                || says(UNSUPPORTED) =>
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

/// How providers say that the conversation is too long, in lower case.
const OVERFLOW: &[&str] = &[
    "reduce the length of the messages", // Groq
    "maximum context length",            // OpenRouter, vLLM
    "exceeds the available context",     // llama.cpp
    "greater than the context length",   // LM Studio
    "exceeds the context window",        // OpenAI
    "context_length_exceeded",
];

/// How providers say that they do not serve a model, in lower case.
const UNSUPPORTED: &[&str] = &[
    "not supported by any provider",   // the Hub's router
    "model not supported by provider", // the Hub's router
    "try pulling it first",            // Ollama
];

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
