//! What to do about a failed call: the next call to make, or what to ask of the person.
//!
//! For the model. It reads the Hub's statuses and codes, which mean different things on different
//! endpoints; it never repeats what the error already says.

use super::catalog::{Action, Auth, WriteKind};
use super::exchange::Trouble;
use super::path::Piece;
use super::problem::Problem;
use super::refuse::{body_words, params_words};
use super::route::Route;

/// Who the Hub takes the caller for, as far as that is known without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    /// No token is in force.
    None,
    /// Some token is.
    Token,
    /// A token that is known to be read-only.
    ReadOnly,
}

/// The advice for this failure, if there is any.
pub(super) fn hint(problem: &Problem, route: &Route, login: Login) -> Option<String> {
    let code = problem.code.as_deref().unwrap_or_default();
    match (problem.status, code) {
        (Some(400), "RepoNotGated") => Some(
            "This repo is not gated: it has no access requests and needs no grants.".to_owned(),
        ),
        (Some(400), _) => Some(bad_request(problem, route)),
        (Some(401 | 403), "GatedRepo") => Some(gated(problem, route, login)),
        (Some(401), _) => Some(unauthorized(route, login)),
        (Some(403), _) => Some(forbidden(route, login)),
        (Some(404), _) => not_found(problem, route),
        (Some(409), _) => conflict(route),
        (Some(429), _) => Some(later(problem)),
        (Some(500..), _) => {
            Some("The Hub itself failed. Tell the person; it may work later.".to_owned())
        }
        // A success that was no result.
        (Some(200..300), _) => Some(
            "Try once more; if it happens again, the Hub or a proxy in between answers wrongly."
                .to_owned(),
        ),
        (Some(_) | None, _) => None,
    }
}

/// The advice where there was no answer at all.
pub(super) fn for_trouble(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Offline => "No call to the Hub can work until the person turns offline mode off.",
        Trouble::Token(_) => "Tell the person: the Hub token has to be fixed.",
        Trouble::NotAllowed(_) => {
            "Ask the person to set HF_TOKEN to a token with role write (or a matching fine-grained \
             one)."
        }
        Trouble::LedAway(_) | Trouble::Circle => {
            "Tell the person: HF_ENDPOINT may name the wrong address."
        }
        Trouble::WriteRedirected(_) => {
            "Check with a GET whether it happened, and under which name the repo is known now."
        }
        Trouble::TooLong(_) => "Ask for less: a smaller offset, or a narrower filter.",
        Trouble::Unreachable(_) | Trouble::Broken(_) | Trouble::Silent(_) => {
            "Other calls will fare no better now. Tell the person to check the network or \
             HF_ENDPOINT."
        }
    }
}

fn bad_request(problem: &Problem, route: &Route) -> String {
    match &route.endpoint.action {
        _ if problem.error.contains("already has access") => {
            "The user has access already; there is nothing left to do.".to_owned()
        }
        Action::Write(write) => format!("The body is {}.", body_words(write)),
        Action::Read(read) => format!("It takes {}.", params_words(read.params)),
    }
}

fn gated(problem: &Problem, route: &Route, login: Login) -> String {
    let repo = route.names.get(Piece::RepoId).unwrap_or_default();
    if login == Login::None {
        return format!("This needs the token of somebody with access to {repo}.");
    }
    if problem.error.contains("awaiting") {
        return "The request is with the repo's owners; only they can decide it.".to_owned();
    }
    if problem.error.contains("rejected") {
        return "The owners said no; only they can change that.".to_owned();
    }
    format!(
        "The person can ask for access on the page of {repo} on the Hub. Its discussions can be \
         read without."
    )
}

fn unauthorized(route: &Route, login: Login) -> String {
    let get = |piece| route.names.get(piece);
    match (login, route.endpoint.auth) {
        (Login::None, Auth::Anyone) => match (get(Piece::RepoId), get(Piece::Slug)) {
            (Some(repo), _) => format!(
                "Without a token the Hub does not say whether {repo} is unknown or private. Check \
                 the name and the type (models, datasets or spaces), or ask the person for a token \
                 (HF_TOKEN)."
            ),
            (None, Some(slug)) => format!(
                "Without a token the Hub does not say whether {slug} is unknown or private. Check \
                 the slug, or ask the person for a token (HF_TOKEN)."
            ),
            (None, None) => "This needs a Hub token and none is set. Ask the person to set \
                             HF_TOKEN."
                .to_owned(),
        },
        (Login::None, _) => {
            "This needs a Hub token and none is set. Ask the person to set HF_TOKEN.".to_owned()
        }
        (Login::Token | Login::ReadOnly, _) => {
            "The Hub does not accept the token: it is mistyped, expired or revoked. Ask the person \
             for a new HF_TOKEN; no other call will work with this one."
                .to_owned()
        }
    }
}

