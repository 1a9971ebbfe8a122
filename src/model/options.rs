//! The optional keys of a request, as far as its endpoint turns out to take them.
//!
//! What an endpoint refuses shows in its own words, not in its name: a key it complains about is left
//! out from then on, or sent under its other name, or with a smaller value. No I/O here.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::provider_error::ProviderError;
use super::repair::Repair;
use super::settings::{Delivery, Settings};
use crate::message::ToolSpec;

/// What is said of a stream.
const STREAM_OPTIONS: &str = "stream_options";

/// What is said of tools.
const PARALLEL_CALLS: &str = "parallel_tool_calls";

/// The two names of the longest reply: `OpenAI` refuses the first, Ollama and Together know no other.
const MAX_TOKENS: [&str; 2] = ["max_tokens", "max_completion_tokens"];

/// A limit below this is no help: reasoning alone takes as much.
const FEWEST_TOKENS: u64 = 256;

/// How endpoints say that they do not take a key, in lower case.
const REFUSALS: &[&str] = &[
    "unsupported",      // OpenAI, Groq, Cerebras
    "not supported",    // OpenAI, Groq
    "does not support", // OpenAI
    "unrecognized",     // OpenAI
    "unknown",          // OpenAI, Fireworks
    "extra inputs",     // pydantic: vLLM, Mistral
    "extra_forbidden",  // pydantic, by its code
    "not permitted",    // pydantic
    "not allowed",      // JSON schema validators
    "unexpected",       // Python servers
];

/// The optional keys and their values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Options {
    keys: Map<String, Value>,
    /// Whether the longest reply has been sent under its other name.
    is_renamed: bool,
}

impl Options {
    /// What was asked for.
    pub(super) fn of(settings: &Settings) -> Self {
        let mut keys = Map::new();
        keys.insert(STREAM_OPTIONS.to_owned(), json!({"include_usage": true}));
        if let Ok(Value::Object(params)) = serde_json::to_value(&settings.params) {
            keys.extend(params);
        }
        Self { keys, is_renamed: false }
    }

    /// The keys to send with a request for a reply that arrives so. What is said of streams is
    /// refused where there is to be none, and so is what is said of tools where there are none.
    pub(super) fn keys(
        &self,
        delivery: Delivery,
        tools: &[ToolSpec],
    ) -> Cow<'_, Map<String, Value>> {
        let mut keys = Cow::Borrowed(&self.keys);
        for (key, is_refused) in
            [(STREAM_OPTIONS, delivery == Delivery::Whole), (PARALLEL_CALLS, tools.is_empty())]
        {
            if is_refused && keys.contains_key(key) {
                keys.to_mut().shift_remove(key);
            }
        }
        keys
    }

    /// Gives way to a complaint, if that may help.
    pub(super) fn give_way(&mut self, complaint: &ProviderError) -> Option<Repair> {
        self.shrink(complaint).or_else(|| self.rename(complaint)).or_else(|| self.drop(complaint))
    }

    /// Groq counts the longest reply against the tokens of a minute, under 413: `Limit 8000,
    /// Requested 66536`. What is left of them beside the prompt may be enough.
    fn shrink(&mut self, complaint: &ProviderError) -> Option<Repair> {
        let message = complaint.message.to_ascii_lowercase();
        let (limit, requested) = (number(&message, "limit ")?, number(&message, "requested ")?);
        let field = MAX_TOKENS.into_iter().find(|field| self.keys.contains_key(*field))?;
        let asked = self.keys.get(field)?.as_u64()?;
        let left = limit.checked_sub(requested.checked_sub(asked)?)?;
        if left < FEWEST_TOKENS || left >= asked {
            return None;
        }
        self.keys.insert(field.to_owned(), json!(left));
        let detail = format!("the endpoint counts `{field}` beforehand; {asked} becomes {left}");
        Some(Repair::new("max_tokens_shrunk", detail))
    }

    fn rename(&mut self, complaint: &ProviderError) -> Option<Repair> {
        let [one, other] = MAX_TOKENS;
        let (from, to) = if self.keys.contains_key(one) { (one, other) } else { (other, one) };
        if self.is_renamed || !self.keys.contains_key(from) || !refuses(complaint, from) {
            return None;
        }
        self.is_renamed = true;
        let value = self.keys.remove(from)?;
        self.keys.insert(to.to_owned(), value);
        let detail = format!("the endpoint does not take `{from}`; it is sent as `{to}`");
        Some(Repair::new("key_renamed", detail))
    }

    fn drop(&mut self, complaint: &ProviderError) -> Option<Repair> {
        let refused = |key: &&String| refuses(complaint, key);
        let key = self.keys.keys().find(refused)?.clone();
        self.keys.shift_remove(&key);
        let detail = format!("the endpoint does not take `{key}`; it is left out");
        Some(Repair::new("key_refused", detail))
    }
}

/// Whether a complaint is about a key of the request being there at all.
fn refuses(complaint: &ProviderError, key: &str) -> bool {
    let message = complaint.message.to_ascii_lowercase();
    let words = [message.as_str(), complaint.code.as_str()];
    let is_refusal = REFUSALS.iter().any(|refusal| words.iter().any(|text| text.contains(refusal)));
    is_refusal && (is_first(&complaint.param, key) || is_first_named(&message, key))
}

/// Whether a path begins with this key: `stream_options.include_usage`.
fn is_first(path: &str, key: &str) -> bool {
    path.split(['.', '[']).next() == Some(key)
}

