//! Tests of `doctor`: the built program looks at a healthy world, and at one in which each thing in
//! turn is broken. Whole outputs; no key and no token is ever in one.

use regex::Regex;
use serde_json::{Value, json};

use crate::support::hub::HubThread;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};
use crate::support::wait::Nobody;

/// A token of the emulator, and a key for the model.
const TOKEN: &str = "hf_test_write_ada";
const KEY: &str = "sk-very-secret-key";

/// A home in which all is well, except that a test may break it.
fn home(hub: &str) -> Program {
    Program::new()
        .variable("HF_ENDPOINT", hub)
        .variable("HF_TOKEN", TOKEN)
        .variable("AGENTCARD_API_KEY", KEY)
        .variable("TERM", "xterm")
}

/// A server that lists its models, and then says the rest.
fn listing(rest: impl IntoIterator<Item = Response>) -> ModelServer {
    let list = json!({"object": "list", "data": [{"id": "gpt-oss-20b"}, {"id": "gpt-oss-120b"}]});
    let list = Response::new(200, "application/json", list.to_string());
    ModelServer::start([list].into_iter().chain(rest))
}

fn doctor(program: &Program, model: &ModelServer, arguments: &[&str]) -> Ran {
    let url = model.url();
    let head = ["doctor", "--base-url", &url, "--model", "openai.gpt-oss-20b"];
    let ran = program.run(&[&head[..], arguments].concat());
    for secret in [TOKEN, KEY, "proxy-password"] {
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!shown.contains(secret), "{secret} is shown:\n{shown}");
    }
    ran
}

/// An output without what differs from machine to machine and from run to run.
fn steady(program: &Program, ran: &Ran) -> String {
    let text = ran.shown().replace(&program.home().display().to_string(), "HOME");
    let times = Regex::new(r"\d+ ms").unwrap().replace_all(&text, "TIME").into_owned();
    let local =
        Regex::new(r"(local servers)[^\n]*(\n {6,}\S[^\n]*answers on port[^\n]*)*").unwrap();
    local.replace_all(&times, "$1  …").into_owned()
}

/// One check of a JSON document.
fn check(ran: &Ran, name: &str) -> Value {
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["exit_code"], ran.code);
    let checks = document["checks"].as_array().unwrap();
    let mut check = checks.iter().find(|check| check["name"] == name).unwrap().clone();
    check.as_object_mut().unwrap().remove("name");
    check
}

#[test]
fn all_is_well() {
    let (hub, model) = (HubThread::standard(), listing([]));
    let program = home(&hub.origin);
    let ran = doctor(&program, &model, &[]);
    insta::assert_snapshot!(steady(&program, &ran));
    let asked = &model.requests()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/v1/models"));
    assert_eq!(asked.header("authorization"), Some("Bearer sk-very-secret-key"));
    assert_eq!((model.requests().len(), hub.requests().len()), (1, 1), "no tokens are spent");
}

#[test]
fn the_model_is_asked_to_call_a_tool() {
    let hub = HubThread::standard();
    let call = Response::groq_call("ping", &json!({}));
    let model = listing([call, Response::text("It answered violet-7319.")]);
    let program = home(&hub.origin);
    let ran = doctor(&program, &model, &["--probe"]);
    insta::assert_snapshot!(steady(&program, &ran));
    let said = model.requests()[2].messages();
    assert_eq!(said[3]["content"], "violet-7319");
}

#[test]
fn a_model_that_calls_no_tool_is_no_agent() {
    let hub = HubThread::standard();
    let model = listing([Response::text("I cannot call tools.")]);
    let ran = doctor(&home(&hub.origin), &model, &["--probe", "--json"]);
    assert_eq!(ran.code, 1);
    let probe = check(&ran, "probe");
    assert_eq!(probe["status"], "fail");
    assert_eq!(probe["found"][0], "tool call: none; the model answered without its tool");
}

#[test]
fn a_bad_configuration_is_told_first() {
    let model = listing([]);
    let program = Program::new();
    std::fs::write(program.home().join("agentcard.toml"), "modle = \"x\"\n").unwrap();
    let ran = doctor(&program, &model, &[]);
    insta::assert_snapshot!(steady(&program, &ran));
    assert_eq!(ran.code, 52);
}

#[test]
fn a_bad_card_is_invalid() {
    let (hub, model) = (HubThread::standard(), listing([]));
    let program = home(&hub.origin);
    std::fs::write(program.home().join("bad.md"), "---\nmodle: x\n---\nHello.\n").unwrap();
    let ran = doctor(&program, &model, &["--json", "--card", "bad.md"]);
    assert_eq!(ran.code, 52);
    assert_eq!(
        check(&ran, "card"),
        json!({
            "status": "fail",
            "found": ["bad.md:2:1: `modle`: there is no such key\n  hint: did you mean `model`?"],
            "hints": [],
        })
    );
}

