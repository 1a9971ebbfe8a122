//! Writes.

use super::*;

#[test]
fn changes_to_discussions() {
    let comment = CommentId::parse(COMMENT).unwrap();
    let text = "Thank you: **very** much.\nAda".to_owned();
    let write = |write| Question::Write(write);
    mean(
        &write(Write::Comment { repo: aurora(), number: 7, text: text.clone() }),
        &[
            &format!("comment on discussion 7 of lumen-labs/aurora-7b: {text}"),
            &format!("post a comment on discussion 7 of lumen-labs/aurora-7b: {text}"),
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
        &[
            "create a collection for lumen-labs titled 'To evaluate'",
            "create a collection titled \"To evaluate\" for lumen-labs",
        ],
    );
    let slug = Slug::parse(SLUG).unwrap();
    let add = Write::AddItem { slug, repo: repo("datasets/a/b"), note: None };
    mean(&Question::Write(add), &[&format!("add datasets/a/b to collection {SLUG}")]);
}
