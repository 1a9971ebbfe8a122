//! The endpoints about gates: who asked to pass, deciding about it, and whether the caller may.

use serde_json::json;

use super::answer::{Answer, Refusal};
use super::ask::Ask;
use super::form::Form;
use super::page::Page;
use crate::sandbox::world::{AccessRequest, AccessStatus, User, now};

/// How many requests a page holds.
const REQUESTS: usize = 1000;

/// The requests that wait.
pub(super) fn pending(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    list(ask, AccessStatus::Pending)
}

/// The requests that were granted.
pub(super) fn accepted(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    list(ask, AccessStatus::Accepted)
}

/// The requests that were turned down.
pub(super) fn rejected(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    list(ask, AccessStatus::Rejected)
}

/// The requests that may be made again.
pub(super) fn reset(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    list(ask, AccessStatus::Reset)
}

/// Whether the caller may read a repository's files: `OK`, or why not.
pub(super) fn auth_check(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let at = ask.repo()?;
    ask.pass_gate(&ask.world.repos[at])?;
    Ok(Answer::text("OK"))
}

/// Whether the caller may write to a repository.
pub(super) fn auth_check_write(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    ask.writable_repo()?;
    Ok(Answer::text("OK"))
}

/// Decides about a request. It is not repeatable: a request that has the status already counts as
/// none.
pub(super) fn decide(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    use AccessStatus::{Accepted, Pending, Rejected, Reset};
    let at = gated_repo(ask)?;
    let mut body = Form::body(ask.body)?;
    let statuses =
        [("accepted", Accepted), ("rejected", Rejected), ("pending", Pending), ("reset", Reset)];
    let status = body.required_choice("status", &statuses).unwrap_or(Pending);
    body.optional_text("rejectionReason", 0..=200);
    body.optional_text("resetReason", 0..=200);
    let whose = Whose::read(&mut body);
    body.finish()?;

    let reviewer = ask.caller.user().map(str::to_owned);
    let user = whose.user(ask)?;
    let repo = &mut ask.world.repos[at];
    let found = whose.request(&repo.requests, user.as_deref());
    let request = found
        .map(|found| &mut repo.requests[found])
        .filter(|request| request.status != status)
        .ok_or_else(|| Refusal::not_found("No access request found matching your criteria"))?;
    request.status = status;
    request.reviewed_at = (status != Pending).then(now);
    request.granted_by = reviewer.filter(|_| status == Accepted);
    Answer::json(&json!({}))
}

/// Lets a user in, whether they asked or not.
pub(super) fn grant(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let at = gated_repo(ask)?;
    let mut body = Form::body(ask.body)?;
    let whose = Whose::read(&mut body);
    body.finish()?;

    let granted_by = ask.caller.user().map(str::to_owned);
    let user = whose.user(ask)?.ok_or_else(|| Refusal::not_found("User not found"))?;
    let id = ask.world.new_id();
    let repo = &mut ask.world.repos[at];
    let known = repo.request_of(&user);
    if known.is_some_and(|known| repo.requests[known].status == AccessStatus::Accepted) {
        return Err(Refusal::invalid("That user already has access to the repo"));
    }
    let moment = now();
    let before = known.map(|known| repo.requests.remove(known));
    let request = before.unwrap_or_else(|| AccessRequest {
        id,
        user,
        status: AccessStatus::Accepted,
        timestamp: moment.clone(),
        reviewed_at: None,
        granted_by: None,
        email: None,
        fields: None,
    });
    repo.requests.push(AccessRequest {
        status: AccessStatus::Accepted,
        reviewed_at: Some(moment),
        granted_by,
        ..request
    });
    Answer::json(&json!({}))
}

/// The place of the repository, if the caller may write to it and it has a gate.
fn gated_repo(ask: &Ask<'_>) -> Result<usize, Refusal> {
    let at = ask.writable_repo()?;
    let repo = &ask.world.repos[at];
    if repo.gated.is_some() { Ok(at) } else { Err(Refusal::not_gated(repo.kind, &repo.id)) }
}

/// Whose request is meant: there are three ways to say it, of which one is to be used.
enum Whose {
    User(String),
    UserId(String),
    Request(String),
}

impl Whose {
    fn read(body: &mut Form) -> Self {
        let user = body.optional_text("user", 0..=250).map(Self::User);
        let user_id = body.optional_text("userId", 0..=250).map(Self::UserId);
        let request = body.optional_text("requestId", 0..=250).map(Self::Request);
        let mut given = user.into_iter().chain(user_id).chain(request);
        if let (Some(one), None) = (given.next(), given.next()) {
            return one;
        }
        body.reject("Either userId or user must be provided, but not both");
        Self::User(String::new())
    }

    /// The name of the user, where it is a user that was named.
    fn user(&self, ask: &Ask<'_>) -> Result<Option<String>, Refusal> {
        let profile = match self {
            Self::User(name) => ask.world.profile(name),
            Self::UserId(id) => {
                ask.world.users.iter().find(|user| user.id == *id).map(User::profile)
            }
            Self::Request(_) => return Ok(None),
        };
        let profile = profile.ok_or_else(|| Refusal::not_found("User not found"))?;
        Ok(Some(profile.name.into_owned()))
    }

    fn request(&self, requests: &[AccessRequest], user: Option<&str>) -> Option<usize> {
        requests.iter().rposition(|request| match self {
            Self::Request(id) => request.id == *id,
            Self::User(_) | Self::UserId(_) => Some(request.user.as_str()) == user,
        })
    }
}

fn list(ask: &Ask<'_>, status: AccessStatus) -> Result<Answer, Refusal> {
    let repo = &ask.world.repos[ask.writable_repo()?];
    let mut query = Form::query(ask.query);
    let limit = query.number("limit", 10..=1000).unwrap_or(REQUESTS);
    let prefix = query.optional_text("q", 0..=250).unwrap_or_default().to_lowercase();
    let after = query.get("after").unwrap_or_default().to_owned();
    let before = query.get("before").map(str::to_owned);
    let page = Page::read(&query, limit);
    query.finish()?;
    // Moments are all written alike, so their texts compare as they do.
    let found: Vec<&AccessRequest> = repo
        .requests
        .iter()
        .filter(|request| request.status == status && request.user.starts_with(&prefix))
        .filter(|request| request.timestamp > after)
        .filter(|request| before.as_ref().is_none_or(|before| request.timestamp < *before))
        .collect();
    let view = ask.view();
    let shown: Vec<_> = page.of(&found).iter().map(|request| view.request(request)).collect();
    Ok(Answer::json(&shown)?.with_next(page.next(ask, found.len())))
}
