//! A request as the endpoints see it: whose it is, what it is about, and whether it may.
//!
//! The order of the checks is the Hub's: the repository exists, the caller is somebody, they may.

use axum::http::StatusCode;

use super::answer::Refusal;
use super::view::View;
use crate::hub::path::{Captured, Piece};
use crate::sandbox::world::repo::Standing;
use crate::sandbox::world::{Repo, RepoType, Token, TokenRole, World};

/// A request.
pub(super) struct Ask<'a> {
    /// The world it looks into or changes.
    pub(super) world: &'a mut World,
    /// Whose it is.
    pub(super) caller: Caller,
    /// What the placeholders of its path stand for.
    pub(super) names: Captured,
    /// Its path, with `/api`.
    pub(super) path: &'a str,
    /// Its query, without the `?`.
    pub(super) query: &'a str,
    /// Its body.
    pub(super) body: &'a [u8],
    /// Where the emulator is: `http://127.0.0.1:PORT`.
    pub(super) origin: &'a str,
}

/// Whose request it is: nobody's, or that of a token's owner.
#[derive(Debug, Clone)]
pub(super) struct Caller(Option<Token>);

impl Caller {
    /// Reads an `Authorization` header. A token that is not known is refused on every route.
    pub(super) fn of(world: &World, authorization: Option<&[u8]>) -> Result<Self, Refusal> {
        let Some(authorization) = authorization else { return Ok(Self(None)) };
        let secret = authorization.strip_prefix(b"Bearer ").unwrap_or_default();
        let token = world.tokens.iter().find(|token| token.token.as_bytes() == secret);
        token.cloned().map(|token| Self(Some(token))).ok_or_else(Refusal::unauthorized)
    }

    /// The user, if it is anybody.
    pub(super) fn user(&self) -> Option<&str> {
        self.0.as_ref().map(|token| token.user.as_str())
    }

    /// The token, without which nothing more is said.
    pub(super) fn token(&self) -> Result<&Token, Refusal> {
        self.0.as_ref().ok_or_else(Refusal::unauthorized)
    }

    /// The user, if the token lets them write.
    pub(super) fn writer(&self) -> Result<&str, Refusal> {
        let token = self.token()?;
        if token.role == TokenRole::Write { Ok(&token.user) } else { Err(Refusal::forbidden()) }
    }

    /// The user, if the token lets them discuss.
    pub(super) fn debater(&self) -> Result<&str, Refusal> {
        let token = self.token()?;
        if token.allows_discussing() { Ok(&token.user) } else { Err(Refusal::forbidden()) }
    }
}

impl Ask<'_> {
    /// The world as the caller sees it.
    pub(super) fn view(&self) -> View<'_> {
        View { world: self.world, viewer: self.caller.user() }
    }

    /// What a placeholder of the path stands for.
    pub(super) fn name(&self, piece: Piece) -> &str {
        self.names.get(piece).unwrap_or_default()
    }

    /// The place of the repository the path is about, if the caller may know of it.
    pub(super) fn repo(&self) -> Result<usize, Refusal> {
        let kinds = self.name(Piece::RepoType);
        let kind = RepoType::from_plural(kinds).ok_or_else(Refusal::no_route)?;
        let id = self.name(Piece::RepoId);
        if let Some(to) = self.world.moved_to(kind, id) {
            let rest = self.path.strip_prefix(&format!("/api/{kinds}/{id}")).unwrap_or_default();
            let mark = if self.query.is_empty() { "" } else { "?" };
            let to = format!("/api/{kinds}/{to}{rest}{mark}{}", self.query);
            return Err(Refusal::Moved { to });
        }
        let visible = |at: &usize| {
            !self.world.repos[*at].private || self.standing_in(*at) > Standing::Stranger
        };
        // Without a token, what is unknown may as well be private: 401.
        let unknown = || self.caller.token().map_or_else(|refusal| refusal, |_| Refusal::no_repo());
        self.world.find_repo(kind, id).filter(visible).ok_or_else(unknown)
    }

    /// The place of the repository, if the caller may write to it.
    pub(super) fn writable_repo(&self) -> Result<usize, Refusal> {
        let at = self.repo()?;
        self.caller.writer()?;
        if self.standing_in(at) == Standing::Writer { Ok(at) } else { Err(Refusal::forbidden()) }
    }

    /// What the caller is to a repository.
    pub(super) fn standing_in(&self, at: usize) -> Standing {
        self.standing(self.world.repos[at].owner())
    }

    /// What the caller is to a namespace.
    pub(super) fn standing(&self, namespace: &str) -> Standing {
        self.caller.user().map_or(Standing::Stranger, |user| self.world.standing(namespace, user))
    }

    /// Refuses callers whom a repository's gate keeps out.
    pub(super) fn pass_gate(&self, repo: &Repo) -> Result<(), Refusal> {
        use crate::sandbox::world::AccessStatus::{Accepted, Pending, Rejected, Reset};
        if repo.gated.is_none() || self.standing(repo.owner()) > Standing::Stranger {
            return Ok(());
        }
        let (kind, id) = (repo.kind, &repo.id);
        let Some(user) = self.caller.user() else {
            return Err(Refusal::gated(
                StatusCode::UNAUTHORIZED,
                format!(
                    "Access to {kind} {id} is restricted. You must have access to it and be \
                     authenticated to access it. Please log in."
                ),
            ));
        };
        let page = format!("https://huggingface.co/{}{id}", kind.web_prefix());
        let message = match repo.request_of(user).map(|at| repo.requests[at].status) {
            Some(Accepted) => return Ok(()),
            None => format!(
                "Access to {kind} {id} is restricted and you are not in the authorized list. \
                 Visit {page} to ask for access."
            ),
            Some(Pending) => format!(
                "Your request to access {kind} {id} is awaiting a review from the repo authors."
            ),
            Some(Rejected) => format!(
                "Your request to access {kind} {id} has been rejected by the repo's authors."
            ),
            Some(Reset) => format!(
                "Your request to access {kind} {id} has been reset by the repo's authors. Visit \
                 {page} to submit a new request."
            ),
        };
        Err(Refusal::gated(StatusCode::FORBIDDEN, message))
    }
}