#[test]
fn a_key_that_is_missing_or_refused_is_told() {
    let hub = HubThread::standard();
    let program = Program::new().variable("HF_ENDPOINT", &hub.origin);
    let ran = program.run(&["doctor", "--json", "--model", "groq.openai/gpt-oss-20b"]);
    assert_eq!(ran.code, 41);
    assert_eq!(check(&ran, "model")["hints"], json!(["set GROQ_API_KEY"]));

    let refused = json!({"error": {"message": format!("Incorrect API key: {KEY}")}});
    let model = ModelServer::start([Response::error(401, &refused)]);
    let ran = doctor(&home(&hub.origin), &model, &["--json"]);
    assert_eq!(ran.code, 41);
    assert_eq!(check(&ran, "endpoint")["status"], "fail");
}

#[test]
fn a_token_the_hub_does_not_accept_is_told() {
    let (hub, model) = (HubThread::standard(), listing([]));
    let program = home(&hub.origin).variable("HF_TOKEN", "hf_nobody_knows");
    let ran = doctor(&program, &model, &["--json"]);
    assert_eq!(ran.code, 41);
    let token = check(&ran, "token");
    assert_eq!(token["found"], json!(["in HF_TOKEN; the Hub does not accept it"]));
    assert!(!ran.stdout.contains("hf_nobody_knows"));
}

#[test]
fn no_token_is_a_warning() {
    let (hub, model) = (HubThread::standard(), listing([]));
    let program =
        Program::new().variable("HF_ENDPOINT", &hub.origin).variable("AGENTCARD_API_KEY", KEY);
    let ran = doctor(&program, &model, &["--json"]);
    assert_eq!(ran.code, 0);
    assert_eq!(check(&ran, "token")["status"], "warn");
    assert_eq!(check(&ran, "hub")["status"], "ok");
}

#[test]
fn servers_that_are_not_there_are_unreachable() {
    let (hub, model, nobody) = (HubThread::standard(), listing([]), Nobody::there());
    let ran = doctor(&home(&nobody.origin()), &model, &["--json"]);
    assert_eq!((ran.code, &check(&ran, "hub")["status"]), (69, &json!("fail")));

    let url = format!("{}/v1", nobody.origin());
    let arguments = ["doctor", "--json", "--base-url", &url, "--model", "openai.gpt-oss-20b"];
    let ran = home(&hub.origin).run(&arguments);
    assert_eq!((ran.code, &check(&ran, "endpoint")["status"]), (69, &json!("fail")));
}

#[test]
fn a_model_the_endpoint_does_not_list_is_a_warning_in_words() {
    let (hub, model) = (HubThread::standard(), listing([]));
    let arguments = ["doctor", "--json", "--model", "openai.gpt-4", "--base-url", &model.url()];
    let ran = home(&hub.origin).run(&arguments);
    let endpoint = check(&ran, "endpoint");
    assert_eq!(endpoint["hints"], json!(["it has, for example, gpt-oss-20b"]));
    assert_eq!((ran.code, &endpoint["status"]), (0, &json!("warn")));
}

#[test]
fn the_way_out_is_told_without_passwords() {
    let (hub, model) = (HubThread::standard(), listing([]));
    let program = home(&hub.origin)
        .variable("https_proxy", "http://me:proxy-password@proxy.example.org:3128")
        .variable("NO_PROXY", "localhost")
        .variable("SSL_CERT_FILE", "missing.pem");
    let ran = doctor(&program, &model, &["--json"]);
    assert_eq!(ran.code, 1);
    let network = check(&ran, "network");
    assert_eq!(network["status"], "fail");
    let found = network["found"].to_string();
    assert!(found.contains("missing.pem"), "{found}");
    assert!(found.contains("https_proxy: http://proxy.example.org:3128"), "{found}");
    assert!(found.contains("NO_PROXY: localhost"), "{found}");
}

#[test]
fn offline_the_hub_is_left_alone() {
    let (hub, model) = (HubThread::standard(), listing([]));
    let program = home(&hub.origin).variable("HF_HUB_OFFLINE", "1");
    let ran = doctor(&program, &model, &["--json"]);
    assert_eq!((ran.code, &check(&ran, "hub")["status"]), (0, &json!("warn")));
    assert_eq!(hub.requests().len(), 0);
}

#[test]
fn a_sandbox_needs_nothing() {
    let ran = Program::new().run(&["doctor", "--sandbox", "--probe", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    for name in ["model", "endpoint", "token", "hub"] {
        assert_eq!(check(&ran, name)["status"], "ok", "{name}");
    }
}

#[test]
fn transcripts_that_cannot_be_written_are_a_warning() {
    let (hub, model) = (HubThread::standard(), listing([]));
    let program = home(&hub.origin).variable("XDG_STATE_HOME", "/proc/nowhere");
    let ran = doctor(&program, &model, &["--json"]);
    assert_eq!((ran.code, &check(&ran, "transcripts")["status"]), (0, &json!("warn")));
}
