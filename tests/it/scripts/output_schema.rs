//! `--output-schema`: the answer as a JSON document that fits.

use serde_json::{Value, json};

use super::ask;
use crate::support::model_server::{ModelServer, Request, Response};
use crate::support::program::Program;

const SCHEMA: &str = r#"{
  "type": "object",
  "required": ["members"],
  "properties": {"members": {"type": "array", "items": {"type": "string"}}}
}"#;

/// A home with a schema in it.
fn home() -> Program {
    let program = Program::new();
    std::fs::write(program.home().join("members.json"), SCHEMA).unwrap();
    program
}

const ASK: [&str; 3] = ["--output-schema", "members.json", "Who is a member of lumen-labs?"];

#[test]
fn the_tools_run_first_and_the_document_is_asked_for_without_them() {
    let document = r#"{"members": ["ada-moreau",  "kenji-watts"]}"#;
    let model = ModelServer::start([
        Response::groq_call("hf_api_request", &json!({"endpoint": "/nowhere"})),
        Response::text("Ada and Kenji are."),
        Response::whole_text(document),
    ]);
    let ran = ask(&home(), &model, &ASK);
    assert_eq!(ran.shown(), format!("exit 0\n--- stdout\n{document}\n--- stderr\n"));

    let bodies: Vec<Value> = model.requests().iter().map(Request::json).collect();
    let shape = |body: &Value| {
        let has = |key: &str| body.get(key).is_some();
        (has("tools"), has("response_format"), body["stream"] == json!(true))
    };
    let shapes: Vec<_> = bodies.iter().map(shape).collect();
    assert_eq!(shapes, [(true, false, true), (true, false, true), (false, true, false)]);
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let expected =
        json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}});
    assert_eq!(bodies[2]["response_format"], expected);
    let messages = bodies[2]["messages"].as_array().unwrap();
    let [.., answer, request] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!(answer["content"], "Ada and Kenji are.");
    assert_eq!(
        request["content"],
        format!(
            "Now write that answer as one JSON document that fits this JSON Schema. Write the \
             document alone, with no other text around it.\n\n{schema}"
        )
    );
}

#[test]
fn a_document_that_does_not_fit_is_sent_back_once_with_what_is_wrong() {
    let model = ModelServer::start([
        Response::text("Ada is."),
        Response::whole_text(r#"{"members": ["ada-moreau", 7]}"#),
        Response::whole_text("```json\n{\"members\": [\"ada-moreau\"]}\n```"),
    ]);
    let ran = ask(&home(), &model, &[&ASK[..], &["-v"]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"members\": [\"ada-moreau\"]}\n"));
    let repaired = "repaired schema_violated: /members/1: want string, but got number\n";
    assert!(ran.stderr.contains(repaired), "{}", ran.stderr);
    let messages = model.requests()[2].messages();
    insta::assert_snapshot!(messages.last().unwrap()["content"].as_str().unwrap(), @r"
    That document does not fit the schema:
    - /members/1: want string, but got number
    Write the whole document again, corrected, with no other text around it.
    ");
}

#[test]
fn one_that_does_not_fit_again_is_a_failure_with_every_violation() {
    let wrong = r#"{"members": [1, 2]}"#;
    let replies =
        [Response::text("Two."), Response::whole_text("Two are."), Response::whole_text(wrong)];
    let model = ModelServer::start(replies.clone());
    insta::assert_snapshot!(ask(&home(), &model, &ASK).shown(), @r"
    exit 1
    --- stdout
    --- stderr
    error: the answer does not fit the schema:
      /members/0: want string, but got number
      /members/1: want string, but got number
      hint: say in the question what each part of the document is, or allow more in the schema
    ");
    assert_eq!(model.requests().len(), 3);

    let model = ModelServer::start(replies);
    let ran = ask(&home(), &model, &[&ASK[..], &["--json"]].concat());
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let violation = |at| json!({"pointer": at, "message": "want string, but got number"});
    let violations = ["/members/0", "/members/1"].map(violation);
    assert_eq!(document["violations"], json!(violations));
    assert_eq!((&document["outcome"], &document["answer"]), (&json!("failed"), &json!(wrong)));
}

#[test]
fn a_provider_that_takes_no_schema_is_told_it_in_words_for_the_rest_of_the_run() {
    let body = json!({"error": {"message": "response_format is not supported by this model"}});
    let model = ModelServer::start([
        Response::text("Ada is."),
        Response::error(400, &body),
        Response::text("Here you are: {}"),
        Response::text(r#"{"members": ["ada-moreau"]}"#),
    ]);
    let ran = ask(&home(), &model, &ASK);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"members\": [\"ada-moreau\"]}\n"));
    let has_format = |index: usize| model.requests()[index].json().get("response_format").is_some();
    assert_eq!([1, 2, 3].map(has_format), [true, false, false]);
}

#[test]
fn another_refusal_is_told_as_it_is() {
    let body = json!({"error": {"message": "the model is on holiday"}});
    let model = ModelServer::start([
        Response::text("Ada is."),
        Response::error(400, &body),
        Response::error(400, &body),
    ]);
    let ran = ask(&home(), &model, &ASK);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("the model is on holiday"), "{}", ran.stderr);
}

#[test]
fn gpt_oss_may_write_the_document_as_a_call_of_a_tool_named_json() {
    let model = ModelServer::start([
        Response::text("Ada is."),
        Response::whole_call("json", &json!({"members": ["ada-moreau"]})),
    ]);
    let ran = ask(&home(), &model, &ASK);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"members\":[\"ada-moreau\"]}\n"));
}

