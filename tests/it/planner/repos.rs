//! Questions about repositories, access and collections.

use super::{ADA, Bench, Stubborn, assert_answer};

#[tokio::test]
async fn which_discussions_there_are() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Discussions on lumen-labs/aurora-7b", @r"
    `lumen-labs/aurora-7b` has 51 discussions; showing 3 of 51:

    - #63 How was the harbor subset filtered? (63): `priya-ramanan`, open, 2026-02-27
    - #62 vLLM crash on load (62): `kenji-watts`, open, 2026-02-26
    - #61 Great model, thank you (61): `ada-moreau`, closed, 2026-02-24
    ");
    assert_answer!(bench, "Which discussions on lumen-labs/aurora-7b are closed?", @r"
    `lumen-labs/aurora-7b` has 13 closed discussions; showing 3 of 13:

    - #61 Great model, thank you (61): `ada-moreau`, 2026-02-24
    - #57 License of fine-tuned weights? (57): `priya-ramanan`, 2026-02-17
    - #53 Great model, thank you (53): `nadia-okaforo`, 2026-02-10
    ");
    assert_answer!(bench, "Discussions by kenji-watts on lumen-labs/aurora-7b", @r"
    `lumen-labs/aurora-7b` has 9 discussions by `kenji-watts`; showing 3 of 9:

    - #62 vLLM crash on load (62): open, 2026-02-26
    - #56 Typo in the model card (56): open, 2026-02-15
    - #50 Context length in config.json (50): open, 2026-02-05
    ");
    assert_answer!(bench, "Discussions on the dataset lumen-labs/harbor-corpus", @r"
    `datasets/lumen-labs/harbor-corpus` has 1 discussion:

    - #1 Add a train/test split: `kenji-watts`, open, 2026-03-01
    ");
    assert_answer!(bench, "Discussions on models/aurora by leo-ferrantino", @r"
    `aurora` has 8 discussions by `leo-ferrantino`; showing 3 of 8:

    - #60 Chat template drops system turn (60): open, 2026-02-22
    - #48 Typo in the model card (48): open, 2026-02-02
    - #42 Context length in config.json (42): open, 2026-01-23
    ");
    assert_answer!(bench, "discussions and pull requests on lumen-labs/aurora-7b", @r"
    `lumen-labs/aurora-7b` has 63 discussions or pull requests; showing 3 of 63:

    - #63 How was the harbor subset filtered? (63): `priya-ramanan`, open, 2026-02-27
    - #62 vLLM crash on load (62): `kenji-watts`, open, 2026-02-26
    - #61 Great model, thank you (61): `ada-moreau`, closed, 2026-02-24
    ");
    assert_answer!(bench, "discussions on nobody/nothing", @"I could not list the discussions of `nobody/nothing`: the Hub answered 404, “Repository not found”. Check the name, and whether it is a model, a dataset or a space.");
}

#[tokio::test]
async fn which_pull_requests_there_are() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Open pull requests on lumen-labs/aurora-7b", @r"
    `lumen-labs/aurora-7b` has 6 open pull requests; showing 3 of 6:

    - #59 Add GGUF files (59): `nadia-okaforo`, 2026-02-20
    - #49 License of fine-tuned weights? (49): `ada-moreau`, 2026-02-03
    - #39 How was the harbor subset filtered? (39): `priya-ramanan`, 2026-01-17
    ");
    assert_answer!(bench, "Merged PRs on lumen-labs/aurora-7b", @r"
    `lumen-labs/aurora-7b` has 6 merged pull requests:

    - #54 vLLM crash on load (54): `leo-ferrantino`, 2026-02-12
    - #44 Chat template drops system turn (44): `kenji-watts`, 2026-01-26
    - #34 Context length in config.json (34): `tomas-lindqvist`, 2026-01-09
    - #24 Typo in the model card (24): `leo-ferrantino`, 2025-12-23
    - #14 vLLM crash on load (14): `kenji-watts`, 2025-12-06
    - #4 Chat template drops system turn (4): `tomas-lindqvist`, 2025-11-19
    ");
    assert_answer!(bench, "Closed pull requests on lumen-labs/aurora-7b", @r"
    `lumen-labs/aurora-7b` has 6 closed pull requests; showing 3 of 6:

    - #54 vLLM crash on load (54): `leo-ferrantino`, merged, 2026-02-12
    - #44 Chat template drops system turn (44): `kenji-watts`, merged, 2026-01-26
    - #34 Context length in config.json (34): `tomas-lindqvist`, merged, 2026-01-09
    ");
    assert_answer!(bench, "pull requests on lumen-labs/quiet-repo", @"`lumen-labs/quiet-repo` has no pull requests.");
}

#[tokio::test]
async fn what_a_discussion_says() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "What does discussion 7 of lumen-labs/aurora-7b say and who wrote it?", @r"
    Discussion #7 of `lumen-labs/aurora-7b`, “How was the harbor subset filtered? (7)”, was opened by `ada-moreau` on 2025-11-24 and is open.

    `ada-moreau` on 2025-11-24 (comment `69050a076b82c8674826db85`):
    > Hello,
    >
    > I noticed this while evaluating the 7B checkpoint.
    ");
    assert_answer!(bench, "pull request #54 of lumen-labs/aurora-7b", @r"
    Pull request #54 of `lumen-labs/aurora-7b`, “vLLM crash on load (54)”, was opened by `leo-ferrantino` on 2026-02-12 and is merged.

    `leo-ferrantino` on 2026-02-12 (comment `69050a07192e3cac14da46ca`):
    > Hello,
    >
    > I noticed this while evaluating the 7B checkpoint.

    `leo-ferrantino` pushed “Update README.md” on 2026-02-12.
    ");
    assert_answer!(bench, "discussion 1 of lumen-labs/aurora-7b", @r"
    Discussion #1 of `lumen-labs/aurora-7b`, “License of fine-tuned weights? (1)”, was opened by `ada-moreau` on 2025-11-14 and is closed.

    `ada-moreau` on 2025-11-14 (comment `69050a072afeafccab2de392`):
    > Hello,
    >
    > I noticed this while evaluating the 7B checkpoint.

    `ada-moreau` changed the status to closed on 2025-11-15.
    ");
    assert_answer!(bench, "discussion 999 of lumen-labs/aurora-7b", @"I could not read #999 of `lumen-labs/aurora-7b`: the Hub answered 404, “Discussion not found”.");
}

#[tokio::test]
async fn who_opens_the_most() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Who opens the most discussions on lumen-labs/aurora-7b?", @r"
    `ada-moreau`, `kenji-watts` and `priya-ramanan` open the most discussions on `lumen-labs/aurora-7b`: 9 each of 51.

    - `ada-moreau`: 9
    - `kenji-watts`: 9
    - `priya-ramanan`: 9
    - `leo-ferrantino`: 8
    - `nadia-okaforo`: 8
    - `tomas-lindqvist`: 8
    ");
    assert_answer!(bench, "who opens the most pull requests on lumen-labs/aurora-7b", @r"
    `ada-moreau`, `kenji-watts`, `leo-ferrantino`, `nadia-okaforo`, `priya-ramanan` and `tomas-lindqvist` open the most pull requests on `lumen-labs/aurora-7b`: 2 each of 12.

    - `ada-moreau`: 2
    - `kenji-watts`: 2
    - `leo-ferrantino`: 2
    - `nadia-okaforo`: 2
    - `priya-ramanan`: 2
    - `tomas-lindqvist`: 2
    ");
    assert_answer!(bench, "who is most active on lumen-labs/quiet-repo?", @"`lumen-labs/quiet-repo` has no discussions or pull requests.");
}

#[tokio::test]
async fn who_asks_for_access() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Pending access requests of ada-moreau/gated-mini", @r"
    `ada-moreau/gated-mini` has 2 pending access requests:

    - `kenji-watts` (Kenji Watts), asked 2026-03-06 (Company: Watts & Daughters; Country: JP; I agree to use this model for non-commercial use ONLY: true)
    - `tomas-lindqvist` (Tomas Lindqvist), asked 2026-03-11 (Company: none; Country: SE)
    ");
    assert_answer!(bench, "Who was granted access to ada-moreau/gated-mini?", @r"
    `ada-moreau/gated-mini` has 1 accepted access request:

    - `priya-ramanan` (Priya Ramanan), asked 2026-02-12, granted by `ada-moreau` (Company: Tidepool AI; Country: IN)
    ");
    assert_answer!(bench, "rejected access requests of ada-moreau/gated-mini", @r"
    `ada-moreau/gated-mini` has 1 rejected access request:

    - `leo-ferrantino` (Leo Ferrantino), asked 2026-03-02 (Company: ?; Country: IT)
    ");
}

#[tokio::test]
async fn what_is_collected() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Collections of lumen-labs", @r"
    `lumen-labs` has more than 3 collections; showing 3:

    - Aurora 7B family: `lumen-labs/aurora-7b-family-69050a07f07cd7ad625a4e11`
    - Ablation set 11: `lumen-labs/ablation-set-11-69050a07b12dcef05ab363f4`
    - Ablation set 10: `lumen-labs/ablation-set-10-69050a074fd1e6630f5829ce`
    ");
    assert_answer!(bench, "collections of ada-moreau", @r"
    `ada-moreau` has 2 collections:

    - Reading list: `ada-moreau/reading-list-69050a079c08d927166368cd`
    - Private scratch: `ada-moreau/private-scratch-69050a070ce75ec6aff84fce`, private
    ");
    assert_answer!(bench, "what is in collection lumen-labs/aurora-7b-family-69050a07f07cd7ad625a4e11?", @r"
    “Aurora 7B family” by `lumen-labs` (“Base, chat and data behind Aurora 7B”, 54 upvotes) holds more than 3 items; showing 3:

    - model `lumen-labs/aurora-7b`: Base checkpoint
    - model `lumen-labs/aurora-7b-instruct`
    - dataset `lumen-labs/harbor-corpus`
    ");
    assert_answer!(bench, "what is in collection lumen-labs/gone-ffffffffffffffffffffffff?", @"I could not read the collection `lumen-labs/gone-ffffffffffffffffffffffff`: the Hub answered 404, “Collection not found”.");
}

#[tokio::test]
async fn whether_there_is_access() {
    let mut bench = Bench::new(ADA, Stubborn::No).await;
    assert_answer!(bench, "Do I have access to lumen-labs/aurora-7b?", @"Yes, the token has access to `lumen-labs/aurora-7b`.");
    assert_answer!(bench, "can I read ada-moreau/gated-mini?", @"Yes, the token has access to `ada-moreau/gated-mini`.");
    assert_answer!(bench, "Do I have access to nobody/nothing?", @"No, the token has no access to `nobody/nothing`: “Repository not found”.");
}
