//! What the emulator answers, good or bad, and how that becomes an HTTP response.
//!
//! Texts, codes and headers of refusals are the Hub's own, as observed. It knows no endpoint.

use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LINK, LOCATION, WWW_AUTHENTICATE};
use axum::http::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::sandbox::world::RepoType;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const CHALLENGE: HeaderValue =
    HeaderValue::from_static("Bearer realm=\"Authentication required\", charset=\"UTF-8\"");
const ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-error-message");
const ERROR_CODE: HeaderName = HeaderName::from_static("x-error-code");

/// A request that was granted.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    content_type: HeaderValue,
    body: Vec<u8>,
    next: Option<String>,
}

/// A request that was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// An error, as the Hub words it.
    Error {
        /// The status.
        status: StatusCode,
        /// The text, in the body and in a header.
        message: String,
        /// The machine-readable kind, which only a few errors have.
        code: Option<&'static str>,
        /// The collection that is in the way, if one is.
        slug: Option<String>,
    },
    /// What was asked for is elsewhere now.
    Moved {
        /// Path and query of the same request there.
        to: String,
    },
}

impl Answer {
    /// Status 200 and a value as JSON.
    pub(super) fn json(value: &impl Serialize) -> Result<Self, Refusal> {
        let body = serde_json::to_vec(value).map_err(|error| {
            Refusal::error(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
        })?;
        Ok(Self { status: StatusCode::OK, content_type: JSON, body, next: None })
    }

    /// Status 200 and a text.
    pub(super) fn text(text: &str) -> Self {
        Self { status: StatusCode::OK, content_type: TEXT, body: text.into(), next: None }
    }

    /// The same with another status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The same with the address of the next page.
    pub(super) fn with_next(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }

    /// As an HTTP response.
    pub(super) fn into_response(self) -> Response<Vec<u8>> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, self.content_type);
        if let Some(next) = self.next {
            insert(&mut response, LINK, &format!("<{next}>; rel=\"next\""));
        }
        response
    }
}

impl Refusal {
    /// An error without a code.
    pub(super) fn error(status: StatusCode, message: impl Into<String>) -> Self {
        Self::Error { status, message: message.into(), code: None, slug: None }
    }

    fn coded(status: StatusCode, code: &'static str, message: String) -> Self {
        Self::Error { status, message, code: Some(code), slug: None }
    }

    /// 401: no token where one is needed, or one that is not valid.
    pub(super) fn unauthorized() -> Self {
        Self::error(StatusCode::UNAUTHORIZED, "Invalid username or password.")
    }

    /// 403: the user or the token may not.
    pub(super) fn forbidden() -> Self {
        Self::error(
            StatusCode::FORBIDDEN,
            "You have read access but not the required permissions for this operation",
        )
    }

    /// 404: no such route.
    pub(super) fn no_route() -> Self {
        Self::not_found("Sorry, we can't find the page you are looking for.")
    }

    /// 404: no such thing.
    pub(super) fn not_found(message: &str) -> Self {
        Self::error(StatusCode::NOT_FOUND, message)
    }

    /// 404: no such repository, or none the user may know of.
    pub(super) fn no_repo() -> Self {
        Self::coded(StatusCode::NOT_FOUND, "RepoNotFound", "Repository not found".to_owned())
    }

    /// 400: the query or the body is not as it should be.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::error(StatusCode::BAD_REQUEST, message)
    }

    /// 401 or 403: a gate is in the way.
    pub(super) fn gated(status: StatusCode, message: String) -> Self {
        Self::coded(status, "GatedRepo", message)
    }

    /// 400: there is no gate.
    pub(super) fn not_gated(kind: RepoType, id: &str) -> Self {
        let message = format!("{kind} {id} is not gated");
        Self::coded(StatusCode::BAD_REQUEST, "RepoNotGated", message)
    }

    /// 409: a collection of that title exists.
    pub(super) fn collection_exists(slug: String) -> Self {
        Self::Error {
            status: StatusCode::CONFLICT,
            message: "You already created this collection".to_owned(),
            code: None,
            slug: Some(slug),
        }
    }

    /// As an HTTP response.
    pub(super) fn into_response(self) -> Response<Vec<u8>> {
        match self {
            Self::Moved { to } => {
                let text = format!("Temporary Redirect. Redirecting to {to}");
                let mut response =
                    Answer::text(&text).with_status(StatusCode::TEMPORARY_REDIRECT).into_response();
                insert(&mut response, LOCATION, &to);
                response
            }
            Self::Error { status, message, code, slug } => {
                let mut body = json!({ "error": message });
                if let Some(slug) = slug {
                    body["slug"] = slug.into();
                }
                let mut response = Response::new(body.to_string().into_bytes());
                *response.status_mut() = status;
                response.headers_mut().insert(CONTENT_TYPE, JSON);
                insert(&mut response, ERROR_MESSAGE, &ascii(&message));
                if let Some(code) = code {
                    insert(&mut response, ERROR_CODE, code);
                }
                if status == StatusCode::UNAUTHORIZED {
                    response.headers_mut().insert(WWW_AUTHENTICATE, CHALLENGE);
                }
                response
            }
        }
    }
}

/// A text as a header may hold it: other than ASCII becomes `*`, runs of white space one space.
fn ascii(text: &str) -> String {
    let text: String =
        text.chars().map(|c| if c.is_ascii() || c.is_whitespace() { c } else { '*' }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sets a header, unless the value cannot be one.
pub(super) fn insert(response: &mut Response<Vec<u8>>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::ascii;

    #[test]
    fn a_header_holds_ascii_on_one_line() {
        assert_eq!(ascii("✖ Too big\n  → at title"), "* Too big * at title");
    }
}
