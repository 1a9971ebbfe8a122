//! Examples of compaction, whole; what holds for every conversation is in `tests/it/compaction.rs`.

use serde_json::json;

use super::*;
use crate::conversation::Conversation;
use crate::message::{AssistantMessage, Reasoning, ReasoningField, ToolCall};

fn calling(conversation: &mut Conversation, id: &str, endpoint: &str, result: &str) {
    let Value::Object(arguments) = json!({"endpoint": endpoint}) else { unreachable!() };
    let call = ToolCall {
        id: id.to_owned(),
        name: "hf_api_request".to_owned(),
        arguments: Arguments::Object(arguments),
    };
    let field = ReasoningField::Reasoning;
    conversation.push_reply(AssistantMessage {
        reasoning: Some(Reasoning { field, text: "Ask the Hub.".to_owned(), details: Vec::new() }),
        tool_calls: vec![call],
        ..AssistantMessage::default()
    });
    conversation.push_result(ToolMessage {
        call_id: id.to_owned(),
        name: "hf_api_request".to_owned(),
        content: result.to_owned(),
    });
}

fn answer(conversation: &mut Conversation, content: &str) {
    let content = content.to_owned();
    conversation.push_reply(AssistantMessage { content, ..AssistantMessage::default() });
}

/// Three questions; the first about a long list of discussions.
fn conversation() -> Conversation {
    let mut conversation = Conversation::new("Be brief.".to_owned());
    conversation.push_user("Who opened discussions on lumen-labs/aurora-7b?".to_owned());
    let rows: Vec<Value> = (1..40)
        .map(|num| json!({"num": num, "author": format!("user-{num}"), "title": "Some title"}))
        .collect();
    let result =
        json!({"url": "https://hub/api", "status": 200, "data": rows, "page": {"shown": 39}});
    calling(
        &mut conversation,
        "a",
        "/models/lumen-labs/aurora-7b/discussions",
        &result.to_string(),
    );
    let rest = "it is a long story ".repeat(40);
    let text = format!("`user-7` opened 7, and `user-12` opened 12; {rest}of the GPU-3000.");
    answer(&mut conversation, &text);
    conversation.push_user("And what is 12 about?".to_owned());
    calling(&mut conversation, "b", "/models/lumen-labs/aurora-7b/discussions/12", "{}");
    answer(&mut conversation, "About heat.");
    conversation.push_user("Who is ada?".to_owned());
    calling(&mut conversation, "c", "/users/ada/overview", "{\"fullname\":\"Ada\"}");
    answer(&mut conversation, "Ada.");
    conversation
}

fn shown(messages: &[Arc<Message>]) -> String {
    let mut text = String::new();
    for message in messages {
        text.push_str(&serde_json::to_string(message).unwrap());
        text.push('\n');
    }
    text
}

#[test]
fn a_summary_is_not_taken_back_as_a_question() {
    let mut conversation = conversation();
    let Compacted { messages, folded, .. } = compact(conversation.messages(), 0);
    conversation.replace_all(&messages);
    assert_eq!(folded, 2);
    assert_eq!(conversation.take_back().as_deref(), Some("Who is ada?"));
    assert_eq!(conversation.take_back(), None);
    assert_eq!(shown(conversation.messages()), shown(&messages[..3]));
}

#[test]
fn what_fits_stays_as_it_is() {
    let before = conversation();
    let after = compact(before.messages(), weigh(before.messages()));
    assert_eq!((after.fit, after.shortened, after.folded), (Fit::Fits, 0, 0));
    assert_eq!(shown(&after.messages), shown(before.messages()));
}

#[test]
fn a_long_result_becomes_a_digest_first() {
    let before = conversation();
    let after = compact(before.messages(), weigh(before.messages()) - 500);
    assert_eq!((after.fit, after.shortened, after.folded), (Fit::Fits, 1, 0));
    let Message::Tool(result) = &*after.messages[3] else { panic!("no result") };
    insta::assert_snapshot!(result.content, @r#"{"url":"https://hub/api","status":200,"page":{"shown":39},"shortened":"this result of 2038 bytes was shortened to save room; the same call reads it again, but no write must be repeated for that","still_referred_to":["7","user-7","12","user-12"]}"#);
    assert_eq!(after.messages[4..], before.messages()[4..]);
}

#[test]
fn old_questions_become_a_summary_when_digests_are_not_enough() {
    let before = conversation();
    let after = compact(before.messages(), 0);
    assert_eq!((after.fit, after.shortened, after.folded), (Fit::TooLong, 0, 2));
    let text = shown(&after.messages).replace("it is a long story ", "");
    insta::assert_snapshot!(text, @r#"
    {"role":"system","content":"Be brief."}
    {"role":"user","content":"[The beginning of this conversation, shortened to save room. Long answers are cut, and the names and numbers of what was cut are listed.]\n\nAsked: Who opened discussions on lumen-labs/aurora-7b?\nCalled: hf_api_request {\"endpoint\":\"/models/lumen-labs/aurora-7b/discussions\"}\nAnswered: `user-7` opened 7, and `user-12` opened 12; it… (cut; further on: GPU-3000)\n\nAsked: And what is 12 about?\nCalled: hf_api_request {\"endpoint\":\"/models/lumen-labs/aurora-7b/discussions/12\"}\n"}
    {"role":"assistant","content":"About heat."}
    {"role":"user","content":"Who is ada?"}
    {"role":"assistant","content":"","reasoning":{"field":"reasoning","text":"Ask the Hub."},"tool_calls":[{"id":"c","name":"hf_api_request","arguments":{"endpoint":"/users/ada/overview"}}]}
    {"role":"tool","call_id":"c","name":"hf_api_request","content":"{\"fullname\":\"Ada\"}"}
    {"role":"assistant","content":"Ada."}
    "#);
    let again = compact(&after.messages, 0);
    assert_eq!((again.shortened, again.folded), (0, 0));
    assert_eq!(shown(&again.messages), shown(&after.messages));
}
