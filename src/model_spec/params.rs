//! The parameters of a model spec: what stands behind the `?`.
//!
//! It knows their names and ranges, and nothing of how a provider is told.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::ModelSpecError;
use crate::suggest::did_you_mean;

/// How a model is asked to reply. What is not set is not sent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ModelParams {
    /// How much it reasons.
    pub reasoning: Option<Effort>,
    /// 0 to 2.
    pub temperature: Option<f64>,
    /// 0 to 1.
    pub top_p: Option<f64>,
    /// At least 1.
    pub top_k: Option<u32>,
    /// 0 to 1.
    pub min_p: Option<f64>,
    /// -2 to 2.
    pub presence_penalty: Option<f64>,
    /// -2 to 2.
    pub frequency_penalty: Option<f64>,
    /// 0 to 2.
    pub repetition_penalty: Option<f64>,
    /// The most tokens of one reply, reasoning included; at least 1.
    pub max_tokens: Option<u32>,
}

/// How much a gpt-oss model reasons: it knows these three, and providers answer anything else with
/// an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Little.
    Low,
    /// What a provider does when it is not told.
    Medium,
    /// Much.
    High,
}

const KEYS: [&str; 9] = [
    "reasoning",
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "presence_penalty",
    "frequency_penalty",
    "repetition_penalty",
    "max_tokens",
];

/// What other runtimes of cards take here and this one does not.
const KEYS_ELSEWHERE: [&str; 18] = [
    "structured",
    "structured_tools",
    "structured_tool_policy",
    "verbosity",
    "instant",
    "context",
    "long_context",
    "transport",
    "service_tier",
    "streaming_timeout",
    "web_search",
    "x_search",
    "web_fetch",
    "task_budget",
    "poll_period",
    "lite",
    "compaction",
    "compact_at",
];

impl ModelParams {
    /// Fills what is not set from other parameters.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            reasoning: self.reasoning.or(other.reasoning),
            temperature: self.temperature.or(other.temperature),
            top_p: self.top_p.or(other.top_p),
            top_k: self.top_k.or(other.top_k),
            min_p: self.min_p.or(other.min_p),
            presence_penalty: self.presence_penalty.or(other.presence_penalty),
            frequency_penalty: self.frequency_penalty.or(other.frequency_penalty),
            repetition_penalty: self.repetition_penalty.or(other.repetition_penalty),
            max_tokens: self.max_tokens.or(other.max_tokens),
        }
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), ModelSpecError> {
        let share = 0.0..=1.0;
        let penalty = -2.0..=2.0;
        match key {
            "reasoning" => once(&mut self.reasoning, key, value.parse()?),
            "temperature" | "temp" => {
                once(&mut self.temperature, key, number(key, value, 0.0..=2.0)?)
            }
            "top_p" | "topP" => once(&mut self.top_p, key, number(key, value, share)?),
            "top_k" | "topK" => once(&mut self.top_k, key, count(key, value)?),
            "min_p" | "minP" => once(&mut self.min_p, key, number(key, value, share)?),
            "presence_penalty" => {
                once(&mut self.presence_penalty, key, number(key, value, penalty)?)
            }
            "frequency_penalty" => {
                once(&mut self.frequency_penalty, key, number(key, value, penalty)?)
            }
            "repetition_penalty" => {
                once(&mut self.repetition_penalty, key, number(key, value, 0.0..=2.0)?)
            }
            "max_tokens" | "maxTokens" => once(&mut self.max_tokens, key, count(key, value)?),
            _ => Err(unknown(key)),
        }
    }
}

impl FromStr for ModelParams {
    type Err = ModelSpecError;

    fn from_str(query: &str) -> Result<Self, ModelSpecError> {
        let mut params = Self::default();
        for pair in query.split('&') {
            let Some((key, value)) = pair.split_once('=') else {
                return Err(ModelSpecError::new(format!(
                    "expected `key=value` behind the `?`, found `{pair}`"
                )));
            };
            params.set(key, value)?;
        }
        Ok(params)
    }
}

