//! What children read of earlier messages, and who reads theirs.

use serde_json::{Value, json};

use super::{RESEARCHER, ask, call, contents, scene};
use crate::support::model_server::{ModelServer, Request, Response};
use crate::support::program::Program;

/// A lead whose card says this about history, and a researcher.
fn history(keys: &str, responses: Vec<Response>) -> (Program, ModelServer) {
    let lead = super::LEAD.replace("agents:", &format!("{keys}\nagents:"));
    scene(&[("lead.md", &lead), ("researcher.md", RESEARCHER)], responses)
}

fn said(requests: &[Request], number: usize) -> Vec<Value> {
    contents(&requests[number])
}

const PROMPT: &str = "You find things out.";

#[test]
fn children_begin_with_the_messages_of_their_cards() {
    let responses = || vec![call("Who is bo?"), Response::text("A cat."), Response::text("Done.")];
    let (program, server) = history("history_source: messages", responses());
    let cards = program.home().join("cards");
    let researcher = RESEARCHER.replace("description", "messages: before.txt\ndescription");
    std::fs::write(cards.join("researcher.md"), &researcher).unwrap();
    std::fs::write(cards.join("before.txt"), "---USER\nWho is ada?\n---ASSISTANT\nA person.\n")
        .unwrap();
    let ran = ask(&program, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{}", ran.stderr);
    assert_eq!(
        said(&server.requests(), 1),
        [PROMPT, "Who is ada?", "A person.", "Who is bo?"].map(Value::from)
    );
}

#[test]
fn children_that_have_none_are_named() {
    let (program, _server) = history("history_source: messages", Vec::new());
    let ran = ask(&program, &[]);
    assert_eq!(ran.code, 52);
    assert_eq!(
        ran.stderr,
        "error: cards/lead.md:4:17: `history_source`: `messages` takes agents that have some; \
         `researcher` has none\n  hint: give its card `messages`, or leave this key out\n"
    );
}

#[test]
fn a_child_remembers_its_calls_and_so_does_the_transcript() {
    let keys = "history_source: child\nhistory_merge_target: child";
    let responses = vec![
        call("one"),
        Response::text("1"),
        call("two"),
        Response::text("2"),
        Response::text("Done."),
        call("three"),
        Response::text("3"),
        Response::text("Done again."),
    ];
    let (program, server) = history(keys, responses);
    assert_eq!(ask(&program, &[]).code, 0);
    let ran = ask(&program, &["--continue"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done again.\n"), "{}", ran.stderr);
    let requests = server.requests();
    assert_eq!(said(&requests, 1), [PROMPT, "one"].map(Value::from));
    assert_eq!(said(&requests, 3), [PROMPT, "one", "1", "two"].map(Value::from));
    assert_eq!(said(&requests, 6), [PROMPT, "one", "1", "two", "2", "three"].map(Value::from));
    // Its caller reads results alone.
    let of_caller = [json!("You lead."), json!("go"), json!(""), json!("1")];
    assert_eq!(said(&requests, 2), of_caller);
}

#[test]
fn calls_of_one_reply_begin_alike_and_are_remembered_in_their_order() {
    let both = ["one", "two"].map(|message| ("agent__researcher", json!({ "message": message })));
    let answer = |request: &Request| {
        let task = contents(request)[1].as_str().unwrap().to_owned();
        format!("Found {task}.")
    };
    let keys = "history_source: child\nhistory_merge_target: child";
    let slow = Response::text("Found.").wait_first(std::time::Duration::from_millis(300));
    let responses = vec![
        Response::groq_calls(&both),
        slow,
        Response::text("Found."),
        call("three"),
        Response::text("Found."),
        Response::text("Done."),
    ];
    let (program, server) = history(keys, responses);
    assert_eq!(ask(&program, &[]).code, 0);
    let requests = server.requests();
    let mut begun = [answer(&requests[1]), answer(&requests[2])];
    begun.sort();
    assert_eq!(begun, ["Found one.", "Found two."]);
    assert!(requests[1..3].iter().all(|request| request.messages().len() == 2));
    assert_eq!(
        said(&requests, 4),
        [PROMPT, "one", "Found.", "two", "Found.", "three"].map(Value::from)
    );
}

#[test]
fn a_child_reads_what_its_caller_has_read() {
    let responses = vec![
        call("one"),
        Response::text("1"),
        call("two"),
        Response::text("2"),
        Response::text("Done."),
    ];
    let (program, server) = history("history_source: orchestrator", responses);
    assert_eq!(ask(&program, &[]).code, 0);
    let requests = server.requests();
    assert_eq!(said(&requests, 1), [PROMPT, "go", "one"].map(Value::from));
    assert_eq!(
        said(&requests, 3),
        [json!(PROMPT), json!("go"), json!(""), json!("1"), json!("two")]
    );
}

#[test]
fn a_caller_reads_what_was_said_before_the_question_it_answers() {
    let both = ["one", "two"].map(|message| ("agent__researcher", json!({ "message": message })));
    let refused = || Response::error(400, &json!({"error": {"message": "no such model"}}));
    let responses = vec![
        Response::groq_calls(&both),
        Response::text("Found."),
        Response::text("Found."),
        call("three"),
        refused(),
        Response::text("Done."),
    ];
    let (program, server) = history("history_merge_target: orchestrator", responses);
    assert_eq!(ask(&program, &[]).code, 0);
    let requests = server.requests();
    // A child begins anew all the same, and one that fails leaves nothing.
    assert_eq!(said(&requests, 4), [PROMPT, "three"].map(Value::from));
    let before = ["You lead.", "one", "Found.", "two", "Found.", "go"].map(Value::from);
    assert_eq!(said(&requests, 3)[..6], before);
    let last = said(&requests, 5);
    assert_eq!(last[..6], before);
    assert_eq!(last[6..9], [json!(""), json!("Found."), json!("Found.")]);
    assert_eq!(last.len(), 11);
}

#[test]
fn calls_that_children_made_get_ids_of_their_own() {
    let reader = "---\nfunction_tools: [hf_api_tool.py:hf_api_request]\n---\nYou read.\n";
    let lead = super::LEAD.replace("agents:", "history_merge_target: orchestrator\nagents:");
    let read = || Response::groq_call("hf_api_request", &json!({"endpoint": "/whoami-v2"}));
    let responses = vec![
        call("one"),
        read(),
        Response::text("Found."),
        call("two"),
        read(),
        Response::text("Found."),
        Response::text("Done."),
    ];
    let (program, server) = scene(&[("lead.md", &lead), ("researcher.md", reader)], responses);
    let ran = ask(&program, &["--sandbox", "--model", "generic.m"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{}", ran.stderr);
    let requests = server.requests();
    let messages = requests[6].messages();
    let calls = messages.iter().filter_map(|message| message["tool_calls"].as_array());
    let mut calls: Vec<_> = calls.flatten().map(|call| call["id"].clone()).collect();
    let mut results: Vec<_> = messages
        .iter()
        .filter(|message| message["role"] == "tool")
        .map(|message| message["tool_call_id"].clone())
        .collect();
    assert_eq!(calls, results);
    assert_eq!(calls.len(), 4);
    for ids in [&mut calls, &mut results] {
        ids.sort_by_key(ToString::to_string);
        ids.dedup();
        assert_eq!(ids.len(), 4, "{ids:?}");
    }
}
