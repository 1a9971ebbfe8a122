//! Discussions and pull requests: what was said and what happened, in order.

use serde::{Deserialize, Serialize};

/// A discussion or a pull request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Discussion {
    /// Object id; made up where the seed has none.
    #[serde(default)]
    pub id: String,
    /// Its number in the repository, from 1.
    pub num: u32,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub status: Status,
    /// Who opened it; nobody, where the account is gone.
    #[serde(default)]
    pub author: Option<String>,
    /// When it was opened.
    pub created_at: String,
    /// What makes it a pull request, if it is one.
    #[serde(default)]
    pub pull_request: Option<PullRequest>,
    /// Whether it is pinned.
    #[serde(default)]
    pub pinned: bool,
    /// Whether nobody may comment any more.
    #[serde(default)]
    pub locked: bool,
    /// The reactions a list shows.
    #[serde(default)]
    pub top_reactions: Vec<Reaction>,
    /// What was said and done, oldest first. The first is the opening comment.
    pub events: Vec<Event>,
}

/// Where a discussion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A pull request not yet published.
    Draft,
    /// Open.
    Open,
    /// Closed.
    Closed,
    /// A pull request that was merged.
    Merged,
}

impl Status {
    /// Whether the `closed` filter finds it; `open` finds the others, drafts too.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Closed | Self::Merged)
    }
}

/// What a pull request has and a discussion has not.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PullRequest {
    /// The commit that merged it.
    pub merge_commit: Option<String>,
    /// Its changes as a unified diff.
    pub diff: String,
}

/// How often a reaction was given.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// How often.
    pub count: u32,
    /// The emoji.
    pub reaction: String,
}

/// Something that was said or done.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Event {
    /// Object id; made up where the seed has none.
    #[serde(default)]
    pub id: String,
    /// By whom; nobody, where the account is gone.
    #[serde(default)]
    pub author: Option<String>,
    /// When.
    pub created_at: String,
    /// What.
    pub data: EventData,
}

/// What was said or done.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EventData {
    /// Somebody said something.
    Comment(Comment),
    /// The status changed.
    StatusChange {
        /// To what.
        status: Status,
    },
    /// A commit was added to a pull request.
    Commit {
        /// Its first line.
        subject: String,
        /// Its id.
        oid: String,
    },
}

/// A comment and what became of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Comment {
    /// The text as it reads now, in Markdown.
    pub raw: String,
    /// How often it was edited.
    #[serde(default)]
    pub edits: u32,
    /// Whether it was hidden, and so its text lost.
    #[serde(default)]
    pub hidden: bool,
    /// The last change to the text; the comment itself, where there was none.
    #[serde(default)]
    pub changed: Option<Change>,
}

/// A change to a comment.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// When.
    pub at: String,
    /// By whom.
    pub by: String,
}

impl Discussion {
    /// The comments among the events.
    pub fn comments(&self) -> impl Iterator<Item = (&Event, &Comment)> {
        self.events.iter().filter_map(|event| match &event.data {
            EventData::Comment(comment) => Some((event, comment)),
            EventData::StatusChange { .. } | EventData::Commit { .. } => None,
        })
    }

    /// How many reactions it has.
    pub fn reactions(&self) -> u32 {
        self.top_reactions.iter().map(|reaction| reaction.count).sum()
    }
}
