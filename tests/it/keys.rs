//! What the keys of a card come to: what a model is sent, and what is printed.

mod harness;
mod human_input;
mod messages;
mod skills;

use std::fs;

use serde_json::{Value, json};

use crate::support::model_server::{ModelServer, Request, Response};
use crate::support::program::{Program, Ran};

/// A home with a card of this front matter.
fn home(front: &str) -> Program {
    let program = Program::new();
    let card = format!("---\nmodel: openai.openai/gpt-oss-20b\n{front}---\nYou are {{{{who}}}}.\n");
    fs::write(program.home().join("a.md"), card).unwrap();
    program
}

fn ask(program: &Program, model: &ModelServer, arguments: &[&str]) -> Ran {
    let url = model.url();
    program.run(&[&["ask", "--card", "a.md", "--base-url", &url], arguments].concat())
}

fn bodies(model: &ModelServer) -> Vec<Value> {
    model.requests().iter().map(Request::json).collect()
}

/// The errors of `cards check`, without the marks.
fn errors(front: &str) -> String {
    errors_in(&home(front))
}

fn errors_in(program: &Program) -> String {
    let ran = program.run(&["cards", "check", "a.md"]);
    assert_eq!(ran.code, 52, "{}", ran.stdout);
    let wanted =
        |line: &&str| ["error", "warning", "  "].iter().any(|start| line.starts_with(start));
    let lines = ran.stdout.lines().filter(wanted).collect::<Vec<_>>().join("\n");
    lines.replace(program.home().canonicalize().unwrap().to_str().unwrap(), "HOME")
}

const HUB: &str = "function_tools: hf_api_tool.py:hf_api_request\n";

#[test]
fn parameters_are_sent_under_the_providers_names_in_either_spelling() {
    let front = "request_params:\n  parallelToolCalls: false\n  service_tier: fast\n  \
                 metadata: {team: lumen, number: 7, really: true}\n  templateVars: {who: a friend}\n";
    let model = ModelServer::start([Response::text("Yes.")]);
    ask(&home(&format!("{HUB}{front}")), &model, &["Are you?"]);
    let [body] = bodies(&model).try_into().unwrap();
    assert_eq!(body["parallel_tool_calls"], false);
    assert_eq!(body["service_tier"], "priority");
    assert_eq!(body["metadata"], json!({"team": "lumen", "number": "7", "really": "true"}));
    assert_eq!(body["messages"][0]["content"], "You are a friend.");

    // What is said of tools is refused by endpoints where there are none.
    let model = ModelServer::start([Response::text("Yes.")]);
    ask(&home(front), &model, &["Are you?"]);
    assert_eq!(bodies(&model)[0].get("parallel_tool_calls"), None);
}

#[test]
fn the_cards_own_keys_go_before_those_of_its_parameters() {
    let front = "use_history: true\nvariables: {who: first}\nrequest_params:\n  \
                 model: groq.other\n  use_history: false\n  template_vars: {who: second, x: y}\n";
    let shown = home(front).run(&["cards", "show", "--json", "--card", "a.md"]);
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(shown["model"], "openai.openai/gpt-oss-20b");
    assert_eq!(shown["prompt"], "You are first.");

    let program = Program::new();
    fs::write(program.home().join("b.yaml"), "request_params: {model: builtin.echo}\n").unwrap();
    let shown = program.run(&["cards", "show", "--json", "--card", "b.yaml"]);
    assert_eq!(serde_json::from_str::<Value>(&shown.stdout).unwrap()["model"], "builtin.echo");
}

const FORMAT: &str = "request_params:\n  response_format:\n    type: json_schema\n    json_schema:\n      \
                      name: members\n      schema:\n        type: object\n        required: [members]\n";

