//! From a question and what is known to the next step: the calls still needed, or the answer.
//!
//! Every plan is written as if all its results were there; the first that is missing stops it, and
//! the loop brings it back with the result.

use serde_json::json;

use super::call::{Call, Place};
use super::known::{Counting, Known, Stop, both, together};
use super::name::{Name, Repo, RepoKind};
use super::outcome::{Answered, Counts, Extent, Failure, List, Outcome};
use super::phrase::accounts::{self, Profile};
use super::phrase::{self, holdings, threads, writes};
use super::question::{
    Account, AccountKind, Question, Status, Tally, ThreadKind, Threads, Who, Write,
};

/// The field that says who opened a thread.
const AUTHOR: &str = "author.name";
/// As many authors as are asked for where the tool counts.
const MOST_AUTHORS: u64 = 100;

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
            let answered = found(known, Call::thread(repo, *number), &doing)?;
            let events = list(answered.list_under("events"), &doing)?;
            Ok(threads::thread(repo, &answered.data, &events))
        }
        Question::TopAuthors { repo, kind } => top_authors(known, repo, *kind),
        Question::AccessRequests { repo, state } => {
            let (call, state) = (Call::access_requests(repo, state.word()), *state);
            let doing = format!("list the access requests of {}", phrase::repo(repo));
            let requests = list(found(known, call, &doing)?.list(), &doing)?;
            Ok(holdings::access_requests(repo, state, &requests))
        }
        Question::Access(repo) => access(known, repo),
        Question::Collections(of) => {
            let name = name(known, &of.who)?;
            let doing = format!("list the collections of `{name}`");
            let collections = found(known, Call::collections(&name), &doing)?;
            Ok(holdings::collections(&name, &list(collections.list(), &doing)?))
        }
        Question::Collection(slug) => {
            let doing = format!("read the collection `{slug}`");
            let answered = found(known, Call::collection(slug), &doing)?;
            Ok(holdings::collection(&answered.data, &list(answered.list_under("items"), &doing)?))
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

/// A list in what was found.
fn list<'k>(list: Result<List<'k>, Failure>, doing: &str) -> Result<List<'k>, Stop> {
    list.map_err(|failure| Stop::Tell(phrase::failure(doing, &failure)))
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
            let Some(organizations) = overview["orgs"].as_array() else {
                return Ok(format!("The Hub does not say which organizations `{name}` is in."));
            };
            let list = List { items: organizations.iter().collect(), extent: Extent::Whole };
            let subject = format!("`{name}` is a member of");
            Ok(holdings::people(subject, ("organization", "organizations"), &list))
        }
        (name, Profile::None(kind, failure)) => Ok(accounts::missing(&name, kind, failure)),
    }
}

/// A list of an account's with its overview, because only that says how many there are.
fn counted<'k>(
    known: &'k Known<'_>,
    of: &Account,
    what: &str,
    tally: Tally,
) -> Result<(Name, List<'k>), Stop> {
    let ((_, profile), (name, _, outcome)) = both(profile(known, of), look_up(known, of, what))?;
    let list = account_list(&name, of.kind, outcome)?;
    Ok((name, list.or_total(profile.tally(tally))))
}

/// A list of an account's, or that there is no such account.
fn account_list<'k>(
    name: &Name,
    kind: AccountKind,
    outcome: &'k Outcome,
) -> Result<List<'k>, Stop> {
    let missing = |failure: &Failure| Stop::Tell(accounts::missing(name, kind, failure));
    outcome.as_ref().map_err(missing)?.list().map_err(|failure| missing(&failure))
}

fn followers(known: &Known<'_>, of: &Account) -> Result<String, Stop> {
    let (name, list) = counted(known, of, "followers", Tally::Followers)?;
    Ok(holdings::people(format!("`{name}` has"), ("follower", "followers"), &list))
}

