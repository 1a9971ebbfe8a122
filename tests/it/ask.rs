//! Tests of `ask`: the built program against a scripted model and the emulated Hub, whole outputs.

use std::io::Read as _;

use serde_json::{Value, json};

use crate::support::hub::HubThread;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, steady};
use crate::support::wait::Nobody;

/// A home in which the emulated Hub is the Hub and ada-moreau is logged in.
fn ada(hub: &HubThread) -> Program {
    Program::new().variable("HF_ENDPOINT", &hub.origin).variable("HF_TOKEN", "hf_test_write_ada")
}

fn hub_call(endpoint: &str) -> Value {
    json!({"endpoint": endpoint})
}

/// `ask` with a scripted model.
fn ask(program: &Program, model: &ModelServer, arguments: &[&str]) -> String {
    let url = model.url();
    let head = ["ask", "--base-url", &url, "--model", "openai.openai/gpt-oss-20b"];
    program.run(&[&head[..], arguments].concat()).shown()
}

/// The messages of a request, without the system prompt.
fn messages(model: &ModelServer, request: usize) -> Value {
    let body = steady(&model.requests()[request].json().to_string());
    let mut body: Value = serde_json::from_str(&body).unwrap();
    Value::Array(body["messages"].as_array_mut().unwrap().split_off(1))
}

