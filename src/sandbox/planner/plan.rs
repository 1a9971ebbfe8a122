//! From a question and what is known to the next step: the calls still needed, or the answer.
//!
//! Every plan is written as if all its results were there; the first that is missing stops it, and
//! the loop brings it back with the result.

use super::call::{Call, Place};
use super::known::{Counting, Known, Reach, Stop, both, together};
use super::name::{Name, Repo, RepoKind};
use super::outcome::{Answered, Extent, Outcome};
use super::phrase::accounts::{self, Profile};
use super::phrase::{self, holdings, threads, writes};
use super::question::{
    Account, AccountKind, Question, Status, Tally, ThreadKind, Threads, Who, Write,
};

/// The answer, or the calls that come first.
pub(super) fn answer(question: &Question, known: &Known<'_>) -> Result<String, Stop> {
    match question {
        Question::Token => token(known),
        Question::Profiles(asked) => {
            let profiles = together(asked.iter().map(|account| profile(known, account)))?;
            let words = profiles.iter().map(|(name, profile)| accounts::profile(name, *profile));
            Ok(words.collect::<Vec<_>>().join("\n\n"))
        }
        Question::CompareFollowers(asked) => {
            let profiles = together(asked.iter().map(|account| profile(known, account)))?;
            Ok(accounts::comparison(&profiles))
        }
        Question::Count { of, what } => {
            let (name, profile) = profile(known, of)?;
            Ok(accounts::count(&name, *what, profile))
        }
        Question::Organizations(of) => organizations(known, of),
        Question::Followers(of) => followers(known, of),
        Question::Following(of) => following(known, of),
        Question::Likes { of, only } => likes(known, of, *only),
        Question::Members(of) => members(known, of),
        Question::Threads(asked) => list_threads(known, asked),
        Question::Thread { repo, number } => {
            let doing = format!("read #{number} of {}", phrase::repo(repo));
            Ok(threads::thread(repo, found(known, Call::thread(repo, *number), &doing)?))
        }
        Question::TopAuthors { repo, kind } => top_authors(known, repo, *kind),
        Question::AccessRequests { repo, state } => {
            let (call, state) = (Call::access_requests(repo, state.word()), *state);
            let doing = format!("list the access requests of {}", phrase::repo(repo));
            Ok(holdings::access_requests(repo, state, found(known, call, &doing)?))
        }
        Question::Access(repo) => access(known, repo),
        Question::Collections(of) => {
            let name = name(known, &of.who)?;
            let doing = format!("list the collections of `{name}`");
            Ok(holdings::collections(&name, found(known, Call::collections(&name), &doing)?))
        }
        Question::Collection(slug) => {
            let doing = format!("read the collection `{slug}`");
            Ok(holdings::collection(found(known, Call::collection(slug), &doing)?))
        }
        Question::Write(write) => carry_out(known, write),
    }
}

/// What a call found; a failure settles the answer. `doing` completes "I could not".
fn found<'k>(known: &'k Known<'_>, call: Call, doing: &str) -> Result<&'k Answered, Stop> {
    match known.get(call)? {
        Ok(answered) => Ok(answered),
        Err(failure) => Err(Stop::Tell(phrase::failure(doing, failure))),
    }
}

/// The name of an account: as typed, or that of the token's owner.
fn name(known: &Known<'_>, who: &Who) -> Result<Name, Stop> {
    match who {
        Who::Named(name) => Ok(name.clone()),
        Who::Me => {
            let whoami = known.get(Call::whoami())?.as_ref();
            let whoami = whoami.map_err(|failure| Stop::Tell(accounts::no_token(failure)))?;
            whoami.data["name"].as_str().and_then(Name::parse).ok_or_else(|| {
                Stop::Tell("The Hub does not say who the token belongs to.".to_owned())
            })
        }
    }
}

