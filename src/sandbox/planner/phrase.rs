//! Putting results into words: what every answer shares.
//!
//! Answers are short Markdown, a sentence and a list if one is needed. Everything the Hub sends is
//! shown as somebody else's text: on one line, or as a quotation. It makes no calls.

pub(super) mod accounts;
pub(super) mod holdings;
pub(super) mod threads;
pub(super) mod writes;

use std::fmt;

use serde_json::Value;

use super::name::{Repo, RepoKind};
use super::outcome::{Extent, Failure};

/// A list with the sentence that introduces it.
#[derive(Debug)]
pub(super) struct Listing {
    /// What stands before the number: "`ada-moreau` has".
    pub(super) subject: String,
    /// What is listed, one and several: "follower", "followers".
    pub(super) noun: (String, String),
    /// What stands after it: " by `kenji-watts`".
    pub(super) rest: String,
    /// The items, as they are shown.
    pub(super) lines: Vec<String>,
    /// How much of the list they are.
    pub(super) extent: Extent,
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, noun: (one, several), rest, lines, extent } = self;
        let shown = lines.len() as u64;
        let counted = |n: u64| counted(n, one, several);
        match extent {
            Extent::Whole | Extent::Part { total: Some(0) } if shown == 0 => {
                return write!(f, "{subject} no {several}{rest}.");
            }
            Extent::Part { total: None } | Extent::Unsaid if shown == 0 => {
                return write!(f, "{subject} no {several}{rest} among those I could read.");
            }
            Extent::Whole => write!(f, "{subject} {}{rest}:", counted(shown))?,
            Extent::Part { total: Some(total) } => {
                write!(f, "{subject} {}{rest}; showing {shown} of {total}:", counted(*total))?;
            }
            Extent::Part { total: None } => {
                write!(f, "{subject} more than {}{rest}; showing {shown}:", counted(shown))?;
            }
            Extent::Unsaid => {
                write!(f, "{subject} at least {}{rest}; showing {shown}:", counted(shown))?;
            }
        }
        write!(f, "\n\n{}", bullets(lines))
    }
}

/// Why something could not be done; `doing` completes "I could not".
pub(super) fn failure(doing: &str, failure: &Failure) -> String {
    format!("I could not {doing}: {}", reason(failure))
}

/// A failure as the end of a sentence, and what the person can do about it.
fn reason(failure: &Failure) -> String {
    match advice(failure) {
        Some(advice) => format!("{} {advice}", bare_reason(failure)),
        None => bare_reason(failure),
    }
}

/// A failure as the end of a sentence.
fn bare_reason(failure: &Failure) -> String {
    match failure {
        Failure::Hub { status, error } if error.is_empty() => format!("the Hub answered {status}."),
        Failure::Hub { status, error } => {
            let error = closing_quote(&one_line(error));
            format!("the Hub answered {status}, {error}")
        }
        Failure::Unanswered(text) | Failure::Unsent(text) => closed(&one_line(text)),
    }
}

/// What the person can do about a failure, where that can be told from it alone.
fn advice(failure: &Failure) -> Option<&'static str> {
    match failure {
        Failure::Hub { status: 401, .. } => {
            Some("Set HF_TOKEN to a token the Hub accepts, or log in with `hf auth login`.")
        }
        Failure::Hub { status: 403, .. } => Some("That takes the token of somebody who may."),
        Failure::Hub { status: 404, error } if error.contains("Repository") => {
            Some("Check the name, and whether it is a model, a dataset or a space.")
        }
        Failure::Hub { status: 429, .. } => Some("Try again in a few minutes."),
        Failure::Hub { status: 500.., .. } => Some("It may work later."),
        Failure::Hub { status: 200..300, .. } => {
            Some("If that happens again, something between here and the Hub answers in its place.")
        }
        Failure::Unanswered(_) => Some("Check the network, and HF_ENDPOINT if it is set."),
        Failure::Hub { .. } | Failure::Unsent(_) => None,
    }
}

/// A sentence with the period it may lack.
fn closed(sentence: &str) -> String {
    let period = if sentence.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{sentence}{period}")
}

/// A quotation at the end of a sentence, which needs no second period.
fn closing_quote(text: &str) -> String {
    let period = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("“{text}”{period}")
}

