//! Writes: what is asked for, and what is said about those that did not happen.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Dialog, HubPlanner};
use crate::message::{Arguments, AssistantMessage, Message, ToolCall, ToolMessage};
use crate::model::Prompt;
use crate::model::scripted::Author;

const COMMENT: &str = "69050a076b82c8674826db85";
const SLUG: &str = "ada/reading-list-69050a079c08d927166368cd";

/// Asks for a write that must be asked for with these arguments, and comes to this.
fn write(question: &str, (endpoint, body): (&str, Value), result: &str) -> String {
    let mut arguments = json!({"endpoint": endpoint, "method": "POST"});
    if !body.is_null() {
        arguments["json_body"] = body;
    }
    let mut dialog = Dialog::new().reading("/whoami-v2", &json!({"name": "ada"}));
    dialog.results.push((arguments, result.to_owned()));
    dialog.ask(question).1
}

#[test]
fn each_write_asks_for_what_it_says() {
    let done = |question: &str, endpoint: &str, body: Value| {
        let result = json!({"url": "u", "status": 200, "data": {}}).to_string();
        write(question, (endpoint, body), &result)
    };
    assert_eq!(
        done(
            &format!("edit comment {COMMENT} of discussion 7 of a/b to: Better"),
            &format!("/models/a/b/discussions/7/comment/{COMMENT}/edit"),
            json!({"content": "Better"}),
        ),
        format!("Comment `{COMMENT}` on #7 of `a/b` was edited.")
    );
    assert_eq!(
        done(
            &format!("hide comment {} on discussion 7 of a/b", COMMENT.to_uppercase()),
            &format!("/models/a/b/discussions/7/comment/{COMMENT}/hide"),
            Value::Null,
        ),
        format!("Comment `{COMMENT}` on #7 of `a/b` was hidden.")
    );
    assert_eq!(
        done(
            "close discussion 7 of the dataset a/b: Solved",
            "/datasets/a/b/discussions/7/status",
            json!({"status": "closed", "comment": "Solved"}),
        ),
        "The discussion #7 of `datasets/a/b` was closed."
    );
    assert_eq!(
        done(
            "reject the access request of kenji-watts on a/b: Not now",
            "/models/a/b/user-access-request/handle",
            json!({"user": "kenji-watts", "status": "rejected", "rejectionReason": "Not now"}),
        ),
        "The access request of `kenji-watts` on `a/b` was rejected."
    );
    assert_eq!(
        done(
            "grant kenji-watts access to a/b",
            "/models/a/b/user-access-request/grant",
            json!({"user": "kenji-watts"}),
        ),
        "Access to `a/b` for `kenji-watts` was granted."
    );
    assert_eq!(
        done(
            &format!("add spaces/a/b to collection {SLUG}: Try it"),
            &format!("/collections/{SLUG}/items"),
            json!({"item": {"id": "a/b", "type": "space"}, "note": "Try it"}),
        ),
        format!("`spaces/a/b` was added to the collection `{SLUG}`.")
    );
}

#[test]
fn what_is_new_is_said_with_its_place() {
    let opened = json!({"url": "u", "status": 200, "data": {"num": 3, "url": "https://hf.co/x/3"}});
    let body = json!({"title": "Typo: here", "description": "In line 3", "pullRequest": false});
    assert_eq!(
        write(
            "open a discussion on a/b titled \"Typo: here\": In line 3",
            ("/models/a/b/discussions", body),
            &opened.to_string()
        ),
        "The discussion “Typo: here” on `a/b` was opened: https://hf.co/x/3."
    );
    let created = json!({"url": "u", "status": 200, "data": {"slug": "ada/to-evaluate-6905"}});
    let body = json!({"title": "To evaluate", "namespace": "ada", "private": true});
    assert_eq!(
        write(
            "create a private collection titled To evaluate",
            ("/collections", body),
            &created.to_string()
        ),
        "The collection “To evaluate” was created: `ada/to-evaluate-6905`."
    );
}

fn comment(result: &str) -> String {
    write(
        "comment on discussion 7 of a/b: Thank you: much",
        ("/models/a/b/discussions/7/comment", json!({"comment": "Thank you: much"})),
        result,
    )
}

#[test]
fn a_write_that_did_not_happen_is_not_said_to_have() {
    let refused =
        json!({"url": "u", "status": 403, "error": "You may not", "hint": "Ask the person."});
    assert_eq!(
        comment(&refused.to_string()),
        "The comment on #7 of `a/b` was not posted: the Hub answered 403, “You may not”. That \
         takes the token of somebody who may."
    );
    assert_eq!(
        comment("not sent (dry run)"),
        "The comment on #7 of `a/b` was not posted; nothing was changed.\n\n> not sent (dry run)"
    );
    let no = "Error: Not sent: the person said no to this write. Do not try it again.";
    assert_eq!(
        comment(no),
        "The comment on #7 of `a/b` was not posted; nothing was changed.\n\n\
         > Not sent: you said no to this write."
    );
}

#[test]
fn a_write_whose_answer_was_lost_is_said_to_be_in_doubt() {
    let lost = json!({"url": "u", "error": "no answer in 30 s", "hint": "Tell the person."});
    assert_eq!(
        comment(&lost.to_string()),
        "Nobody knows whether the comment on #7 of `a/b` was posted: no answer in 30 s. \
         Look at it on the Hub before you try it again."
    );
    let broken = json!({"url": "u", "status": 502, "error": "Bad Gateway"});
    assert_eq!(
        comment(&broken.to_string()),
        "Nobody knows whether the comment on #7 of `a/b` was posted: the Hub answered 502, \
         “Bad Gateway”. Look at it on the Hub before you try it again."
    );
}

#[test]
fn a_write_is_never_made_twice_even_if_its_call_was_changed_on_its_way() {
    let mut dialog = Dialog::new();
    dialog.messages = [
        Message::User { content: "comment on discussion 7 of a/b: Thank you".to_owned() },
        Message::Assistant(AssistantMessage {
            tool_calls: vec![ToolCall {
                id: "call_0".to_owned(),
                name: "hf_api_request".to_owned(),
                arguments: Arguments::Object(Map::from_iter([
                    ("endpoint".to_owned(), json!("/models/a/b/discussions/7/comment")),
                    ("method".to_owned(), json!("POST")),
                    ("json_body".to_owned(), json!({"comment": "Thank you!"})),
                ])),
            }],
            ..AssistantMessage::default()
        }),
        Message::Tool(ToolMessage {
            call_id: "call_0".to_owned(),
            name: "hf_api_request".to_owned(),
            content: json!({"url": "u", "status": 201, "data": {}}).to_string(),
        }),
    ]
    .map(Arc::new)
    .to_vec();
    let reply =
        HubPlanner.next(Prompt { messages: &dialog.messages, tools: &dialog.tools, schema: None });
    assert_eq!(reply.calls, []);
    assert_eq!(reply.content, "The comment on #7 of `a/b` was posted.");
}