/// Something of an account's. Where the question does not say what it is, users are asked first
/// and organizations when there is no such user.
fn look_up<'k>(
    known: &'k Known<'_>,
    account: &Account,
    what: &str,
) -> Result<(Name, Place, &'k Outcome), Stop> {
    let name = name(known, &account.who)?;
    let ask = |place| known.get(Call::account(place, &name, what)).map(|outcome| (place, outcome));
    let (place, outcome) = match account.kind {
        AccountKind::Organization => ask(Place::Organizations)?,
        AccountKind::User => ask(Place::Users)?,
        AccountKind::Unsaid => match ask(Place::Users)? {
            (_, Err(failure)) if failure.is_not_found() => ask(Place::Organizations)?,
            user => user,
        },
    };
    Ok((name, place, outcome))
}

fn profile<'k>(known: &'k Known<'_>, account: &Account) -> Result<(Name, Profile<'k>), Stop> {
    let (name, place, outcome) = look_up(known, account, "overview")?;
    let profile = match (place, outcome) {
        (Place::Users, Ok(answered)) => Profile::User(&answered.data),
        (Place::Organizations, Ok(answered)) => Profile::Organization(&answered.data),
        (_, Err(failure)) => Profile::None(account.kind, failure),
    };
    Ok((name, profile))
}

fn token(known: &Known<'_>) -> Result<String, Stop> {
    match known.get(Call::whoami())? {
        Ok(whoami) => Ok(accounts::token(&whoami.data)),
        Err(failure) => Ok(accounts::no_token(failure)),
    }
}

fn organizations(known: &Known<'_>, of: &Account) -> Result<String, Stop> {
    match profile(known, &Account { kind: AccountKind::User, ..of.clone() })? {
        (name, Profile::User(overview) | Profile::Organization(overview)) => {
            let organizations = overview["orgs"].as_array().map(Vec::as_slice).unwrap_or_default();
            let subject = format!("`{name}` is a member of");
            let noun = ("organization", "organizations");
            Ok(holdings::people(subject, noun, organizations, Extent::Whole))
        }
        (name, Profile::None(kind, failure)) => Ok(accounts::missing(&name, kind, failure)),
    }
}

/// The list comes with the overview, because only that says how many there are.
fn followers(known: &Known<'_>, of: &Account) -> Result<String, Stop> {
    let ((_, profile), (name, _, list)) =
        both(profile(known, of), look_up(known, of, "followers"))?;
    Ok(listed(&name, of.kind, list, |answered| {
        let extent = answered.extent().or_total(profile.tally(Tally::Followers));
        let subject = format!("`{name}` has");
        holdings::people(subject, ("follower", "followers"), answered.items("users"), extent)
    }))
}

fn following(known: &Known<'_>, of: &Account) -> Result<String, Stop> {
    let of = Account { kind: AccountKind::User, ..of.clone() };
    let ((_, profile), (name, _, list)) =
        both(profile(known, &of), look_up(known, &of, "following"))?;
    Ok(listed(&name, of.kind, list, |answered| {
        let extent = answered.extent().or_total(profile.tally(Tally::Following));
        let subject = format!("`{name}` follows");
        holdings::people(subject, ("user", "users"), answered.items("users"), extent)
    }))
}

fn members(known: &Known<'_>, of: &Account) -> Result<String, Stop> {
    let of = Account { kind: AccountKind::Organization, ..of.clone() };
    let (name, _, list) = look_up(known, &of, "members")?;
    Ok(listed(&name, of.kind, list, |answered| {
        let subject = format!("`{name}` has");
        let members = answered.items("members");
        holdings::people(subject, ("member", "members"), members, answered.extent())
    }))
}

/// A list of an account's in words, or that there is no such account.
fn listed(
    name: &Name,
    kind: AccountKind,
    list: &Outcome,
    words: impl FnOnce(&Answered) -> String,
) -> String {
    match list {
        Ok(answered) => words(answered),
        Err(failure) => accounts::missing(name, kind, failure),
    }
}

