//! What a card asks of the model and of the loop around it.
//!
//! It does not know how a provider spells any of it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::answer_form;
pub use super::answer_form::{ResultMode, ToolPolicy};
use super::problems::Problems;
use super::values::Values;

/// The `request_params` of a card; what it does not give is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequestParams {
    /// Sampling temperature, 0 to 2.
    pub temperature: Option<f64>,
    /// Nucleus sampling: the probability mass to draw from, 0 to 1.
    pub top_p: Option<f64>,
    /// How many of the likeliest tokens to draw from.
    pub top_k: Option<u32>,
    /// The least probability a token needs, relative to the likeliest, 0 to 1.
    pub min_p: Option<f64>,
    /// The penalty on tokens that occurred at all, -2 to 2.
    pub presence_penalty: Option<f64>,
    /// The penalty on tokens by how often they occurred, -2 to 2.
    pub frequency_penalty: Option<f64>,
    /// The factor by which repeated tokens are made less likely; 1 does nothing.
    pub repetition_penalty: Option<f64>,
    /// The most tokens one reply may have.
    pub max_tokens: Option<u32>,
    /// Texts that end a reply; none if empty.
    pub stop_sequences: Vec<String>,
    /// The most turns one run may take.
    pub max_iterations: Option<u32>,
    /// How long a reply's stream may be silent.
    pub streaming_timeout: Option<Duration>,
    /// Whether a reply may hold several calls.
    pub parallel_tool_calls: Option<bool>,
    /// The provider's tier.
    pub service_tier: Option<ServiceTier>,
    /// Data for the provider, which shows it in its own records.
    pub metadata: BTreeMap<String, String>,
    /// The JSON Schema answers have to fit.
    pub answer_schema: Option<Value>,
    /// How that and the tools go together.
    pub tool_policy: ToolPolicy,
    /// What becomes of tool results.
    pub result_mode: ResultMode,
}

/// How a provider treats the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceTier {
    /// Before others, at a higher price.
    Fast,
    /// After others, at a lower one.
    Flex,
}

impl RequestParams {
    /// Reads the entries of `request_params`.
    pub(super) fn read(values: Values<'_>, problems: &mut Problems<'_>) -> Self {
        Self {
            temperature: values.number("temperature"),
            top_p: values.number("top_p"),
            top_k: values.count("top_k"),
            min_p: values.number("min_p"),
            presence_penalty: values.number("presence_penalty"),
            frequency_penalty: values.number("frequency_penalty"),
            repetition_penalty: values.number("repetition_penalty"),
            max_tokens: values.count("max_tokens"),
            stop_sequences: values.texts("stop_sequences"),
            max_iterations: values.count("max_iterations"),
            streaming_timeout: values.seconds("streaming_timeout"),
            parallel_tool_calls: values.flag("parallel_tool_calls"),
            service_tier: match values.text("service_tier").as_deref() {
                Some("fast") => Some(ServiceTier::Fast),
                Some("flex") => Some(ServiceTier::Flex),
                _ => None,
            },
            metadata: values.values("metadata"),
            answer_schema: answer_form::response_format(values, problems),
            tool_policy: answer_form::tool_policy(values, problems),
            result_mode: answer_form::result_mode(values),
        }
    }
}
