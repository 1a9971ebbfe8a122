//! The catalog as a Markdown table, for people.
//!
//! It says what the rows say and nothing else; a test holds the documentation to it.

use std::fmt::Write as _;

use super::{
    Action, Answer, Auth, ENDPOINTS, Endpoint, Field, Need, Paging, ParamKind, Place, WriteKind,
};

/// Renders every endpoint a card may call as Markdown.
pub fn reference() -> String {
    let head =
        "| call | what the card calls it | takes | answers | token |\n|---|---|---|---|---|\n";
    ENDPOINTS.iter().fold(head.to_owned(), |mut text, endpoint| {
        let Endpoint { names, path, auth, .. } = endpoint;
        let (takes, answers) = match &endpoint.action {
            Action::Read(read) => {
                let shown = read.params.iter().filter(|param| param.kind != ParamKind::Cursor);
                (listed(shown.map(|param| param.name.to_owned())), answer(read.answer))
            }
            Action::Write(write) => {
                (listed(write.body.iter().map(field)), careful(write.kind).to_owned())
            }
        };
        let token = match auth {
            Auth::Anyone => "none needed",
            Auth::AnyToken => "any",
            Auth::Writer => "write",
        };
        // Writing to a string cannot fail.
        let _infallible = writeln!(
            text,
            "| `{} {path}` | {} | {takes} | {answers} | {token} |",
            endpoint.method(),
            names.join(", ")
        );
        text
    })
}

fn listed(names: impl Iterator<Item = String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn field(field: &Field) -> String {
    match field.need {
        Need::Required => format!("{}*", field.name),
        Need::Optional => field.name.to_owned(),
    }
}

fn answer(answer: Answer) -> String {
    let list = match answer {
        Answer::Object => return "an object".to_owned(),
        Answer::Text => return "text".to_owned(),
        Answer::List(list) => list,
    };
    let place = match list.place {
        Place::Bare => "a list".to_owned(),
        Place::Under(key) => format!("a list under `{key}`"),
    };
    match list.paging {
        Paging::Whole => place,
        Paging::Link(None) => format!("{place}, in pages"),
        Paging::Link(Some(size)) | Paging::Numbered(size) => format!("{place}, {size} to a page"),
    }
}

/// What a person should know before they say yes.
fn careful(kind: WriteKind) -> &'static str {
    match kind {
        WriteKind::Open
        | WriteKind::Comment
        | WriteKind::Edit
        | WriteKind::Collect
        | WriteKind::AddItem => "a write: asks",
        WriteKind::SetStatus => "a write: asks; opening a draft pull request publishes it for good",
        WriteKind::Decide => "takes or gives access: asks each time",
        WriteKind::Grant => "gives access: asks each time",
        WriteKind::Hide => "cannot be undone: asks each time",
    }
}