fn following(known: &Known<'_>, of: &Account) -> Result<String, Stop> {
    let user = Account { kind: AccountKind::User, ..of.clone() };
    let (name, list) = counted(known, &user, "following", Tally::Following)?;
    Ok(holdings::people(format!("`{name}` follows"), ("user", "users"), &list))
}

fn members(known: &Known<'_>, of: &Account) -> Result<String, Stop> {
    let organization = Account { kind: AccountKind::Organization, ..of.clone() };
    let (name, list) = counted(known, &organization, "members", Tally::Members)?;
    Ok(holdings::people(format!("`{name}` has"), ("member", "members"), &list))
}

/// All likes come as they are; those of one kind have to be picked out of the whole list.
fn likes(known: &Known<'_>, of: &Account, only: Option<RepoKind>) -> Result<String, Stop> {
    let user = Account { kind: AccountKind::User, ..of.clone() };
    let Some(kind) = only else {
        let (name, list) = counted(known, &user, "likes", Tally::Likes)?;
        return Ok(holdings::likes(&name, None, &list));
    };
    let name = name(known, &user.who)?;
    let call = Call::account(Place::Users, &name, "likes");
    let failed = |failure: &Failure| accounts::missing(&name, user.kind, failure);
    let mut list = known.read_on(&call, Answered::list, failed)?;
    list.items.retain(|like| like["repo"]["type"] == kind.word());
    Ok(holdings::likes(&name, only, &list))
}

/// Open and closed are the Hub's to filter; merged ones and drafts are picked out of all.
fn list_threads(known: &Known<'_>, asked: &Threads) -> Result<String, Stop> {
    let author = asked.author.as_ref().map(|author| name(known, &author.who)).transpose()?;
    let author = author.as_ref();
    let call = Call::threads(asked, author);
    let doing = format!("list the discussions of {}", phrase::repo(&asked.repo));
    let list = match asked.status {
        Some(picked @ (Status::Merged | Status::Draft)) => {
            let mut list = every_thread(known, &call, &doing)?;
            list.items.retain(|thread| thread["status"] == picked.word());
            list
        }
        Some(Status::Open | Status::Closed) | None => {
            let answered = found(known, call, &doing)?;
            let total = answered.data["count"].as_u64();
            list(discussions(answered), &doing)?.or_total(total)
        }
    };
    Ok(threads::threads(asked, author, &list))
}

fn discussions(answered: &Answered) -> Result<List<'_>, Failure> {
    answered.list_under("discussions")
}

fn every_thread<'k>(known: &'k Known<'_>, call: &Call, doing: &str) -> Result<List<'k>, Stop> {
    known.read_on(call, discussions, |failure| phrase::failure(doing, failure))
}

fn top_authors(known: &Known<'_>, repo: &Repo, kind: ThreadKind) -> Result<String, Stop> {
    let asked = Threads { repo: repo.clone(), kind, status: None, author: None };
    let call = Call::threads(&asked, None);
    let doing = format!("count the discussions of {}", phrase::repo(repo));
    if known.counting() == Counting::ByTool {
        let answered = found(known, call.clone().counted_by(AUTHOR, MOST_AUTHORS), &doing)?;
        if let Some(mut counts) = answered.counts() {
            for (author, _) in &mut counts.each {
                *author = phrase::handle(&json!({ "name": author }));
            }
            return Ok(threads::top_authors(repo, kind, counts));
        }
    }
    let list = every_thread(known, &call, &doing)?;
    let mut each: Vec<(String, u64)> = Vec::new();
    for author in list.items.iter().map(|thread| phrase::handle(&thread["author"])) {
        match each.iter_mut().find(|(known, _)| *known == author) {
            Some((_, n)) => *n += 1,
            None => each.push((author, 1)),
        }
    }
    let distinct = (list.extent == Extent::Whole).then_some(each.len() as u64);
    let counts = Counts { each, counted: list.items.len() as u64, distinct };
    Ok(threads::top_authors(repo, kind, counts))
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
    Ok(writes::write(write, known.write(Call::write(write, owner.as_ref()))?))
}
