//! The ways of asking each question: a table of patterns and what they mean.
//!
//! It knows nothing of how a question is answered. A new phrasing is a new pattern.

use super::pattern::{Found, fit};
use super::question::{
    Account, AccountKind, NewThread, Question, RequestState, Tally, ThreadKind, Threads, Turn,
    View, Who, Write,
};
use super::sentence::Sentence;

/// Ways of wording a question, and the question.
struct Intent {
    patterns: &'static [&'static str],
    question: fn(Found) -> Option<Question>,
}

/// Understands a question, or does not.
pub(super) fn understand(question: &str) -> Option<Question> {
    // A colon may set off the text of a write or simply stand in a question.
    [Sentence::parse(question), Sentence::without_text(question)].iter().flatten().find_map(
        |sentence| {
            INTENTS.iter().find_map(|intent| {
                let found = intent.patterns.iter().find_map(|pattern| fit(pattern, sentence))?;
                (intent.question)(found)
            })
        },
    )
}

/// The first intent that fits is the one: what is said more exactly stands before what is said less
/// exactly.
const INTENTS: &[Intent] = &[
    Intent {
        patterns: &[
            "whoami",
            "who me",
            "me overview",
            "me? token allowed? role? do?",
            "role me? token?",
            "who owner me? token",
            "logged in? who?",
            "who logged in?",
        ],
        question: |_| Some(Question::Token),
    },
    Intent {
        patterns: &[
            "organization|organizations {name} member",
            "organizations {name}",
            "organization {name} in",
            "{name} member organization|organizations",
            "{name} organizations",
            "{name} member",
        ],
        question: |found| found.account().map(Question::Organizations),
    },
    Intent {
        patterns: &[
            "compare followers {name} {name} {name}? {name}?",
            "compare {name} {name} {name}? {name}? followers",
            "who more followers {name} {name}",
            "count followers {name} and {name}",
        ],
        question: |found| Some(Question::CompareFollowers(found.accounts)),
    },
    Intent {
        patterns: &[
            "count followers {name}",
            "{name} count followers",
            "{name} followers count",
            "count follow {name}",
        ],
        question: |found| count(found, Tally::Followers),
    },
    Intent {
        patterns: &["count {name} follow", "{name} follow count"],
        question: |found| count(found, Tally::Following),
    },
    Intent {
        patterns: &[
            "count like {name}",
            "count {name} like",
            "count {models} {name} like",
            "{name} count like",
        ],
        question: |found| match found.repo_kind {
            None => count(found, Tally::Likes),
            only => Some(Question::Likes { of: found.account()?, only }),
        },
    },
    Intent {
        patterns: &["count members|member|in {name}", "{name} count members"],
        question: |found| count(found, Tally::Members),
    },
    Intent {
        patterns: &["count models {name}", "{name} count models"],
        question: |found| count(found, Tally::Models),
    },
    Intent {
        patterns: &["count datasets {name}", "{name} count datasets"],
        question: |found| count(found, Tally::Datasets),
    },
    Intent {
        patterns: &["count spaces {name}", "{name} count spaces"],
        question: |found| count(found, Tally::Spaces),
    },
    Intent {
        patterns: &["count papers {name}", "{name} count papers"],
        question: |found| count(found, Tally::Papers),
    },
    Intent {
        patterns: &["count discussion {name}", "count discussion {name} open|opened"],
        question: |found| count(found, Tally::Threads),
    },
    Intent {
        patterns: &[
            "who? followers {name} count?",
            "who {name} followers",
            "{name} followers",
            "who? follow {name} count?",
            "who {name} followed",
        ],
        question: |found| found.account().map(Question::Followers),
    },
    Intent {
        patterns: &["who? {name} follow", "who? followed {name}"],
        question: |found| found.account().map(Question::Following),
    },
    Intent {
        patterns: &["{name} like", "like {name}", "{models} {name} like", "{models} like {name}"],
        question: |found| {
            let only = found.repo_kind;
            Some(Question::Likes { of: found.account()?, only })
        },
    },
    Intent {
        patterns: &[
            "who? members {name}",
            "{name} members",
            "who member {name}",
            "member {name}",
            "who in|works {name}",
        ],
        question: |found| found.account().map(Question::Members),
    },
    Intent {
        patterns: &[
            "who? opened|open most {kind} {kind}? {repo}",
            "who opened|create most {repo}",
            "who? most {kind} {kind}? {repo}",
            "who? most {kind} {kind}? opened|open {repo}",
            "who? most active {kind}? {kind}? active? {repo}",
            "most {kind} active {repo}",
            "who? {repo} most {kind}",
            "who? {repo} most active",
            "who? {repo} opened|open most {kind} {kind}?",
            "who? most active {repo} {kind}",
            "count {kind} {kind}? active {repo}",
        ],
        question: |found| {
            let kind = found.kind().unwrap_or(ThreadKind::Any);
            Some(Question::TopAuthors { repo: found.repo?, kind })
        },
    },
    Intent {
        patterns: &[
            "{kind} {number} {repo}",
            "{kind} {number} {repo} who? opened?",
            "who opened|open? {kind} {number} {repo}",
            "{repo} {kind} {number}",
            "{repo} {number}",
            "overview|open {kind} {number} {repo}",
        ],
        question: |found| Some(Question::Thread { repo: found.repo?, number: found.number? }),
    },
    Intent {
        patterns: &[
            "{state}? access? request {state}? {repo}",
            "{repo} {state}? access? request {state}?",
            "who? requested access {repo}",
            "who {state} access? {repo}",
            "{state} users {repo}",
            "who? access {state} {repo}",
        ],
        question: |found| {
            let state = found.state.unwrap_or(RequestState::Pending);
            Some(Question::AccessRequests { repo: found.repo?, state })
        },
    },
    Intent {
        patterns: &["who access {repo}", "who access request accepted {repo}"],
        question: |found| {
            let state = RequestState::Accepted;
            Some(Question::AccessRequests { repo: found.repo?, state })
        },
    },
    Intent {
        patterns: &[
            "count? {status}? {kind} {kind}? {status}? {repo} {status}?",
            "count? {status}? {kind} {kind}? {name} opened|open {repo}",
            "what {name} opened|open {repo}",
            "count? {status}? {kind} {kind}? opened? by|from|of {name} {status}? {repo} {status}?",
            "count? {status}? {kind} {kind}? {status}? {repo} opened? by|from {name}",
            "{repo} {status}? {kind} {kind}? {status}?",
            "{repo} {status}? {kind} {kind}? opened? by|from {name}",
            "{handle} {status}? {kind} {kind}? {repo}",
        ],
        question: |found| {
            let kind = found.kind().unwrap_or(ThreadKind::Any);
            let (status, repo) = (found.status, found.repo.clone()?);
            Some(Question::Threads(Threads { repo, kind, status, author: found.account() }))
        },
    },
    Intent {
        patterns: &["me? allowed? access me? {repo} me?", "me access {repo}", "{repo} access"],
        question: |found| found.repo.map(Question::Access),
    },
    Intent {
        patterns: &["collections {name}", "{name} collections", "{name} has|have collections"],
        question: |found| found.account().map(Question::Collections),
    },
    Intent {
        patterns: &["items? in? collection? {slug} in?", "collection? {slug} items?"],
        question: |found| found.slug.map(Question::Collection),
    },
    Intent {
        patterns: &[
            "create|add? comment {kind} {number} {repo} {text}",
            "comment {repo} {number} {text}",
        ],
        question: |found| {
            let (repo, number, text) = (found.repo?, found.number?, found.text?);
            Some(Question::Write(Write::Comment { repo, number, text }))
        },
    },
    Intent {
        patterns: &[
            "edit comment {comment} {kind} {number} {repo} {text}",
            "edit {comment} {kind} {number} {repo} {text}",
        ],
        question: |found| {
            let (repo, number, text) = (found.repo?, found.number?, found.text?);
            Some(Question::Write(Write::Edit { repo, number, comment: found.comment?, text }))
        },
    },
    Intent {
        patterns: &["hide comment? {comment} {kind} {number} {repo}"],
        question: |found| {
            let (repo, number, comment) = (found.repo?, found.number?, found.comment?);
            Some(Question::Write(Write::Hide { repo, number, comment }))
        },
    },
    Intent {
        patterns: &[
            "open|create create? {kind} {repo} titled {title} {text}",
            "open|create create? {kind} titled {title} {repo} {text}",
        ],
        question: |found| {
            let kind = match found.kind()? {
                ThreadKind::Discussion => NewThread::Discussion,
                ThreadKind::PullRequest => NewThread::PullRequest,
                ThreadKind::Any => return None,
            };
            let (repo, title, text) = (found.repo?, found.title?, found.text?);
            Some(Question::Write(Write::Open { repo, kind, title, text }))
        },
    },
    Intent {
        patterns: &["close {kind} {number} {repo} {text}?", "close {repo} {number} {text}?"],
        question: |found| turn(found, Turn::Closed),
    },
    Intent {
        patterns: &["reopen {kind} {number} {repo} {text}?", "reopen {repo} {number} {text}?"],
        question: |found| turn(found, Turn::Open),
    },
    Intent {
        patterns: &[
            "accept access? request {name} access? {repo}",
            "accept {name} access? request {repo}",
            "accept {name} access {repo}",
        ],
        question: |found| decide(found, RequestState::Accepted),
    },
    Intent {
        patterns: &[
            "reject access? request {name} access? {repo} {text}?",
            "reject {name} access? request {repo} {text}?",
            "reject {name} access {repo} {text}?",
        ],
        question: |found| decide(found, RequestState::Rejected),
    },
    Intent {
        patterns: &[
            "reset access? request {name} access? {repo}",
            "reset {name} access? request {repo}",
        ],
        question: |found| decide(found, RequestState::Pending),
    },
    Intent {
        patterns: &[
            "grant {name} access {repo}",
            "grant access {repo} {name}",
            "grant access {name} {repo}",
        ],
        question: |found| {
            let repo = found.repo.clone()?;
            let Who::Named(user) = found.account()?.who else { return None };
            Some(Question::Write(Write::Grant { repo, user }))
        },
    },
    Intent {
        patterns: &[
            "create create? private collection titled {title} {text}?",
            "create create? private collection {name} titled {title} {text}?",
            "create create? private collection titled {quoted} {name} {text}?",
        ],
        question: |found| new_collection(found, View::Private),
    },
    Intent {
        patterns: &[
            "create create? collection titled {title} {text}?",
            "create create? collection {name} titled {title} {text}?",
            "create create? collection titled {quoted} {name} {text}?",
        ],
        question: |found| new_collection(found, View::Public),
    },
    Intent {
        patterns: &["add {repo} collection? {slug} {text}?"],
        question: |found| {
            let (slug, repo, note) = (found.slug?, found.repo?, found.text);
            Some(Question::Write(Write::AddItem { slug, repo, note }))
        },
    },
    Intent {
        patterns: &["overview? organization {name}"],
        question: |found| {
            let account = Account { kind: AccountKind::Organization, ..found.account()? };
            Some(Question::Profiles(vec![account]))
        },
    },
    Intent {
        patterns: &[
            "who {name}",
            "who {name} {name}? {name}? and {name}",
            "compare overview? {name} {name} {name}? {name}?",
            "overview|about|user {name}",
            "overview|about {name} {name}? {name}? and {name}",
            "overview|about {handle} {handle}",
            "{name} overview",
            "{handle}",
        ],
        question: |found| Some(Question::Profiles(found.accounts)),
    },
];

#[cfg(test)]
mod tests;

fn count(found: Found, what: Tally) -> Option<Question> {
    Some(Question::Count { of: found.account()?, what })
}

fn turn(found: Found, to: Turn) -> Option<Question> {
    let (repo, number, comment) = (found.repo?, found.number?, found.text);
    Some(Question::Write(Write::SetStatus { repo, number, to, comment }))
}

fn decide(found: Found, state: RequestState) -> Option<Question> {
    let (repo, reason) = (found.repo.clone()?, found.text.clone());
    let Who::Named(user) = found.account()?.who else { return None };
    Some(Question::Write(Write::Decide { repo, user, state, reason }))
}

fn new_collection(found: Found, view: View) -> Option<Question> {
    let (title, about) = (found.title.clone()?, found.text.clone());
    let me = Account { who: Who::Me, kind: AccountKind::Unsaid };
    let owner = found.account().unwrap_or(me);
    Some(Question::Write(Write::CreateCollection { owner, title, about, view }))
}
