//! `human_input`: the model's question to the person.

use serde_json::json;

use super::{ask, bodies, home};
use crate::support::model_server::{ModelServer, Response};
use crate::support::terminal::Terminal;

#[test]
fn off_a_terminal_the_model_is_told_that_nobody_can_be_asked() {
    let model = ModelServer::start([
        Response::groq_call("__human_input", &json!({"message": "Red or blue?"})),
        Response::text("I need to know which."),
    ]);
    let program = home("human_input: true\nvariables: {who: me}\n");
    let ran = ask(&program, &model, &["Paint it."]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "I need to know which.\n"));
    let bodies = bodies(&model);
    assert_eq!(bodies[0]["tools"][0]["function"]["name"], "__human_input");
    let told = bodies[1]["messages"].as_array().unwrap().last().unwrap()["content"].clone();
    assert!(told.as_str().unwrap().starts_with("Error: nobody can be asked here."), "{told}");
}

#[test]
fn on_a_terminal_the_person_is_asked_one_thing_after_the_other() {
    let fields = json!([
        {"name": "color", "title": "The color", "options": ["red", "blue"], "required": true},
        {"name": "coats", "type": "number", "description": "How often"},
        {"name": "note"},
    ]);
    let model = ModelServer::start([
        Response::groq_call(
            "__human_input",
            &json!({"title": "Paint", "message": "What is it to be?\u{1b}[2J", "fields": fields}),
        ),
        Response::groq_call("__human_input", &json!({"message": "Sure?"})),
        Response::text("Painted."),
    ]);
    let program = home("human_input: true\nvariables: {who: me}\n");
    let url = model.url();
    let arguments = ["ask", "--card", "a.md", "--base-url", &url, "Paint it."];
    let Some(terminal) = Terminal::run(90, &program, &arguments) else { return };
    let screen = terminal.shows("The color [1 red, 2 blue]");
    assert!(screen.contains("What is it to be?"), "{screen}");
    terminal.enter("green");
    terminal.shows("Please type one of red, blue.");
    terminal.enter("2");
    terminal.shows("How often [a number] [an empty line leaves it out]");
    terminal.enter("3");
    terminal.shows("note [an empty line leaves it out]");
    terminal.enter("");
    terminal.shows("Sure?");
    terminal.enter("yes, please");
    terminal.shows("Painted.");
    let bodies = bodies(&model);
    let last = |turn: usize| bodies[turn]["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last(1)["content"], r#"{"color":"blue","coats":3}"#);
    assert_eq!(last(2)["content"], "yes, please");
}