#[test]
fn a_response_format_makes_the_answer_a_document_once_the_tools_are_done() {
    let model = ModelServer::start([
        Response::groq_call("hf_api_request", &json!({"endpoint": "/nowhere"})),
        Response::text("Ada is."),
        Response::whole_text(r#"{"members": ["ada"]}"#),
    ]);
    let ran = ask(&home(&format!("{HUB}{FORMAT}")), &model, &["Who is?"]);
    assert_eq!(ran.shown(), "exit 0\n--- stdout\n{\"members\": [\"ada\"]}\n--- stderr\n");
    let has = |key: &str| bodies(&model).iter().map(|b| b.get(key).is_some()).collect::<Vec<_>>();
    assert_eq!(has("tools"), [true, true, false]);
    assert_eq!(has("response_format"), [false, false, true]);
}

#[test]
fn no_tools_is_what_a_card_may_want_beside_a_schema() {
    let replies = || [Response::text("Ada is."), Response::whole_text(r#"{"members": []}"#)];
    let policy = "  structured_tool_policy: no_tools\n";
    let model = ModelServer::start(replies());
    let ran = ask(&home(&format!("{HUB}{FORMAT}{policy}")), &model, &["Who is?"]);
    assert_eq!(ran.stdout, "{\"members\": []}\n");
    assert!(bodies(&model).iter().all(|body| body.get("tools").is_none()));

    let model = ModelServer::start(replies());
    let ran = ask(&home(&format!("{HUB}request_params:\n{policy}")), &model, &["Who is?"]);
    assert_eq!(ran.stdout, "Ada is.\n");
    assert!(bodies(&model)[0].get("tools").is_some(), "without a schema there are tools");
}

#[test]
fn what_cannot_be_had_is_said_with_its_line() {
    let front = format!(
        "{HUB}save_trajectory: true\nvariables: {{a: [1]}}\nrequest_params:\n  \
         structuredToolPolicy: always\n  responseFormat: {{type: yaml}}\n  metadata: {{x: {{}}}}\n"
    );
    insta::assert_snapshot!(errors(&front), @r"
    error[conflict]: `save_trajectory`: needs `use_history: false`: each run is saved by itself
      --> a.md:4:1
      |
      | ^^^^^^^^^^^^^^^
    error[wrong-type]: `variables.a`: must be text, a number or a boolean, not a list
      --> a.md:5:16
      |
      |                ^^^
    error[unsupported-value]: `request_params.structuredToolPolicy`: `always` cannot be had: gpt-oss and its providers do not do a schema and tools in one request
      --> a.md:7:25
      |
      |                         ^^^^^^
      = help: `defer` asks for the document once the tools are done
    error[response-format]: `request_params.responseFormat`: is no form of an answer: `yaml`
      --> a.md:8:19
      |
      |                   ^^^^^
      = help: write one of {type: text}, {type: json_object} and {type: json_schema, json_schema: {schema: …}}
    error[wrong-type]: `request_params.metadata.x`: must be text, a number or a boolean, not a mapping
      --> a.md:9:17
      |
      |                 ^^
    warning[unknown-placeholder]: `{{who}}` stands for nothing and stays as it is
      --> a.md:11:9
       |
       |         ^^^^^^^
    ");
}

#[test]
fn a_format_that_is_none_is_told() {
    let format = |form: &str| format!("request_params:\n  response_format: {form}\n");
    insta::assert_snapshot!(errors(&format("{type: json_schema}")), @r"
    error[response-format]: `request_params.response_format`: has no `json_schema.schema`, which is a mapping
      --> a.md:4:20
      |
      |                    ^^^^^
      = help: write one of {type: text}, {type: json_object} and {type: json_schema, json_schema: {schema: …}}
    warning[unknown-placeholder]: `{{who}}` stands for nothing and stays as it is
      --> a.md:6:9
      |
      |         ^^^^^^^
    ");
    let schema = "{type: json_schema, json_schema: {schema: {type: nonsense}}}";
    insta::assert_snapshot!(errors(&format(schema)), @r"
    error[bad-schema]: `request_params`: the schema of `response_format` is none at /type: value must be one of 'array', 'boolean', 'integer', 'null', 'number', 'object', 'string'
      --> a.md:4:3
      |
      |   ^^^^^^^^^^^^^^^
    warning[unknown-placeholder]: `{{who}}` stands for nothing and stays as it is
      --> a.md:6:9
      |
      |         ^^^^^^^
    ");
    let program = home(&format("{type: json_object}"));
    let ran = program.run(&["ask", "--sandbox", "--card", "a.md", "Who?"]);
    insta::assert_snapshot!(ran.shown(), @r"
    exit 52
    --- stdout
    --- stderr
    error: a.md:4:3: `request_params`: `response_format` asks for a document, which the planner cannot write
    ");
}

#[test]
fn tool_results_are_the_answer_where_the_card_wants_them_to_be() {
    let mode = "request_params: {tool_result_mode: passthrough}\n";
    let model = ModelServer::start([
        Response::groq_call("hf_api_request", &json!({"endpoint": "/nowhere"})),
        Response::groq_call("hf_api_request", &json!({"endpoint": "/users/ada-moreau/overview"})),
    ]);
    let program = home(&format!("{HUB}{mode}"));
    let url = model.url();
    let arguments = ["ask", "--card", "a.md", "--sandbox", "--base-url", &url, "Who is Ada?"];
    let arguments = [&arguments[..], &["--model", "openai.openai/gpt-oss-20b"]].concat();
    let ran = program.run(&arguments);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (ran.code, &answer["status"], &answer["data"]["user"]),
        (0, &json!(200), &json!("ada-moreau"))
    );
    assert_eq!(model.requests().len(), 2, "the model reads of its mistake, and not of the result");
}

#[test]
fn without_history_every_question_is_a_conversation_of_its_own() {
    let model = ModelServer::start([Response::text("One."), Response::text("Two.")]);
    let program = home("use_history: false\nsave_trajectory: true\nvariables: {who: me}\n");
    let url = model.url();
    let ran =
        program.run_with(&["chat", "--card", "a.md", "--base-url", &url], b"First?\nSecond?\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "One.\nTwo.\n"));
    let said = |body: &Value| {
        body["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["content"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(said(&bodies(&model)[1]), ["You are me.", "Second?"]);
    let list = program.run(&["transcripts", "list"]).stdout;
    assert!(list.contains("First?") && list.contains("Second?"), "each is saved by itself: {list}");

    let ran =
        program.run(&["ask", "--card", "a.md", "--model", "builtin.echo", "--no-transcript", "x"]);
    assert_eq!(
        ran.stderr,
        "warning: the card wants each run saved (`save_trajectory`), but no transcript is kept\n"
    );
}

#[test]
fn a_cards_key_goes_to_its_models_provider_and_nowhere_else() {
    let (home_server, elsewhere) = (
        ModelServer::start([Response::text("Yes.")]),
        ModelServer::start([Response::text("Yes.")]),
    );
    let program =
        home("api_key: ${CARD_KEY}\nrequest_params: {model: x}\n").variable("CARD_KEY", "abc-123");
    let config =
        format!("[providers.own]\nbase_url = \"{}\"\nkey_env = [\"OWN_KEY\"]\n", home_server.url());
    fs::write(program.home().join("config.toml"), config).unwrap();
    let card = fs::read_to_string(program.home().join("a.md")).unwrap();
    let card = card.replace("openai.openai/gpt-oss-20b", "own.gpt");
    fs::write(program.home().join("a.md"), card).unwrap();
    let ask = |more: &[&str]| {
        let head = ["ask", "--config", "config.toml", "--card", "a.md", "Are you?"];
        program.run(&[&head[..], more].concat())
    };
    let key = |server: &ModelServer| {
        let headers = server.requests()[0].headers.clone();
        headers.into_iter().find(|(name, _)| name == "authorization").map(|(_, value)| value)
    };
    assert_eq!(ask(&[]).code, 0);
    assert_eq!(key(&home_server).as_deref(), Some("Bearer abc-123"));
    assert_eq!(ask(&["--base-url", &elsewhere.url()]).code, 0);
    assert_eq!(key(&elsewhere), None, "another server is not the provider's own");
    let other_model = ask(&["--model", "own.other"]);
    assert_eq!(other_model.code, 41, "it is the key for the card's model: {}", other_model.stderr);
    let checked = program.run(&["cards", "show", "--card", "a.md", "--config", "config.toml"]);
    assert!(!checked.stdout.contains("abc-123"));
}

#[test]
fn results_are_dropped_once_they_are_answered_where_the_card_wants_it() {
    let call = || {
        Response::groq_call("hf_api_request", &json!({"endpoint": "/users/ada-moreau/overview"}))
    };
    let model = ModelServer::start([
        call(),
        Response::text("One."),
        call(),
        Response::text("Two."),
        Response::text("Three."),
    ]);
    let program = home(&format!("{HUB}trim_tool_history: true\n"));
    let url = model.url();
    let arguments = ["chat", "--card", "a.md", "--sandbox", "--base-url", &url];
    let arguments = [&arguments[..], &["--model", "openai.openai/gpt-oss-20b"]].concat();
    let ran = program.run_with(&arguments, b"First?\nSecond?\nThird?\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "One.\nTwo.\nThree.\n"));
    let bodies = bodies(&model);
    let results = |turn: usize| {
        let messages = bodies[turn]["messages"].as_array().unwrap();
        let results = messages.iter().filter(|message| message["role"] == "tool");
        results.map(|result| result["content"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let dropped = "(This result was dropped to save room. Call the tool again if you need it.)";
    assert!(results(1)[0].contains("ada-moreau"), "within its run it is read");
    assert_eq!(results(2), [dropped]);
    assert_eq!(results(3)[0], dropped);
    assert!(results(3)[1].contains("ada-moreau"));
    assert_eq!(results(4), [dropped, dropped]);
    let prefix = |turn: usize| bodies[turn]["messages"].as_array().unwrap()[..5].to_vec();
    assert_eq!(prefix(2)[..5], prefix(4)[..5], "what was dropped stays as it is from then on");
}
