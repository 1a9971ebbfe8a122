//! What a write will do, in one plain sentence for the person who is to say yes.
//!
//! It names who is touched and what cannot be taken back. The exact body is shown beside it.

use serde_json::{Map, Value};

use super::catalog::WriteKind;
use super::path::Piece;
use super::present::Present;
use super::route::Route;
use super::shape::at;

/// How much of a text is quoted, in characters.
const QUOTED: usize = 80;

/// The sentence, without a full stop.
pub(super) fn of(
    kind: WriteKind,
    route: &Route,
    body: &Map<String, Value>,
    present: &Present,
) -> String {
    let repo = repo(route);
    let field = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let quoted = |name: &str| quote(field(name));
    match kind {
        WriteKind::Open if body.get("pullRequest") == Some(&Value::Bool(true)) => {
            format!("Open a draft pull request on {repo}: {}", quoted("title"))
        }
        WriteKind::Open => format!("Open a discussion on {repo}: {}", quoted("title")),
        WriteKind::Comment => {
            format!("Comment on {}: {}", thread(route), quoted("comment"))
        }
        WriteKind::Edit => {
            format!("Replace {} by {}", comment(route, present), quoted("content"))
        }
        WriteKind::Hide => {
            format!("Hide {} for good: nobody can read or restore it", comment(route, present))
        }
        WriteKind::SetStatus => status(route, body, present),
        WriteKind::Decide => decision(&repo, body, present),
        WriteKind::Grant => format!("Give {} access to {repo}", whom(body)),
        WriteKind::Collect => {
            let private = body.get("private") == Some(&Value::Bool(true));
            let visibility = if private { "private" } else { "public" };
            format!(
                "Make the {visibility} collection {} of {}",
                quoted("title"),
                field("namespace")
            )
        }
        WriteKind::AddItem => {
            let item = body.get("item").unwrap_or(&Value::Null);
            let part = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
            let slug = route.names.get(Piece::Slug).unwrap_or_default();
            format!("Add the {} {} to the collection {slug}", part("type"), part("id"))
        }
    }
}

fn status(route: &Route, body: &Map<String, Value>, present: &Present) -> String {
    let Present::Discussion(discussion) = present else { return String::new() };
    let text = |key: &str| discussion.get(key).and_then(Value::as_str).unwrap_or_default();
    let what = format!("{} ({})", thread(route), quote(text("title")));
    let opens = body.get("status").is_some_and(|status| status == "open");
    let mut words = match (opens, text("status")) {
        (true, "draft") => {
            format!("Publish the draft pull request {what}: it cannot become a draft again")
        }
        (true, _) => format!("Reopen {what}"),
        (false, _) => format!("Close {what}"),
    };
    if let Some(comment) = body.get("comment").and_then(Value::as_str) {
        words.push_str(", with the comment ");
        words.push_str(&quote(comment));
    }
    words
}

fn decision(repo: &str, body: &Map<String, Value>, present: &Present) -> String {
    let whom = whom(body);
    let before = match present {
        Present::Request(request) => request.get("status").and_then(Value::as_str),
        _ => None,
    };
    // Who has access is known only where the request was found.
    let lost = match before {
        Some("accepted") => ": the access they have is taken away",
        Some(_) => "",
        None => ": access they have is taken away",
    };
    match body.get("status").and_then(Value::as_str).unwrap_or_default() {
        "accepted" => format!("Give {whom} access to {repo}, as requested"),
        "rejected" if before == Some("accepted") => {
            format!("Take the access of {whom} to {repo} away: they cannot ask again")
        }
        "rejected" => format!("Refuse {whom} access to {repo}: they cannot ask again"),
        "pending" => {
            format!("Put the access request of {whom} for {repo} back to pending{lost}")
        }
        _ => format!("Reset the access request of {whom} for {repo}{lost}"),
    }
}

/// Whoever a body is about: by name, or by one of the Hub's ids.
fn whom(body: &Map<String, Value>) -> String {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    match (text("user"), text("userId"), text("requestId")) {
        (Some(user), ..) => user.to_owned(),
        (None, Some(id), _) => format!("the user with id {id}"),
        (None, None, Some(id)) => format!("whoever made request {id}"),
        (None, None, None) => String::new(),
    }
}

fn comment(route: &Route, present: &Present) -> String {
    let Present::Comment(comment) = present else { return String::new() };
    let text = |path: &str| at(comment, path).and_then(Value::as_str);
    format!(
        "the comment of {} in {} ({})",
        text("author.name").unwrap_or("a deleted account"),
        thread(route),
        quote(text("data.latest.raw").unwrap_or_default())
    )
}

fn thread(route: &Route) -> String {
    format!("#{} on {}", route.names.get(Piece::Num).unwrap_or_default(), repo(route))
}

/// `model lumen-labs/aurora-7b`.
fn repo(route: &Route) -> String {
    let kind = route.names.get(Piece::RepoType).unwrap_or_default().trim_end_matches('s');
    format!("{kind} {}", route.names.get(Piece::RepoId).unwrap_or_default())
}

fn quote(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    let mut shown: String = line.chars().take(QUOTED).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    format!("“{shown}”")
}
