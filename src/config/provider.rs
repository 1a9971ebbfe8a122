//! One provider as a configuration file describes it: every key optional, so that a row can add to
//! another.
//!
//! It does not know which providers there are.

use http::HeaderMap;

use super::BaseUrl;

/// What is set about a provider.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProviderRow {
    /// Where `/chat/completions` is appended.
    pub base_url: Option<BaseUrl>,
    /// Environment variables that may hold the key, first found wins.
    pub key_env: Option<Vec<String>>,
    /// Whether it wants a key.
    pub key: Option<KeyRule>,
    /// Whether the token of `hf auth login` serves as the key.
    pub hub_login: Option<bool>,
    /// The request field that limits a reply.
    pub max_tokens_field: Option<MaxTokensField>,
    /// Whether a tool's schema may hold `pattern`.
    pub schema_patterns: Option<bool>,
    /// How many tokens its models can read and write at once.
    pub context: Option<u64>,
    /// A model it is likely to have, for hints.
    pub example: Option<String>,
    /// Sent with every request; marked as sensitive, since some hold keys.
    pub headers: HeaderMap,
}

/// Whether a provider wants a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRule {
    /// Nothing is sent without one.
    Required,
    /// It is sent where there is one.
    Optional,
}

/// The request field that limits the length of a reply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MaxTokensField {
    /// `max_tokens`, which everybody but `OpenAI` takes.
    #[default]
    MaxTokens,
    /// `max_completion_tokens`.
    MaxCompletionTokens,
}

impl ProviderRow {
    /// Puts another row over this one: what it sets wins, header by header.
    #[must_use]
    pub fn overridden(mut self, above: Self) -> Self {
        for (name, value) in above.headers {
            if let Some(name) = name {
                self.headers.insert(name, value);
            }
        }
        Self {
            base_url: above.base_url.or(self.base_url),
            key_env: above.key_env.or(self.key_env),
            key: above.key.or(self.key),
            hub_login: above.hub_login.or(self.hub_login),
            max_tokens_field: above.max_tokens_field.or(self.max_tokens_field),
            schema_patterns: above.schema_patterns.or(self.schema_patterns),
            context: above.context.or(self.context),
            example: above.example.or(self.example),
            headers: self.headers,
        }
    }
}
