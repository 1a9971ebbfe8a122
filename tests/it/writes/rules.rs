//! Rules from files and flags: what is wrong with them, which decides, and that a person can ask.

use std::path::Path;

use agentcard::cli::policy;
use agentcard::config::{self, Environment, Flags};
use agentcard::failure::Failure;
use agentcard::policy::Policy;

/// The policy of a user's file, a project's file and `--allow` flags.
fn load(user: &str, project: &str, allow: &[&str]) -> Result<Policy, Failure> {
    let home = tempfile::tempdir().expect("a directory");
    let write = |path: &Path, text: &str| {
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("writable");
        std::fs::write(path, text).expect("writable");
    };
    write(&home.path().join(".config/agentcard/config.toml"), user);
    let directory = home.path().join("project");
    write(&directory.join("agentcard.toml"), project);
    let flags =
        Flags { allow: allow.iter().map(|text| (*text).to_owned()).collect(), ..Flags::default() };
    let environment = Environment::fixed([("HOME", home.path().to_str().expect("text"))]);
    let (config, _) = config::load(&flags, &environment, &directory)
        .map_err(|diagnostics| Failure::invalid(&diagnostics))?;
    let shorten = |text: &str| text.replace(&format!("{}/", home.path().display()), "~/");
    policy::of(&config.policy)
        .map(|mut policy| {
            policy.read_only = policy.read_only.map(|origin| shorten(&origin));
            policy
        })
        .map_err(|failure| Failure { message: shorten(&failure.message), ..failure })
}

const USER: &str = r#"
[[policy.rules]]
effect = "allow"
request = "POST /models/my-org/*/discussions/*/status"
body = { status = "closed" }
matches = ['POST /models/my-org/a/discussions/7/status {"status": "closed"}']
misses = ["POST /models/my-org/a/discussions/7/status"]
"#;

const PROJECT: &str = r#"
[[policy.rules]]
effect = "deny"
request = "POST /models/my-org/frozen/discussions/*/status"
"#;

#[test]
fn flags_go_before_the_project_and_the_project_before_the_person() {
    let policy = load(USER, PROJECT, &["POST /collections"]).expect("all is well");
    let listed = policy::list(&policy);
    let listed: Vec<&str> =
        listed.lines().map(|line| line.split(" (").next().expect("one")).collect();
    assert_eq!(
        listed,
        [
            "1. allow POST /collections",
            "2. deny POST /models/my-org/frozen/discussions/*/status",
            "3. allow POST /models/my-org/*/discussions/*/status {\"status\":\"closed\"}",
            "4. ask on a terminal, refuse elsewhere: everything else",
        ]
    );
}

#[test]
fn explain_names_the_rule_that_decides() {
    let policy = load(USER, PROJECT, &["POST /collections"]).expect("all is well");
    let explain = |request: &str| match policy::explain(&policy, request, None) {
        Ok(text) => text.split(" (/").next().expect("one").to_owned(),
        Err(failure) => failure.message,
    };
    assert_eq!(
        explain("POST /collections"),
        "allow: `allow POST /collections (--allow)` decides\n"
    );
    assert_eq!(
        explain("POST /models/my-org/frozen/discussions/7/status {\"status\": \"closed\"}"),
        "deny: `deny POST /models/my-org/frozen/discussions/*/status"
    );
    assert_eq!(
        explain("POST /models/my-org/a/discussions/7/status {\"status\": \"closed\"}"),
        "allow: `allow POST /models/my-org/*/discussions/*/status {\"status\":\"closed\"}"
    );
    assert_eq!(
        explain("POST /models/my-org/a/user-access-request/grant"),
        "ask: no rule matches, and by default a write is asked about\nIt gives somebody access.\n"
    );
    assert_eq!(explain("GET /whoami-v2"), "reads are never asked about; rules are about `POST`");
    assert_eq!(
        explain("POST /models/my-org/*/discussions"),
        "no write of the Hub has the path /models/my-org/*/discussions"
    );
    let body = policy::explain(&policy, "POST /collections", Some("{")).unwrap_err();
    assert!(body.message.starts_with("the body is not JSON"), "{}", body.message);
}

#[test]
fn read_only_is_named_by_its_origin() {
    let policy = load("[policy]\nread_only = true", "", &["POST /collections"]).expect("well");
    let text = policy::explain(&policy, "POST /collections", None).expect("a request");
    assert_eq!(
        text,
        "deny: `read_only` (~/.config/agentcard/config.toml:2:13) forbids every write\n"
    );
    assert!(policy::list(&policy).starts_with("1. deny every write: `read_only`"));
}

#[test]
fn a_rule_that_is_wrong_is_named_with_its_place() {
    let user = USER.replace("matches = ['POST /models/my-org", "matches = ['POST /models/your-org");
    let project = PROJECT.replace("discussions/*/status", "*/status");
    let failure = load(&user, &project, &[]).unwrap_err();
    insta::assert_snapshot!(failure.message, @r#"
    ~/project/agentcard.toml:4:11: `policy.rules`: no write has the path `/models/my-org/frozen/*/status`; nearest is `POST /models/*/*/discussions/*/status`
      hint: a `*` stands for exactly one name or number, never for a word of the endpoint
    error: ~/.config/agentcard/config.toml:4:11: `policy.rules`: the rule does not match its example `POST /models/your-org/a/discussions/7/status {"status": "closed"}`
      hint: change the rule, or the example if the rule is right
    "#);
}
