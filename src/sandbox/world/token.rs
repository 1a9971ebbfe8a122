//! Tokens and what they allow.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A token that is accepted.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    /// The secret itself. Those of the default world are made up and open nothing.
    pub token: String,
    /// Whose it is.
    pub user: String,
    /// What its owner calls it.
    pub name: String,
    /// What it allows.
    pub role: TokenRole,
    /// When it was made.
    #[serde(default = "super::epoch")]
    pub created_at: String,
    /// The scopes of a fine-grained one.
    #[serde(default)]
    pub fine_grained: Option<FineGrained>,
}

/// What kind of token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TokenRole {
    /// Reads only.
    Read,
    /// Everything its owner may do.
    Write,
    /// What its scopes say.
    FineGrained,
}

/// The scopes of a fine-grained token, as whoami shows them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FineGrained {
    /// Whether it opens gated repositories its owner may open.
    pub can_read_gated_repos: bool,
    /// Permissions everywhere: `discussion.write`, `post.write`.
    pub global: Vec<String>,
    /// Permissions on some entities only; shown, not enforced.
    pub scoped: Vec<serde_json::Value>,
}

impl Token {
    /// Whether it allows to open, comment on and close discussions.
    pub fn allows_discussing(&self) -> bool {
        let mut scopes = self.fine_grained.iter().flat_map(|fine_grained| &fine_grained.global);
        self.role == TokenRole::Write || scopes.any(|scope| scope == "discussion.write")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = (&self.user, &self.name, self.role);
        f.debug_tuple("Token").field(&shown).finish_non_exhaustive()
    }
}
