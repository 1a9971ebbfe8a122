//! A write as a person writes it: `POST /models/a/b/discussions/7/status {"status": "closed"}`.
//!
//! It does not know which paths there are.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// A write, without the server it goes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The path, without `/api`.
    pub path: String,
    /// The body, where it has one.
    pub body: Option<Value>,
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, rest) = path_of(text)?;
        let body = match rest {
            "" => None,
            json => Some(
                serde_json::from_str(json)
                    .map_err(|error| format!("what follows the path is not JSON: {error}"))?,
            ),
        };
        Ok(Self { path: path.to_owned(), body })
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "POST {}", self.path)?;
        match &self.body {
            Some(body) => write!(f, " {body}"),
            None => Ok(()),
        }
    }
}

/// Takes `POST` off, and divides a path from what follows it.
pub(super) fn path_of(text: &str) -> Result<(&str, &str), String> {
    let text = text.trim();
    let (method, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if method.starts_with('/') {
        return Err(format!("the method is missing: write `POST {text}`"));
    }
    if method.eq_ignore_ascii_case("GET") {
        return Err("reads are never asked about; rules are about `POST`".to_owned());
    }
    if !method.eq_ignore_ascii_case("POST") {
        return Err(format!("expected `POST /…`, found `{text}`"));
    }
    let rest = rest.trim_start();
    let (path, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let path = path.strip_prefix("/api/").map_or(path, |_| &path[4..]);
    if !path.starts_with('/') {
        return Err(format!("the path must start with `/`, found `{path}`"));
    }
    Ok((path.trim_end_matches('/'), rest.trim()))
}
