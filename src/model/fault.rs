//! Everything that can come instead of a reply, and how the loop is told.
//!
//! Pure: whoever notices a fault names it, and one function turns each into a [`ModelError`].

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use serde_json::Value;

use super::body::ProviderHttpError;
use super::error::{ModelError, ModelErrorKind};
use super::provider_error::ProviderError;
use super::retry;
use crate::message::StopReason;

/// Something instead of a reply.
#[derive(Debug)]
pub(super) enum Fault {
    /// The request cannot be built.
    Unsendable(String),
    /// No connection was made.
    NoConnection(String),
    /// The provider answered with an error.
    Refusal(Box<ProviderHttpError>),
    /// The provider put an error into a stream that began well.
    Interruption(Value),
    /// No data for this long.
    Silence(Duration),
    /// The reply was not whole after this long.
    Late(Duration),
    /// The stream ended before the reply did.
    CutOff(String),
    /// It went on beyond this many bytes.
    Endless(usize),
    /// An event is no chat completion chunk.
    NoChunk(String),
    /// The provider ended the reply with an error and did not say which.
    Failure,
    /// The reply has neither text nor calls, although it ended for this reason.
    Empty(StopReason),
    /// The reply makes no sense, and asking again did not help.
    Unusable(String),
}

impl Fault {
    /// Says it to the loop.
    pub(super) fn into_error(self, url: &str) -> ModelError {
        let (kind, message) = match self {
            Self::Refusal(refusal) => return refused(&refusal, url),
            Self::Interruption(error) => return interrupted(&error, url),
            Self::Unsendable(why) => {
                (ModelErrorKind::Rejected, format!("the request cannot be sent: {why}"))
            }
            Self::NoConnection(why) => (ModelErrorKind::Unreachable, why),
            Self::Silence(span) => {
                (ModelErrorKind::TimedOut, format!("no data for {} s", span.as_secs_f32()))
            }
            Self::Late(span) => {
                let message = format!("the reply was not whole after {} s", span.as_secs_f32());
                (ModelErrorKind::TimedOut, message)
            }
            Self::CutOff(why) => (ModelErrorKind::CutOff, format!("the stream broke off: {why}")),
            Self::Endless(limit) => (
                ModelErrorKind::Malformed,
                format!("the reply did not end after {} MiB", limit >> 20),
            ),
            Self::NoChunk(why) => {
                (ModelErrorKind::Malformed, format!("this is no chat completion: {why}"))
            }
            Self::Failure => {
                (ModelErrorKind::Server, "the provider ended the reply with an error".to_owned())
            }
            Self::Unusable(why) => (ModelErrorKind::Empty, why),
            Self::Empty(StopReason::Filtered) => {
                return ModelError { url: url.to_owned(), ..ModelError::filtered() };
            }
            Self::Empty(StopReason::Length) => {
                (ModelErrorKind::Empty, "the token limit was reached before any text".to_owned())
            }
            Self::Empty(StopReason::Done | StopReason::Other(_)) => {
                (ModelErrorKind::Empty, "the reply has neither text nor calls".to_owned())
            }
        };
        ModelError {
            kind,
            message,
            status: None,
            retry_after: None,
            is_partial: false,
            url: url.to_owned(),
        }
    }

    /// What the provider says about asking again, if it does: `x-should-retry`.
    pub(super) fn advice(&self) -> Option<bool> {
        match self {
            // Groq's model may well write a better call the next time.
            _ if self.provider_error().is_some_and(|error| error.code == "tool_use_failed") => {
                Some(true)
            }
            Self::Refusal(refusal) => retry::advice(&refusal.headers),
            _ => None,
        }
    }

    /// What the provider complains about, if another request may please it more.
    pub(super) fn complaint(&self) -> Option<ProviderError> {
        let error = self.provider_error()?;
        let status = match self {
            Self::Refusal(refusal) => refusal.status,
            _ => StatusCode::OK,
        };
        let is_about_the_request = matches!(
            error.kind(status),
            ModelErrorKind::Rejected | ModelErrorKind::Overflow | ModelErrorKind::Malformed
        );
        is_about_the_request.then_some(error)
    }

    /// The provider's own error, if it is one.
    pub(super) fn provider_error(&self) -> Option<ProviderError> {
        match self {
            Self::Refusal(refusal) => Some(ProviderError::parse(&refusal.body)),
            Self::Interruption(error) => Some(ProviderError::from_value(error)),
            _ => None,
        }
    }
}

fn refused(refusal: &ProviderHttpError, url: &str) -> ModelError {
    let words = ProviderError::parse(&refusal.body);
    ModelError {
        kind: words.kind(refusal.status),
        message: words.message_or(&refusal.status.to_string()),
        // Under success, the status is the one it names itself.
        status: words
            .status
            .filter(|_| refusal.status.is_success())
            .or(Some(refusal.status.as_u16())),
        retry_after: retry::asked_wait(&refusal.headers, SystemTime::now()),
        is_partial: false,
        url: url.to_owned(),
    }
}

fn interrupted(error: &Value, url: &str) -> ModelError {
    let words = ProviderError::from_value(error);
    let kind = match words.kind(StatusCode::OK) {
        ModelErrorKind::Malformed => ModelErrorKind::Server,
        kind => kind,
    };
    let message = words.message_or("the provider stopped with an error");
    ModelError {
        kind,
        message,
        status: words.status,
        retry_after: None,
        is_partial: false,
        url: url.to_owned(),
    }
}
