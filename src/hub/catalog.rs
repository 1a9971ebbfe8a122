//! The one table about the Hub: a row per endpoint a card may call, and what a row says.
//!
//! Allowlist, policy, confirmations, hints and the emulator all read it; it sends nothing itself.

mod decoration;
mod not_offered;
mod pattern;
mod reference;
mod table;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::path::Template;

pub use decoration::{Blank, Trim};
pub use not_offered::NOT_OFFERED;
pub use pattern::endpoint_pattern;
pub use reference::reference;
pub use table::ENDPOINTS;

/// One endpoint: a method, a path, and everything known about the pair.
#[derive(Debug)]
pub struct Endpoint {
    /// Its name in rules and logs: `discussions.comment`.
    pub id: &'static str,
    /// What the card calls it: a create is one endpoint for discussions and pull requests, and what
    /// only the tool itself has use for has no name.
    pub names: &'static [&'static str],
    /// Its path, without `/api`.
    pub path: Template,
    /// Who may call it.
    pub auth: Auth,
    /// What calling it does.
    pub action: Action,
}

/// What calling an endpoint does.
#[derive(Debug)]
pub enum Action {
    /// It only reads.
    Read(Read),
    /// It changes something.
    Write(Write),
}

/// The two methods the tool speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes.
    Post,
}

/// Whose token an endpoint wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Public things need none.
    Anyone,
    /// Any valid token.
    AnyToken,
    /// A token that may write, of somebody who may.
    Writer,
}

/// What a reading endpoint takes and answers.
#[derive(Debug)]
pub struct Read {
    /// The shape of its answer.
    pub answer: Answer,
    /// The query parameters it knows. The Hub ignores all others without a word.
    pub params: &'static [Param],
    /// What its answer carries that no question needs.
    pub decoration: &'static [Trim],
}

/// The shape of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// One JSON object.
    Object,
    /// Plain text: the access check says `OK`.
    Text,
    /// A list, on its own or in an object.
    List(List),
}

/// Where a list is in an answer, and how it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List {
    /// Where it is.
    pub place: Place,
    /// How the next part of it is asked for.
    pub paging: Paging,
}

/// Where a list is in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The answer is the list.
    Bare,
    /// It is under this key of an object.
    Under(&'static str),
}

/// How a list is divided into pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// It comes whole.
    Whole,
    /// A `Link` header names the next page, which holds this many unless asked otherwise; the
    /// Hub does not say how many likes it puts on one.
    Link(Option<u64>),
    /// `p` counts pages of this many from 0, and `count` in the answer is the total.
    Numbered(u64),
}

/// One query parameter.
#[derive(Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: ParamKind,
}

/// What a query parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// One of these words. The Hub answers 400 to any other.
    OneOf(&'static [&'static str]),
    /// Text of at most this many characters.
    Text(usize),
    /// Text, which may be given more than once.
    Texts,
    /// A user or an organization.
    Name,
    /// A moment, ISO 8601.
    Moment,
    /// `true` or `false`.
    Boolean,
    /// `1`, or left out.
    Flag,
    /// How many elements to a page, from and to.
    PageSize(u64, u64),
    /// A page number, which the tool expresses as an offset.
    PageNumber,
    /// Opaque, from a `Link`; the tool follows those itself.
    Cursor,
}

/// What a writing endpoint takes and does.
#[derive(Debug)]
pub struct Write {
    /// What it does.
    pub kind: WriteKind,
    /// The fields of its body.
    pub body: &'static [Field],
    /// Of these fields exactly one is to be given; empty where there is no such choice.
    pub one_of: &'static [&'static str],
    /// What a second call would do, if the answer to the first one was lost.
    pub repeat: Repeat,
}

/// The writes there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteKind {
    /// Opens a discussion or a pull request.
    Open,
    /// Comments on one.
    Comment,
    /// Replaces a comment's text.
    Edit,
    /// Hides a comment for good.
    Hide,
    /// Closes, reopens or publishes.
    SetStatus,
    /// Decides about an access request.
    Decide,
    /// Gives access without a request.
    Grant,
    /// Makes a collection.
    Collect,
    /// Adds an item to one.
    AddItem,
}

/// How careful to be with a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Adds something, or can be taken back.
    Additive,
    /// Cannot be undone, or takes something away: asks each time.
    Destructive,
    /// Gives somebody access to something: asks each time.
    Disclosing,
}

/// What repeating a write does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It happens twice.
    Doubles,
    /// The Hub refuses the second (400, 404 or 409), which looks like a failure of the first.
    Refused,
    /// Nothing worse than another entry in the history.
    Harmless,
}

/// One field of a body.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether the Hub insists on it.
    pub need: Need,
}

/// What a body field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text of at least and at most this many characters.
    Text(usize, usize),
    /// `true` or `false`.
    Boolean,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A user or an organization.
    Name,
    /// An object `{id, type}` with one of these types.
    Item(&'static [&'static str]),
}

/// Whether a field must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It need not.
    Optional,
}

/// Something a card names or a model may try that this tool does not do.
#[derive(Debug)]
pub struct NotOffered {
    /// What the card calls it.
    pub name: &'static str,
    /// The method the Hub has for it.
    pub method: &'static str,
    /// Its path, without `/api`.
    pub path: Template,
    /// Why not, and what to do instead; for the model.
    pub why: &'static str,
}

impl Endpoint {
    /// Whether its answer is a list, on its own or in an object.
    pub const fn answers_list(&self) -> bool {
        matches!(self.action, Action::Read(Read { answer: Answer::List(_), .. }))
    }

    /// The method it is called with.
    pub const fn method(&self) -> Method {
        match self.action {
            Action::Read(_) => Method::Get,
            Action::Write(_) => Method::Post,
        }
    }
}

impl WriteKind {
    /// How careful to be with this body. Opening a draft pull request publishes it for good; only
    /// whoever knows that it is a draft can tell, so that case is not decided here.
    pub fn class(self, body: &serde_json::Map<String, serde_json::Value>) -> Class {
        let accepts = body.get("status").is_some_and(|status| status == "accepted");
        match self {
            Self::Open
            | Self::Comment
            | Self::Edit
            | Self::SetStatus
            | Self::Collect
            | Self::AddItem => Class::Additive,
            Self::Grant => Class::Disclosing,
            Self::Decide if accepts => Class::Disclosing,
            Self::Hide | Self::Decide => Class::Destructive,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
        })
    }
}

/// The endpoint of this id.
pub fn by_id(id: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.id == id)
}
