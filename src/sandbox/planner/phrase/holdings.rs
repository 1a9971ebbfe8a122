//! Words about lists of people and repositories, collections and access requests.

use serde_json::Value;

use super::{Listing, closing_quote, code, counted, day, handle, line, one_line, person, repo};
use crate::sandbox::planner::name::{Name, Repo, RepoKind};
use crate::sandbox::planner::outcome::{Failure, List, Outcome};
use crate::sandbox::planner::question::RequestState;

/// A list of people under a sentence: "`ada-moreau` has 30 followers".
pub(in crate::sandbox::planner) fn people(
    subject: String,
    noun: (&str, &str),
    people: &List<'_>,
) -> String {
    let lines = people
        .items
        .iter()
        .map(|one| match line(&one["role"]) {
            Some(role) => format!("{}, {role}", person(one)),
            None => person(one),
        })
        .collect();
    let noun = (noun.0.to_owned(), noun.1.to_owned());
    Listing { subject, noun, rest: String::new(), lines, extent: people.extent }.to_string()
}

/// The repositories somebody likes.
pub(in crate::sandbox::planner) fn likes(
    name: &Name,
    only: Option<RepoKind>,
    likes: &List<'_>,
) -> String {
    let noun = only.map_or(("repository", "repositories"), |kind| (kind.word(), kind.segment()));
    let lines = likes
        .items
        .iter()
        .map(|like| {
            let name = code(&like["repo"]["name"]).unwrap_or_else(|| "something".to_owned());
            match (only, line(&like["repo"]["type"])) {
                (None, Some(kind)) => format!("{name} ({kind})"),
                (Some(_), _) | (None, None) => name,
            }
        })
        .collect();
    let (subject, noun) = (format!("`{name}` likes"), (noun.0.to_owned(), noun.1.to_owned()));
    Listing { subject, noun, rest: String::new(), lines, extent: likes.extent }.to_string()
}

/// Whether the token has access to a repository.
pub(in crate::sandbox::planner) fn access(of: &Repo, outcome: &Outcome) -> String {
    let name = repo(of);
    match outcome {
        Ok(_) => format!("Yes, the token has access to {name}."),
        // To whoever may not see it, a repository is not there.
        Err(Failure::Hub { status: 401 | 403 | 404, error, .. }) => {
            format!("No, the token has no access to {name}: {}", closing_quote(&one_line(error)))
        }
        Err(failure) => {
            super::failure(&format!("find out whether the token has access to {name}"), failure)
        }
    }
}

/// The access requests of a repository. E-mail addresses stay out of the answer.
pub(in crate::sandbox::planner) fn access_requests(
    of: &Repo,
    state: RequestState,
    requests: &List<'_>,
) -> String {
    let lines = requests.items.iter().map(|request| request_line(request)).collect();
    let noun = |word: &str| format!("{} access {word}", state.word());
    Listing {
        subject: format!("{} has", repo(of)),
        noun: (noun("request"), noun("requests")),
        rest: String::new(),
        lines,
        extent: requests.extent,
    }
    .to_string()
}

fn request_line(request: &Value) -> String {
    let who = person(&request["user"]);
    let asked = day(&request["timestamp"]).map(|day| format!(", asked {day}")).unwrap_or_default();
    let by = request.get("grantedBy").map(|by| format!(", granted by {}", handle(by)));
    let fields: Vec<String> = request["fields"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some(format!("{}: {}", one_line(key), line(value)?)))
        .collect();
    let fields =
        if fields.is_empty() { String::new() } else { format!(" ({})", fields.join("; ")) };
    format!("{who}{asked}{}{fields}", by.unwrap_or_default())
}

/// The collections of an owner. The Hub sends only the first items of each, so none are counted.
pub(in crate::sandbox::planner) fn collections(name: &Name, collections: &List<'_>) -> String {
    let lines = collections
        .items
        .iter()
        .map(|collection| {
            let title = line(&collection["title"]).unwrap_or_else(|| "without a title".to_owned());
            let slug = code(&collection["slug"]).or_else(|| code(&collection["name"]));
            let private = if collection["private"] == true { ", private" } else { "" };
            format!("{title}: {}{private}", slug.unwrap_or_default())
        })
        .collect();
    let (subject, extent) = (format!("`{name}` has"), collections.extent);
    let noun = ("collection".to_owned(), "collections".to_owned());
    Listing { subject, noun, rest: String::new(), lines, extent }.to_string()
}

/// What is in a collection.
pub(in crate::sandbox::planner) fn collection(collection: &Value, items: &List<'_>) -> String {
    let title = line(&collection["title"]).unwrap_or_else(|| "without a title".to_owned());
    let lines = items
        .items
        .iter()
        .map(|item| {
            let kind = line(&item["type"]).unwrap_or_else(|| "item".to_owned());
            let id = code(&item["id"]).unwrap_or_default();
            let title = line(&item["title"]).map(|title| format!(", “{title}”"));
            let note = line(&item["note"]["text"]).map(|note| format!(": {note}"));
            format!("{kind} {id}{}{}", title.unwrap_or_default(), note.unwrap_or_default())
        })
        .collect();
    let upvotes = collection["upvotes"].as_u64().map(|n| counted(n, "upvote", "upvotes"));
    let about = line(&collection["description"]).map(|about| format!("“{about}”"));
    let facts: Vec<String> = [about, upvotes].into_iter().flatten().collect();
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
    Listing {
        subject: format!("“{title}” by {}{facts} holds", handle(&collection["owner"])),
        noun: ("item".to_owned(), "items".to_owned()),
        rest: String::new(),
        lines,
        extent: items.extent,
    }
    .to_string()
}
