//! Every question in several wordings, and what must not be taken for one.

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
fn who_somebody_is() {
    mean(
        &Question::Profiles(vec![ada()]),
        &[
            "who is ada-moreau",
            "Who is @ada-moreau?",
            "WHO IS ada-moreau?!",
            "Tell me about ada-moreau.",
            "tell me who \"ada-moreau\" is",
            "Please show me the profile of `ada-moreau`",
            "ada-moreau's profile",
            "ada-moreau",
        ],
    );
    let user = Account { kind: AccountKind::User, ..ada() };
    mean(&Question::Profiles(vec![user]), &["who is the user ada-moreau?"]);
    mean(&Question::Profiles(vec![named("Who")]), &["who is @Who?", "tell me about “Who”"]);
    mean(
        &Question::Profiles(vec![organization("lumen-labs")]),
        &[
            "tell me about the organization lumen-labs",
            "about org lumen-labs",
            "What is the lumen-labs organization?",
            "give me an overview of the organisation \"lumen-labs\"",
        ],
    );
    mean(
        &Question::Profiles(vec![ada(), named("kenji-watts")]),
        &[
            "overview of ada-moreau and kenji-watts",
            "Who are ada-moreau and kenji-watts?",
            "compare ada-moreau with kenji-watts",
            "tell me about @ada-moreau, @kenji-watts",
        ],
    );
}

#[test]
fn which_organizations_somebody_is_in() {
    mean(
        &Question::Organizations(ada()),
        &[
            "Which organizations is ada-moreau a member of?",
            "what orgs does ada-moreau belong to",
            "list the organisations of ada-moreau",
            "ada-moreau's organizations",
            "Of which organization is ada-moreau a member?",
            "is @ada-moreau in any organizations?",
            "what is ada-moreau a member of",
        ],
    );
    mean(
        &Question::Organizations(me()),
        &["which organizations am I in?", "my orgs", "what organizations do I belong to"],
    );
}

#[test]
fn who_follows_whom() {
    mean(
        &Question::Followers(ada()),
        &[
            "who follows ada-moreau?",
            "Followers of ada-moreau",
            "ada-moreau's followers",
            "who are the followers of 'ada-moreau'?",
            "Who follows ada-moreau and how many are there?",
            "who is ada-moreau followed by?",
            "list the users following ada-moreau",
        ],
    );
    mean(
        &Question::Followers(organization("lumen-labs")),
        &["followers of the organization lumen-labs", "who follows the org lumen-labs?"],
    );
    mean(
        &Question::Following(ada()),
        &[
            "whom does ada-moreau follow?",
            "Who does ada-moreau follow",
            "who is ada-moreau following?",
            "people followed by ada-moreau",
            "which users does ada-moreau follow",
        ],
    );
    mean(&Question::Followers(me()), &["who follows me?", "my followers"]);
}

#[test]
fn how_many() {
    let count = |what| Question::Count { of: ada(), what };
    mean(
        &count(Tally::Followers),
        &[
            "How many followers does ada-moreau have?",
            "number of followers of ada-moreau",
            "how many people follow ada-moreau",
            "ada-moreau: how many followers?",
        ],
    );
    mean(&count(Tally::Following), &["how many users does ada-moreau follow"]);
    mean(&count(Tally::Likes), &["how many likes has ada-moreau?"]);
    mean(&count(Tally::Likes), &["how many repositories does ada-moreau like?"]);
    mean(&count(Tally::Models), &["how many models does ada-moreau have?"]);
    mean(&count(Tally::Spaces), &["How many spaces has ada-moreau?"]);
    let members = Question::Count { of: named("lumen-labs"), what: Tally::Members };
    mean(
        &members,
        &["how many members does lumen-labs have", "how many people are in lumen-labs?"],
    );
    mean(
        &Question::CompareFollowers(vec![ada(), named("kenji-watts")]),
        &[
            "compare followers of ada-moreau and kenji-watts",
            "Compare the followers of ada-moreau vs kenji-watts",
            "who has more followers, ada-moreau or kenji-watts?",
            "who has more followers: ada-moreau or kenji-watts",
            "how many followers do ada-moreau and kenji-watts have?",
        ],
    );
}

#[test]
fn what_somebody_likes() {
    let likes = |only| Question::Likes { of: ada(), only };
    mean(
        &likes(None),
        &["what does ada-moreau like?", "likes of ada-moreau", "which repos does ada-moreau like"],
    );
    mean(&likes(None), &["ada-moreau's likes", "list repositories liked by ada-moreau"]);
    mean(
        &likes(Some(RepoKind::Dataset)),
        &["which datasets does ada-moreau like?", "datasets liked by ada-moreau"],
    );
}