#[test]
fn what_a_terminal_would_act_on_is_escaped_and_means_the_same() {
    let document = "{\"members\": [\"a\u{202e}b\u{9b}2J ▌\"]}";
    let model = ModelServer::start([Response::text("One."), Response::whole_text(document)]);
    let ran = ask(&home(), &model, &ASK);
    assert_eq!(ran.stdout, "{\"members\": [\"a\\u202eb\\u009b2J ▌\"]}\n");
    let printed: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(printed, serde_json::from_str::<Value>(document).unwrap());
}

#[test]
fn the_json_document_holds_the_answer_as_a_value_too() {
    let program = home();
    let script = r#"[{"content": "Ada is."}, {"content": "{\"members\": [\"ada-moreau\"]}"}]"#;
    std::fs::write(program.home().join("script.json"), script).unwrap();
    let model = ["ask", "--json", "--model", "builtin.scripted:script.json"];
    let ran = program.run(&[&model[..], &ASK].concat());
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["answer"], r#"{"members": ["ada-moreau"]}"#);
    assert_eq!(document["answer_value"], json!({"members": ["ada-moreau"]}));
    assert_eq!((ran.code, &document["turns"]), (0, &json!(2)));
}

#[test]
fn the_turn_for_the_document_counts_against_the_limit() {
    let model = ModelServer::start([Response::text("Ada is.")]);
    let ran = ask(&home(), &model, &[&ASK[..], &["--max-turns", "1"]].concat());
    assert_eq!((ran.code, ran.stdout.as_str(), model.requests().len()), (53, "", 1));
}

#[test]
fn the_planner_of_the_sandbox_says_that_it_cannot() {
    let ran = home().run(&[&["ask", "--sandbox"][..], &ASK].concat());
    insta::assert_snapshot!(ran.shown(), @r"
    exit 2
    --- stdout
    --- stderr
    error: `builtin.hub` is a planner and no language model: it cannot write a document to a schema
      hint: name a model beside --sandbox: --sandbox --model hf.openai/gpt-oss-20b:groq
    ");
}

#[test]
fn a_bad_schema_is_told_with_its_place_before_anybody_is_asked() {
    let program = home();
    let write = |name: &str, text: &str| {
        std::fs::write(program.home().join(name), text).unwrap();
    };
    write("cut.json", "{\n  \"type\": \"object\",\n");
    write("typo.json", r#"{"properties": {"members": {"type": "text"}}}"#);
    write("elsewhere.json", r#"{"$ref": "https://example.com/schema.json"}"#);
    let model = ModelServer::start([]);
    let shown = ["none.json", "cut.json", "typo.json", "elsewhere.json", "."].map(|name| {
        let ran = ask(&program, &model, &["--output-schema", name, "Hi"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (52, ""), "{name}");
        ran.stderr
    });
    insta::assert_snapshot!(shown.concat());
    assert!(model.requests().is_empty());
}
