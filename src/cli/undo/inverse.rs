//! What undoes a write, or why nothing does.
//!
//! It makes plans of entries of the record and sends nothing.

use serde_json::{Map, Value, json};

use crate::audit::{Entry, Outcome};
use crate::hub::catalog::{Action, WriteKind};
use crate::policy::{Post, Request, endpoint_of};
use crate::tool::{WriteClass, WritePlan};

/// The write that takes another one back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Inverse {
    /// It, yet to be checked and worded by its tool.
    pub(super) plan: WritePlan,
    /// What it does not take back.
    pub(super) notes: Vec<String>,
    /// What must be there now, by its name in the plan: what this program left there.
    pub(super) expected: Option<(&'static str, Value)>,
}

/// A write that was sent.
struct Undone<'a> {
    post: &'a Post,
    now: Option<&'a Value>,
}

/// What undoes an entry; or, for the person, why nothing does and what to do instead.
pub(super) fn of(entry: &Entry) -> Result<Inverse, String> {
    let empty = Map::new();
    let receipt = match &entry.outcome {
        Outcome::Failed(how) => return Err(format!("it did not happen ({how})")),
        Outcome::Done { receipt, .. } => receipt,
        Outcome::Unknown => &empty,
    };
    let plan = &entry.sent.plan;
    let Request::Post(post) = &plan.request else {
        return Err("it is no write to the Hub, and what it changed is not recorded".to_owned());
    };
    let Some(Action::Write(write)) = endpoint_of(&post.path).map(|(row, _)| &row.action) else {
        return Err("it is no write this version knows".to_owned());
    };
    let path = post.path.as_str();
    let undone = &Undone { post, now: plan.now.as_ref() };
    match write.kind {
        WriteKind::Open => opened(undone, receipt),
        WriteKind::Comment => {
            let id = text(receipt, "comment").ok_or_else(lost)?;
            let note = "A comment cannot be deleted; hiding it takes its text away for everybody.";
            Ok(inverse(format!("{path}/{id}/hide"), None).noting(note))
        }
        WriteKind::Edit => {
            let before = now(undone, "text").ok_or("the text before was not recorded")?;
            let inverse = inverse(path.to_owned(), Some(json!({ "content": before })));
            Ok(inverse.expecting("text", field(undone, "content")))
        }
        WriteKind::Hide => Err(format!(
            "the Hub shows a hidden comment to nobody again; its text was\n{}",
            now(undone, "text").as_ref().and_then(Value::as_str).unwrap_or("not recorded")
        )),
        WriteKind::SetStatus => status(undone),
        WriteKind::Decide => decision(undone),
        WriteKind::Grant => Ok(grant(undone)),
        WriteKind::Collect => Err(format!(
            "a collection cannot be deleted with this tool; its owner can, on {}",
            page(entry, text(receipt, "slug").unwrap_or_default())
        )),
        WriteKind::AddItem => {
            let slug = path.trim_start_matches("/collections/").trim_end_matches("/items");
            Err(format!(
                "an item cannot be taken out of a collection with this tool; its owner can do it \
                 on {}",
                page(entry, slug)
            ))
        }
    }
}

fn opened(undone: &Undone<'_>, receipt: &Map<String, Value>) -> Result<Inverse, String> {
    let num = receipt.get("num").and_then(Value::as_u64).ok_or_else(lost)?;
    let path = format!("{}/{num}/status", undone.post.path);
    let note = "It cannot be deleted with this tool; closing it comes nearest.";
    Ok(inverse(path, Some(json!({"status": "closed"}))).noting(note))
}

fn status(undone: &Undone<'_>) -> Result<Inverse, String> {
    let before = now(undone, "status").ok_or("the status before was not recorded")?;
    if !(before == "open" || before == "closed") {
        let before = before.as_str().unwrap_or_default();
        return Err(format!("what was {before} cannot become {before} again; it can be closed"));
    }
    let inverse = inverse(undone.post.path.clone(), Some(json!({ "status": before })))
        .expecting("status", field(undone, "status"));
    Ok(match field(undone, "comment") {
        Some(_) => inverse.noting("The comment that was sent with it stays."),
        None => inverse,
    })
}

/// Puts a request back into the list it was in. One that nobody found before it was decided was
/// pending, if it was decided at all.
fn decision(undone: &Undone<'_>) -> Result<Inverse, String> {
    let decided = field(undone, "status").ok_or("its body is not recorded")?;
    let before = match now(undone, "status") {
        Some(before) => before,
        None if decided == "accepted" || decided == "rejected" => json!("pending"),
        None => {
            return Err("what the request was before is not recorded; it can be accepted or \
                        rejected with `agentcard ask`"
                .to_owned());
        }
    };
    let note = match before.as_str() {
        Some("accepted") => "They get the access back.",
        Some("rejected") => "They are refused again, and cannot ask once more.",
        _ if decided == "accepted" => "They lose the access; their request waits again.",
        _ => "Their request waits again.",
    };
    let inverse =
        inverse(undone.post.path.clone(), Some(with_person(undone, &before))).noting(note);
    // A request that was reset is in no list that is read first.
    Ok(if decided == "reset" { inverse } else { inverse.expecting("status", Some(decided)) })
}

fn grant(undone: &Undone<'_>) -> Inverse {
    let path = undone.post.path.trim_end_matches("grant").to_owned() + "handle";
    let (before, note) = match now(undone, "status") {
        Some(before) => (before, "They lose the access; their request is what it was."),
        None => (json!("reset"), "They lose the access, and can ask for it."),
    };
    let granted = Some(json!("accepted"));
    inverse(path, Some(with_person(undone, &before))).noting(note).expecting("status", granted)
}

/// The body about the same person with another status.
fn with_person(undone: &Undone<'_>, status: &Value) -> Value {
    let mut body = Map::new();
    for name in ["user", "userId", "requestId"] {
        body.extend(field(undone, name).map(|value| (name.to_owned(), value)));
    }
    body.insert("status".to_owned(), status.clone());
    Value::Object(body)
}

fn inverse(path: String, body: Option<Value>) -> Inverse {
    let plan = WritePlan {
        words: String::new(),
        request: Request::post(path, body),
        now: None,
        class: WriteClass::Additive,
    };
    Inverse { plan, notes: Vec::new(), expected: None }
}

impl Inverse {
    fn noting(mut self, note: &str) -> Self {
        self.notes.push(note.to_owned());
        self
    }

    fn expecting(mut self, name: &'static str, value: Option<Value>) -> Self {
        self.expected = value.map(|value| (name, value));
        self
    }
}

fn field(undone: &Undone<'_>, name: &str) -> Option<Value> {
    undone.post.body.as_ref()?.get(name).cloned()
}

fn now(undone: &Undone<'_>, name: &str) -> Option<Value> {
    undone.now?.get(name).cloned()
}

fn text<'a>(receipt: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    receipt.get(name).and_then(Value::as_str)
}

fn page(entry: &Entry, slug: &str) -> String {
    format!("{}/collections/{slug}", entry.sent.origin)
}

fn lost() -> String {
    "its answer was lost, so it is not known what it became; look at it on the Hub".to_owned()
}