#[test]
fn a_question_of_one_call() {
    let (hub, model) = (
        HubThread::standard(),
        ModelServer::start([
            Response::groq_call("hf_api_request", &hub_call("/users/ada-moreau/overview")),
            Response::text("She is a member of lumen-labs."),
        ]),
    );
    let shown = ask(&ada(&hub), &model, &["Which organizations is ada-moreau a member of?"]);
    insta::assert_snapshot!(shown, @r"
    exit 0
    --- stdout
    She is a member of lumen-labs.
    --- stderr
    ");
    insta::assert_json_snapshot!(messages(&model, 1));
    assert_eq!(hub.requests().len(), 1);
    assert_eq!(model.connections(), 1);
}

#[test]
fn two_calls_in_one_turn() {
    let calls = [
        ("hf_api_request", hub_call("/users/kenji-watts/following")),
        ("hf_api_request", hub_call("/organizations/lumen-labs/members")),
    ];
    let (hub, model) = (
        HubThread::standard(),
        ModelServer::start([Response::groq_calls(&calls), Response::text("Both looked up.")]),
    );
    let shown = ask(&ada(&hub), &model, &["-v", "Compare."]);
    insta::with_settings!({ filters => [(r"\d+\.\d\d s", "TIME")] }, {
        insta::assert_snapshot!(shown);
    });
    insta::assert_json_snapshot!(messages(&model, 1));
}

#[test]
fn an_unknown_user_is_a_result_the_model_reads() {
    let (hub, model) = (
        HubThread::standard(),
        ModelServer::start([
            Response::groq_call("hf_api_request", &hub_call("/users/no-such-user/overview")),
            Response::text("There is no such user."),
        ]),
    );
    let shown = ask(&ada(&hub), &model, &["Who is no-such-user?"]);
    insta::assert_snapshot!(shown, @r"
    exit 0
    --- stdout
    There is no such user.
    --- stderr
    ");
    let result = messages(&model, 1)[2]["content"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(steady(&result));
}

#[test]
fn without_a_token_there_are_three_ways_out() {
    insta::with_settings!({ filters => [(r"/\S+/\.cache", "HOME/.cache")] }, {
        insta::assert_snapshot!(Program::new().run(&["ask", "Who am I?"]).shown());
    });
}

#[test]
fn a_refused_connection_names_the_endpoint() {
    let nobody = Nobody::there();
    let url = format!("{}/v1", nobody.origin());
    let ran = Program::new().run(&["ask", "--base-url", &url, "--model", "ollama.x", "-q", "Hi"]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn a_refused_key_is_asked_once_and_explained() {
    let body = json!({"error": {"message": "Invalid API Key", "type": "invalid_request_error"}});
    let model = ModelServer::start([Response::error(401, &body)]);
    insta::assert_snapshot!(ask(&Program::new(), &model, &["Hi"]));
    assert_eq!(model.requests().len(), 1);
}

#[test]
fn a_rate_limit_is_waited_for_and_announced() {
    let body = json!({"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}});
    let model = ModelServer::start([
        Response::error(429, &body).header("retry-after", "1"),
        Response::text("Hello."),
    ]);
    insta::assert_snapshot!(ask(&Program::new(), &model, &["Hi"]), @r"
    exit 0
    --- stdout
    Hello.
    --- stderr
    retry 2 in 1.0 s: Rate limit reached
    ");
}

#[test]
fn a_rate_limit_that_is_too_long_ends_with_its_own_code() {
    let body = json!({"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}});
    let model = ModelServer::start([Response::error(429, &body).header("retry-after", "600")]);
    insta::assert_snapshot!(ask(&Program::new(), &model, &["Hi"]));
}

#[test]
fn a_cut_stream_is_no_answer() {
    let cut = |text: &str| Response::open([json!({"choices": [{"delta": {"content": text}}]})]);
    let model = ModelServer::start([cut("The answer is"), cut("x"), cut("x")]);
    insta::assert_snapshot!(ask(&Program::new(), &model, &["Hi"]));
    assert_eq!(model.requests().len(), 1, "text was shown, so it is not asked again");
}

#[test]
fn the_document_says_everything() {
    let (hub, model) = (
        HubThread::standard(),
        ModelServer::start([
            Response::groq_call("hf_api_request", &hub_call("/users/kenji-watts/following")),
            Response::text("Kenji follows ada-moreau."),
        ]),
    );
    let url = model.url();
    let ran = ada(&hub).run(&[
        "ask",
        "--json",
        "--base-url",
        &url,
        "--model",
        "openai.x",
        "Whom does Kenji follow?",
    ]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    insta::assert_json_snapshot!(document, {
        ".calls[].elapsed_ms" => "[time]",
        ".timings" => "[time]",
    });
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn events_are_lines_and_exactly_one_ends_them() {
    let model = ModelServer::start([Response::text("Hello.")]);
    let url = model.url();
    let ran = Program::new().run(&[
        "ask",
        "--stream-json",
        "--base-url",
        &url,
        "--model",
        "openai.x",
        "Hi",
    ]);
    let lines: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ends = lines.iter().filter(|line| line["type"] == "run_ended").count();
    assert_eq!((ends, &lines.last().unwrap()["type"]), (1, &json!("run_ended")));
    insta::assert_json_snapshot!(lines, { "[].timings" => "[time]" });
}

#[test]
fn a_failure_before_the_run_is_a_document_too() {
    let ran = Program::new().run(&["ask", "--json", "--card", "none.md", "Hi"]);
    assert_eq!(ran.code, 52);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn prompt_and_piped_text_are_both_sent() {
    let model = ModelServer::start([Response::text("Ok."), Response::text("Ok.")]);
    let url = model.url();
    let base = ["ask", "--base-url", &url, "--model", "openai.x"];
    let program = Program::new();
    program.run_with(&[&base[..], &["Summarize", "this:"]].concat(), b"one\ntwo\n");
    program.run_with(&[&base[..], &["-"]].concat(), "Wer folgt Ada?\n".as_bytes());
    assert_eq!(messages(&model, 0)[0]["content"], "Summarize this:\n\none\ntwo");
    assert_eq!(messages(&model, 1)[0]["content"], "Wer folgt Ada?");
}

#[test]
fn an_open_silent_input_is_not_waited_for() {
    let model = ModelServer::start([Response::text("Hello.")]);
    let url = model.url();
    let program = Program::new();
    let mut child = program.start(&["ask", "--base-url", &url, "--model", "openai.x", "Hi"]);
    let _held_open = child.stdin.take();
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(stdout, "Hello.\n");
    assert_eq!(
        stderr,
        "warning: standard input is open but silent; it was not waited for (`-` waits)\n"
    );
    assert!(child.wait().unwrap().success());
}

#[test]
fn nothing_asked_is_a_wrong_command_line() {
    insta::assert_snapshot!(Program::new().run(&["ask", "--sandbox"]).shown());
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let model = ModelServer::start([Response::text("Hello.")]);
    let url = model.url();
    let program = Program::new();
    let mut child = program.start(&["ask", "--base-url", &url, "--model", "openai.x", "Hi"]);
    drop(child.stdin.take());
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(stderr, "");
    assert!(child.wait().unwrap().code().is_some());
}
