//! Words about users and organizations.

use serde_json::Value;

use super::{
    bullets, closing_quote, code, counted, day, enumeration, failure, handle, line, person,
};
use crate::sandbox::planner::name::Name;
use crate::sandbox::planner::outcome::Failure;
use crate::sandbox::planner::question::{AccountKind, Tally};

/// What an account turned out to be.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox::planner) enum Profile<'k> {
    User(&'k Value),
    Organization(&'k Value),
    /// It could not be found, or not be asked for.
    None(AccountKind, &'k Failure),
}

impl Profile<'_> {
    /// A number of the overview's. The Hub leaves out what it does not want to say.
    pub(in crate::sandbox::planner) fn tally(&self, what: Tally) -> Option<u64> {
        match self {
            Self::User(overview) | Self::Organization(overview) => overview[field(what)].as_u64(),
            Self::None(..) => None,
        }
    }
}

/// Who an account is.
pub(in crate::sandbox::planner) fn profile(name: &Name, profile: Profile<'_>) -> String {
    match profile {
        Profile::User(overview) => user(overview),
        Profile::Organization(overview) => organization(overview),
        Profile::None(kind, failure) => missing(name, kind, failure),
    }
}

/// That there is no such account, or that it could not be asked for.
pub(in crate::sandbox::planner) fn missing(
    name: &Name,
    kind: AccountKind,
    failure: &Failure,
) -> String {
    if failure.is_not_found() {
        let what = match kind {
            AccountKind::Unsaid => "user or organization",
            AccountKind::User => "user",
            AccountKind::Organization => "organization",
        };
        format!("There is no {what} named `{name}` on the Hub.")
    } else {
        super::failure(&format!("look up `{name}`"), failure)
    }
}

fn user(overview: &Value) -> String {
    let pro = if overview["isPro"] == true { " with a Pro account" } else { "" };
    let since = day(&overview["createdAt"]).map(|day| format!(", on the Hub since {day}"));
    let about = about(overview);
    let who = person(overview);
    let opening = format!("{who} is a user{pro}{}{about}", since.unwrap_or_default());
    let organizations: Vec<String> =
        overview["orgs"].as_array().into_iter().flatten().map(handle).collect();
    let rows = [
        row(overview, &[Tally::Followers, Tally::Following]),
        row(overview, &[Tally::Models, Tally::Datasets, Tally::Spaces, Tally::Papers]),
        row(overview, &[Tally::Likes, Tally::Threads]),
        (!organizations.is_empty()).then(|| format!("a member of {}", enumeration(&organizations))),
    ];
    with_rows(opening, rows)
}

fn organization(overview: &Value) -> String {
    let verified = if overview["isVerified"] == true { "a verified" } else { "an" };
    let plan = line(&overview["plan"]).map(|plan| format!(" on the {plan} plan"));
    let about = about(overview);
    let who = person(overview);
    let opening = format!("{who} is {verified} organization{}{about}", plan.unwrap_or_default());
    let rows = [
        row(overview, &[Tally::Members, Tally::Followers]),
        row(overview, &[Tally::Models, Tally::Datasets, Tally::Spaces, Tally::Papers]),
    ];
    with_rows(opening, rows)
}

fn about(overview: &Value) -> String {
    match line(&overview["details"]) {
        Some(details) => format!(": {}", closing_quote(&details)),
        None => ".".to_owned(),
    }
}

fn with_rows(opening: String, rows: impl IntoIterator<Item = Option<String>>) -> String {
    let rows: Vec<String> = rows.into_iter().flatten().collect();
    if rows.is_empty() { opening } else { format!("{opening}\n\n{}", bullets(&rows)) }
}

fn row(overview: &Value, tallies: &[Tally]) -> Option<String> {
    let parts: Vec<String> = tallies
        .iter()
        .filter_map(|tally| {
            let n = overview[field(*tally)].as_u64()?;
            let (_, one, several) = words(*tally);
            Some(match tally {
                Tally::Following => format!("follows {n}"),
                _ => counted(n, one, several),
            })
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// How many of something an account has.
pub(in crate::sandbox::planner) fn count(name: &Name, what: Tally, profile: Profile<'_>) -> String {
    if let Profile::None(kind, failure) = profile {
        return missing(name, kind, failure);
    }
    let (verb, one, several) = words(what);
    match profile.tally(what) {
        Some(n) => format!("`{name}` {verb} {}.", counted(n, one, several)),
        None => format!("The Hub does not say how many {several} that is for `{name}`."),
    }
}

/// Which of several accounts has more followers, in the order they were named.
pub(in crate::sandbox::planner) fn comparison(accounts: &[(Name, Profile<'_>)]) -> String {
    let lines: Vec<String> = accounts
        .iter()
        .map(|(name, profile)| match (profile.tally(Tally::Followers), profile) {
            (Some(n), _) => format!("`{name}`: {}", counted(n, "follower", "followers")),
            (None, Profile::None(kind, failure)) => missing(name, *kind, failure),
            (None, _) => format!("`{name}`: the Hub does not say"),
        })
        .collect();
    let known: Vec<u64> =
        accounts.iter().filter_map(|(_, profile)| profile.tally(Tally::Followers)).collect();
    let most = known.iter().max();
    let leaders: Vec<String> = accounts
        .iter()
        .filter(|(_, profile)| profile.tally(Tally::Followers).as_ref() == most)
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let sentence = if known.len() < accounts.len() {
        "Not all of them can be compared".to_owned()
    } else if let [leader] = leaders.as_slice() {
        format!("{leader} has the most followers")
    } else {
        format!("{} have equally many followers", enumeration(&leaders))
    };
    format!("{sentence}:\n\n{}", bullets(&lines))
}

/// Who the token belongs to and what it may do.
pub(in crate::sandbox::planner) fn token(whoami: &Value) -> String {
    let token = &whoami["auth"]["accessToken"];
    let may = match token["role"].as_str() {
        Some("read") => {
            "its role is `read`: it can read what the account can read, and change nothing"
        }
        Some("write") => "its role is `write`: it can read and change what the account can",
        Some("fineGrained") => "it is fine-grained: it can do only this",
        Some(_) => "its role is one I do not know",
        None => "the Hub does not say what it may do, as is usual for logins through another site",
    };
    let fine = &token["fineGrained"];
    let mut rows = Vec::new();
    rows.extend(permissions(&fine["global"]).map(|granted| format!("everywhere: {granted}")));
    rows.extend(fine["scoped"].as_array().into_iter().flatten().filter_map(|scope| {
        let kind = line(&scope["entity"]["type"]).unwrap_or_else(|| "something".to_owned());
        let name = code(&scope["entity"]["name"]).unwrap_or_default();
        Some(format!(
            "{}: {}",
            format!("{kind} {name}").trim(),
            permissions(&scope["permissions"])?
        ))
    }));
    if fine["canReadGatedRepos"] == true {
        rows.push("read the gated repositories the account has access to".to_owned());
    }
    let end = if rows.is_empty() { "." } else { ":" };
    let sentence = format!("The token belongs to {}; {may}{end}", person(whoami));
    with_rows(sentence, rows.into_iter().map(Some)) + &memberships(whoami)
}

fn memberships(whoami: &Value) -> String {
    let memberships: Vec<String> = whoami["orgs"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|membership| match line(&membership["roleInOrg"]) {
            Some(role) => format!("{} ({role})", handle(membership)),
            None => handle(membership),
        })
        .collect();
    if memberships.is_empty() {
        String::new()
    } else {
        format!("\n\nThe account is a member of {}.", enumeration(&memberships))
    }
}

fn permissions(list: &Value) -> Option<String> {
    let granted: Vec<String> = list.as_array()?.iter().filter_map(code).collect();
    (!granted.is_empty()).then(|| granted.join(", "))
}

/// A failed look-up of the token's owner.
pub(in crate::sandbox::planner) fn no_token(reason: &Failure) -> String {
    failure("find out who the token belongs to", reason)
}

/// The overview's field for a number.
fn field(what: Tally) -> &'static str {
    match what {
        Tally::Followers => "numFollowers",
        Tally::Following => "numFollowing",
        Tally::Likes => "numLikes",
        Tally::Members => "numUsers",
        Tally::Models => "numModels",
        Tally::Datasets => "numDatasets",
        Tally::Spaces => "numSpaces",
        Tally::Papers => "numPapers",
        Tally::Threads => "numDiscussions",
    }
}

/// Verb, one and several.
fn words(what: Tally) -> (&'static str, &'static str, &'static str) {
    match what {
        Tally::Followers => ("has", "follower", "followers"),
        Tally::Following => ("follows", "user", "users"),
        Tally::Likes => ("has given", "like", "likes"),
        Tally::Members => ("has", "member", "members"),
        Tally::Models => ("has", "model", "models"),
        Tally::Datasets => ("has", "dataset", "datasets"),
        Tally::Spaces => ("has", "space", "spaces"),
        Tally::Papers => ("has", "paper", "papers"),
        Tally::Threads => ("has opened", "discussion", "discussions"),
    }
}
