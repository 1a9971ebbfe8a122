//! The endpoints about the caller, users and organizations.

use super::answer::{Answer, Refusal};
use super::ask::Ask;
use super::form::Form;
use super::page::Page;
use super::view::people::LikeView;
use crate::hub::path::Piece;
use crate::sandbox::world::people::follower_count;
use crate::sandbox::world::{Followers, Organization, User};

/// How many users a page holds.
const USERS: usize = 500;

/// How many likes a page holds. The Hub does not say.
const LIKES: usize = 1000;

/// Who the caller is.
pub(super) fn whoami(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let token = ask.caller.token()?;
    let user = ask.world.user(&token.user).ok_or_else(Refusal::unauthorized)?;
    Answer::json(&ask.view().whoami(user, token))
}

/// A user's own page.
pub(super) fn user_overview(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let user = user(ask)?;
    Answer::json(&ask.view().user_overview(&user))
}

/// What a user likes, newest first.
pub(super) fn likes(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let user = user(ask)?;
    let page = Page::read(&Form::query(ask.query), LIKES);
    let likes: Vec<LikeView<'_>> = page.of(&user.likes).iter().map(LikeView::from).collect();
    Ok(Answer::json(&likes)?.with_next(page.next(ask, user.likes.len())))
}

/// Takes a like back.
pub(super) fn unlike(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let at = ask.repo()?;
    let name = ask.caller.writer()?.to_owned();
    let (kind, id) = (ask.world.repos[at].kind, ask.world.repos[at].id.clone());
    if let Some(user) = ask.world.users.iter_mut().find(|user| user.name == name) {
        user.likes.retain(|like| like.kind != kind || like.repo != id);
    }
    Answer::json(&serde_json::json!({}))
}

/// Who follows a user.
pub(super) fn user_followers(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    followers(ask, &user(ask)?.followers)
}

/// Whom a user follows.
pub(super) fn following(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let user = user(ask)?;
    let following: Vec<&User> = ask.world.following(&user.name).collect();
    let page = Page::read(&Form::query(ask.query), USERS);
    let view = ask.view();
    let users = page.of(&following).iter().map(|user| view.compact(user.profile()));
    let answer = Answer::json(&users.collect::<Vec<_>>())?;
    Ok(answer.with_next(page.next(ask, following.len())))
}

/// An organization's own page.
pub(super) fn organization_overview(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    Answer::json(&ask.view().organization_overview(organization(ask)?))
}

/// Who is a member of an organization.
pub(super) fn members(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let organization = organization(ask)?;
    let mut query = Form::query(ask.query);
    let limit = query.number("limit", 1..=500).unwrap_or(USERS);
    let search = query.get("search").unwrap_or_default().to_lowercase();
    let page = Page::read(&query, limit);
    query.finish()?;
    let members = organization.members.iter().filter_map(|member| ask.world.user(&member.name));
    let members: Vec<&User> = members
        .filter(|user| {
            user.name.contains(&search) || user.fullname.to_lowercase().contains(&search)
        })
        .collect();
    let view = ask.view();
    let users = page.of(&members).iter().map(|user| view.member(user, organization));
    let answer = Answer::json(&users.collect::<Vec<_>>())?;
    Ok(answer.with_next(page.next(ask, members.len())))
}

/// Who follows an organization.
pub(super) fn organization_followers(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    followers(ask, &organization(ask)?.followers)
}

fn followers(ask: &Ask<'_>, followers: &[Followers]) -> Result<Answer, Refusal> {
    let page = Page::read(&Form::query(ask.query), USERS);
    let view = ask.view();
    let profiles = ask.world.followers_page(followers, page.start, page.len);
    let users: Vec<_> = profiles.into_iter().map(|profile| view.compact(profile)).collect();
    Ok(Answer::json(&users)?.with_next(page.next(ask, follower_count(followers))))
}

/// The user the path names; organizations are none.
fn user<'w>(ask: &'w Ask<'_>) -> Result<std::borrow::Cow<'w, User>, Refusal> {
    let name = ask.name(Piece::Username);
    ask.world.any_user(name).ok_or_else(|| Refusal::not_found("User not found"))
}

/// The organization the path names; users are none.
fn organization<'w>(ask: &'w Ask<'_>) -> Result<&'w Organization, Refusal> {
    let name = ask.name(Piece::Organization);
    ask.world.organization(name).ok_or_else(|| Refusal::not_found("Organization not found"))
}
