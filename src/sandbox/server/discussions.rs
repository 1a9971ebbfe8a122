//! The endpoints that read discussions and pull requests.

use serde::Serialize;

use super::answer::{Answer, Refusal};
use super::ask::Ask;
use super::form::Form;
use super::view::discussion::{Diff, DiscussionRow};
use crate::hub::path::Piece;
use crate::sandbox::world::{Discussion, Repo};

/// How many discussions a page holds.
const PAGE: usize = 50;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing<'w> {
    discussions: Vec<DiscussionRow<'w>>,
    count: usize,
    start: usize,
    /// Sent with the first page only.
    #[serde(skip_serializing_if = "Option::is_none")]
    num_closed_discussions: Option<usize>,
}

/// What a list is narrowed down to.
struct Filter {
    pull_request: Option<bool>,
    closed: Option<bool>,
    author: Option<String>,
    search: String,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Newest,
    MostReactions,
}

/// A page of a repository's discussions and pull requests, newest first.
pub(super) fn list(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let repo = &ask.world.repos[ask.repo()?];
    let mut query = Form::query(ask.query);
    let filter = Filter::read(&mut query);
    let trending = ("trending", Order::MostReactions);
    let reactions = ("reactions", Order::MostReactions);
    let order = query.choice("sort", &[("recently-created", Order::Newest), trending, reactions]);
    let page = query.number("p", 0..=i64::from(u32::MAX)).unwrap_or(0);
    query.finish()?;

    let mut found: Vec<&Discussion> =
        repo.discussions.iter().filter(|discussion| filter.admits(discussion)).collect();
    if let Some(Order::MostReactions) = order {
        found.sort_by_key(|discussion| std::cmp::Reverse(discussion.reactions()));
    }
    let start = page * PAGE;
    let shown = found.iter().skip(start).take(PAGE);
    let closed = found.iter().filter(|discussion| discussion.status.is_closed()).count();
    Answer::json(&Listing {
        discussions: shown.map(|found| ask.view().discussion_row(repo, found)).collect(),
        count: found.len(),
        start,
        num_closed_discussions: (page == 0).then_some(closed),
    })
}

/// A whole discussion or pull request.
pub(super) fn detail(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let repo = &ask.world.repos[ask.repo()?];
    let discussion = &repo.discussions[find(ask, repo)?];
    let diff = match Form::query(ask.query).get("diff") {
        Some("1" | "true") => Diff::Shown,
        _ => Diff::Omitted,
    };
    Answer::json(&ask.view().discussion(repo, discussion, diff))
}

/// The place of the discussion the path names.
pub(super) fn find(ask: &Ask<'_>, repo: &Repo) -> Result<usize, Refusal> {
    let num = ask.name(Piece::Num).parse().ok();
    num.and_then(|num| repo.find_discussion(num))
        .ok_or_else(|| Refusal::not_found("Discussion not found"))
}

impl Filter {
    fn read(query: &mut Form) -> Self {
        let pull_request = query.choice(
            "type",
            &[("all", None), ("discussion", Some(false)), ("pull_request", Some(true))],
        );
        let closed =
            query.choice("status", &[("all", None), ("open", Some(false)), ("closed", Some(true))]);
        let author = query.get("author").map(str::to_owned);
        if author.as_deref().is_some_and(|author| !is_username(author)) {
            query.complain("author", "Invalid string: must match a username");
        }
        Self {
            pull_request: pull_request.flatten(),
            closed: closed.flatten(),
            author,
            search: query.get("search").unwrap_or_default().to_lowercase(),
        }
    }

    fn admits(&self, discussion: &Discussion) -> bool {
        self.pull_request.is_none_or(|wanted| wanted == discussion.pull_request.is_some())
            && self.closed.is_none_or(|wanted| wanted == discussion.status.is_closed())
            && (self.author.is_none() || self.author == discussion.author)
            && discussion.title.to_lowercase().contains(&self.search)
    }
}

/// The Hub's own rule for names of accounts, but for those of only digits or hexadecimal ids.
fn is_username(name: &str) -> bool {
    (2..=42).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}