/// A Markdown list.
pub(super) fn bullets(lines: &[String]) -> String {
    lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
}

/// "`a`", "`a` and `b`", "`a`, `b` and `c`".
pub(super) fn enumeration(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// "1 follower", "30 followers".
pub(super) fn counted(n: u64, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}

/// How a repository is named in an answer: its id, with the kind unless it is a model.
pub(super) fn repo(repo: &Repo) -> String {
    match repo.kind {
        RepoKind::Model => format!("`{}`", repo.id()),
        RepoKind::Dataset | RepoKind::Space => format!("`{}/{}`", repo.kind.segment(), repo.id()),
    }
}

/// A text of the Hub's on one line, if there is any.
pub(super) fn line(value: &Value) -> Option<String> {
    Some(one_line(value.as_str()?)).filter(|text| !text.is_empty())
}

/// A name of the Hub's, set off as such, if there is one.
pub(super) fn code(value: &Value) -> Option<String> {
    let name = line(value)?.replace('`', "");
    Some(format!("`{name}`"))
}

/// The day of a date such as `2025-11-24T14:18:00.000Z`.
pub(super) fn day(value: &Value) -> Option<String> {
    let (day, _) = value.as_str()?.split_once('T')?;
    day.bytes().all(|b| b.is_ascii_digit() || b == b'-').then(|| day.to_owned())
}

/// A handle with the full name after it, from the fields in which the Hub sends them.
pub(super) fn person(person: &Value) -> String {
    let handle = handle(person);
    match line(&person["fullname"]) {
        Some(fullname) => format!("{handle} ({fullname})"),
        None => handle,
    }
}

/// What the tool counts those under who have no name.
const NOBODY: &str = "`(none)`";

/// A handle. The Hub sends it as `user` in lists and as `name` for authors, and leaves authors out
/// whose account is gone.
pub(super) fn handle(person: &Value) -> String {
    code(&person["user"])
        .or_else(|| code(&person["name"]).filter(|name| name != NOBODY))
        .unwrap_or_else(|| "a deleted account".to_owned())
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn listing(lines: usize, extent: Extent) -> String {
        let lines = (1..=lines).map(|n| format!("`reader-{n}`")).collect();
        let noun = ("follower".to_owned(), "followers".to_owned());
        let subject = "`ada` has".to_owned();
        Listing { subject, noun, rest: String::new(), lines, extent }.to_string()
    }

    #[test]
    fn a_partial_list_never_looks_whole() {
        assert_eq!(listing(0, Extent::Whole), "`ada` has no followers.");
        assert_eq!(listing(1, Extent::Whole), "`ada` has 1 follower:\n\n- `reader-1`");
        assert_eq!(
            listing(2, Extent::Part { total: Some(30) }),
            "`ada` has 30 followers; showing 2 of 30:\n\n- `reader-1`\n- `reader-2`"
        );
        assert_eq!(
            listing(1, Extent::Part { total: None }),
            "`ada` has more than 1 follower; showing 1:\n\n- `reader-1`"
        );
        assert_eq!(
            listing(1, Extent::Unsaid),
            "`ada` has at least 1 follower; showing 1:\n\n- `reader-1`"
        );
        let none = "`ada` has no followers among those I could read.";
        assert_eq!(listing(0, Extent::Unsaid), none);
        assert_eq!(listing(0, Extent::Part { total: None }), none);
    }

    #[test]
    fn text_of_the_hubs_stays_on_its_line() {
        let hostile = json!({"user": "a`b\n# Owned", "fullname": "Eve\r\n\n- \u{1b}[31mitem"});
        assert_eq!(person(&hostile), "`ab # Owned` (Eve - [31mitem)");
        assert_eq!(person(&json!({})), "a deleted account");
    }

    #[test]
    fn a_failure_is_said_plainly() {
        let error = Failure::Hub { status: 403, error: "You may\nnot".to_owned() };
        assert_eq!(
            failure("list the members", &error),
            "I could not list the members: the Hub answered 403, “You may not”. That takes the \
             token of somebody who may."
        );
        let lost = Failure::Unanswered("no answer in 30 s".to_owned());
        assert_eq!(
            failure("list the members", &lost),
            "I could not list the members: no answer in 30 s. Check the network, and HF_ENDPOINT \
             if it is set."
        );
    }
}
