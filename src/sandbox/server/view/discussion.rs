//! Discussions: as a row of a list, whole, and event by event.

use serde::Serialize;
use serde_json::{Value, json};

use super::View;
use super::people::{Author, RepoName};
use crate::sandbox::world::discussion::Reaction;
use crate::sandbox::world::{Comment, Discussion, Event, EventData, Repo, Status};

const HIDDEN: &str = "This comment has been hidden";

/// A discussion in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DiscussionRow<'w> {
    num: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Author<'w>>,
    repo: RepoName<'w>,
    title: &'w str,
    status: Status,
    created_at: &'w str,
    is_pull_request: bool,
    num_comments: usize,
    top_reactions: &'w [Reaction],
    num_reaction_users: u32,
    pinned: bool,
    repo_owner: RepoOwner<'w>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RepoOwner<'w> {
    name: &'w str,
    is_participating: bool,
    r#type: &'static str,
    is_discussion_author: bool,
}

/// A whole discussion. The client reads `changes` and `filesWithConflicts` of every pull request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DiscussionDetail<'w> {
    #[serde(rename = "_id")]
    id: &'w str,
    collection: &'static str,
    num: u32,
    title: &'w str,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Author<'w>>,
    created_at: &'w str,
    is_pull_request: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_report: Option<bool>,
    pinned: bool,
    locked: bool,
    repo: RepoName<'w>,
    events: Vec<EventView<'w>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<Org<'w>>,
    #[serde(flatten)]
    pull_request: Option<PullRequestView<'w>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Org<'w> {
    avatar_url: &'w str,
    fullname: &'w str,
    name: &'w str,
    r#type: &'static str,
    is_hf: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'w str>,
    is_enterprise: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'w str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PullRequestView<'w> {
    changes: Changes<'w>,
    files_with_conflicts: [String; 0],
    diff_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<&'w str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Changes<'w> {
    base: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    merge_commit_id: Option<&'w str>,
}

/// Something that was said or done.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventView<'w> {
    id: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<EventAuthor<'w>>,
    created_at: &'w str,
    r#type: &'static str,
    data: Value,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EventAuthor<'w> {
    #[serde(flatten)]
    author: Author<'w>,
    is_owner: bool,
    is_org_member: bool,
}

/// Whether a pull request's changes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Diff {
    /// They are.
    Shown,
    /// They are not.
    Omitted,
}

impl<'w> View<'w> {
    /// A discussion in a list.
    pub(crate) fn discussion_row(
        self,
        repo: &'w Repo,
        discussion: &'w Discussion,
    ) -> DiscussionRow<'w> {
        let owner = repo.owner();
        let organization = self.world.organization(owner);
        let owns =
            |user: &str| organization.map_or(user == owner, |org| org.role_of(user).is_some());
        let authors = discussion.events.iter().filter_map(|event| event.author.as_deref());
        DiscussionRow {
            num: discussion.num,
            author: discussion.author.as_deref().and_then(|name| self.author(name)),
            repo: RepoName { name: &repo.id, r#type: repo.kind },
            title: &discussion.title,
            status: discussion.status,
            created_at: &discussion.created_at,
            is_pull_request: discussion.pull_request.is_some(),
            num_comments: discussion.comments().count(),
            top_reactions: &discussion.top_reactions,
            num_reaction_users: discussion.reactions(),
            pinned: discussion.pinned,
            repo_owner: RepoOwner {
                name: owner,
                is_participating: authors.into_iter().any(owns),
                r#type: if organization.is_some() { "org" } else { "user" },
                is_discussion_author: discussion.author.as_deref().is_some_and(owns),
            },
        }
    }

