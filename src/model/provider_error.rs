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
        let words = ["message", "error_description", "detail", "msg"];
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

/// Whether a provider refused a conversation because it does not know the field that carries
/// reasoning. Groq and Cerebras know `reasoning` and refuse `reasoning_content`.
pub(super) fn refuses_reasoning(error: &ModelError) -> bool {
    let message = error.message.to_ascii_lowercase();
    // A refused parameter is another matter.
    let message = message.replace("reasoning_effort", "").replace("reasoning_format", "");
    let refusals = ["unsupported", "not supported", "not permitted", "not allowed", "unrecognized"];
    error.kind == ModelErrorKind::Rejected
        && message
            .split_once("reasoning")
            .is_some_and(|(_, rest)| refusals.iter().any(|refusal| rest.contains(refusal)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use ModelErrorKind::{
        Auth, Credits, Malformed, Overflow, RateLimited, Rejected, Server, UnsupportedModel,
    };

    /// Whose error, its status and body; what kind it is and what it says.
    const ERRORS: &[(&str, u16, &str, ModelErrorKind, &str)] = &[
        (
            "router, a string",
            402,
            r#"{"error":"You have depleted your monthly included credits."}"#,
            Credits,
            "You have depleted your monthly included credits.",
        ),
        (
            "router, an object",
            400,
            r#"{"error":{"message":"The requested model 'x' does not exist","type":"invalid_request_error","param":"model","code":"model_not_found"}}"#,
            UnsupportedModel,
            "The requested model 'x' does not exist",
        ),
        (
            "router, by words",
            400,
            r#"{"error":"Model not supported by provider hf-inference"}"#,
            UnsupportedModel,
            "Model not supported by provider hf-inference",
        ),
        (
            "router, a list",
            422,
            r#"{"error":["a is missing","b is missing"]}"#,
            Rejected,
            "a is missing; b is missing",
        ),
        (
            "router, a description",
            401,
            r#"{"error_description":"Invalid token","error_type":"auth"}"#,
            Auth,
            "Invalid token",
        ),
        (
            "Groq",
            401,
            r#"{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}"#,
            Auth,
            "Invalid API Key",
        ),
        (
            "Groq, too long",
            400,
            r#"{"error":{"message":"Please reduce the length of the messages or completion.","code":"context_length_exceeded"}}"#,
            Overflow,
            "Please reduce the length of the messages or completion.",
        ),
        (
            "Groq, more than a minute's tokens",
            413,
            r#"{"error":{"message":"Request too large for model `x` on tokens per minute (TPM): Limit 8000, Requested 11240","type":"tokens","code":"rate_limit_exceeded"}}"#,
            RateLimited,
            "Request too large for model `x` on tokens per minute (TPM): Limit 8000, Requested 11240",
        ),
        (
            "Groq, flex capacity",
            498,
            r#"{"error":{"message":"capacity exceeded"}}"#,
            RateLimited,
            "capacity exceeded",
        ),
        (
            "OpenRouter, a cause inside",
            400,
            r#"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"maximum context length is 131072 tokens\"}}","provider_name":"X"}},"user_id":"u"}"#,
            Overflow,
            "Provider returned error: maximum context length is 131072 tokens",
        ),
        (
            "OpenRouter, under 200",
            200,
            r#"{"error":{"message":"Upstream is down","code":502}}"#,
            Server,
            "Upstream is down",
        ),
        (
            "llama.cpp",
            500,
            r#"{"error":{"code":500,"message":"Failed to parse input at pos 3"}}"#,
            Server,
            "Failed to parse input at pos 3",
        ),
        (
            "llama.cpp, too long",
            400,
            r#"{"error":{"code":400,"message":"the request exceeds the available context size"}}"#,
            Overflow,
            "the request exceeds the available context size",
        ),
        (
            "vLLM",
            400,
            r#"{"error":{"message":"bad","type":"BadRequestError","param":null,"code":400}}"#,
            Rejected,
            "bad",
        ),
        (
            "vLLM, before",
            404,
            r#"{"object":"error","message":"no route","type":"NotFoundError","code":404}"#,
            Rejected,
            "no route",
        ),
        (
            "FastAPI",
            422,
            r#"{"detail":[{"loc":["body"],"msg":"field required","type":"missing"}]}"#,
            Rejected,
            "field required",
        ),
        (
            "Ollama",
            404,
            r#"{"error":{"message":"model \"x\" not found, try pulling it first","type":"not_found_error","param":null,"code":null}}"#,
            UnsupportedModel,
            "model \"x\" not found, try pulling it first",
        ),
        (
            "Cerebras",
            400,
            r#"{"message":"wrong format","type":"invalid_request_error","param":"p","code":"wrong_api_format"}"#,
            Rejected,
            "wrong format",
        ),
        ("Cerebras, too long", 400, "", Overflow, ""),
        ("Cerebras, too long too", 413, "", Overflow, ""),
        (
            "LM Studio, too long",
            400,
            r#"{"error":"The number of tokens is greater than the context length"}"#,
            Overflow,
            "The number of tokens is greater than the context length",
        ),
        (
            "OpenAI, no money",
            429,
            r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            Credits,
            "You exceeded your current quota",
        ),
        (
            "a gateway",
            502,
            "<html><head><title>502 Bad Gateway</title></head></html>",
            Server,
            "502 Bad Gateway",
        ),
        ("a web page", 200, "<!doctype html><title>Welcome</title>", Malformed, "Welcome"),
        ("other JSON", 200, r#"{"status":"ok"}"#, Malformed, ""),
        ("a hostile one", 400, "{\"error\":\"a\\u001b[2Jb\\nc\"}", Rejected, "a [2Jb c"),
    ];

    #[test]
    fn every_shape_of_error_is_read() {
        for (whose, status, body, kind, message) in ERRORS {
            let error = ProviderError::parse(body.as_bytes());
            let status = StatusCode::from_u16(*status).unwrap();
            assert_eq!((error.kind(status), error.message.as_str()), (*kind, *message), "{whose}");
        }
    }

    #[test]
    fn a_refused_tool_call_keeps_what_the_model_wrote() {
        let body = br#"{"error":{"message":"Tool call validation failed","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"{\"name\": \"x\"}"}}"#;
        let expected = ProviderError {
            message: "Tool call validation failed".to_owned(),
            code: "tool_use_failed".to_owned(),
            status: None,
            failed_generation: Some(r#"{"name": "x"}"#.to_owned()),
        };
        assert_eq!(ProviderError::parse(body), expected);
    }

    #[test]
    fn a_long_message_is_bounded() {
        let error = ProviderError::parse("é".repeat(5000).as_bytes());
        assert_eq!(error.message.chars().count(), LONGEST + 1);
    }
}
