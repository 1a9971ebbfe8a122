//! Writes from the command line: refused, allowed, planned, applied, taken back.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::support::hub::HubThread;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran, steady};

const THREAD: &str = "/models/lumen-labs/aurora-7b/discussions/7";
const OPENING: &str = "69050a076b82c8674826db85";

/// A home of ada-moreau's, and the Hub she writes to.
pub(super) struct Home {
    pub(super) hub: HubThread,
    pub(super) program: Program,
}

impl Home {
    pub(super) fn new() -> Self {
        let hub = HubThread::standard();
        let program = Program::new()
            .variable("HF_ENDPOINT", &hub.origin)
            .variable("HF_TOKEN", "hf_test_write_ada");
        Self { hub, program }
    }

    /// `ask` with a model that asks for one write.
    pub(super) fn ask(&self, flags: &[&str], path: &str, body: &Value) -> Ran {
        let call = json!({"endpoint": path, "method": "POST", "json_body": body});
        let call = Response::groq_call("hf_api_request", &call);
        let model = ModelServer::start([call, Response::text("That is all.")]);
        let url = model.url();
        let head = ["ask", "--base-url", &url, "--model", "openai.x", "Do it."];
        self.program.run(&[&head[..], flags].concat())
    }

    /// Makes a write, which must succeed.
    pub(super) fn write(&self, path: &str, body: &Value) {
        let ran = self.ask(&["--allow", &format!("POST {path}")], path, body);
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }

    /// The writes that reached the Hub, as path and body.
    pub(super) fn sent(&self) -> Vec<(String, Value)> {
        let writes = self.hub.requests().into_iter().filter(|request| request.method == "POST");
        let body = |text: &str| serde_json::from_str(text).unwrap_or_default();
        writes.map(|write| (write.path.clone(), body(&write.body))).collect()
    }

    pub(super) fn file(&self, name: &str) -> std::path::PathBuf {
        self.program.home().join(name)
    }
}

fn comment() -> (String, Value) {
    (format!("{THREAD}/comment"), json!({"comment": "Thanks!"}))
}

#[test]
fn off_a_terminal_a_write_is_refused_and_the_flag_is_named() {
    let home = Home::new();
    let (path, body) = comment();
    insta::assert_snapshot!(home.ask(&[], &path, &body).shown(), @r"
    exit 60
    --- stdout
    That is all.
    --- stderr
    error: a write was not sent: nobody was there to approve it
      hint: to allow it: --allow 'POST /models/lumen-labs/aurora-7b/discussions/7/comment'
      hint: or run it on a terminal, where you are asked
    ");
    assert_eq!(home.sent(), []);
    let ran = home.ask(&["--json"], &path, &body);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &document["outcome"]), (60, &json!("refused")));
    assert_eq!(document["calls"][0]["status"], "refused");
    let hint = format!("to allow it: --allow 'POST {path}'");
    assert_eq!(document["error"]["hints"][0], hint);
}

#[test]
fn a_flag_allows_what_it_names_and_read_only_nothing() {
    let home = Home::new();
    let (path, body) = comment();
    let allow = "POST /models/lumen-labs/*/discussions/*/comment";
    let ran = home.ask(&["--allow", allow, "--read-only"], &path, &body);
    assert_eq!(ran.code, 60);
    assert!(ran.stderr.contains("--read-only forbids every write"), "{}", ran.stderr);
    assert_eq!(home.sent(), []);
    assert_eq!(home.ask(&["--allow", allow], &path, &body).code, 0);
    assert_eq!(home.sent(), [(format!("/api{path}"), body)]);
}

