//! Why a model gave no reply: for the loop to act on and for the edge to explain.
//!
//! It knows no provider; whoever reads a provider's answer makes one of these.

use std::time::Duration;

/// A failed model request, after every retry that made sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ModelError {
    /// What went wrong.
    pub kind: ModelErrorKind,
    /// The provider's own words where there are any, else ours. Never holds a key.
    pub message: String,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// How long the provider asked to wait, if it did.
    pub retry_after: Option<Duration>,
    /// Whether a part of the reply has been shown already.
    pub is_partial: bool,
    /// Where the request went, for people: the URL without query or credentials.
    pub url: String,
}

/// The ways in which a model request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelErrorKind {
    /// 401, 403: the key is missing, wrong or may not.
    Auth,
    /// 402: no credits left.
    Credits,
    /// 429 beyond what may be waited for.
    RateLimited,
    /// The conversation is too long for the model.
    Overflow,
    /// The provider does not serve this model.
    UnsupportedModel,
    /// 400 and other refusals of the request as such.
    Rejected,
    /// 5xx.
    Server,
    /// No connection: refused, DNS, TLS.
    Unreachable,
    /// Connected, and then silent for too long.
    TimedOut,
    /// An answer that is no chat completion.
    Malformed,
    /// The stream ended before the reply did.
    CutOff,
    /// A reply with neither text nor calls.
    Empty,
    /// The provider's filter stopped the reply.
    Filtered,
}

impl ModelError {
    /// The provider's filter stopped the reply.
    pub fn filtered() -> Self {
        Self {
            kind: ModelErrorKind::Filtered,
            message: "the provider's content filter stopped the reply".to_owned(),
            status: None,
            retry_after: None,
            is_partial: false,
            url: String::new(),
        }
    }
}
