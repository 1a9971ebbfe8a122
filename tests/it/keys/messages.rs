//! `messages`: what conversations of a card begin with.

use std::fs;

use serde_json::{Value, json};

use super::{ask, bodies, errors_in, home};
use crate::support::model_server::{ModelServer, Response};

const EARLIER: &str = r#"{"messages": [
  {"role": "user", "content": [{"type": "text", "text": "Who is Ada?"}]},
  {"role": "assistant", "content": [], "tool_calls": {"c1": {"method": "tools/call",
    "params": {"name": "hf_api_request", "arguments": {"endpoint": "/users/ada/overview"}}}}},
  {"role": "user", "content": [], "tool_results": {"c1": {"content": [{"type": "text", "text": "{}"}]}}},
  {"role": "assistant", "content": [{"type": "text", "text": "Nobody knows."}], "stop_reason": "endTurn"}
]}"#;

#[test]
fn the_messages_of_all_files_come_before_the_question() {
    let program = home("messages: [earlier.json, more.txt]\nvariables: {who: me}\n");
    fs::write(program.home().join("earlier.json"), EARLIER).unwrap();
    fs::write(program.home().join("more.txt"), "---USER\nAnd Bo?\n---ASSISTANT\nA cat.\n").unwrap();
    let model = ModelServer::start([Response::text("One."), Response::text("Two.")]);
    assert_eq!(ask(&program, &model, &["And Cy?"]).stdout, "One.\n");
    let said = |body: &Value| {
        let messages = body["messages"].as_array().unwrap().iter();
        messages
            .map(|message| (message["role"].clone(), message["content"].clone()))
            .collect::<Vec<_>>()
    };
    let expected = [
        ("system", "You are me."),
        ("user", "Who is Ada?"),
        ("assistant", ""),
        ("tool", "{}"),
        ("assistant", "Nobody knows."),
        ("user", "And Bo?"),
        ("assistant", "A cat."),
        ("user", "And Cy?"),
    ];
    let bodies_sent = bodies(&model);
    let found = said(&bodies_sent[0]);
    for ((role, content), (wanted_role, wanted)) in found.iter().zip(expected) {
        assert_eq!(role, wanted_role);
        assert!(content == wanted || (wanted.is_empty() && content.is_null()), "{content}");
    }
    assert_eq!(found.len(), expected.len());
    assert_eq!(
        bodies_sent[0]["messages"][2]["tool_calls"][0]["function"]["name"],
        "hf_api_request"
    );

    let url = model.url();
    let resumed = program.run(&["ask", "--continue", "--base-url", &url, "Go on."]);
    assert_eq!(resumed.stdout, "Two.\n", "{}", resumed.stderr);
    assert_eq!(bodies(&model)[1]["messages"].as_array().unwrap().len(), expected.len() + 2);
}

#[test]
fn files_that_bring_no_messages_are_named_with_their_lines() {
    let program = home(
        "messages:\n  - gone.json\n  - ../../etc/passwd\n  - bad.json\n  - odd.json\n  - text\n",
    );
    let write = |name: &str, text: &str| fs::write(program.home().join(name), text).unwrap();
    write("bad.json", "{\n  \"messages\": [\n");
    write("odd.json", &format!("{:#}", json!({"messages": [{"role": "user"}, {"role": "cat"}]})));
    write("text", "---USER\nHello\n---RESOURCE\nnot json\n");
    insta::assert_snapshot!(errors_in(&program), @r"
    error[bad-messages]: it is no JSON document: EOF while parsing a list at line 3 column 0
      --> bad.json:3:1
    error[bad-messages]: the resource that begins here is no JSON with a `text`
      --> text:3:1
      |
      | ^^^^^^^^^^^
    error[dead-file]: `messages[0]`: `gone.json` names nothing that is there: no `gone.json` in HOME
      --> a.md:4:5
      |
      |     ^^^^^^^^^
    error[outside-file]: `messages[1]`: `../../etc/passwd` is outside the card's directory and the working directory
      --> a.md:5:5
      |
      |     ^^^^^^^^^^^^^^^^
    error[bad-messages]: message 2: its role is cat
      --> odd.json:6:1
      |
      | ^
    warning[unknown-placeholder]: `{{who}}` stands for nothing and stays as it is
      --> a.md:10:9
       |
       |         ^^^^^^^
    ");
    let program = home("messages: gone.json\n");
    insta::assert_snapshot!(errors_in(&program), @r"
    error[dead-file]: `messages[0]`: `gone.json` names nothing that is there: no `gone.json` in HOME
      --> a.md:3:11
      |
      |           ^^^^^^^^^
    warning[unknown-placeholder]: `{{who}}` stands for nothing and stays as it is
      --> a.md:5:9
      |
      |         ^^^^^^^
    ");
}