#[test]
fn a_flag_that_can_match_nothing_is_a_wrong_command_line() {
    let ran = Program::new().run(&["ask", "--allow", "POST /models/my-org/*/comment", "Hi"]);
    insta::assert_snapshot!(ran.shown(), @r"
    exit 2
    --- stdout
    --- stderr
    error: invalid value 'POST /models/my-org/*/comment' for '--allow <REQUEST>': no write has the path `/models/my-org/*/comment`; nearest is `POST /models/*/*/discussions/*/comment`
      hint: a `*` stands for exactly one name or number, never for a word of the endpoint

    For more information, try '--help'.
    ");
}

#[test]
fn a_rule_of_the_configuration_decides_and_is_named() {
    let home = Home::new();
    let (path, body) = comment();
    let rules = format!("[[policy.rules]]\neffect = \"deny\"\nrequest = \"POST {path}\"\n");
    std::fs::write(home.file("agentcard.toml"), rules).unwrap();
    let ran = home.ask(&[], &path, &body);
    assert!(ran.stderr.contains("agentcard.toml:3:11)` decides"), "{}", ran.stderr);
    let explained = home.program.run(&["policy", "explain", &format!("POST {path}")]);
    assert!(explained.stdout.starts_with("deny: `deny POST /models/"), "{}", explained.shown());
    assert_eq!(home.sent(), []);
}

#[test]
fn a_dry_run_ends_with_a_plan_that_apply_sends() {
    let home = Home::new();
    let (path, body) = (format!("{THREAD}/status"), json!({"status": "closed"}));
    let ran = home.ask(&["--dry-run", "--plan", "plan.json"], &path, &body);
    insta::assert_snapshot!(ran.shown(), @r#"
    exit 0
    --- stdout
    That is all.
    --- stderr
    Dry run: nothing was sent. The plan:
    1. Close #7 on model lumen-labs/aurora-7b (“How was the harbor subset filtered? (7)”)
       It is now
         {
           "title": "How was the harbor subset filtered? (7)",
           "status": "open",
           "isPullRequest": false
         }
       and this request changes it:
       POST /models/lumen-labs/aurora-7b/discussions/7/status
         {
           "status": "closed"
         }
    Send it with `agentcard apply plan.json`.
    "#);
    assert_eq!(home.sent(), []);
    let plan = home.file("plan.json");
    assert_eq!(plan.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let plan = steady(&std::fs::read_to_string(plan).unwrap());
    insta::assert_snapshot!(plan);

    let refused = home.program.run(&["apply", "plan.json"]);
    insta::assert_snapshot!(refused.shown(), @r"
    exit 60
    --- stdout
    Not sent: Close #7 on model lumen-labs/aurora-7b (“How was the harbor subset filtered? (7)”)
    --- stderr
    error: a write was not sent: nobody was there to approve it
      hint: to allow it: --allow 'POST /models/lumen-labs/aurora-7b/discussions/7/status'
      hint: or run it on a terminal, where you are asked
      hint: or say yes beforehand, where it can be taken back: --yes
    ");
    assert_eq!(home.sent(), []);
    insta::assert_snapshot!(home.program.run(&["apply", "plan.json", "--yes"]).shown(), @r"
    exit 0
    --- stdout
    Done: Close #7 on model lumen-labs/aurora-7b (“How was the harbor subset filtered? (7)”)
    --- stderr
    ");
    assert_eq!(home.sent(), [(format!("/api{path}"), body)]);
}

#[test]
fn a_plan_of_the_sandbox_leads_nowhere_and_says_so() {
    let program = Program::new();
    let question = "Close discussion 7 of lumen-labs/aurora-7b";
    let ran = program.run(&["ask", "--sandbox", "--dry-run", "--plan", "plan.json", question]);
    assert!(
        ran.stderr.contains("made in the sandbox, which ends with this run"),
        "{}",
        ran.shown()
    );
    assert!(!ran.stderr.contains("agentcard apply"), "{}", ran.shown());
    let applied = program.run(&["apply", "plan.json", "--yes"]);
    assert_eq!(applied.code, 52);
    assert!(applied.stderr.contains("make it again without --sandbox"), "{}", applied.shown());
}

#[test]
fn the_document_of_a_dry_run_holds_the_plan() {
    let home = Home::new();
    let (path, body) = comment();
    let ran = home.ask(&["--dry-run", "--json"], &path, &body);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &document["outcome"]), (0, &json!("answered")));
    assert_eq!(document["calls"][0]["status"], "not_sent");
    std::fs::write(home.file("plan.json"), document["plan"].to_string()).unwrap();
    assert_eq!(home.program.run(&["apply", "plan.json", "-y"]).code, 0);
    assert_eq!(home.sent(), [(format!("/api{path}"), body)]);
}

#[test]
fn what_has_changed_since_the_plan_is_not_overwritten() {
    let home = Home::new();
    let edit = format!("{THREAD}/comment/{OPENING}/edit");
    home.ask(&["--dry-run", "--plan", "plan.json"], &edit, &json!({"content": "Planned"}));
    home.write(&edit, &json!({"content": "Meanwhile"}));
    let ran = home.program.run(&["apply", "plan.json", "--yes"]);
    insta::assert_snapshot!(ran.shown(), @r#"
    exit 1
    --- stdout
    --- stderr
    error: nothing was sent:
    1. POST /models/lumen-labs/aurora-7b/discussions/7/comment/69050a076b82c8674826db85/edit: it has changed since the plan was made; it was
    {
      "author": "ada-moreau",
      "createdAt": "2025-11-24T14:18:00.000Z",
      "text": "Hello,\n\nI noticed this while evaluating the 7B checkpoint."
    }
    and is now
    {
      "author": "ada-moreau",
      "createdAt": "2025-11-24T14:18:00.000Z",
      "text": "Meanwhile"
    }
      hint: make the plan again with `agentcard ask --dry-run --plan FILE`
    "#);
    assert_eq!(home.sent().len(), 1);
}

#[test]
fn consent_beforehand_does_not_cover_what_cannot_be_undone() {
    let home = Home::new();
    let hide = format!("{THREAD}/comment/{OPENING}/hide");
    home.ask(&["--dry-run", "--plan", "plan.json"], &hide, &Value::Null);
    assert_eq!(home.program.run(&["apply", "plan.json", "--yes"]).code, 60);
    assert_eq!(home.sent(), []);
    let allow = format!("POST {hide}");
    assert_eq!(home.program.run(&["apply", "plan.json", "--allow", &allow]).code, 0);
    assert_eq!(home.sent().len(), 1);
}

#[test]
fn a_plan_that_was_tampered_with_is_checked_like_any_write() {
    let home = Home::new();
    let write = |path: &str, class: &str, origin: &str| {
        let plan = json!({"schema_version": 1, "origin": origin, "writes": [{
            "words": "Say hello", "method": "POST", "path": path,
            "body": null, "class": class,
        }]});
        std::fs::write(home.file("plan.json"), plan.to_string()).unwrap();
        home.program.run(&["apply", "plan.json", "--yes"])
    };
    let (origin, hide) = (&home.hub.origin, format!("{THREAD}/comment/{OPENING}/hide"));
    home.ask(&["--dry-run", "--plan", "plan.json"], &hide, &Value::Null);
    let plan = std::fs::read_to_string(home.file("plan.json")).unwrap();
    let disguised = plan.replace("\"destructive\"", "\"additive\"");
    assert_ne!(disguised, plan);
    std::fs::write(home.file("plan.json"), disguised).unwrap();
    assert_eq!(home.program.run(&["apply", "plan.json", "--yes"]).code, 60);
    let nowhere = write("/../admin", "additive", origin);
    assert_eq!(nowhere.code, 1, "{}", nowhere.shown());
    let elsewhere = write(&hide, "additive", "https://huggingface.co");
    insta::assert_snapshot!(elsewhere.shown(), @r"
    exit 52
    --- stdout
    --- stderr
    error: the plan is for https://huggingface.co, and the Hub in use is http://127.0.0.1:PORT
      hint: if that is meant: HF_ENDPOINT=https://huggingface.co
    ");
    let sandbox = write(&hide, "additive", "sandbox");
    assert_eq!(sandbox.code, 52);
    assert!(sandbox.stderr.contains("made in the sandbox"), "{}", sandbox.stderr);
    assert_eq!(home.sent(), []);
}

#[test]
fn when_a_write_fails_the_rest_of_the_plan_is_kept() {
    let home = Home::new();
    let write = |path: String, body: Value| {
        json!({"words": "", "method": "POST", "path": path,
               "body": body, "class": "additive"})
    };
    let comment = |repo: &str| {
        write(format!("/models/{repo}/discussions/7/comment"), json!({"comment": "Hi"}))
    };
    let plan = json!({"schema_version": 1, "origin": home.hub.origin, "writes":
        [comment("lumen-labs/aurora-7b"), comment("lumen-labs/none"), comment("lumen-labs/aurora-7b")]});
    std::fs::write(home.file("plan.json"), plan.to_string()).unwrap();
    let ran = home.program.run(&["apply", "plan.json", "--yes"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.stderr.contains("agentcard apply plan.json.rest"), "{}", ran.stderr);
    assert_eq!(home.program.run(&["apply", "plan.json.rest", "--yes"]).code, 0);
    let made = home.sent().iter().filter(|(path, _)| path.contains("aurora")).count();
    assert_eq!(made, 2);
}

#[test]
fn what_was_not_sent_of_a_plan_is_kept_so_that_nothing_is_sent_twice() {
    let home = Home::new();
    let hide = format!("{THREAD}/comment/69050a076b82c8674826db85/hide");
    let write = |path: &str, body: Value| {
        json!({"words": "", "method": "POST", "path": path,
               "body": body, "class": "additive"})
    };
    let dry = home.ask(&["--dry-run", "--plan", "plan.json"], &hide, &json!(null));
    assert!(
        dry.stderr.contains("Careful: this cannot be undone or takes something away."),
        "{}",
        dry.shown()
    );
    let plan = std::fs::read_to_string(home.file("plan.json")).unwrap();
    let mut plan: Value = serde_json::from_str(&plan).unwrap();
    let comment = write(&format!("{THREAD}/comment"), json!({"comment": "Hi"}));
    plan["writes"].as_array_mut().unwrap().insert(0, comment);
    std::fs::write(home.file("plan.json"), plan.to_string()).unwrap();

    let ran = home.program.run(&["apply", "plan.json", "--yes"]);
    assert_eq!(ran.code, 60, "{}", ran.shown());
    assert!(
        ran.stdout.ends_with("What was not sent is kept in plan.json.rest.\n"),
        "{}",
        ran.stdout
    );
    let allow = format!("POST {hide}");
    let ran = home.program.run(&["apply", "plan.json.rest", "--allow", &allow]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let paths: Vec<String> = home.sent().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, [format!("/api{THREAD}/comment"), format!("/api{hide}")]);
}

#[test]
fn a_plan_that_cannot_be_read_says_how_plans_are_made() {
    let program = Program::new();
    std::fs::write(program.home().join("plan.json"), "{\"writes\": []}").unwrap();
    insta::assert_snapshot!(program.run(&["apply", "plan.json"]).shown(), @r"
    exit 52
    --- stdout
    --- stderr
    error: plan.json: this is no plan: missing field `schema_version` at line 1 column 14
      hint: plans are made by `agentcard ask --dry-run --plan FILE`
    ");
    assert_eq!(program.run(&["apply", "none.json"]).code, 52);
}
