//! Repositories, their gates and the requests to pass them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Discussion, World};

/// A model, dataset or space.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Repo {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: RepoType,
    /// `namespace/name`.
    pub id: String,
    /// Whether only its owners see it.
    #[serde(default)]
    pub private: bool,
    /// The gate in front of its files, if any.
    #[serde(default)]
    pub gated: Option<Gate>,
    /// How many like it.
    #[serde(default)]
    pub likes: u32,
    /// Downloads of the last month.
    #[serde(default)]
    pub downloads: u32,
    /// When it last changed.
    pub last_modified: String,
    /// What a model is for: `text-generation`.
    #[serde(default)]
    pub pipeline_tag: Option<String>,
    /// How many parameters a model has.
    #[serde(default)]
    pub parameters: Option<u64>,
    /// What the dataset viewer says about a dataset, as it says it.
    #[serde(default)]
    pub viewer: Option<serde_json::Value>,
    /// How a space presents itself.
    #[serde(default)]
    pub space: Option<SpaceCard>,
    /// Requests to pass the gate, oldest first.
    #[serde(default)]
    pub requests: Vec<AccessRequest>,
    /// Discussions and pull requests, newest first; they share one number line.
    #[serde(default)]
    pub discussions: Vec<Discussion>,
}

/// The kinds of repository. Collections and likes name them in the singular, paths in the plural.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RepoType {
    /// A model.
    Model,
    /// A dataset.
    Dataset,
    /// A space.
    Space,
}

impl RepoType {
    /// Reads the plural that paths use.
    pub fn from_plural(plural: &str) -> Option<Self> {
        match plural {
            "models" => Some(Self::Model),
            "datasets" => Some(Self::Dataset),
            "spaces" => Some(Self::Space),
            _ => None,
        }
    }

    /// What a web address puts before an id of this kind.
    pub fn web_prefix(self) -> &'static str {
        match self {
            Self::Model => "",
            Self::Dataset => "datasets/",
            Self::Space => "spaces/",
        }
    }
}

impl fmt::Display for RepoType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Model => "model",
            Self::Dataset => "dataset",
            Self::Space => "space",
        })
    }
}

/// How a gate opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gate {
    /// By itself, once asked.
    Auto,
    /// When somebody who may write lets the user in.
    Manual,
}

/// How a space presents itself, in the order the Hub writes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SpaceCard {
    /// Its title.
    pub title: String,
    /// Its emoji.
    pub emoji: String,
    /// Where the color of its card begins.
    pub color_from: String,
    /// Where it ends.
    pub color_to: String,
    /// When it was made.
    pub created_at: String,
    /// Whether its owner pinned it.
    pub pinned: bool,
    /// Whether the Hub features it.
    pub featured: bool,
    /// What it is built with: `gradio`.
    pub sdk: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it does.
    pub short_description: String,
}

/// A user's request to pass a gate.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessRequest {
    /// Object id; made up where the seed has none.
    #[serde(default)]
    pub id: String,
    /// Who asks.
    pub user: String,
    /// What became of it.
    pub status: AccessStatus,
    /// When it was made.
    pub timestamp: String,
    /// When it was decided.
    #[serde(default)]
    pub reviewed_at: Option<String>,
    /// Who let the user in.
    #[serde(default)]
    pub granted_by: Option<String>,
    /// The user's address, absent where access was granted without a request.
    #[serde(default)]
    pub email: Option<String>,
    /// What the user wrote in the form.
    #[serde(default)]
    pub fields: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessStatus {
    /// Not decided.
    Pending,
    /// Let in.
    Accepted,
    /// Turned away, and may not ask again.
    Rejected,
    /// Turned away, and may ask again.
    Reset,
}

/// A former id of a repository.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Moved {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: RepoType,
    /// The former id, with or without a namespace.
    pub from: String,
    /// The id now.
    pub to: String,
}

/// What a user is to a repository, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nobody in particular.
    Stranger,
    /// A member of the owning organization who may not write to it.
    Member,
    /// Somebody who may write to it.
    Writer,
}

impl Repo {
    /// The user or organization it belongs to.
    pub fn owner(&self) -> &str {
        self.id.split_once('/').map_or(self.id.as_str(), |(owner, _)| owner)
    }

    /// The place of its newest request by a user.
    pub fn request_of(&self, user: &str) -> Option<usize> {
        self.requests.iter().rposition(|request| request.user == user)
    }

    /// The place of a discussion.
    pub fn find_discussion(&self, num: u32) -> Option<usize> {
        self.discussions.iter().position(|discussion| discussion.num == num)
    }
}

impl World {
    /// What a user is to everything in a namespace.
    pub fn standing(&self, namespace: &str, user: &str) -> Standing {
        use super::OrgRole;
        if namespace == user {
            return Standing::Writer;
        }
        match self.organization(namespace).and_then(|organization| organization.role_of(user)) {
            Some(OrgRole::Admin | OrgRole::Write) => Standing::Writer,
            Some(OrgRole::Contributor | OrgRole::Read) => Standing::Member,
            None => Standing::Stranger,
        }
    }
}
