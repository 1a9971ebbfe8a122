//! Words about discussions and pull requests.

use serde_json::Value;

use super::{Listing, code, counted, day, enumeration, handle, line, repo};
use crate::sandbox::planner::name::{Name, Repo};
use crate::sandbox::planner::outcome::{Counts, Extent, List};
use crate::sandbox::planner::question::{ThreadKind, Threads};

/// The most authors and threads that an answer lists.
const LONGEST: usize = 20;
/// The most lines of a comment that an answer quotes.
const QUOTED: usize = 40;

/// The threads of a repository, in the order the Hub gave them.
pub(in crate::sandbox::planner) fn threads(
    asked: &Threads,
    author: Option<&Name>,
    list: &List<'_>,
) -> String {
    let status = asked.status.map(|status| format!("{} ", status.word())).unwrap_or_default();
    let (one, several) = nouns(asked.kind);
    let List { items, extent } = list;
    let shown = items.get(..LONGEST).unwrap_or(items);
    let extent = match extent {
        Extent::Whole if shown.len() < items.len() => {
            Extent::Part { total: Some(items.len() as u64) }
        }
        Extent::Whole | Extent::Part { .. } | Extent::Unsaid => *extent,
    };
    Listing {
        subject: format!("{} has", repo(&asked.repo)),
        noun: (format!("{status}{one}"), format!("{status}{several}")),
        rest: author.map(|author| format!(" by `{author}`")).unwrap_or_default(),
        lines: shown.iter().map(|thread| thread_line(asked, thread)).collect(),
        extent,
    }
    .to_string()
}

/// One thread, without what the question says about all of them.
fn thread_line(asked: &Threads, thread: &Value) -> String {
    let title = line(&thread["title"]).unwrap_or_else(|| "without a title".to_owned());
    let is_pull_request = thread["isPullRequest"] == true && asked.kind == ThreadKind::Any;
    let facts = [
        asked.author.is_none().then(|| handle(&thread["author"])),
        is_pull_request.then(|| "pull request".to_owned()),
        line(&thread["status"]).filter(|status| asked.status.is_none_or(|s| s.word() != status)),
        day(&thread["createdAt"]),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    format!("#{} {title}: {}", thread["num"], facts.join(", "))
}

/// One thread: who opened it, where it stands, and what was said.
pub(in crate::sandbox::planner) fn thread(of: &Repo, thread: &Value, events: &List<'_>) -> String {
    let kind = if thread["isPullRequest"] == true { "Pull request" } else { "Discussion" };
    let title = line(&thread["title"]).unwrap_or_default();
    let day = day(&thread["createdAt"]).map(|day| format!(" on {day}")).unwrap_or_default();
    let status = line(&thread["status"]).map(|status| format!(" and is {status}"));
    let author = handle(&thread["author"]);
    let opening = format!(
        "{kind} #{} of {}, “{title}”, was opened by {author}{day}{}.",
        thread["num"],
        repo(of),
        status.unwrap_or_default()
    );
    let shown = events.items.len() as u64;
    let rest = match events.extent {
        Extent::Part { total: Some(total) } => {
            Some(format!("These are {shown} of {total} events."))
        }
        Extent::Part { total: None } => {
            let shown = counted(shown, "event", "events");
            Some(format!("These are the first {shown}; there are more."))
        }
        Extent::Whole | Extent::Unsaid => None,
    };
    std::iter::once(opening)
        .chain(events.items.iter().map(|happened| event(happened)))
        .chain(rest)
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn event(event: &Value) -> String {
    let who = handle(&event["author"]);
    let when = day(&event["createdAt"]).map(|day| format!(" on {day}")).unwrap_or_default();
    let data = &event["data"];
    match event["type"].as_str() {
        Some("comment") => {
            let id = code(&event["id"]).map(|id| format!(" (comment {id})")).unwrap_or_default();
            format!("{who}{when}{id}:\n{}", comment(data))
        }
        Some("status-change") => {
            let status = line(&data["status"]).unwrap_or_default();
            format!("{who} changed the status to {status}{when}.")
        }
        Some("title-change") => {
            let title = line(&data["to"]).unwrap_or_default();
            format!("{who} changed the title to “{title}”{when}.")
        }
        Some("commit") => {
            let subject = line(&data["subject"]).unwrap_or_default();
            format!("{who} pushed “{subject}”{when}.")
        }
        Some(_) | None => {
            let what = code(&event["type"]).unwrap_or_else(|| "something".to_owned());
            format!("{who} made a change of the kind {what}{when}.")
        }
    }
}

fn comment(data: &Value) -> String {
    if data["hidden"] == true {
        return "> (hidden)".to_owned();
    }
    let raw = data["latest"]["raw"].as_str().unwrap_or_default();
    let lines: Vec<&str> = raw.lines().collect();
    let mut quoted: Vec<String> =
        lines.iter().take(QUOTED).map(|line| format!("> {line}").trim_end().to_owned()).collect();
    let more = lines.len().saturating_sub(QUOTED) as u64;
    if more > 0 {
        quoted.push(format!("> … {} not shown", counted(more, "more line is", "more lines are")));
    }
    if quoted.is_empty() { "> (empty)".to_owned() } else { quoted.join("\n") }
}

/// Who opened how many threads, the most first.
pub(in crate::sandbox::planner) fn top_authors(
    of: &Repo,
    kind: ThreadKind,
    counts: Counts,
) -> String {
    let Counts { each: mut ranked, counted, distinct } = counts;
    ranked.sort_by(|(one, a), (other, b)| b.cmp(a).then_with(|| one.cmp(other)));
    let (_, several) = nouns(kind);
    let repo = repo(of);
    let reach = match distinct {
        Some(_) => format!("of {counted}"),
        None => format!("of the newest {counted}, which is as far as I read"),
    };
    let Some((_, most)) = ranked.first().cloned() else {
        return format!("{repo} has no {several}.");
    };
    let leaders: Vec<String> =
        ranked.iter().take_while(|(_, n)| *n == most).map(|(who, _)| who.clone()).collect();
    let (verb, each) = if leaders.len() == 1 { ("opens", "") } else { ("open", " each") };
    let leaders = enumeration(&leaders);
    let shown: Vec<String> =
        ranked.iter().take(LONGEST).map(|(who, n)| format!("{who}: {n}")).collect();
    let authors = distinct.unwrap_or_default().max(ranked.len() as u64);
    let rest = if (shown.len() as u64) < authors {
        format!("\n\nShowing {} of {authors} authors.", shown.len())
    } else {
        String::new()
    };
    format!(
        "{leaders} {verb} the most {several} on {repo}: {most}{each} {reach}.\n\n{}{rest}",
        super::bullets(&shown)
    )
}

/// One and several.
fn nouns(kind: ThreadKind) -> (&'static str, &'static str) {
    match kind {
        ThreadKind::Discussion => ("discussion", "discussions"),
        ThreadKind::PullRequest => ("pull request", "pull requests"),
        ThreadKind::Any => ("discussion or pull request", "discussions or pull requests"),
    }
}
