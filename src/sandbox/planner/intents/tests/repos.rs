//! Questions about the token, repositories, access and collections.

use super::*;

#[test]
fn what_the_token_can_do() {
    mean(
        &Question::Token,
        &[
            "who am I?",
            "whoami",
            "What can my token do?",
            "what is the role of my token",
            "what is my token allowed to do?",
            "is my token read-only?",
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
            "show the latest discussions on lumen-labs/aurora-7b",
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
            "who wrote discussion 7 of lumen-labs/aurora-7b",
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
            "list the accepted users of ada-moreau/gated-mini",
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
            "am I allowed to access ada-moreau/gated-mini?",
            "check my access to ada-moreau/gated-mini",
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
