//! One rule: which requests it is about and what becomes of them.
//!
//! It does not know in which file it was written, only how to name the place.

use std::fmt;

use serde_json::{Map, Value};

use super::pattern::{Case, Pattern};
use super::request::Post;
use super::{Class, Effect, Request, Subject, endpoint_of};
use crate::hub::catalog::{Action, WriteKind};

/// What becomes of the requests a pattern and a condition match.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What becomes of them.
    pub effect: Effect,
    subject: Subject,
    /// What fields of the body must be.
    body: Map<String, Value>,
    /// Where it was said: `--allow`, or a file and a line.
    origin: String,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl RuleError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Rule {
    /// A rule about requests such as `POST /models/my-org/*/discussions/*/comment`.
    pub fn new(
        effect: Effect,
        request: &str,
        body: Map<String, Value>,
        origin: impl Into<String>,
    ) -> Result<Self, RuleError> {
        let subject = Subject::parse(request)?;
        Ok(Self { effect, subject, body, origin: origin.into() })
    }

    /// The rule of somebody who says "always" to a request: this endpoint, on this repo or in this
    /// collection or namespace; of another tool the call that does exactly this, or all calls where
    /// they only add something and no line says what they do.
    ///
    /// There is none for a request that says nothing of where it writes, and none for a call of which
    /// the next one may do something quite different that cannot be undone.
    pub fn always(request: &Request, class: Class) -> Option<Self> {
        let is_additive = class == Class::Additive;
        let (subject, body) = match request {
            Request::Post(post) if is_additive => Self::around(post)?,
            Request::Call(call) if is_additive || call.action.is_some() => {
                (Subject::from(call), Map::new())
            }
            Request::Post(_) | Request::Call(_) => return None,
        };
        Some(Self { effect: Effect::Allow, subject, body, origin: "always".to_owned() })
    }

    fn around(post: &Post) -> Option<(Subject, Map<String, Value>)> {
        let (endpoint, captured) = endpoint_of(&post.path)?;
        let mut body = Map::new();
        if let Action::Write(write) = &endpoint.action
            && write.kind == WriteKind::Collect
        {
            let namespace = post.body.as_ref()?.get("namespace")?;
            body.insert("namespace".to_owned(), namespace.clone());
        }
        Some((Subject::Posts(Pattern::around(endpoint.path, &captured)), body))
    }

    /// Checks a rule against requests it must match and requests it must not.
    pub fn check(&self, matches: &[String], misses: &[String]) -> Result<(), RuleError> {
        for (examples, expected) in [(matches, true), (misses, false)] {
            for example in examples {
                let request: Request = example.parse().map_err(|error| {
                    RuleError::new(format!("the example `{example}` cannot be read: {error}"))
                })?;
                if self.matches(&request) != expected {
                    let does = if expected { "does not match" } else { "matches" };
                    return Err(RuleError::new(format!("the rule {does} its example `{example}`"))
                        .hint("change the rule, or the example if the rule is right"));
                }
            }
        }
        Ok(())
    }

    /// Whether it is about this request.
    ///
    /// Upper and lower case are told apart only where that lets less through.
    pub(super) fn matches(&self, request: &Request) -> bool {
        let case = match self.effect {
            Effect::Allow => Case::Sensitive,
            Effect::Ask | Effect::Deny => Case::Insensitive,
        };
        let has = |(key, value): (&String, &Value)| {
            request.body().and_then(|body| body.get(key)) == Some(value)
        };
        self.subject.matches(request, case) && self.body.iter().all(has)
    }

    /// Whether it names one path word for word.
    pub(super) fn is_exact(&self) -> bool {
        self.subject.is_exact()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.effect, self.subject)?;
        if !self.body.is_empty() {
            write!(f, " {}", Value::Object(self.body.clone()))?;
        }
        write!(f, " ({})", self.origin)
    }
}
