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
use super::route::Route;
use super::shape::at;

/// How old something may be to be taken for what was just written; clocks differ.
const RECENT: SignedDuration = SignedDuration::from_hours(1);

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
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        let (id, query) = place(kind, body);
        let path = by_id(id).map(|row| row.path.fill(&route.names)).unwrap_or_default();
        let comment_id = json!(route.names.get(Piece::CommentId));
        let is_it = |value: &Value| match kind {
            WriteKind::Open => {
                value["title"] == text("title").trim()
                    && value["isPullRequest"]
                        == body.get("pullRequest").cloned().unwrap_or(json!(false))
                    && is_recent(value, "createdAt")
            }
            WriteKind::Comment => says(value, text("comment")) && is_recent(value, "createdAt"),
            WriteKind::Edit => value["id"] == comment_id && says(value, text("content")),
            WriteKind::Hide => {
                value["id"] == comment_id && at(value, "data.hidden") == Some(&json!(true))
            }
            WriteKind::SetStatus => false,
            WriteKind::Decide | WriteKind::Grant => is_about(value, body),
            WriteKind::Collect => {
                value["title"] == text("title") && is_recent(value, "lastUpdated")
            }
            WriteKind::AddItem => {
                let item = body.get("item").unwrap_or(&Value::Null);
                value["id"] == item["id"] && value["type"] == item["type"]
            }
        };
        let test: Test<'_> = &is_it;
        if text("status") == "reset" {
            // No endpoint of the catalog lists these.
            return Trace::Unknown(path);
        }
        let Ok(found) = self.find((id, &route.names), &query, test, watch).await else {
            return Trace::Unknown(path);
        };
        let status = found.rest.filter(|rest| rest["status"] == text("status"));
        match (kind, found.element, status) {
            (WriteKind::SetStatus, _, Some(discussion)) => Trace::Seen(discussion),
            (WriteKind::SetStatus, _, None) | (_, None, _) => Trace::NotSeen(path),
            (_, Some(element), _) => Trace::Seen(element),
        }
    }
}

/// Where the trace of a write is, and what narrows the search.
fn place(kind: WriteKind, body: &Map<String, Value>) -> (&'static str, Vec<(String, String)>) {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let query = |name: &str, value: Option<&str>| {
        value.map(|value| (name.to_owned(), value.to_owned())).into_iter().collect()
    };
    match kind {
        WriteKind::Open => ("discussions.list", Vec::new()),
        WriteKind::Comment | WriteKind::Edit | WriteKind::Hide | WriteKind::SetStatus => {
            ("discussions.detail", Vec::new())
        }
        WriteKind::Grant => ("access.accepted", query("q", text("user"))),
        WriteKind::Decide => {
            let list = match text("status") {
                Some("accepted") => "access.accepted",
                Some("rejected") => "access.rejected",
                _ => "access.pending",
            };
            (list, query("q", text("user")))
        }
        WriteKind::Collect => ("collections.list", query("owner", text("namespace"))),
        WriteKind::AddItem => ("collections.get", Vec::new()),
    }
}

/// Whether an event is a comment with this text.
fn says(event: &Value, text: &str) -> bool {
    at(event, "data.latest.raw")
        .and_then(Value::as_str)
        .is_some_and(|raw| raw.trim() == text.trim())
}

/// Whether an access request is the one a body names, in whichever way.
fn is_about(request: &Value, body: &Map<String, Value>) -> bool {
    [("user", "user.user"), ("userId", "user._id"), ("requestId", "requestId")]
        .iter()
        .any(|(field, path)| body.get(*field).is_some_and(|id| at(request, path) == Some(id)))
}

fn is_recent(value: &Value, key: &str) -> bool {
    let moment = value.get(key).and_then(Value::as_str).and_then(|text| text.parse().ok());
    moment.is_some_and(|moment: Timestamp| Timestamp::now().duration_since(moment) < RECENT)
}