impl fmt::Display for ModelParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: Option<f64>| value.map(|value| value.to_string());
        let values = [
            self.reasoning.map(|effort| effort.as_str().to_owned()),
            text(self.temperature),
            text(self.top_p),
            self.top_k.map(|count| count.to_string()),
            text(self.min_p),
            text(self.presence_penalty),
            text(self.frequency_penalty),
            text(self.repetition_penalty),
            self.max_tokens.map(|count| count.to_string()),
        ];
        let mut separator = "";
        for (key, value) in KEYS.into_iter().zip(values) {
            if let Some(value) = value {
                write!(f, "{separator}{key}={value}")?;
                separator = "&";
            }
        }
        Ok(())
    }
}

impl Effort {
    /// The word a provider is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl FromStr for Effort {
    type Err = ModelSpecError;

    fn from_str(text: &str) -> Result<Self, ModelSpecError> {
        match text {
            "minimal" | "low" => Ok(Self::Low),
            "medium" => Ok(Self::Medium),
            "high" | "xhigh" | "max" => Ok(Self::High),
            _ => Err(ModelSpecError::new(format!("`reasoning` cannot be `{text}`"))
                .hint("gpt-oss takes low, medium or high, and cannot be told not to reason")),
        }
    }
}

fn once<T>(slot: &mut Option<T>, key: &str, value: T) -> Result<(), ModelSpecError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(ModelSpecError::new(format!("`{key}` is set twice"))),
    }
}

fn number(key: &str, text: &str, range: RangeInclusive<f64>) -> Result<f64, ModelSpecError> {
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let (low, high) = (range.start(), range.end());
        ModelSpecError::new(format!("`{key}` takes a number from {low} to {high}, not `{text}`"))
    })
}

fn count(key: &str, text: &str) -> Result<u32, ModelSpecError> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| {
        ModelSpecError::new(format!("`{key}` takes a whole number from 1 on, not `{text}`"))
    })
}

fn unknown(key: &str) -> ModelSpecError {
    if KEYS_ELSEWHERE.contains(&key) {
        return ModelSpecError::new(format!("`{key}` is not supported yet"));
    }
    let error = ModelSpecError::new(format!("there is no model parameter `{key}`"));
    match did_you_mean(key, KEYS) {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None => error.hint(format!("the parameters are {}", KEYS.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use crate::model_spec::ModelSpec;

    fn explain(text: &str) -> String {
        let error = text.parse::<ModelSpec>().unwrap_err();
        let hint = error.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!("{text:?}: {error}{hint}")
    }

    #[test]
    fn bad_parameters_say_what_is_taken() {
        let bad = [
            "a?",
            "a?temperature",
            "a?temprature=1",
            "a?temperature=hot",
            "a?temp=3",
            "a?top_p=nan",
            "a?max_tokens=0",
            "a?temp=1&temperature=1",
            "a?reasoning=off",
            "a?reasoning=8000",
            "a?reasoning=",
            "a?service_tier=flex",
        ];
        let explained: Vec<String> = bad.into_iter().map(explain).collect();
        insta::assert_snapshot!(explained.join("\n"), @r##"
        "a?": expected `key=value` behind the `?`, found ``
        "a?temperature": expected `key=value` behind the `?`, found `temperature`
        "a?temprature=1": there is no model parameter `temprature` (did you mean `temperature`?)
        "a?temperature=hot": `temperature` takes a number from 0 to 2, not `hot`
        "a?temp=3": `temp` takes a number from 0 to 2, not `3`
        "a?top_p=nan": `top_p` takes a number from 0 to 1, not `nan`
        "a?max_tokens=0": `max_tokens` takes a whole number from 1 on, not `0`
        "a?temp=1&temperature=1": `temperature` is set twice
        "a?reasoning=off": `reasoning` cannot be `off` (gpt-oss takes low, medium or high, and cannot be told not to reason)
        "a?reasoning=8000": `reasoning` cannot be `8000` (gpt-oss takes low, medium or high, and cannot be told not to reason)
        "a?reasoning=": `reasoning` cannot be `` (gpt-oss takes low, medium or high, and cannot be told not to reason)
        "a?service_tier=flex": `service_tier` is not supported yet
        "##);
    }
}
