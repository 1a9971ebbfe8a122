//! How a model draws its tokens, as cards, model specs and requests all have it.
//!
//! The keys are those of the chat completions API and its usual extensions. Who sets one, and who
//! takes it, is not known here.

use serde::Serialize;

/// How tokens are drawn. What is not set is left to the provider, and not sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Sampling {
    /// Sampling temperature, 0 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus sampling: the probability mass to draw from, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// How many of the likeliest tokens to draw from, at least 1. Not in the `OpenAI` API; taken by
    /// llama.cpp, `vLLM`, `OpenRouter`, Together and Fireworks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u32>,
    /// The least probability a token needs, relative to the likeliest, 0 to 1. Taken as `top_k` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_p: Option<f64>,
    /// The penalty on tokens that occurred at all, -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// The penalty on tokens by how often they occurred, -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// The factor by which repeated tokens are made less likely, 0 to 2; 1 does nothing. Taken as
    /// `top_k` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetition_penalty: Option<f64>,
}

impl Sampling {
    /// Fills what is not set from another.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            temperature: self.temperature.or(other.temperature),
            top_p: self.top_p.or(other.top_p),
            top_k: self.top_k.or(other.top_k),
            min_p: self.min_p.or(other.min_p),
            presence_penalty: self.presence_penalty.or(other.presence_penalty),
            frequency_penalty: self.frequency_penalty.or(other.frequency_penalty),
            repetition_penalty: self.repetition_penalty.or(other.repetition_penalty),
        }
    }
}
