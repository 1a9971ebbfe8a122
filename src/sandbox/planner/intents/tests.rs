//! Every question in several wordings, and what must not be taken for one.

mod people;
mod repos;
mod writes;

use super::super::name::{CommentId, Name, Repo, RepoKind, Slug};
use super::super::pattern::is_well_formed;
use super::super::question::Status;
use super::*;

const SLUG: &str = "lumen-labs/aurora-7b-family-69050a07f07cd7ad625a4e11";
const COMMENT: &str = "69050a076b82c8674826db85";

fn ada() -> Account {
    named("ada-moreau")
}

fn named(name: &str) -> Account {
    Account { who: Who::Named(Name::parse(name).unwrap()), kind: AccountKind::Unsaid }
}

fn organization(name: &str) -> Account {
    Account { kind: AccountKind::Organization, ..named(name) }
}

fn me() -> Account {
    Account { who: Who::Me, kind: AccountKind::Unsaid }
}

fn repo(id: &str) -> Repo {
    Repo::parse(id).unwrap()
}

fn aurora() -> Repo {
    repo("lumen-labs/aurora-7b")
}

fn threads(kind: ThreadKind, status: Option<Status>, author: Option<Account>) -> Question {
    Question::Threads(Threads { repo: aurora(), kind, status, author })
}

fn requests(state: RequestState) -> Question {
    Question::AccessRequests { repo: repo("ada-moreau/gated-mini"), state }
}

/// Holds that each wording means the question.
fn mean(question: &Question, wordings: &[&str]) {
    for wording in wordings {
        assert_eq!(understand(wording).as_ref(), Some(question), "{wording}");
    }
}

#[test]
fn anything_else_is_not_understood() {
    for wording in [
        "",
        "hello",
        "write a poem about followers of ada-moreau",
        "who killed kennedy?",
        "discussions today on lumen-labs/aurora-7b",
        "create a collection titled \"To evaluate\" tomorrow and then rest",
        "who is ada-moreau and who follows her?",
        "who follows ../../whoami-v2",
        "who follows ada-moreau?limit=1#x",
        "members of lumen-labs/../../secrets",
        "tell me about a%2fb",
        "discussions on lumen-labs/aurora-7b/tree/main",
        "discussion 7/comment of lumen-labs/aurora-7b",
        "what is in collection lumen-labs/aurora-7b",
        "do not accept the access request of kenji-watts on ada-moreau/gated-mini",
        "don't close discussion 7 of lumen-labs/aurora-7b",
        "never grant kenji-watts access to ada-moreau/gated-mini",
        "who likes ada-moreau?",
        "comment on discussion 7 of lumen-labs/aurora-7b",
        "grant me access to lumen-labs/aurora-7b and kenji-watts",
        "accept my access request on lumen-labs/aurora-7b",
        "hide comment 1234 on discussion 7 of lumen-labs/aurora-7b",
    ] {
        assert_eq!(understand(wording), None, "{wording}");
    }
}

#[test]
fn every_word_of_a_pattern_can_be_said() {
    for pattern in INTENTS.iter().flat_map(|intent| intent.patterns) {
        assert!(is_well_formed(pattern), "{pattern}");
    }
}
