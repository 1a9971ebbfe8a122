//! Questions that depend on whose token it is.

use super::{ADA, Bench, KENJI, Stubborn, assert_answer};

#[tokio::test]
async fn what_a_token_may_do() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "What can my token do?", @r"
    The token belongs to `ada-moreau` (Ada Moreau); its role is `write`: it can read and change what the account can.

    The account is a member of `lumen-labs` (admin).
    ");
    let mut bench = Bench::new("hf_test_fine_ada", Stubborn::No).await;
    assert_answer!(bench, "who am I?", @r"
    The token belongs to `ada-moreau` (Ada Moreau); it is fine-grained: it can do only this:

    - everywhere: `discussion.write`
    - user `ada-moreau`: `repo.content.read`, `discussion.write`
    - read the gated repositories the account has access to

    The account is a member of `lumen-labs` (admin).
    ");
    let mut bench = Bench::new("hf_test_read_ada", Stubborn::No).await;
    assert_answer!(bench, "what permissions does my token have?", @r"
    The token belongs to `ada-moreau` (Ada Moreau); its role is `read`: it can read what the account can read, and change nothing.

    The account is a member of `lumen-labs` (admin).
    ");
    let mut bench = Bench::new("hf_test_wrong", Stubborn::No).await;
    assert_answer!(bench, "What can my token do?", @"I could not find out who the token belongs to: the Hub answered 401, “Invalid username or password.” Set HF_TOKEN to a token the Hub accepts, or log in with `hf auth login`.");
}

#[tokio::test]
async fn somebody_else() {
    let mut bench = Bench::new(KENJI, Stubborn::No).await;
    assert_answer!(bench, "can I access ada-moreau/gated-mini?", @"No, the token has no access to `ada-moreau/gated-mini`: “Your request to access model ada-moreau/gated-mini is awaiting a review from the repo authors.”");
    assert_answer!(bench, "pending access requests of ada-moreau/gated-mini", @"I could not list the access requests of `ada-moreau/gated-mini`: the Hub answered 403, “You have read access but not the required permissions for this operation”. That takes the token of somebody who may.");
    assert_answer!(bench, "how many followers do I have?", @"`kenji-watts` has 1 follower.");
    assert_answer!(bench, "do I have access to ada-moreau/private-notes?", @"No, the token has no access to `ada-moreau/private-notes`: “Repository not found”.");
}
