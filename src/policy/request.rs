//! A write as a person writes it: `POST /models/a/b/discussions/7/status {"status": "closed"}` is
//! one to the Hub, `bash cargo test` a call of another tool.
//!
//! It does not know which paths and which tools there are.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A write, without the server it goes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method")]
pub enum Request {
    /// To the Hub.
    #[serde(rename = "POST")]
    Post(Post),
    /// What another tool does.
    #[serde(rename = "CALL")]
    Call(Call),
}

/// A write to the Hub.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// The path, without `/api`: `/models/a/b/discussions/7/comment`.
    pub path: String,
    /// The exact body, where it has one.
    pub body: Option<Value>,
}

/// A call of a tool that is not the Hub's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The tool's name.
    pub tool: String,
    /// What it does, where a line says that better than the arguments: the command, the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The exact arguments, or those that `action` does not say.
    pub body: Option<Value>,
}

impl Request {
    /// A write to the Hub.
    pub fn post(path: impl Into<String>, body: Option<Value>) -> Self {
        Self::Post(Post { path: path.into(), body })
    }

    /// What is sent along.
    pub fn body(&self) -> Option<&Value> {
        match self {
            Self::Post(post) => post.body.as_ref(),
            Self::Call(call) => call.body.as_ref(),
        }
    }

    /// The same with another body.
    #[must_use]
    pub fn with_body(self, body: Option<Value>) -> Self {
        match self {
            Self::Post(post) => Self::Post(Post { body, ..post }),
            Self::Call(call) => Self::Call(Call { body, ..call }),
        }
    }

    /// What it says without its body: the form in which a rule names it.
    #[must_use]
    pub fn bare(&self) -> Self {
        self.clone().with_body(None)
    }
}

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, rest) = match Written::read(text)? {
            Written::Post { path, rest } => (path, rest),
            Written::Call { tool, action } => {
                let (tool, action) = (tool.to_owned(), action.map(str::to_owned));
                return Ok(Self::Call(Call { tool, action, body: None }));
            }
        };
        let body = match rest {
            "" => None,
            json => Some(
                serde_json::from_str(json)
                    .map_err(|error| format!("what follows the path is not JSON: {error}"))?,
            ),
        };
        Ok(Self::post(path, body))
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(Post { path, .. }) => write!(f, "POST {path}")?,
            Self::Call(Call { tool, action: None, .. }) => f.write_str(tool)?,
            Self::Call(Call { tool, action: Some(action), .. }) => write!(f, "{tool} {action}")?,
        }
        match self.body() {
            Some(body) => write!(f, " {body}"),
            None => Ok(()),
        }
    }
}

/// The parts of a write, or of what a rule is about, as they are written.
pub(super) enum Written<'a> {
    /// `POST`, a path, and what follows it.
    Post { path: &'a str, rest: &'a str },
    /// A tool's name, and what follows it.
    Call { tool: &'a str, action: Option<&'a str> },
}

impl<'a> Written<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, String> {
        let text = text.trim();
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let rest = rest.trim_start();
        if word.starts_with('/') {
            return Err(format!("the method is missing: write `POST {text}`"));
        }
        if word.eq_ignore_ascii_case("GET") {
            return Err("reads are never asked about; rules are about `POST`".to_owned());
        }
        if word.eq_ignore_ascii_case("POST") {
            return Self::post(rest);
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        // Another method of HTTP is no tool, and neither is one that is misspelled.
        let is_method = rest.starts_with('/') && word.chars().all(|c| c.is_ascii_uppercase());
        let name = word.strip_suffix('*').unwrap_or(word);
        if name.is_empty() || is_method || !name.chars().all(is_name) {
            return Err(format!("expected `POST /…` or the name of a tool, found `{text}`"));
        }
        Ok(Self::Call { tool: word, action: (!rest.is_empty()).then_some(rest) })
    }

    fn post(rest: &'a str) -> Result<Self, String> {
        let (path, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let path = path.strip_prefix("/api/").map_or(path, |_| &path[4..]);
        if !path.starts_with('/') {
            return Err(format!("the path must start with `/`, found `{path}`"));
        }
        Ok(Self::Post { path: path.trim_end_matches('/'), rest: rest.trim() })
    }
}