fn forbidden(route: &Route, login: Login) -> String {
    if login == Login::ReadOnly {
        return "The token is read-only (auth.accessToken.role in /whoami-v2 is read). Ask the \
                person for one with role write."
            .to_owned();
    }
    match &route.endpoint.action {
        Action::Read(_) if route.endpoint.auth == Auth::Writer => {
            "Only those who may write to the repo can see its access requests.".to_owned()
        }
        Action::Read(_) if route.names.get(Piece::RepoId).is_some() => {
            "Discussions may be turned off for this repo, or the repo itself.".to_owned()
        }
        Action::Read(_) => "The token does not reach this.".to_owned(),
        Action::Write(_) => format!(
            "The token may not write here. GET /whoami-v2 shows its role \
             (auth.accessToken.role){}.",
            match route.names.get(Piece::Num) {
                Some(_) => "; a locked discussion takes no comments either",
                None => "",
            }
        ),
    }
}

fn not_found(problem: &Problem, route: &Route) -> Option<String> {
    let get = |piece| route.names.get(piece);
    if let Some(name) = get(Piece::Username) {
        return Some(format!(
            "There is no such user; an organization has /organizations/{name}/overview."
        ));
    }
    if let Some(name) = get(Piece::Organization) {
        return Some(format!("There is no such organization; a user has /users/{name}/overview."));
    }
    let kind = match &route.endpoint.action {
        Action::Write(write) => Some(write.kind),
        Action::Read(_) => None,
    };
    match (get(Piece::Slug), kind) {
        (Some(_), Some(WriteKind::AddItem)) => {
            return Some(
                "Either there is no such collection (GET /collections/{slug} shows it) or no such \
                 item on the Hub: check the id and its type."
                    .to_owned(),
            );
        }
        (Some(slug), _) => {
            let owner = slug.split('/').next().unwrap_or_default();
            return Some(format!(
                "GET /collections with params {{\"owner\": \"{owner}\"}} lists the slugs."
            ));
        }
        _ => {}
    }
    let (kind_of_repo, repo) = (get(Piece::RepoType)?, get(Piece::RepoId)?);
    let about_repo = problem.code.as_deref() == Some("RepoNotFound")
        || problem.error.contains("Repository not found");
    if about_repo {
        let others: Vec<String> = ["models", "datasets", "spaces"]
            .iter()
            .filter(|other| **other != kind_of_repo)
            .map(|other| format!("/{other}/{repo}/…"))
            .collect();
        return Some(format!(
            "There is no such repo of this type, or the token does not reach it. Other types: {}.",
            others.join(", ")
        ));
    }
    in_repo(problem, route, kind)
}

/// The repo is there; something in it is not.
fn in_repo(problem: &Problem, route: &Route, kind: Option<WriteKind>) -> Option<String> {
    let get = |piece| route.names.get(piece);
    let base = format!("/{}/{}", get(Piece::RepoType)?, get(Piece::RepoId)?);
    if problem.error.contains("No access request") {
        return Some(format!(
            "The user has no request here, or it has this status already. Look in GET \
             {base}/user-access-request/pending, …/accepted and …/rejected, with params \
             {{\"q\": \"<user>\"}}."
        ));
    }
    if problem.error.contains("User not found") {
        return Some("Check the spelling of the user's name.".to_owned());
    }
    let num = get(Piece::Num)?;
    Some(match kind {
        // Before a comment is changed, its discussion is read.
        Some(WriteKind::Edit | WriteKind::Hide) if problem.url.contains("/comment/") => {
            format!("Comment ids are the `id`s of the events in GET {base}/discussions/{num}.")
        }
        _ => format!("GET {base}/discussions lists the numbers there are."),
    })
}

fn conflict(route: &Route) -> Option<String> {
    match &route.endpoint.action {
        Action::Write(write) if write.kind == WriteKind::AddItem => {
            Some("The item is in the collection already; there is nothing left to do.".to_owned())
        }
        Action::Write(write) if write.kind == WriteKind::Collect => {
            Some("It exists already: use it, by its slug.".to_owned())
        }
        _ => None,
    }
}

fn later(problem: &Problem) -> String {
    match problem.wait {
        Some(wait) => format!(
            "The Hub's rate limit is reached; it can be asked again in {} s. Do not repeat the call \
             now, tell the person.",
            wait.as_secs()
        ),
        None => "The Hub's rate limit is reached. Do not repeat the call now, tell the person."
            .to_owned(),
    }
}
