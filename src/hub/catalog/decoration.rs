//! What the answers of each endpoint carry that no question needs.
//!
//! Written as data, so that a new endpoint brings its own; [`crate::hub::shape`] applies it.

use std::fmt;

/// One piece of decoration. Paths are dotted, start at a list's element (or at the object that is
/// the answer), and pass through lists on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trim {
    /// Left out.
    Drop(&'static str),
    /// Left out where it is blank.
    DropBlank(&'static str, Blank),
    /// Left out where it repeats what stands at the other path.
    DropSame(&'static str, &'static str),
}

/// A value that says nothing a reader would not assume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// `false`.
    False,
    /// `0`.
    Zero,
    /// `1`.
    One,
    /// A list without elements.
    Empty,
    /// `"user"`, as most accounts are.
    User,
}

/// Discussions in a list. Repo and owner are in the address.
pub(super) const DISCUSSION: &[Trim] = &[
    Trim::Drop("repo"),
    Trim::Drop("repoOwner.name"),
    Trim::Drop("repoOwner.type"),
    Trim::DropBlank("repoOwner.isParticipating", Blank::False),
    Trim::DropBlank("repoOwner.isDiscussionAuthor", Blank::False),
    Trim::DropBlank("author.type", Blank::User),
    Trim::Drop("author.isPro"),
    Trim::Drop("author.followerCount"),
    Trim::DropBlank("isPullRequest", Blank::False),
    Trim::DropBlank("pinned", Blank::False),
    Trim::DropBlank("topReactions", Blank::Empty),
    Trim::DropBlank("numReactionUsers", Blank::Zero),
    // The opening post counts, so this is a discussion nobody has answered.
    Trim::DropBlank("numComments", Blank::One),
];

/// Events of a discussion.
pub(super) const EVENT: &[Trim] = &[
    Trim::DropSame("data.latest.author", "author"),
    Trim::DropSame("data.latest.updatedAt", "createdAt"),
    Trim::Drop("author.isPro"),
    Trim::Drop("author.followerCount"),
    Trim::DropBlank("author.type", Blank::User),
    Trim::DropBlank("author.isOwner", Blank::False),
    Trim::DropBlank("author.isOrgMember", Blank::False),
    Trim::DropBlank("data.edited", Blank::False),
    Trim::DropBlank("data.hidden", Blank::False),
    Trim::DropBlank("data.isReport", Blank::False),
    Trim::DropBlank("data.numEdits", Blank::Zero),
    Trim::DropBlank("data.reactions", Blank::Empty),
    Trim::Drop("data.editors"),
];

/// Items of a collection.
pub(super) const ITEM: &[Trim] = &[
    Trim::Drop("authorData"),
    Trim::Drop("repoType"),
    Trim::Drop("availableInferenceProviders"),
    Trim::Drop("datasetsServerInfo"),
    Trim::Drop("runtime.hardware"),
    Trim::Drop("runtime.storage"),
    Trim::Drop("runtime.gcTimeout"),
    Trim::Drop("runtime.replicas"),
    Trim::Drop("runtime.devMode"),
    Trim::Drop("gallery"),
    Trim::Drop("emoji"),
    Trim::Drop("colorFrom"),
    Trim::Drop("colorTo"),
    Trim::DropBlank("isLikedByUser", Blank::False),
    Trim::DropBlank("isUpvotedByUser", Blank::False),
    Trim::DropBlank("private", Blank::False),
    Trim::DropBlank("gated", Blank::False),
    Trim::DropBlank("pinned", Blank::False),
    Trim::DropBlank("featured", Blank::False),
];

/// Collections in a list, with the first four of their items.
pub(super) const COLLECTION: &[Trim] = &[
    Trim::Drop("owner.isPro"),
    Trim::Drop("owner.isEnterprise"),
    Trim::Drop("owner.followerCount"),
    Trim::Drop("theme"),
    Trim::DropBlank("isUpvotedByUser", Blank::False),
    Trim::DropBlank("gating", Blank::False),
    Trim::Drop("items.authorData"),
    Trim::Drop("items.repoType"),
    Trim::Drop("items.position"),
    Trim::Drop("items.availableInferenceProviders"),
    Trim::Drop("items.datasetsServerInfo"),
    Trim::Drop("items.runtime"),
    Trim::Drop("items.gallery"),
    Trim::Drop("items.emoji"),
    Trim::Drop("items.colorFrom"),
    Trim::Drop("items.colorTo"),
    Trim::Drop("items.tags"),
    Trim::DropBlank("items.isLikedByUser", Blank::False),
    Trim::DropBlank("items.isUpvotedByUser", Blank::False),
    Trim::DropBlank("items.private", Blank::False),
    Trim::DropBlank("items.gated", Blank::False),
    Trim::DropBlank("items.pinned", Blank::False),
    Trim::DropBlank("items.featured", Blank::False),
];

/// Access requests.
pub(super) const REQUEST: &[Trim] = &[
    Trim::DropBlank("user.verifiedOrgNames", Blank::Empty),
    Trim::DropBlank("user.type", Blank::User),
    Trim::Drop("grantedBy.isPro"),
    Trim::DropBlank("grantedBy.type", Blank::User),
];

impl Trim {
    /// Where it applies.
    pub const fn path(&self) -> &'static str {
        match self {
            Self::Drop(path) | Self::DropBlank(path, _) | Self::DropSame(path, _) => path,
        }
    }
}

impl fmt::Display for Trim {
    /// What a reader is told is missing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drop(path) => f.write_str(path),
            Self::DropBlank(path, blank) => write!(f, "{path}={blank}"),
            Self::DropSame(path, other) => write!(f, "{path}={other}"),
        }
    }
}

impl fmt::Display for Blank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::False => "false",
            Self::Zero => "0",
            Self::One => "1",
            Self::Empty => "[]",
            Self::User => "user",
        })
    }
}
