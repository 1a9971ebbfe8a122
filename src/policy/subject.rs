//! What a rule is about: writes to the Hub whose path fits a pattern, or calls of a tool.
//!
//! It does not know what becomes of them.

use std::fmt;

use super::Request;
use super::pattern::{Case, Pattern};
use super::request::{Call, Post, Written};
use super::rule::RuleError;

/// What a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Writes to the Hub with such a path.
    Posts(Pattern),
    /// Calls of a tool: all of them, or those that do exactly this.
    Calls {
        /// The tool's name, or how the names of several begin: `time__*`.
        tool: String,
        /// What they do, word for word.
        action: Option<String>,
    },
}

impl Subject {
    /// Reads `POST /models/my-org/*/discussions/*/comment`, which must be able to match some writing
    /// endpoint, or `bash`, or `bash cargo test`, or `time__*`.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        match Written::read(text).map_err(RuleError::new)? {
            Written::Post { path, rest } => Pattern::parse(path, rest).map(Self::Posts),
            Written::Call { tool, action } => {
                Ok(Self::Calls { tool: tool.to_owned(), action: action.map(str::to_owned) })
            }
        }
    }

    pub(super) fn matches(&self, request: &Request, case: Case) -> bool {
        match (self, request) {
            (Self::Posts(pattern), Request::Post(Post { path, .. })) => pattern.matches(path, case),
            (Self::Calls { tool, action }, Request::Call(call)) => {
                let is_meant = match tool.strip_suffix('*') {
                    Some(beginning) => call.tool.starts_with(beginning),
                    None => *tool == call.tool,
                };
                is_meant && (action.is_none() || *action == call.action)
            }
            (Self::Posts(_), Request::Call(_)) | (Self::Calls { .. }, Request::Post(_)) => false,
        }
    }

    /// Whether it names what it is about word for word.
    pub(super) fn is_exact(&self) -> bool {
        match self {
            Self::Posts(pattern) => pattern.is_exact(),
            Self::Calls { tool, .. } => !tool.ends_with('*'),
        }
    }
}

impl From<&Call> for Subject {
    /// The calls that do exactly this.
    fn from(call: &Call) -> Self {
        Self::Calls { tool: call.tool.clone(), action: call.action.clone() }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Posts(pattern) => write!(f, "POST {pattern}"),
            Self::Calls { tool, action: None } => f.write_str(tool),
            Self::Calls { tool, action: Some(action) } => write!(f, "{tool} {action}"),
        }
    }
}
