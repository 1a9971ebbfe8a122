//! Words about writes: what was done, or that nothing was.

use super::{bare_reason, code, line, one_line, reason, repo};
use crate::sandbox::planner::outcome::{Failure, Outcome};
use crate::sandbox::planner::question::{NewThread, RequestState, Turn, Write};

/// What a write came to.
pub(in crate::sandbox::planner) fn write(write: &Write, outcome: &Outcome) -> String {
    let (what, done) = words(write);
    match outcome {
        Ok(answered) => {
            let is_new = matches!(write, Write::Open { .. } | Write::CreateCollection { .. });
            let place = line(&answered.data["url"]).or_else(|| code(&answered.data["slug"]));
            let place = place.filter(|_| is_new).map(|place| format!(": {place}"));
            let note = answered.note.as_ref().map(|note| format!(" {}", one_line(note)));
            let (place, note) = (place.unwrap_or_default(), note.unwrap_or_default());
            format!("{what} was {done}{place}.{note}")
        }
        Err(failure @ Failure::Hub { status: 300..500, .. }) => {
            format!("{what} was not {done}: {}", reason(failure))
        }
        // An error of the server's own may come after the deed.
        Err(failure @ (Failure::Hub { .. } | Failure::Unanswered(_))) => {
            let (what, why) = (uncapitalized(&what), bare_reason(failure));
            format!(
                "Nobody knows whether {what} was {done}: {why} Look at it on the Hub before you \
                 try it again."
            )
        }
        Err(Failure::Unsent(reason)) => {
            format!("{what} was not {done}; nothing was changed.\n\n> {}", addressed(reason))
        }
    }
}

/// What the tool says about the person to a model, said to the person.
fn addressed(reason: &str) -> String {
    one_line(reason).replace("the person's", "your").replace("the person", "you")
}

/// A sentence's beginning, for the middle of one.
fn uncapitalized(words: &str) -> String {
    let mut characters = words.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// The thing, and what is done to it.
fn words(write: &Write) -> (String, String) {
    let thread = |of, number: &u64| format!("#{number} of {}", repo(of));
    let (what, done) = match write {
        Write::Comment { repo, number, .. } => {
            (format!("The comment on {}", thread(repo, number)), "posted")
        }
        Write::Edit { repo, number, comment, .. } => {
            (format!("Comment `{comment}` on {}", thread(repo, number)), "edited")
        }
        Write::Hide { repo, number, comment } => {
            (format!("Comment `{comment}` on {}", thread(repo, number)), "hidden")
        }
        Write::Open { repo: on, kind, title, .. } => {
            let kind = match kind {
                NewThread::Discussion => "discussion",
                NewThread::PullRequest => "pull request",
            };
            (format!("The {kind} “{}” on {}", one_line(title), repo(on)), "opened")
        }
        Write::SetStatus { repo, number, to, .. } => {
            let done = match to {
                Turn::Closed => "closed",
                Turn::Open => "reopened",
            };
            (format!("The discussion {}", thread(repo, number)), done)
        }
        Write::Decide { repo: of, user, state, .. } => {
            let done = match state {
                RequestState::Pending => "put back to pending",
                RequestState::Accepted => "accepted",
                RequestState::Rejected => "rejected",
            };
            (format!("The access request of `{user}` on {}", repo(of)), done)
        }
        Write::Grant { repo: to, user } => {
            (format!("Access to {} for `{user}`", repo(to)), "granted")
        }
        Write::CreateCollection { title, .. } => {
            (format!("The collection “{}”", one_line(title)), "created")
        }
        Write::AddItem { slug, repo: item, .. } => {
            return (repo(item), format!("added to the collection `{slug}`"));
        }
    };
    (what, done.to_owned())
}
