//! Everything a chat completions client is told about its endpoint and how to ask it.
//!
//! Plain values: whoever resolves cards and configuration fills them in. Nothing here is looked up.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use serde::Serialize;
use url::Url;

/// One model at one endpoint, and how to ask it.
///
/// It holds a key, and therefore cannot be printed.
#[derive(Clone)]
pub struct Settings {
    /// The model as the person knows it: `hf.openai/gpt-oss-20b:groq`.
    pub name: String,
    /// Where the API is, without `/chat/completions`: `https://router.huggingface.co/v1`.
    pub base_url: String,
    /// The key as an `Authorization` header value, `Bearer …`; local servers need none.
    pub authorization: Option<HeaderValue>,
    /// Further headers, `X-HF-Bill-To` for example.
    pub headers: HeaderMap,
    /// The model as the provider knows it: `openai/gpt-oss-20b:groq`.
    pub model: String,
    /// How many tokens it can read and write at once, where that is known. An error that states it
    /// counts for more.
    pub context: Option<u64>,
    /// How to sample.
    pub params: Params,
    /// How replies are to arrive.
    pub delivery: Delivery,
    /// When to try again.
    pub retry: RetryPolicy,
    /// How long the provider may be silent: before its answer, and between two events that carry
    /// data (keep-alive comments do not count).
    pub idle_timeout: Duration,
    /// How long a reply may take until it is whole, however often it is asked for.
    pub reply_timeout: Duration,
}

impl Settings {
    /// Where the API is, as people may see it: without credentials, query and fragment.
    pub(super) fn shown_url(&self) -> String {
        let Ok(mut url) = Url::parse(&self.base_url) else {
            return self.base_url.clone();
        };
        url.set_query(None);
        url.set_fragment(None);
        // Refused only by URLs that cannot hold credentials in the first place.
        let _has_none = url.set_username("").and_then(|()| url.set_password(None));
        url.into()
    }
}

/// How a reply arrives. Providers mostly send what they were asked for, and what they send is read
/// as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Fragment by fragment, each shown at once.
    #[default]
    Streamed,
    /// In one piece, shown once it is known to be good.
    Whole,
}

/// The sampling parameters of a request. What is not set is not sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Params {
    /// 0 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Not in the `OpenAI` API; taken by llama.cpp, `vLLM`, `OpenRouter`, Together and Fireworks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u32>,
    /// As `top_k`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_p: Option<f64>,
    /// -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// As `top_k`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetition_penalty: Option<f64>,
    /// `low`, `medium` or `high` for gpt-oss; Groq and Fireworks refuse anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<String>,
    /// Texts that end the reply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// The longest reply, in tokens.
    #[serde(flatten)]
    pub max_tokens: Option<MaxTokens>,
    /// Whether a reply may hold several calls. It is only sent beside tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// `priority` or `flex`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<&'static str>,
    /// Data that the provider shows in its own records.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// The longest reply in tokens, under the name its provider knows.
///
/// One or the other, since Fireworks refuses both at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokens {
    /// `max_tokens`, which every provider but `OpenAI` knows; Ollama and Together know nothing else.
    MaxTokens(u32),
    /// `max_completion_tokens`, which `OpenAI`'s reasoning models insist on.
    MaxCompletionTokens(u32),
}

/// When a failed request is worth another try, and after what pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many requests at most for one reply; 1 means no retry.
    pub attempts: u32,
    /// The first pause where the provider names none; each further one is twice as long.
    pub first_wait: Duration,
    /// The longest pause of our own choosing.
    pub longest_wait: Duration,
    /// The longest pause a provider may ask for. A longer one fails at once.
    pub patience: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(8),
            patience: Duration::from_mins(1),
        }
    }
}
