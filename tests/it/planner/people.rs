//! Questions about users and organizations.

use super::{ADA, Bench, Stubborn, assert_answer};

#[tokio::test]
async fn who_somebody_is() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Who is ada-moreau?", @r"
    `ada-moreau` (Ada Moreau) is a user with a Pro account, on the Hub since 2022-10-21: “Evaluation tooling at Lumen Labs”.

    - 30 followers, follows 3
    - 1 model, 0 datasets, 1 space, 2 papers
    - 46 likes, 11 discussions
    - a member of `lumen-labs`
    ");
    assert_answer!(bench, "Who is lumen-labs?", @r"
    `lumen-labs` (Lumen Labs) is a verified organization on the team plan: “Small open models, carefully measured.”

    - 3 members, 621 followers
    - 3 models, 2 datasets, 0 spaces, 3 papers
    ");
    assert_answer!(bench, "Tell me about the organization tidepool-ai", @r"
    `tidepool-ai` (Tidepool AI) is an organization.

    - 1 member, 1 follower
    - 1 model, 0 datasets, 0 spaces, 0 papers
    ");
    assert_answer!(bench, "who is nobody-here?", @"There is no user or organization named `nobody-here` on the Hub.");
    assert_answer!(bench, "Tell me about the organization ada-moreau", @"There is no organization named `ada-moreau` on the Hub.");
}

#[tokio::test]
async fn which_organizations_somebody_is_in() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Which organizations is ada-moreau a member of?", @r"
    `ada-moreau` is a member of 1 organization:

    - `lumen-labs` (Lumen Labs)
    ");
    assert_answer!(bench, "What orgs does leo-ferrantino belong to?", @"`leo-ferrantino` is a member of no organizations.");
    assert_answer!(bench, "organizations of lumen-labs", @"There is no user named `lumen-labs` on the Hub.");
}

#[tokio::test]
async fn who_follows_whom() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Who follows ada-moreau?", @r"
    `ada-moreau` has 30 followers; showing 3 of 30:

    - `kenji-watts` (Kenji Watts)
    - `priya-ramanan` (Priya Ramanan)
    - `tomas-lindqvist` (Tomas Lindqvist)
    ");
    assert_answer!(bench, "Followers of tidepool-ai", @r"
    `tidepool-ai` has 1 follower:

    - `ada-moreau` (Ada Moreau)
    ");
    assert_answer!(bench, "Who follows the organization lumen-labs?", @r"
    `lumen-labs` has 621 followers; showing 3 of 621:

    - `reader-0001` (Reader 0001)
    - `reader-0002` (Reader 0002)
    - `reader-0003` (Reader 0003)
    ");
    assert_answer!(bench, "Whom does ada-moreau follow?", @r"
    `ada-moreau` follows 3 users:

    - `kenji-watts` (Kenji Watts)
    - `priya-ramanan` (Priya Ramanan)
    - `nadia-okaforo` (Nadia Okaforo)
    ");
    assert_answer!(bench, "Who follows leo-ferrantino?", @r"
    `leo-ferrantino` has 1 follower:

    - `priya-ramanan` (Priya Ramanan)
    ");
}

#[tokio::test]
async fn how_many() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "How many followers does ada-moreau have?", @"`ada-moreau` has 30 followers.");
    assert_answer!(bench, "How many followers does lumen-labs have?", @"`lumen-labs` has 621 followers.");
    assert_answer!(bench, "how many members does lumen-labs have", @"`lumen-labs` has 3 members.");
    assert_answer!(bench, "How many followers does nobody-here have?", @"There is no user or organization named `nobody-here` on the Hub.");
}

#[tokio::test]
async fn what_somebody_likes() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "What does ada-moreau like?", @r"
    `ada-moreau` likes 46 repositories; showing 3 of 46:

    - `lumen-labs/aurora-7b` (model)
    - `lumen-labs/harbor-corpus` (dataset)
    - `ada-moreau/aurora-chat` (space)
    ");
    assert_answer!(bench, "How many repositories does ada-moreau like?", @"`ada-moreau` has given 46 likes.");
    assert_answer!(bench, "Which datasets does ada-moreau like?", @r"
    `ada-moreau` likes 5 datasets:

    - `lumen-labs/harbor-corpus`
    - `lumen-labs/harbor-slice-09`
    - `lumen-labs/harbor-slice-19`
    - `lumen-labs/harbor-slice-29`
    - `lumen-labs/harbor-slice-39`
    ");
    assert_answer!(bench, "likes of kenji-watts", @r"
    `kenji-watts` likes 1 repository:

    - `lumen-labs/aurora-7b` (model)
    ");
}

#[tokio::test]
async fn who_is_in_an_organization() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Who are the members of lumen-labs?", @r"
    `lumen-labs` has 3 members:

    - `ada-moreau` (Ada Moreau), admin
    - `priya-ramanan` (Priya Ramanan), write
    - `nadia-okaforo` (Nadia Okaforo), read
    ");
    assert_answer!(bench, "members of ada-moreau", @"There is no organization named `ada-moreau` on the Hub.");
}

#[tokio::test]
async fn two_at_once() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Compare followers of ada-moreau and lumen-labs", @r"
    `lumen-labs` has the most followers:

    - `ada-moreau`: 30 followers
    - `lumen-labs`: 621 followers
    ");
    assert_answer!(bench, "overview of kenji-watts and tidepool-ai", @r"
    `kenji-watts` (Kenji Watts) is a user, on the Hub since 2021-05-04: “Speech models on small boards”.

    - 1 follower, follows 1
    - 0 models, 0 datasets, 0 spaces, 0 papers
    - 1 like, 13 discussions

    `tidepool-ai` (Tidepool AI) is an organization.

    - 1 member, 1 follower
    - 1 model, 0 datasets, 0 spaces, 0 papers
    ");
}
