//! What a write is about, as it is on the Hub now: what it would replace, hide or decide.
//!
//! It only reads. What follows for the write is said by `propose`.

use serde_json::{Map, Value, json};

use super::catalog::WriteKind;
use super::client::Client;
use super::exchange::Watch;
use super::path::Piece;
use super::problem::Problem;
use super::route::Route;
use super::shape::at;

/// The lists an access request may be in. One that was reset is as good as none.
const REQUESTS: [&str; 3] = ["access.pending", "access.accepted", "access.rejected"];

/// What a write is about.
#[derive(Debug)]
pub(super) enum Present {
    /// It adds something: nothing is replaced.
    Nothing,
    /// A discussion, without its events.
    Discussion(Value),
    /// A comment: an event of a discussion.
    Comment(Value),
    /// The comment that was named is not there.
    NoComment,
    /// Somebody's access request.
    Request(Value),
}

impl Client {
    /// Reads what a write is about.
    pub(super) async fn present(
        &self,
        (route, kind): (&Route, WriteKind),
        body: &Map<String, Value>,
        watch: Watch<'_>,
    ) -> Result<Present, Problem> {
        match kind {
            WriteKind::Open | WriteKind::Comment | WriteKind::Collect | WriteKind::AddItem => {
                Ok(Present::Nothing)
            }
            WriteKind::Edit | WriteKind::Hide => self.present_comment(route, watch).await,
            WriteKind::SetStatus => {
                let nothing = |_: &Value| false;
                let discussion = ("discussions.detail", &route.names);
                let found = self.find(discussion, &[], &nothing, watch).await?;
                Ok(Present::Discussion(found.rest.unwrap_or_default()))
            }
            WriteKind::Decide | WriteKind::Grant => self.present_request(route, body, watch).await,
        }
    }

    async fn present_comment(&self, route: &Route, watch: Watch<'_>) -> Result<Present, Problem> {
        let wanted = json!(route.names.get(Piece::CommentId));
        let is_it = |event: &Value| event.get("id") == Some(&wanted) && event["type"] == "comment";
        let found = self.find(("discussions.detail", &route.names), &[], &is_it, watch).await?;
        Ok(found.element.map_or(Present::NoComment, Present::Comment))
    }

    /// A request that is in no list may be one whose owner the Hub does not name, so that not to
    /// find it proves nothing.
    async fn present_request(
        &self,
        route: &Route,
        body: &Map<String, Value>,
        watch: Watch<'_>,
    ) -> Result<Present, Problem> {
        let is_it = |request: &Value| is_about(request, body);
        for list in REQUESTS {
            let found = self.find((list, &route.names), &whose(body), &is_it, watch).await?;
            if let Some(request) = found.element {
                return Ok(Present::Request(request));
            }
        }
        Ok(Present::Nothing)
    }
}

impl Present {
    /// The part of it a person should see before they say yes, and by which a change is noticed.
    pub(super) fn excerpt(&self) -> Option<Value> {
        let pick = |value: &Value, names: &[(&str, &str)]| {
            let picked = names
                .iter()
                .filter_map(|(name, path)| Some(((*name).to_owned(), at(value, path)?.clone())));
            Some(Value::Object(picked.collect()))
        };
        match self {
            Self::Nothing | Self::NoComment => None,
            Self::Discussion(discussion) => pick(
                discussion,
                &[("title", "title"), ("status", "status"), ("isPullRequest", "isPullRequest")],
            ),
            Self::Comment(comment) => pick(
                comment,
                &[
                    ("author", "author.name"),
                    ("createdAt", "createdAt"),
                    ("text", "data.latest.raw"),
                ],
            ),
            Self::Request(request) => pick(
                request,
                &[
                    ("user", "user.user"),
                    ("fullname", "user.fullname"),
                    ("asked", "timestamp"),
                    ("status", "status"),
                ],
            ),
        }
    }
}

/// Whether an access request is the one a body names, in whichever way.
pub(super) fn is_about(request: &Value, body: &Map<String, Value>) -> bool {
    [("user", "user.user"), ("userId", "user._id"), ("requestId", "requestId")]
        .iter()
        .any(|(field, path)| body.get(*field).is_some_and(|id| at(request, path) == Some(id)))
}

/// The query that narrows a list of access requests to those a body may name.
pub(super) fn whose(body: &Map<String, Value>) -> Vec<(String, String)> {
    let user = body.get("user").and_then(Value::as_str);
    user.map(|user| ("q".to_owned(), user.to_owned())).into_iter().collect()
}