    /// A whole discussion.
    pub(crate) fn discussion(
        self,
        repo: &'w Repo,
        discussion: &'w Discussion,
        diff: Diff,
    ) -> DiscussionDetail<'w> {
        let organization = self.world.organization(repo.owner());
        DiscussionDetail {
            id: &discussion.id,
            collection: "discussions",
            num: discussion.num,
            title: &discussion.title,
            status: discussion.status,
            author: discussion.author.as_deref().and_then(|name| self.author(name)),
            created_at: &discussion.created_at,
            is_pull_request: discussion.pull_request.is_some(),
            is_report: discussion.pull_request.is_none().then_some(false),
            pinned: discussion.pinned,
            locked: discussion.locked,
            repo: RepoName { name: &repo.id, r#type: repo.kind },
            events: discussion.events.iter().map(|event| self.event(repo, event)).collect(),
            org: organization.map(|organization| Org {
                avatar_url: &organization.avatar,
                fullname: &organization.fullname,
                name: &organization.name,
                r#type: "org",
                is_hf: false,
                details: organization.details.as_deref(),
                is_enterprise: organization.plan.is_some(),
                plan: organization.plan.as_deref(),
            }),
            pull_request: discussion.pull_request.as_ref().map(|pull_request| PullRequestView {
                changes: Changes {
                    base: "refs/heads/main",
                    merge_commit_id: pull_request.merge_commit.as_deref(),
                },
                files_with_conflicts: [],
                diff_url: format!("{}/files.diff", web_address(repo, discussion.num)),
                diff: (diff == Diff::Shown).then_some(pull_request.diff.as_str()),
            }),
        }
    }

    /// Something that was said or done.
    pub(crate) fn event(self, repo: &'w Repo, event: &'w Event) -> EventView<'w> {
        let author = event.author.as_deref().and_then(|name| self.author(name));
        let organization = self.world.organization(repo.owner());
        let (r#type, data) = match &event.data {
            EventData::Comment(comment) => ("comment", self.comment(event, comment)),
            EventData::StatusChange { status } => ("status-change", json!({ "status": status })),
            EventData::Commit { subject, oid } => {
                ("commit", json!({ "subject": subject, "oid": oid }))
            }
        };
        EventView {
            id: &event.id,
            author: author.zip(event.author.as_deref()).map(|(author, name)| EventAuthor {
                author,
                is_owner: repo.owner() == name,
                is_org_member: organization.is_some_and(|org| org.role_of(name).is_some()),
            }),
            created_at: &event.created_at,
            r#type,
            data,
        }
    }

    /// A comment. The client reads `edited`, `hidden` and `latest.raw` of every one.
    fn comment(self, event: &Event, comment: &Comment) -> Value {
        let (raw, html) = if comment.hidden {
            (HIDDEN, HIDDEN.to_owned())
        } else {
            (comment.raw.as_str(), to_html(&comment.raw))
        };
        let changed = comment.changed.as_ref();
        let last_author = changed.map(|change| &change.by).or(event.author.as_ref());
        let editor = event.author.as_deref().and_then(|name| self.world.user(name));
        let mut data = json!({
            "edited": comment.edits > 0,
            "hidden": comment.hidden,
            "latest": {
                "raw": raw,
                "html": html,
                "updatedAt": changed.map_or(&event.created_at, |change| &change.at),
            },
            "numEdits": comment.edits,
            "identifiedLanguage": { "language": "en", "probability": 0.97 },
            "editors": editor.map(|user| &user.name).as_slice(),
            "editorAvatarUrls": editor.map(|user| &user.avatar).as_slice(),
            "reactions": [],
            "isReport": false,
        });
        if let Some(author) = last_author.and_then(|name| self.author(name)) {
            data["latest"]["author"] = json!(author);
        }
        if comment.hidden {
            data["hiddenBy"] = json!("");
        }
        data
    }
}

/// The page of a discussion.
pub(crate) fn web_address(repo: &Repo, num: u32) -> String {
    format!("https://huggingface.co/{}{}/discussions/{num}", repo.kind.web_prefix(), repo.id)
}

/// Markdown as HTML, as far as an emulator needs it: paragraphs, and nothing that could be a tag.
fn to_html(raw: &str) -> String {
    let escaped = raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs = escaped.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty());
    paragraphs.flat_map(|paragraph| ["<p>", paragraph, "</p>\n"]).collect()
}
