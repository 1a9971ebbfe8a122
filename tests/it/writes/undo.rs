//! Taking back what was written, as far as that can be done.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::commands::Home;
use crate::support::program::Ran;

const REPO: &str = "/models/lumen-labs/aurora-7b";
const GATED: &str = "/models/ada-moreau/gated-mini/user-access-request";
const OPENING: &str = "69050a076b82c8674826db85";

impl Home {
    /// `undo`, allowed to do what it does.
    fn undo(&self, arguments: &[&str], allow: &str) -> Ran {
        let allow = format!("POST {allow}");
        self.program.run(&[&["undo", "--yes", "--allow", &allow], arguments].concat())
    }

    fn last_sent(&self) -> (String, Value) {
        self.sent().pop().unwrap_or_default()
    }
}

#[test]
fn a_discussion_is_closed() {
    let home = Home::new();
    let body = json!({"title": "Two BOS tokens", "description": "Set twice."});
    home.write(&format!("{REPO}/discussions"), &body);
    insta::assert_snapshot!(home.program.run(&["undo", "-y"]).shown(), @r"
    exit 0
    --- stdout
    To undo 1: Open a discussion on model lumen-labs/aurora-7b: “Two BOS tokens”
    It cannot be deleted with this tool; closing it comes nearest.
    Done: Close #64 on model lumen-labs/aurora-7b (“Two BOS tokens”)
    --- stderr
    ");
    let closed = (format!("/api{REPO}/discussions/64/status"), json!({"status": "closed"}));
    assert_eq!(home.last_sent(), closed);
}

#[test]
fn a_comment_is_hidden_after_a_yes_of_its_own() {
    let home = Home::new();
    home.write(&format!("{REPO}/discussions/7/comment"), &json!({"comment": "Thanks!"}));
    let refused = home.program.run(&["undo", "--yes"]);
    assert_eq!(refused.code, 60, "{}", refused.shown());
    let line = refused.stderr.lines().find(|line| line.contains("--allow")).unwrap();
    let request = line.split('\'').nth(1).unwrap();
    assert_eq!(home.program.run(&["undo", "--allow", request]).code, 0);
    assert_eq!(home.last_sent().0, format!("/api{}", request.trim_start_matches("POST ")));
}

#[test]
fn an_edited_text_is_restored_unless_it_was_changed_since() {
    let home = Home::new();
    let edit = format!("{REPO}/discussions/7/comment/{OPENING}/edit");
    home.write(&edit, &json!({"content": "One"}));
    home.write(&edit, &json!({"content": "Two"}));
    let changed = home.program.run(&["undo", "1", "--yes"]);
    assert_eq!(changed.code, 1);
    assert!(changed.stderr.contains("it was changed since this program wrote it"));
    assert_eq!(home.program.run(&["undo", "--yes"]).code, 0);
    assert_eq!(home.last_sent(), (format!("/api{edit}"), json!({"content": "One"})));
    assert_eq!(home.program.run(&["undo", "--yes"]).code, 0);
    let text = "Hello,\n\nI noticed this while evaluating the 7B checkpoint.";
    assert_eq!(home.last_sent(), (format!("/api{edit}"), json!({ "content": text })));
    let nothing = home.program.run(&["undo", "--yes"]);
    assert_eq!((nothing.code, &*nothing.stderr), (1, "error: there is nothing to undo\n"));
}

#[test]
fn a_status_is_set_back_and_its_comment_stays() {
    let home = Home::new();
    let status = format!("{REPO}/discussions/7/status");
    home.write(&status, &json!({"status": "closed", "comment": "Solved."}));
    let ran = home.program.run(&["undo", "--yes"]);
    assert!(ran.stdout.contains("The comment that was sent with it stays."), "{}", ran.shown());
    assert_eq!(home.last_sent(), (format!("/api{status}"), json!({"status": "open"})));
}

#[test]
fn access_is_taken_back() {
    let home = Home::new();
    let handle = format!("{GATED}/handle");
    home.write(&handle, &json!({"user": "kenji-watts", "status": "accepted"}));
    assert_eq!(home.undo(&[], &handle).code, 0);
    let pending = json!({"user": "kenji-watts", "status": "pending"});
    assert_eq!(home.last_sent(), (format!("/api{handle}"), pending));
    home.write(&format!("{GATED}/grant"), &json!({"user": "nadia-okaforo"}));
    assert_eq!(home.undo(&[], &handle).code, 0);
    let reset = json!({"user": "nadia-okaforo", "status": "reset"});
    assert_eq!(home.last_sent(), (format!("/api{handle}"), reset));
    home.write(&format!("{GATED}/grant"), &json!({"user": "tomas-lindqvist"}));
    assert_eq!(home.undo(&[], &handle).code, 0);
    let waiting = json!({"user": "tomas-lindqvist", "status": "pending"});
    assert_eq!(home.last_sent(), (format!("/api{handle}"), waiting));
}

#[test]
fn a_decision_is_put_back_to_what_it_was() {
    let home = Home::new();
    let handle = format!("{GATED}/handle");
    let decision = |user: &str, status: &str| json!({"user": user, "status": status});
    for (user, before, decided) in [
        ("priya-ramanan", "accepted", "pending"),
        ("priya-ramanan", "accepted", "reset"),
        ("priya-ramanan", "accepted", "rejected"),
        ("leo-ferrantino", "rejected", "accepted"),
        ("leo-ferrantino", "rejected", "pending"),
    ] {
        home.write(&handle, &decision(user, decided));
        let ran = home.undo(&[], &handle);
        assert_eq!(ran.code, 0, "{decided}: {}", ran.shown());
        assert_eq!(home.last_sent(), (format!("/api{handle}"), decision(user, before)));
    }
}

#[test]
fn a_decision_that_was_changed_since_stays() {
    let home = Home::new();
    let handle = format!("{GATED}/handle");
    for status in ["accepted", "rejected"] {
        home.write(&handle, &json!({"user": "kenji-watts", "status": status}));
    }
    let changed = home.undo(&["1"], &handle);
    assert!(changed.stderr.contains("it was changed since"), "{}", changed.shown());
    assert_eq!(home.sent().len(), 2);
}

#[test]
fn what_cannot_be_undone_is_said_with_what_to_do_instead() {
    let home = Home::new();
    home.write(&format!("{REPO}/discussions/7/comment/{OPENING}/hide"), &Value::Null);
    home.write("/collections", &json!({"title": "To read", "namespace": "ada-moreau"}));
    let item = json!({"item": {"id": "lumen-labs/quiet-repo", "type": "model"}});
    home.write("/collections/lumen-labs/aurora-7b-family-69050a07f07cd7ad625a4e11/items", &item);
    // A request that was reset is in no list that is read before the next decision.
    let handle = format!("{GATED}/handle");
    home.write(&handle, &json!({"user": "priya-ramanan", "status": "reset"}));
    home.write(&handle, &json!({"user": "priya-ramanan", "status": "pending"}));
    let before = home.sent().len();
    let texts: Vec<String> =
        ["1", "2", "3", "5"].map(|id| home.program.run(&["undo", "--yes", id]).shown()).into();
    insta::with_settings!({ filters => [(r"[0-9a-f]{24}", "ID")] }, {
        insta::assert_snapshot!(texts.join("\n"));
    });
    assert_eq!(home.sent().len(), before);
}

#[test]
fn a_published_pull_request_stays_published() {
    let home = Home::new();
    let body = json!({"title": "Fix it", "description": "Now", "pullRequest": true});
    home.write(&format!("{REPO}/discussions"), &body);
    let status = format!("{REPO}/discussions/64/status");
    home.write(&status, &json!({"status": "open"}));
    let ran = home.program.run(&["undo", "2", "--yes"]);
    assert!(ran.stderr.contains("what was draft cannot become draft again"), "{}", ran.shown());
}

#[test]
fn the_record_is_listed_and_holds_no_token() {
    let home = Home::new();
    let status = format!("{REPO}/discussions/7/status");
    home.write(&status, &json!({"status": "closed"}));
    home.write(&status.replace("/7/", "/8/"), &json!({"status": "closed"}));
    home.program.run(&["undo", "--yes"]);
    let record = home.file(".local/state/agentcard/writes.jsonl");
    assert_eq!(record.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read_to_string(record).unwrap().contains("hf_test"));
    insta::with_settings!({ filters => [(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME")] }, {
        insta::assert_snapshot!(home.program.run(&["undo", "--list"]).shown(), @r"
        exit 0
        --- stdout
           3  TIME  done          Reopen #8 on model lumen-labs/aurora-7b (“Typo in the model card (8)”)
           2  TIME  undone by 3   Close #8 on model lumen-labs/aurora-7b (“Typo in the model card (8)”)
           1  TIME  done          Close #7 on model lumen-labs/aurora-7b (“How was the harbor subset filtered? (7)”)
        --- stderr
        ");
    });
    let again = home.program.run(&["undo", "2"]);
    assert!(again.stderr.contains("write 2 was undone already, by 3"), "{}", again.shown());
}

#[test]
fn without_writes_there_is_nothing_to_undo() {
    let home = Home::new();
    assert_eq!(home.program.run(&["undo", "--list"]).stdout, "Nothing was written yet.\n");
    assert_eq!(home.program.run(&["undo"]).code, 1);
    assert_eq!(home.program.run(&["undo", "9"]).code, 2);
}
