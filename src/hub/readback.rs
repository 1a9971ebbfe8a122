//! Whether a write shows on the Hub, for when the answer to it was lost.
//!
//! Each kind of write leaves its own trace: an element of some list, or a status. What follows
//! from a trace is said elsewhere.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::catalog::{WriteKind, by_id};
use super::client::Client;
use super::exchange::Watch;
use super::find::Test;
use super::path::Piece;
use super::present::{is_about, whose};
use super::route::Route;
use super::shape::at;

/// How old something may be to be taken for what was just written; clocks differ. Whoever says the
/// same twice within that time may be told of the first when the second is lost.
const RECENT: SignedDuration = SignedDuration::from_mins(5);

/// What a look at the Hub came to.
#[derive(Debug, PartialEq)]
pub(super) enum Trace {
    /// It shows, as this.
    Seen(Value),
    /// It does not show at this path.
    NotSeen(String),
    /// This path could not be looked at, or does not tell.
    Unknown(String),
}

impl Client {
    /// Looks for the trace of a write.
    pub(super) async fn trace(
        &self,
        (route, kind): (&Route, WriteKind),
        body: &Map<String, Value>,
        watch: Watch<'_>,
    ) -> Trace {
        let (id, query) = place(kind, body);
        let path = by_id(id).map(|row| row.path.fill(&route.names)).unwrap_or_default();
        // Somebody else may say the same at the same time.
        let own = match kind {
            WriteKind::Open | WriteKind::Comment => match self.own_name(watch).await {
                Some(name) => name,
                None => return Trace::Unknown(path),
            },
            _ => String::new(),
        };
        let written = Written { route, kind, body, own: &own };
        let is_it = |value: &Value| written.is_shown_by(value);
        let test: Test<'_> = &is_it;
        let Ok(found) = self.find((id, &route.names), &query, test, watch).await else {
            return Trace::Unknown(path);
        };
        let seen = match kind {
            WriteKind::SetStatus => {
                found.rest.filter(|discussion| discussion["status"] == written.text("status"))
            }
            _ => found.element,
        };
        // What is new stands at the front of these two lists.
        let is_in_front = matches!(kind, WriteKind::Open | WriteKind::Collect);
        match seen {
            Some(evidence) => Trace::Seen(evidence),
            None if found.whole || is_in_front => Trace::NotSeen(path),
            None => Trace::Unknown(path),
        }
    }
}

/// A write, and who made it where that matters.
struct Written<'a> {
    route: &'a Route,
    kind: WriteKind,
    body: &'a Map<String, Value>,
    own: &'a str,
}

impl Written<'_> {
    /// Whether an element of the list is what the write left there.
    fn is_shown_by(&self, value: &Value) -> bool {
        let is_the_comment = || value["id"] == json!(self.route.names.get(Piece::CommentId));
        match self.kind {
            WriteKind::Open => {
                let pull_request = self.body.get("pullRequest").cloned().unwrap_or(json!(false));
                value["title"] == self.text("title").trim()
                    && value["isPullRequest"] == pull_request
                    && self.is_own(value)
                    && is_recent(value, "createdAt")
            }
            WriteKind::Comment => {
                says(value, self.text("comment"))
                    && self.is_own(value)
                    && is_recent(value, "createdAt")
            }
            WriteKind::Edit => is_the_comment() && says(value, self.text("content")),
            WriteKind::Hide => is_the_comment() && at(value, "data.hidden") == Some(&json!(true)),
            WriteKind::SetStatus => false,
            WriteKind::Decide | WriteKind::Grant => is_about(value, self.body),
            WriteKind::Collect => {
                value["title"] == self.text("title") && is_recent(value, "lastUpdated")
            }
            WriteKind::AddItem => {
                let item = self.body.get("item").unwrap_or(&Value::Null);
                value["id"] == item["id"] && value["type"] == item["type"]
            }
        }
    }

    fn text(&self, field: &str) -> &str {
        self.body.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn is_own(&self, value: &Value) -> bool {
        at(value, "author.name").is_some_and(|name| name == self.own)
    }
}

/// Where the trace of a write is, and what narrows the search.
fn place(kind: WriteKind, body: &Map<String, Value>) -> (&'static str, Vec<(String, String)>) {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    match kind {
        WriteKind::Open => ("discussions.list", Vec::new()),
        WriteKind::Comment | WriteKind::Edit | WriteKind::Hide | WriteKind::SetStatus => {
            ("discussions.detail", Vec::new())
        }
        WriteKind::Grant => ("access.accepted", whose(body)),
        WriteKind::Decide => {
            let list = match text("status") {
                Some("accepted") => "access.accepted",
                Some("rejected") => "access.rejected",
                Some("reset") => "access.reset",
                _ => "access.pending",
            };
            (list, whose(body))
        }
        WriteKind::Collect => {
            let owner = text("namespace").unwrap_or_default();
            let query = [("owner", owner), ("sort", "lastModified")];
            (
                "collections.list",
                query.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            )
        }
        WriteKind::AddItem => ("collections.get", Vec::new()),
    }
}

/// Whether an event is a comment with this text.
fn says(event: &Value, text: &str) -> bool {
    at(event, "data.latest.raw")
        .and_then(Value::as_str)
        .is_some_and(|raw| raw.trim() == text.trim())
}

fn is_recent(value: &Value, key: &str) -> bool {
    let moment = value.get(key).and_then(Value::as_str).and_then(|text| text.parse().ok());
    moment.is_some_and(|moment: Timestamp| Timestamp::now().duration_since(moment) < RECENT)
}
