//! What is wrong with a server, in words.
//!
//! An address may have secrets in it, and is in none of them.

use std::error::Error;

use http::StatusCode;
use rmcp::ServiceError;
use rmcp::service::ClientInitializeError;

use super::sse;

/// What is said of a server that answers 401.
const UNKNOWN: &str = "it does not know who asks (HTTP 401): give it a token, as `access_token` in \
                       the card's `mcp_connect` or in the `headers` of its configuration";

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server does not take the greeting; it may be one that knows a later one only.
    Refused(String),
    /// Nobody is spoken to in this way there; it may be a server that knows the older one only.
    Absent(String),
    /// It did not answer in time.
    Silent(String),
    /// Anything else.
    Other(String),
}

impl Trouble {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Refused(text) | Self::Absent(text) | Self::Silent(text) | Self::Other(text) => {
                text
            }
        }
    }
}

impl From<ClientInitializeError> for Trouble {
    fn from(error: ClientInitializeError) -> Self {
        match error {
            ClientInitializeError::JsonRpcError(error) => {
                Self::Refused(format!("it refused the greeting: {}", error.message))
            }
            ClientInitializeError::NoCompatibleProtocolVersion { .. } => {
                Self::Refused("it speaks another version of the protocol".to_owned())
            }
            ClientInitializeError::ConnectionClosed(_) => {
                Self::Other("it ended before it answered".to_owned())
            }
            ClientInitializeError::TransportError { error, .. } => of_transport(&*error.error),
            error => Self::Other(format!("it does not speak the protocol: {error}")),
        }
    }
}

impl From<ServiceError> for Trouble {
    fn from(error: ServiceError) -> Self {
        Self::Other(told(&error))
    }
}

impl From<sse::Error> for Trouble {
    fn from(error: sse::Error) -> Self {
        let is_answer = match &error {
            sse::Error::ServerDoesNotSupportSse | sse::Error::UnexpectedContentType(_) => true,
            sse::Error::Client(error) => {
                error.status().is_some_and(|status| status != StatusCode::UNAUTHORIZED)
            }
            _ => false,
        };
        if is_answer { Self::Absent(innermost(&error)) } else { of_transport(&error) }
    }
}

fn of_transport(error: &(dyn Error + 'static)) -> Trouble {
    let text = innermost(error);
    if wants_a_login(error) || text.starts_with("unexpected server response: HTTP 401") {
        return Trouble::Other(UNKNOWN.to_owned());
    }
    // The library has the status in its words only.
    let answered = text.strip_prefix("unexpected server response: HTTP ").unwrap_or_default();
    match answered.get(..3) {
        Some("404" | "405") => Trouble::Absent(text),
        _ => Trouble::Other(text),
    }
}

fn wants_a_login(error: &(dyn Error + 'static)) -> bool {
    let mut errors = std::iter::successors(Some(error), |error| cause(*error));
    errors.any(|error| match error.downcast_ref::<sse::Error>() {
        Some(sse::Error::AuthRequired(_)) => true,
        Some(sse::Error::Client(error)) => error.status() == Some(StatusCode::UNAUTHORIZED),
        _ => false,
    })
}

/// What went wrong with a request, in words.
pub(in super::super) fn told(error: &ServiceError) -> String {
    match error {
        ServiceError::McpError(error) => error.message.to_string(),
        ServiceError::TransportSend(error) => innermost(error.error.as_ref()),
        error => error.to_string(),
    }
}

/// The error that caused the others, which are about our own layers, without the URL: a key may be in
/// its query.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(cause) = cause(error) {
        error = cause;
    }
    let text = error.to_string();
    match error.downcast_ref::<reqwest::Error>().and_then(reqwest::Error::url) {
        Some(url) => text.replace(&format!(" for url ({url})"), ""),
        None => text,
    }
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<sse::Error>() {
        // It repeats the text of this one, and does not say that it is its cause.
        Some(sse::Error::Client(cause)) => Some(cause),
        _ => error.source(),
    }
}