/// Whether a text names this key before it names the other one of the same meaning:
/// `'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.`
fn is_first_named(text: &str, key: &str) -> bool {
    let place = place_of(text, key);
    let others = MAX_TOKENS.iter().filter(|other| MAX_TOKENS.contains(&key) && **other != key);
    let first_other = others.filter_map(|other| place_of(text, other)).min();
    place.is_some_and(|place| first_other.is_none_or(|other| place < other))
}

/// Where a text names a key: as a whole word, and if it could be any word, such as `stop`, in quotes,
/// behind a colon or at the beginning.
fn place_of(text: &str, key: &str) -> Option<usize> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut places = text.match_indices(key).map(|(at, _)| at);
    places.find(|at| {
        let (before, after) = (&text[..*at], &text[at + key.len()..]);
        let is_word = !before.ends_with(is_part) && !after.starts_with(is_part);
        let is_marked = before.is_empty() || before.ends_with(['\'', '"', '`', '.', ':']);
        is_word && (key.contains('_') || is_marked || before.ends_with(": "))
    })
}

/// The number behind a word.
fn number(text: &str, word: &str) -> Option<u64> {
    let (_, rest) = text.split_once(word)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(keys: &Value) -> Options {
        Options { keys: keys.as_object().unwrap().clone(), is_renamed: false }
    }

    /// What is sent after a complaint, and whether that was reported.
    fn after(keys: &Value, complaint: &Value) -> Option<Value> {
        let mut options = options(keys);
        let complaint = ProviderError::from_value(complaint);
        options.give_way(&complaint).map(|_| Value::Object(options.keys))
    }

    #[test]
    fn a_key_that_is_complained_about_is_left_out() {
        let keys = json!({
            "stream_options": {"include_usage": true}, "temperature": 0.5, "top_p": 1, "top_k": 4,
            "reasoning_effort": "low",
        });
        for (key, complaint) in [
            (
                "temperature",
                json!({"error": {
                    "message": "Unsupported value: 'temperature' does not support 0.5 with this model.",
                    "param": "temperature", "code": "unsupported_value",
                }}),
            ),
            (
                "stream_options",
                json!({"detail": [{
                    "type": "extra_forbidden", "loc": ["body", "stream_options", "include_usage"],
                    "msg": "Extra inputs are not permitted",
                }]}),
            ),
            ("top_k", json!({"error": "Unrecognized request argument supplied: top_k"})),
            ("temperature", json!({"error": "temperature is not supported"})),
            (
                "top_k",
                json!({"error": {
                    "message": "Additional properties are not allowed ('top_k' was unexpected)",
                }}),
            ),
            (
                "reasoning_effort",
                json!({"error": {
                    "message": "`reasoning_effort` is not supported with this model",
                }}),
            ),
        ] {
            let mut expected = keys.clone();
            expected.as_object_mut().unwrap().shift_remove(key);
            assert_eq!(after(&keys, &complaint), Some(expected), "{complaint}");
        }
    }

    #[test]
    fn other_complaints_change_nothing() {
        let keys = json!({"temperature": 9, "top_p": 1, "stop": ["END"]});
        for complaint in [
            // A value that is wrong is the person's.
            json!({"error": {"message": "temperature must be at most 2", "param": "temperature"}}),
            json!({"error": {"message": "'top_pool' is unsupported"}}),
            // A word is not a key.
            json!({"error": {"message": "unexpected stop of the engine at this temperature"}}),
            json!({"error": {"message": "property 'reasoning_content' is unsupported"}}),
            json!({"error": {"message": "Unknown model"}}),
            json!({}),
        ] {
            assert_eq!(after(&keys, &complaint), None, "{complaint}");
        }
    }

    #[test]
    fn the_longest_reply_goes_under_the_name_that_is_taken() {
        let refusal = |name: &str, other: &str| {
            ProviderError::from_value(&json!({"error": {
                "message": format!("Unsupported parameter: '{name}' is not supported with this \
                                    model. Use '{other}' instead."),
                "param": name, "code": "unsupported_parameter",
            }}))
        };
        for (name, other) in [MAX_TOKENS, [MAX_TOKENS[1], MAX_TOKENS[0]]].map(|[a, b]| (a, b)) {
            let mut options = options(&json!({name: 512}));
            assert!(options.give_way(&refusal(name, other)).is_some());
            assert_eq!(options.keys, *json!({other: 512}).as_object().unwrap());
            // Neither is taken: then none is sent.
            assert!(options.give_way(&refusal(other, name)).is_some());
            assert!(options.keys.is_empty());
            assert_eq!(options.give_way(&refusal(name, other)), None);
        }
    }

    #[test]
    fn a_longest_reply_that_is_counted_beforehand_is_made_to_fit() {
        let too_large = |requested: u32| {
            json!({"error": {
                "message": format!("Request too large for model `x` on tokens per minute (TPM): \
                                    Limit 8000, Requested {requested}, please reduce your message \
                                    size and try again."),
                "type": "tokens", "code": "rate_limit_exceeded",
            }})
        };
        let keys = json!({"max_tokens": 65_536});
        assert_eq!(after(&keys, &too_large(66_536)), Some(json!({"max_tokens": 7000})));
        // The prompt alone is too much.
        assert_eq!(after(&keys, &too_large(73_500)), None);
        assert_eq!(after(&json!({"top_p": 1}), &too_large(11_240)), None);
    }
}
