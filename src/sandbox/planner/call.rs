//! The tool calls the planner makes.
//!
//! It owns the endpoints and the argument names of `hf_api_request`; what comes back is read
//! elsewhere.

use serde_json::{Map, Value, json};

use super::name::{Name, Repo, Slug};
use super::question::{NewThread, Threads, Turn, View, Write};
use super::question::{Status, ThreadKind};

/// The name of the tool.
pub(super) const TOOL: &str = "hf_api_request";

/// The method of a write.
const POST: &str = "POST";

/// The arguments of one call.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call(pub(super) Map<String, Value>);

/// The two places where accounts live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Users,
    Organizations,
}

impl Place {
    fn segment(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Organizations => "organizations",
        }
    }
}

impl Call {
    fn get(endpoint: String) -> Self {
        Self(Map::from_iter([("endpoint".to_owned(), Value::String(endpoint))]))
    }

    fn post(endpoint: String) -> Self {
        Self::get(endpoint).with("method", POST.into())
    }

    fn with(mut self, argument: &str, value: Value) -> Self {
        self.0.insert(argument.to_owned(), value);
        self
    }

    /// The same call, from an offset on and with as many items.
    pub(super) fn page(self, max_results: u64, offset: u64) -> Self {
        self.with("max_results", max_results.into()).with("offset", offset.into())
    }

    /// The same call, with its items counted by the value of a field, of which the most frequent
    /// ones are shown.
    pub(super) fn counted_by(self, field: &str, max_results: u64) -> Self {
        self.with("count_by", field.into()).with("max_results", max_results.into())
    }

    /// Who the token belongs to.
    pub(super) fn whoami() -> Self {
        Self::get("/whoami-v2".to_owned())
    }

    /// `overview`, `followers`, `following`, `likes` or `members` of an account.
    pub(super) fn account(place: Place, name: &Name, what: &str) -> Self {
        Self::get(format!("/{}/{name}/{what}", place.segment()))
    }

    /// The discussions and pull requests of a repository.
    ///
    /// The Hub filters by open and closed only; other statuses are for the reader to pick out.
    pub(super) fn threads(threads: &Threads, author: Option<&Name>) -> Self {
        let mut params = Map::new();
        let kind = match threads.kind {
            ThreadKind::Discussion => Some("discussion"),
            ThreadKind::PullRequest => Some("pull_request"),
            ThreadKind::Any => None,
        };
        let status = match threads.status {
            Some(Status::Open) => Some("open"),
            Some(Status::Closed) => Some("closed"),
            Some(Status::Merged | Status::Draft) | None => None,
        };
        params.extend(kind.map(|kind| ("type".to_owned(), kind.into())));
        params.extend(status.map(|status| ("status".to_owned(), status.into())));
        params.extend(author.map(|author| ("author".to_owned(), author.to_string().into())));
        let call = Self::get(format!("{}/discussions", path(&threads.repo)));
        if params.is_empty() { call } else { call.with("params", Value::Object(params)) }
    }

    /// One discussion or pull request with what was said in it.
    pub(super) fn thread(repo: &Repo, number: u64) -> Self {
        Self::get(format!("{}/discussions/{number}", path(repo)))
    }

    /// The access requests of a repository that stand as `state` says.
    pub(super) fn access_requests(repo: &Repo, state: &str) -> Self {
        Self::get(format!("{}/user-access-request/{state}", path(repo)))
    }

    /// Whether the token may read a repository.
    pub(super) fn auth_check(repo: &Repo) -> Self {
        Self::get(format!("{}/auth-check", path(repo)))
    }

    /// The collections of an owner.
    pub(super) fn collections(owner: &Name) -> Self {
        Self::get("/collections".to_owned()).with("params", json!({ "owner": owner.to_string() }))
    }

    /// One collection with its items.
    pub(super) fn collection(slug: &Slug) -> Self {
        Self::get(format!("/collections/{slug}"))
    }

    /// A write. `owner` is whose collection it is, where one is made.
    pub(super) fn write(write: &Write, owner: Option<&Name>) -> Self {
        let thread = |repo: &Repo, number: &u64| format!("{}/discussions/{number}", path(repo));
        let request = |repo: &Repo| format!("{}/user-access-request", path(repo));
        let (endpoint, body) = match write {
            Write::Comment { repo, number, text } => {
                (format!("{}/comment", thread(repo, number)), json!({ "comment": text }))
            }
            Write::Edit { repo, number, comment, text } => (
                format!("{}/comment/{comment}/edit", thread(repo, number)),
                json!({ "content": text }),
            ),
            Write::Hide { repo, number, comment } => {
                (format!("{}/comment/{comment}/hide", thread(repo, number)), Value::Null)
            }
            Write::Open { repo, kind, title, text } => (
                format!("{}/discussions", path(repo)),
                json!({
                    "title": title,
                    "description": text,
                    "pullRequest": *kind == NewThread::PullRequest,
                }),
            ),
            Write::SetStatus { repo, number, to, comment } => (
                format!("{}/status", thread(repo, number)),
                with(json!({ "status": turned(*to) }), "comment", comment.as_ref()),
            ),
            Write::Decide { repo, user, state, reason } => (
                format!("{}/handle", request(repo)),
                with(
                    json!({ "user": user.to_string(), "status": state.word() }),
                    "rejectionReason",
                    reason.as_ref(),
                ),
            ),
            Write::Grant { repo, user } => {
                (format!("{}/grant", request(repo)), json!({ "user": user.to_string() }))
            }
            Write::CreateCollection { title, about, view, .. } => {
                let namespace = owner.map(ToString::to_string);
                let body = with(json!({ "title": title }), "namespace", namespace.as_ref());
                let mut body = with(body, "description", about.as_ref());
                if *view == View::Private {
                    body["private"] = true.into();
                }
                ("/collections".to_owned(), body)
            }
            Write::AddItem { slug, repo, note } => (
                format!("/collections/{slug}/items"),
                with(
                    json!({ "item": { "id": repo.id(), "type": repo.kind.word() } }),
                    "note",
                    note.as_ref(),
                ),
            ),
        };
        let call = Self::post(endpoint);
        if body.is_null() { call } else { call.with("json_body", body) }
    }
}

/// Whether a call with these arguments writes.
pub(super) fn is_write(arguments: &Map<String, Value>) -> bool {
    arguments.get("method").is_some_and(|method| method == POST)
}

/// The start of a repository's endpoints.
fn path(repo: &Repo) -> String {
    format!("/{}/{}", repo.kind.segment(), repo.id())
}

fn turned(to: Turn) -> &'static str {
    match to {
        Turn::Closed => "closed",
        Turn::Open => "open",
    }
}

fn with(mut body: Value, key: &str, value: Option<&String>) -> Value {
    if let Some(value) = value {
        body[key] = value.as_str().into();
    }
    body
}