#[test]
fn who_is_in_an_organization() {
    mean(
        &Question::Members(named("lumen-labs")),
        &[
            "members of lumen-labs",
            "Who are the members of lumen-labs?",
            "who is a member of lumen-labs",
            "lumen-labs' members",
            "Who is in lumen-labs?",
        ],
    );
    mean(&Question::Members(organization("lumen-labs")), &["list members of the org lumen-labs"]);
}

#[test]
fn what_the_token_can_do() {
    mean(
        &Question::Token,
        &[
            "who am I?",
            "whoami",
            "What can my token do?",
            "what is the role of my token",
            "which permissions does my token have?",
            "am I logged in?",
        ],
    );
}

#[test]
fn what_is_going_on_in_a_repository() {
    use ThreadKind::{Any, Discussion, PullRequest};
    mean(
        &threads(Discussion, None, None),
        &[
            "discussions on lumen-labs/aurora-7b",
            "List the discussions of models/lumen-labs/aurora-7b",
            "show me all discussions in https://huggingface.co/lumen-labs/aurora-7b",
            "what discussions are there on the model lumen-labs/aurora-7b?",
        ],
    );
    mean(
        &threads(Discussion, Some(Status::Open), None),
        &[
            "open discussions on lumen-labs/aurora-7b",
            "which discussions are open on lumen-labs/aurora-7b?",
            "how many open discussions does lumen-labs/aurora-7b have?",
            "which discussions on lumen-labs/aurora-7b are open?",
        ],
    );
    mean(
        &threads(Discussion, Some(Status::Closed), Some(named("kenji-watts"))),
        &[
            "closed discussions by kenji-watts on lumen-labs/aurora-7b",
            "closed discussions on lumen-labs/aurora-7b opened by @kenji-watts",
            "closed discussions on lumen-labs/aurora-7b from kenji-watts",
        ],
    );
    mean(
        &threads(Discussion, None, Some(named("kenji-watts"))),
        &["which discussions did kenji-watts open on lumen-labs/aurora-7b?"],
    );
    mean(
        &threads(PullRequest, Some(Status::Merged), None),
        &[
            "merged pull requests on lumen-labs/aurora-7b",
            "Which PRs of lumen-labs/aurora-7b are merged?",
            "list the merged PRs for lumen-labs/aurora-7b",
        ],
    );
    mean(
        &threads(Any, Some(Status::Open), None),
        &["open discussions and pull requests on lumen-labs/aurora-7b"],
    );
    let corpus = Threads {
        repo: repo("datasets/lumen-labs/harbor-corpus"),
        kind: Discussion,
        status: None,
        author: None,
    };
    mean(
        &Question::Threads(corpus),
        &[
            "discussions on the dataset lumen-labs/harbor-corpus",
            "discussions of datasets/lumen-labs/harbor-corpus",
            "discussions on the lumen-labs/harbor-corpus dataset",
        ],
    );
}

#[test]
fn one_discussion_and_who_opens_most() {
    mean(
        &Question::Thread { repo: aurora(), number: 7 },
        &[
            "discussion 7 of lumen-labs/aurora-7b",
            "what does discussion #7 of lumen-labs/aurora-7b say and who wrote it?",
            "Who opened discussion number 7 on lumen-labs/aurora-7b",
            "show PR 7 of lumen-labs/aurora-7b",
            "summarize discussion 7 of lumen-labs/aurora-7b",
            "lumen-labs/aurora-7b discussion 7",
        ],
    );
    let top = |kind| Question::TopAuthors { repo: aurora(), kind };
    mean(
        &top(ThreadKind::Discussion),
        &[
            "who opens the most discussions on lumen-labs/aurora-7b?",
            "Who opened the most discussions in lumen-labs/aurora-7b",
            "who has the most discussions on lumen-labs/aurora-7b",
            "most active discussion authors on lumen-labs/aurora-7b",
        ],
    );
    mean(&top(ThreadKind::PullRequest), &["who opens most PRs on lumen-labs/aurora-7b"]);
    mean(&top(ThreadKind::Any), &["who is most active on lumen-labs/aurora-7b?"]);
}

#[test]
fn who_asks_for_access() {
    mean(
        &requests(RequestState::Pending),
        &[
            "pending access requests of ada-moreau/gated-mini",
            "access requests on ada-moreau/gated-mini",
            "who requested access to ada-moreau/gated-mini?",
            "Who is waiting for access to ada-moreau/gated-mini?",
        ],
    );
    mean(
        &requests(RequestState::Accepted),
        &[
            "accepted access requests of ada-moreau/gated-mini",
            "who was granted access to ada-moreau/gated-mini?",
            "who has access to ada-moreau/gated-mini?",
        ],
    );
    mean(
        &requests(RequestState::Rejected),
        &[
            "rejected requests for ada-moreau/gated-mini",
            "which access requests were denied on ada-moreau/gated-mini?",
        ],
    );
    mean(
        &Question::Access(repo("ada-moreau/gated-mini")),
        &[
            "do I have access to ada-moreau/gated-mini?",
            "can I access ada-moreau/gated-mini",
            "may I download ada-moreau/gated-mini?",
            "Can my account read models/ada-moreau/gated-mini?",
        ],
    );
}

