//! Writes: done, refused and practiced, and what there is to read afterwards.

use super::{ADA, Bench, KENJI, Stubborn, assert_answer};

const THREAD: &str = "/api/models/lumen-labs/aurora-7b/discussions/7";
const REQUESTS: &str = "/api/models/ada-moreau/gated-mini/user-access-request";
const LIST: &str = "ada-moreau/reading-list-69050a079c08d927166368cd";

fn sent(writes: &[(&str, &str, &str)]) -> Vec<(String, String)> {
    writes.iter().map(|(at, rest, body)| (format!("{at}{rest}"), (*body).to_owned())).collect()
}

#[tokio::test]
async fn a_discussion_is_commented_edited_hidden_closed_and_reopened() {
    let mut bench = Bench::new(ADA, Stubborn::Yes).await;
    assert_answer!(bench, "comment on discussion 7 of lumen-labs/aurora-7b: Thank you", @"The comment on #7 of `lumen-labs/aurora-7b` was posted.");
    assert_answer!(bench, "edit comment 69050a076b82c8674826db85 of discussion 7 of lumen-labs/aurora-7b to: It is: **fixed**.", @"Comment `69050a076b82c8674826db85` on #7 of `lumen-labs/aurora-7b` was edited.");
    assert_answer!(bench, "hide comment 69050a076b82c8674826db85 on discussion 7 of lumen-labs/aurora-7b", @"Comment `69050a076b82c8674826db85` on #7 of `lumen-labs/aurora-7b` was hidden.");
    assert_answer!(bench, "close discussion 7 of lumen-labs/aurora-7b: Solved", @"The discussion #7 of `lumen-labs/aurora-7b` was closed.");
    assert_answer!(bench, "reopen discussion 7 of lumen-labs/aurora-7b", @"The discussion #7 of `lumen-labs/aurora-7b` was reopened.");
    assert_eq!(
        bench.writes(),
        sent(&[
            (THREAD, "/comment", r#"{"comment":"Thank you"}"#),
            (
                THREAD,
                "/comment/69050a076b82c8674826db85/edit",
                r#"{"content":"It is: **fixed**."}"#
            ),
            (THREAD, "/comment/69050a076b82c8674826db85/hide", ""),
            (THREAD, "/status", r#"{"status":"closed","comment":"Solved"}"#),
            (THREAD, "/status", r#"{"status":"open"}"#),
        ])
    );
    let answer = bench.ask("what does discussion 7 of lumen-labs/aurora-7b say?").await;
    assert!(answer.contains("> (hidden)") && answer.contains("> Thank you"), "{answer}");
    assert!(answer.ends_with("These are the first 3 events; there are more."), "{answer}");
}

#[tokio::test]
async fn discussions_and_pull_requests_are_opened() {
    let mut bench = Bench::new(ADA, Stubborn::Yes).await;
    assert_answer!(bench, "open a discussion on lumen-labs/quiet-repo titled Two BOS tokens: Is this meant?", @"The discussion “Two BOS tokens” on `lumen-labs/quiet-repo` was opened: https://huggingface.co/lumen-labs/quiet-repo/discussions/1.");
    assert_answer!(bench, r#"open a pull request on lumen-labs/quiet-repo titled "Fix: typo": A letter"#, @"The pull request “Fix: typo” on `lumen-labs/quiet-repo` was opened: https://huggingface.co/lumen-labs/quiet-repo/discussions/2.");
    let at = "/api/models/lumen-labs/quiet-repo/discussions";
    assert_eq!(
        bench.writes(),
        sent(&[
            (
                at,
                "",
                r#"{"title":"Two BOS tokens","description":"Is this meant?","pullRequest":false}"#
            ),
            (at, "", r#"{"title":"Fix: typo","description":"A letter","pullRequest":true}"#),
        ])
    );
}

#[tokio::test]
async fn access_is_accepted_rejected_taken_back_and_granted() {
    let mut bench = Bench::new(ADA, Stubborn::Yes).await;
    assert_answer!(bench, "accept the access request of kenji-watts on ada-moreau/gated-mini", @"The access request of `kenji-watts` on `ada-moreau/gated-mini` was accepted.");
    assert_answer!(bench, "reject the access request of tomas-lindqvist on ada-moreau/gated-mini: Not now", @"The access request of `tomas-lindqvist` on `ada-moreau/gated-mini` was rejected.");
    assert_answer!(bench, "pending access requests of ada-moreau/gated-mini", @"`ada-moreau/gated-mini` has no pending access requests.");
    assert_answer!(bench, "cancel the access request of kenji-watts on ada-moreau/gated-mini", @"The access request of `kenji-watts` on `ada-moreau/gated-mini` was put back to pending.");
    assert_answer!(bench, "grant nadia-okaforo access to ada-moreau/gated-mini", @"Access to `ada-moreau/gated-mini` for `nadia-okaforo` was granted.");
    assert_eq!(
        bench.writes(),
        sent(&[
            (REQUESTS, "/handle", r#"{"user":"kenji-watts","status":"accepted"}"#),
            (
                REQUESTS,
                "/handle",
                r#"{"user":"tomas-lindqvist","status":"rejected","rejectionReason":"Not now"}"#
            ),
            (REQUESTS, "/handle", r#"{"user":"kenji-watts","status":"pending"}"#),
            (REQUESTS, "/grant", r#"{"user":"nadia-okaforo"}"#),
        ])
    );
}

#[tokio::test]
async fn a_collection_is_made_and_filled() {
    let mut bench = Bench::new(ADA, Stubborn::Yes).await;
    let answer = bench.ask("create a private collection titled To evaluate: Next in line").await;
    let made = "The collection “To evaluate” was created: `ada-moreau/to-evaluate-";
    assert!(answer.starts_with(made), "{answer}");
    let add = format!("add datasets/lumen-labs/harbor-corpus to collection {LIST}: For Monday");
    assert_answer!(bench, &add, @"`datasets/lumen-labs/harbor-corpus` was added to the collection `ada-moreau/reading-list-69050a079c08d927166368cd`.");
    let answer = bench.ask(&format!("what is in collection {LIST}?")).await;
    let added = "- dataset `lumen-labs/harbor-corpus`: For Monday";
    assert!(answer.ends_with(added), "{answer}");
    let answer = bench.ask("my collections").await;
    assert!(answer.contains("- To evaluate: ") && answer.ends_with("private"), "{answer}");
}

#[tokio::test]
async fn what_the_hub_refuses_is_said_not_to_have_happened() {
    let mut bench = Bench::new(KENJI, Stubborn::Yes).await;
    assert_answer!(bench, "grant kenji-watts access to ada-moreau/gated-mini", @"Access to `ada-moreau/gated-mini` for `kenji-watts` was not granted: the Hub answered 403, “You have read access but not the required permissions for this operation”. That takes the token of somebody who may.");
    assert_answer!(bench, "comment on discussion 999 of lumen-labs/aurora-7b: Hello", @"The comment on #999 of `lumen-labs/aurora-7b` was not posted: the Hub answered 404, “Discussion not found”.");
    assert_answer!(bench, "create a collection for lumen-labs titled Mine now", @"The collection “Mine now” was not created: the Hub answered 403, “You have read access but not the required permissions for this operation”. That takes the token of somebody who may.");
}

#[tokio::test]
async fn what_nobody_approves_is_not_sent_and_said_so() {
    let comment = "comment on discussion 7 of lumen-labs/aurora-7b: Thank you";
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, comment, @"
    The comment on #7 of `lumen-labs/aurora-7b` was not posted; nothing was changed.

    > Nobody is here to approve this.
    ");
    assert_eq!(bench.writes(), []);

    let mut bench = Bench::new(ADA, Stubborn::Practice).await;
    assert_answer!(bench, comment, @"
    The comment on #7 of `lumen-labs/aurora-7b` was not posted; nothing was changed.

    > not sent (dry run)
    ");
    assert_eq!(bench.writes(), []);
}
