//! The endpoints that change discussions and pull requests: open, comment, edit, hide, close.

use axum::http::StatusCode;
use serde_json::json;

use super::answer::{Answer, Refusal};
use super::ask::Ask;
use super::discussions;
use super::form::Form;
use super::view::discussion::web_address;
use crate::hub::path::Piece;
use crate::sandbox::world::discussion::Change;
use crate::sandbox::world::repo::Standing;
use crate::sandbox::world::{
    Comment, Discussion, Event, EventData, PullRequest, Status, World, now,
};

/// The longest a comment may be.
const LONGEST: usize = 65_536;

/// Where something about a discussion is to change, and who changes it.
struct Spot {
    repo: usize,
    discussion: usize,
    user: String,
}

/// Opens a discussion or an empty draft of a pull request. Any user may, on what they may see.
pub(super) fn create(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let at = ask.repo()?;
    let author = ask.caller.debater()?.to_owned();
    let mut body = Form::body(ask.body)?;
    let title = body.text("title", 3..=200);
    let description = body.text("description", 0..=LONGEST);
    let is_pull_request = body.flag("pullRequest").unwrap_or(false);
    body.finish()?;

    let id = ask.world.new_id();
    let opening = comment_event(ask.world, &author, description);
    let discussions = &mut ask.world.repos[at].discussions;
    let num = discussions.iter().map(|discussion| discussion.num).max().unwrap_or(0) + 1;
    let discussion = Discussion {
        id,
        num,
        title: title.trim().to_owned(),
        status: if is_pull_request { Status::Draft } else { Status::Open },
        author: Some(author),
        created_at: opening.created_at.clone(),
        pull_request: is_pull_request.then(PullRequest::default),
        pinned: false,
        locked: false,
        top_reactions: Vec::new(),
        events: vec![opening],
    };
    discussions.insert(0, discussion);

    let url = web_address(&ask.world.repos[at], num);
    let mut created = json!({ "num": num, "pullRequest": is_pull_request, "url": url });
    if is_pull_request {
        created["references"] = json!({ "base": "refs/heads/main" });
    }
    Answer::json(&created)
}

/// Adds a comment.
pub(super) fn comment(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let spot = Spot::read(ask)?;
    if spot.of(ask).locked {
        return Err(Refusal::error(StatusCode::FORBIDDEN, "This discussion is locked"));
    }
    let mut body = Form::body(ask.body)?;
    let raw = body.text("comment", 1..=LONGEST);
    body.finish()?;
    let event = comment_event(ask.world, &spot.user, raw);
    let index = spot.push(ask, event);
    Ok(spot.show(ask, "newMessage", index)?.with_status(StatusCode::CREATED))
}

/// Replaces the text of a comment.
pub(super) fn edit(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let spot = Spot::read(ask)?;
    let index = spot.find_comment(ask)?;
    let mut body = Form::body(ask.body)?;
    let raw = body.text("content", 1..=LONGEST);
    body.finish()?;
    spot.update(ask, index, |comment| {
        comment.raw = raw;
        comment.edits += 1;
    })
}

/// Hides a comment for good: its text is gone.
pub(super) fn hide(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let spot = Spot::read(ask)?;
    let index = spot.find_comment(ask)?;
    spot.update(ask, index, |comment| {
        comment.raw.clear();
        comment.hidden = true;
    })
}

/// Opens or closes. To open a draft is to publish it, and there is no way back.
pub(super) fn set_status(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let spot = Spot::read(ask)?;
    spot.check_right(ask, spot.of(ask).author.as_deref())?;
    let mut body = Form::body(ask.body)?;
    let statuses = [("open", Status::Open), ("closed", Status::Closed)];
    let status = body.required_choice("status", &statuses).unwrap_or(Status::Open);
    let remark = body.optional_text("comment", 0..=LONGEST).filter(|text| !text.is_empty());
    body.finish()?;
    if spot.of(ask).status == Status::Merged {
        return Err(Refusal::invalid("This pull request is already merged"));
    }
    if let Some(remark) = remark {
        let event = comment_event(ask.world, &spot.user, remark);
        spot.push(ask, event);
    }
    let event = event(ask.world, &spot.user, EventData::StatusChange { status });
    ask.world.repos[spot.repo].discussions[spot.discussion].status = status;
    let index = spot.push(ask, event);
    spot.show(ask, "newStatus", index)
}

impl Spot {
    /// Finds the discussion of the path, for a caller whose token may discuss.
    fn read(ask: &Ask<'_>) -> Result<Self, Refusal> {
        let repo = ask.repo()?;
        let user = ask.caller.debater()?.to_owned();
        let discussion = discussions::find(ask, &ask.world.repos[repo])?;
        Ok(Self { repo, discussion, user })
    }

    fn of<'w>(&self, ask: &'w Ask<'_>) -> &'w Discussion {
        &ask.world.repos[self.repo].discussions[self.discussion]
    }

    /// Refuses whoever is neither the author nor may write to the repository.
    fn check_right(&self, ask: &Ask<'_>, author: Option<&str>) -> Result<(), Refusal> {
        let writes = ask.standing_in(self.repo) == Standing::Writer;
        if writes || author == Some(&self.user) { Ok(()) } else { Err(Refusal::forbidden()) }
    }

    /// The place of the comment of the path, if the caller may change it.
    fn find_comment(&self, ask: &Ask<'_>) -> Result<usize, Refusal> {
        let id = ask.name(Piece::CommentId);
        let events = &self.of(ask).events;
        let index = events
            .iter()
            .position(|event| event.id == id && matches!(event.data, EventData::Comment(_)))
            .ok_or_else(|| Refusal::not_found("Comment not found"))?;
        self.check_right(ask, events[index].author.as_deref())?;
        Ok(index)
    }

    fn push(&self, ask: &mut Ask<'_>, event: Event) -> usize {
        let events = &mut ask.world.repos[self.repo].discussions[self.discussion].events;
        events.push(event);
        events.len() - 1
    }

    /// Changes a comment and shows it. The text of a hidden one is gone, whatever is written after.
    fn update(
        &self,
        ask: &mut Ask<'_>,
        index: usize,
        change: impl FnOnce(&mut Comment),
    ) -> Result<Answer, Refusal> {
        let discussion = &mut ask.world.repos[self.repo].discussions[self.discussion];
        if let EventData::Comment(comment) = &mut discussion.events[index].data {
            change(comment);
            comment.changed = Some(Change { at: now(), by: self.user.clone() });
        }
        self.show(ask, "updatedComment", index)
    }

    fn show(&self, ask: &Ask<'_>, key: &str, index: usize) -> Result<Answer, Refusal> {
        let repo = &ask.world.repos[self.repo];
        let event = &repo.discussions[self.discussion].events[index];
        Answer::json(&json!({ key: ask.view().event(repo, event) }))
    }
}

fn comment_event(world: &mut World, author: &str, raw: String) -> Event {
    event(world, author, EventData::Comment(Comment { raw, ..Comment::default() }))
}

fn event(world: &mut World, author: &str, data: EventData) -> Event {
    Event { id: world.new_id(), author: Some(author.to_owned()), created_at: now(), data }
}