/// All likes come as they are; those of one kind have to be picked out of the whole list.
fn likes(known: &Known<'_>, of: &Account, only: Option<RepoKind>) -> Result<String, Stop> {
    let user = Account { kind: AccountKind::User, ..of.clone() };
    let Some(kind) = only else {
        let ((_, profile), (name, _, list)) =
            both(profile(known, &user), look_up(known, &user, "likes"))?;
        return Ok(listed(&name, user.kind, list, |answered| {
            let extent = answered.extent().or_total(profile.tally(Tally::Likes));
            let items: Vec<_> = answered.items("likes").iter().collect();
            holdings::likes(&name, None, &items, extent)
        }));
    };
    let name = name(known, &user.who)?;
    let call = Call::account(Place::Users, &name, "likes");
    let likes =
        known.read_on(&call, "likes", |failure| accounts::missing(&name, user.kind, failure))?;
    let mut items = likes.items;
    items.retain(|like| like["repo"]["type"] == kind.word());
    Ok(holdings::likes(&name, only, &items, likes.reach.extent()))
}

/// Open and closed are the Hub's to filter; merged ones and drafts are picked out of all.
fn list_threads(known: &Known<'_>, asked: &Threads) -> Result<String, Stop> {
    let author = asked.author.as_ref().map(|author| name(known, &author.who)).transpose()?;
    let author = author.as_ref();
    let call = Call::threads(asked, author);
    let doing = format!("list the discussions of {}", phrase::repo(&asked.repo));
    match asked.status {
        Some(picked @ (Status::Merged | Status::Draft)) => {
            let every =
                known.read_on(&call, "discussions", |failure| phrase::failure(&doing, failure))?;
            let mut items = every.items;
            items.retain(|thread| thread["status"] == picked.word());
            Ok(threads::threads(asked, author, &items, every.reach.extent()))
        }
        Some(Status::Open | Status::Closed) | None => {
            let answered = found(known, call, &doing)?;
            let extent = answered.extent().or_total(answered.data["count"].as_u64());
            let items: Vec<_> = answered.items("discussions").iter().collect();
            Ok(threads::threads(asked, author, &items, extent))
        }
    }
}

fn top_authors(known: &Known<'_>, repo: &Repo, kind: ThreadKind) -> Result<String, Stop> {
    let call =
        Call::threads(&Threads { repo: repo.clone(), kind, status: None, author: None }, None);
    let doing = format!("count the discussions of {}", phrase::repo(repo));
    if known.counting() == Counting::ByTool {
        let answered = found(known, call.clone().counted_by("author.name"), &doing)?;
        if let Some(counts) = answered.counts() {
            let counts: Vec<_> =
                counts.into_iter().map(|(author, n)| (format!("`{author}`"), n)).collect();
            return Ok(threads::top_authors(repo, kind, &counts, Reach::End));
        }
    }
    let every = known.read_on(&call, "discussions", |failure| phrase::failure(&doing, failure))?;
    let mut counts: Vec<(String, u64)> = Vec::new();
    for author in every.items.iter().map(|thread| phrase::handle(&thread["author"])) {
        match counts.iter_mut().find(|(known, _)| *known == author) {
            Some((_, n)) => *n += 1,
            None => counts.push((author, 1)),
        }
    }
    Ok(threads::top_authors(repo, kind, &counts, every.reach))
}

fn access(known: &Known<'_>, repo: &Repo) -> Result<String, Stop> {
    Ok(holdings::access(repo, known.get(Call::auth_check(repo))?))
}

fn carry_out(known: &Known<'_>, write: &Write) -> Result<String, Stop> {
    let owner = if let Write::CreateCollection { owner, .. } = write {
        Some(name(known, &owner.who)?)
    } else {
        None
    };
    Ok(writes::write(write, known.get(Call::write(write, owner.as_ref()))?))
}