#[test]
fn what_is_collected() {
    mean(
        &Question::Collections(named("lumen-labs")),
        &[
            "collections of lumen-labs",
            "lumen-labs's collections",
            "what collections has lumen-labs?",
        ],
    );
    let slug = Slug::parse(SLUG).unwrap();
    for wording in ["what is in collection SLUG?", "items of the collection `SLUG`", "show SLUG"] {
        mean(&Question::Collection(slug.clone()), &[&wording.replace("SLUG", SLUG)]);
    }
}

#[test]
fn changes_to_discussions() {
    let comment = CommentId::parse(COMMENT).unwrap();
    let text = "Thank you: **very** much.\nAda".to_owned();
    let write = |write| Question::Write(write);
    mean(
        &write(Write::Comment { repo: aurora(), number: 7, text: text.clone() }),
        &[
            &format!("comment on discussion 7 of lumen-labs/aurora-7b: {text}"),
            &format!("Reply to PR #7 on lumen-labs/aurora-7b:\n{text}"),
        ],
    );
    mean(
        &write(Write::Edit {
            repo: aurora(),
            number: 7,
            comment: comment.clone(),
            text: text.clone(),
        }),
        &[&format!("edit comment {COMMENT} of discussion 7 of lumen-labs/aurora-7b to: {text}")],
    );
    mean(
        &write(Write::Hide { repo: aurora(), number: 7, comment }),
        &[&format!("hide comment {COMMENT} on discussion 7 of lumen-labs/aurora-7b")],
    );
    let title = "The Of, and more".to_owned();
    mean(
        &write(Write::Open {
            repo: aurora(),
            kind: NewThread::Discussion,
            title,
            text: text.clone(),
        }),
        &[
            &format!("open a discussion on lumen-labs/aurora-7b titled The Of, and more: {text}"),
            &format!(
                "Create a new discussion titled \"The Of, and more\" on lumen-labs/aurora-7b: {text}"
            ),
            &format!("start a discussion titled The Of, and more on lumen-labs/aurora-7b: {text}"),
        ],
    );
    let turn = |to, comment| write(Write::SetStatus { repo: aurora(), number: 7, to, comment });
    mean(&turn(Turn::Closed, None), &["close discussion 7 of lumen-labs/aurora-7b"]);
    mean(&turn(Turn::Open, None), &["please reopen discussion #7 of lumen-labs/aurora-7b"]);
    let done = Some("done".to_owned());
    mean(&turn(Turn::Closed, done), &["close discussion 7 of lumen-labs/aurora-7b: done"]);
}

#[test]
fn changes_to_access_and_collections() {
    let gated = || repo("ada-moreau/gated-mini");
    let user = || Name::parse("kenji-watts").unwrap();
    let decide = |state, reason: Option<&str>| {
        let reason = reason.map(str::to_owned);
        Question::Write(Write::Decide { repo: gated(), user: user(), state, reason })
    };
    mean(
        &decide(RequestState::Accepted, None),
        &[
            "accept access request of kenji-watts on ada-moreau/gated-mini",
            "Approve kenji-watts's access request for ada-moreau/gated-mini",
        ],
    );
    mean(
        &decide(RequestState::Rejected, None),
        &["reject the access request of @kenji-watts on ada-moreau/gated-mini"],
    );
    mean(
        &decide(RequestState::Rejected, Some("Not now.")),
        &["reject the access request of kenji-watts on ada-moreau/gated-mini: Not now."],
    );
    mean(
        &Question::Write(Write::Grant { repo: gated(), user: user() }),
        &[
            "grant kenji-watts access to ada-moreau/gated-mini",
            "give access to ada-moreau/gated-mini to kenji-watts",
        ],
    );
    let create = |owner, view| {
        let title = "To evaluate".to_owned();
        Question::Write(Write::CreateCollection { owner, title, about: None, view })
    };
    mean(&create(me(), View::Public), &["create a collection titled To evaluate"]);
    mean(&create(me(), View::Private), &["make a new private collection called \"To evaluate\""]);
    mean(
        &create(named("lumen-labs"), View::Public),
        &["create a collection for lumen-labs titled 'To evaluate'"],
    );
    let slug = Slug::parse(SLUG).unwrap();
    let add = Write::AddItem { slug, repo: repo("datasets/a/b"), note: None };
    mean(&Question::Write(add), &[&format!("add datasets/a/b to collection {SLUG}")]);
}

#[test]
fn anything_else_is_not_understood() {
    for wording in [
        "",
        "hello",
        "write a poem about followers of ada-moreau",
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
