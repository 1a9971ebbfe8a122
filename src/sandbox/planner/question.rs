//! What can be asked: one value for each question and each write the planner understands.
//!
//! It knows neither how a question is worded nor how it is answered.

use super::name::{CommentId, Name, Repo, RepoKind, Slug};

/// A question, understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Question {
    /// Who the token belongs to and what it may do.
    Token,
    /// Who these users or organizations are, in the order they were named.
    Profiles(Vec<Account>),
    /// The organizations a user is a member of.
    Organizations(Account),
    /// How many of something an account has.
    Count { of: Account, what: Tally },
    /// Which of these has more followers.
    CompareFollowers(Vec<Account>),
    /// Who follows an account.
    Followers(Account),
    /// Whom a user follows.
    Following(Account),
    /// The repositories a user likes, all or of one kind.
    Likes { of: Account, only: Option<RepoKind> },
    /// The members of an organization.
    Members(Account),
    /// The discussions and pull requests of a repository.
    Threads(Threads),
    /// One discussion or pull request.
    Thread { repo: Repo, number: u64 },
    /// Who opens the most discussions or pull requests.
    TopAuthors { repo: Repo, kind: ThreadKind },
    /// The access requests of a gated repository.
    AccessRequests { repo: Repo, state: RequestState },
    /// Whether the token has access to a repository.
    Access(Repo),
    /// The collections an account owns.
    Collections(Account),
    /// What is in a collection.
    Collection(Slug),
    /// A change, which needs a yes.
    Write(Write),
}

/// Which discussions and pull requests of a repository.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Threads {
    pub(super) repo: Repo,
    pub(super) kind: ThreadKind,
    pub(super) status: Option<Status>,
    pub(super) author: Option<Account>,
}

/// A change somebody asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Write {
    /// A comment on a discussion.
    Comment { repo: Repo, number: u64, text: String },
    /// Another text for a comment.
    Edit { repo: Repo, number: u64, comment: CommentId, text: String },
    /// A comment hidden for good.
    Hide { repo: Repo, number: u64, comment: CommentId },
    /// A new discussion, or an empty draft of a pull request.
    Open { repo: Repo, kind: NewThread, title: String, text: String },
    /// A discussion closed or opened again, with a comment if one is given.
    SetStatus { repo: Repo, number: u64, to: Turn, comment: Option<String> },
    /// A decision about an access request, with a reason if one is given.
    Decide { repo: Repo, user: Name, state: RequestState, reason: Option<String> },
    /// Access without a request.
    Grant { repo: Repo, user: Name },
    /// A new collection of the owner's.
    CreateCollection { owner: Account, title: String, about: Option<String>, view: View },
    /// A repository added to a collection.
    AddItem { slug: Slug, repo: Repo, note: Option<String> },
}

/// A user or organization, as a question names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) who: Who,
    pub(super) kind: AccountKind,
}

/// A name, or the person who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    Me,
    Named(Name),
}

/// Whether the question says what the account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountKind {
    Unsaid,
    User,
    Organization,
}

/// What an overview counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tally {
    Followers,
    Following,
    Likes,
    Members,
    Models,
    Datasets,
    Spaces,
    Papers,
    Threads,
}

/// Discussions, pull requests or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ThreadKind {
    Discussion,
    PullRequest,
    Any,
}

impl ThreadKind {
    /// The kind a concept of the vocabulary stands for.
    pub(super) fn of(concept: &str) -> Option<Self> {
        match concept {
            "discussion" => Some(Self::Discussion),
            "pr" => Some(Self::PullRequest),
            _ => None,
        }
    }
}

/// Where a discussion or pull request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Open,
    Closed,
    Merged,
    Draft,
}

impl Status {
    /// The status a concept of the vocabulary stands for.
    pub(super) fn of(concept: &str) -> Option<Self> {
        match concept {
            "open" => Some(Self::Open),
            "closed" => Some(Self::Closed),
            "merged" => Some(Self::Merged),
            "draft" => Some(Self::Draft),
            _ => None,
        }
    }

    /// The word for it, which is also how the Hub's answers spell it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Merged => "merged",
            Self::Draft => "draft",
        }
    }
}

/// Where an access request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestState {
    Pending,
    Accepted,
    Rejected,
}

impl RequestState {
    /// The state a concept of the vocabulary stands for.
    pub(super) fn of(concept: &str) -> Option<Self> {
        match concept {
            "pending" | "open" => Some(Self::Pending),
            "accepted" => Some(Self::Accepted),
            "rejected" => Some(Self::Rejected),
            _ => None,
        }
    }

    /// The word for it, which is also the Hub's.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }
}

/// What is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NewThread {
    Discussion,
    PullRequest,
}

/// Which way a discussion's status turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Closed,
    Open,
}

/// Who may see a new collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Public,
    Private,
}
