//! A write before it is asked about: what it will do, in words, and what it would replace.
//!
//! It only reads. Whether the write happens is decided elsewhere, by somebody who reads the words.

use serde_json::{Map, Value, json};

use super::body;
use super::catalog::{Class, Write, WriteKind};
use super::client::{Client, Reach};
use super::exchange::{Trouble, Watch};
use super::hint::Login;
use super::path::Piece;
use super::present::Present;
use super::problem::Problem;
use super::route::{Refusal, Route};
use super::shape::at;
use super::words;

/// A write that could be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// What it will do, in one sentence for a person.
    pub words: String,
    /// The exact body.
    pub body: Option<Value>,
    /// What is there now, where the write replaces or hides something.
    pub now: Option<Value>,
    /// How careful to be.
    pub class: Class,
}

/// Why there is nothing to ask about.
#[derive(Debug)]
pub enum Declined {
    /// The call is wrong or pointless.
    Refused(Refusal),
    /// What it is about could not be read.
    Failed(Box<Problem>),
}

impl Client {
    /// Prepares a write. Sends nothing but reads.
    pub async fn propose(
        &self,
        (route, write): (&Route, &Write),
        given: Map<String, Value>,
        watch: Watch<'_>,
    ) -> Result<Proposal, Declined> {
        let body = body::check(write, given).map_err(Declined::Refused)?;
        self.may_write().map_err(|trouble| {
            let url = self.url(&route.path, &[]);
            Declined::Failed(Box::new(Problem::unanswered(url.as_str(), &trouble)))
        })?;
        let empty = Map::new();
        let fields = body.as_ref().unwrap_or(&empty);
        let present = self
            .present((route, write.kind), fields, watch)
            .await
            .map_err(|problem| Declined::Failed(Box::new(self.advise(problem, route))))?;
        let class = class_now((route, write.kind), fields, &present).map_err(Declined::Refused)?;
        Ok(Proposal {
            words: words::of(write.kind, route, fields, &present),
            now: present.excerpt(),
            class,
            body: body.map(Value::Object),
        })
    }

    /// Nobody is asked about a write that could not be sent, or that the token is known not to do.
    fn may_write(&self) -> Result<(), Trouble> {
        if self.settings.reach == Reach::Offline {
            return Err(Trouble::Offline);
        }
        let secret = self.settings.token.read()?;
        match self.identity.login(secret.as_ref()) {
            Login::None => Err(Trouble::NotAllowed("no Hub token is set")),
            Login::ReadOnly => Err(Trouble::NotAllowed("the Hub token is read-only")),
            Login::Token => Ok(()),
        }
    }
}

/// How careful to be, now that it is known what the write is about; pointless ones are refused.
fn class_now(
    (route, kind): (&Route, WriteKind),
    body: &Map<String, Value>,
    present: &Present,
) -> Result<Class, Refusal> {
    match present {
        Present::Discussion(discussion) => {
            let (old, new) = (discussion.get("status"), body.get("status"));
            if old == new {
                return Err(Refusal::new(format!(
                    "Nothing was sent: its status is {} already. A comment alone goes to \
                     …/comment.",
                    old.and_then(Value::as_str).unwrap_or_default()
                )));
            }
            // Opening a draft publishes it, and there is no way back.
            let is = |value: Option<&Value>, word| value.is_some_and(|value| value == word);
            let publishes = is(old, "draft") && is(new, "open");
            Ok(if publishes { Class::Destructive } else { kind.class(body) })
        }
        Present::Comment(comment) if at(comment, "data.hidden") == Some(&json!(true)) => {
            Err(Refusal::new("Nothing was sent: the comment is hidden, for good."))
        }
        Present::NoComment => Err(no_such_comment(route)),
        // A grant names no status, and accepts.
        Present::Request(request)
            if request.get("status") == Some(body.get("status").unwrap_or(&json!("accepted"))) =>
        {
            Err(Refusal::new(format!(
                "Nothing was sent: the access request is {} already.",
                request.get("status").and_then(Value::as_str).unwrap_or_default()
            )))
        }
        Present::Comment(_) | Present::Request(_) | Present::Nothing => Ok(kind.class(body)),
    }
}

fn no_such_comment(route: &Route) -> Refusal {
    let name = |piece| route.names.get(piece).unwrap_or_default();
    Refusal::new(format!(
        "Nothing was sent: there is no comment {} in this discussion. Comment ids are the `id`s of \
         the events in GET /{}/{}/discussions/{}.",
        name(Piece::CommentId),
        name(Piece::RepoType),
        name(Piece::RepoId),
        name(Piece::Num)
    ))
}
