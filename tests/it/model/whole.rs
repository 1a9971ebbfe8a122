//! Replies asked for in one piece.

use agentcard::event::Event;
use agentcard::message::Usage;
use agentcard::model::{Delivery, ModelErrorKind};
use serde_json::json;

use super::{Talk, hub_tool, repairs, retries, text, whoami};
use crate::support::model_server::{ModelServer, Response};

/// A conversation in which replies are asked for in one piece.
fn whole(server: &ModelServer) -> Talk {
    Talk::tuned(server, |settings| settings.delivery = Delivery::Whole)
}

#[tokio::test]
async fn a_whole_reply_is_asked_for_and_shown_at_once() {
    let server = ModelServer::start([
        Response::whole_call("hf_api_request", &whoami()),
        Response::whole_text("You are evalstate."),
    ]);
    let mut talk = whole(&server);

    let reply = talk.say("Who am I?").await.unwrap();
    let call = &reply.message.tool_calls[0];
    assert_eq!(call.name, hub_tool().name);
    let reply = talk.answer_call(call, "{}").await.unwrap();

    assert_eq!(reply.message.content, "You are evalstate.");
    let counted = Usage { input_tokens: 120, output_tokens: 30, ..Usage::default() };
    assert_eq!(reply.usage, counted);
    let shown = ["We ask.", "You are evalstate."].map(str::to_owned);
    assert_eq!(talk.events(), [Event::Reasoning(shown[0].clone()), Event::Text(shown[1].clone())]);
    for request in server.requests() {
        let body = request.json();
        assert_eq!((&body["stream"], body.get("stream_options")), (&json!(false), None));
    }
}

#[tokio::test]
async fn a_server_that_streams_all_the_same_is_heard_out_first() {
    let server = ModelServer::start([
        Response::open([text("You are")]).cut(),
        Response::text("You are evalstate."),
    ]);
    let mut talk = whole(&server);

    let reply = talk.say("Who am I?").await.unwrap();

    assert_eq!(reply.message.content, "You are evalstate.");
    let events = talk.events();
    assert!(events.ends_with(&[Event::Text("You are evalstate.".to_owned())]), "{events:?}");
    assert_eq!(retries(events).len(), 1, "nothing was shown of the first, so it is asked again");
}

#[tokio::test]
async fn what_fails_passes_or_ends_as_in_a_stream() {
    let unavailable = json!({"error": {"message": "overloaded"}});
    let half = "{\"choices\":[{\"message\":{\"content\":\"You a";
    let server = ModelServer::start([
        Response::error(503, &unavailable),
        Response::new(200, "application/json", half).cut(),
        Response::whole_text("Yes."),
    ]);
    let mut talk = whole(&server);
    assert_eq!(talk.say("Are you there?").await.unwrap().message.content, "Yes.");
    let reasons = retries(talk.events());
    assert_eq!(reasons, ["2: overloaded", "3: the stream broke off: it ended in the middle"]);

    let filtered = Response::whole(&json!({"content": ""}), "content_filter");
    let error = whole(&ModelServer::start([filtered])).say("Hi").await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Filtered);
}

#[tokio::test]
async fn what_a_model_gets_wrong_is_mended_as_in_a_stream() {
    let leaked = "<|channel|>commentary to=functions.hf_api_request <|constrain|>json<|message|>\
                  {\"endpoint\":\"/whoami-v2\"}<|call|>";
    let refused = json!({"error": {
        "message": "parameters did not match schema", "code": "tool_use_failed",
        "failed_generation": "{\"name\":\"hf_api_request\",\"arguments\":{\"foo\":1}}",
    }});
    let server = ModelServer::start([
        Response::whole(&json!({"content": leaked}), "stop"),
        Response::error(400, &refused),
    ]);
    let mut talk = whole(&server);

    let reply = talk.say("Who am I?").await.unwrap();
    assert_eq!((reply.message.tool_calls.len(), reply.message.content.as_str()), (1, ""));
    let reply = talk.answer_call(&reply.message.tool_calls[0], "{}").await.unwrap();
    assert_eq!(reply.message.tool_calls[0].name, "hf_api_request");
    let kinds = repairs(talk.events());
    let kinds: Vec<&str> = kinds.iter().filter_map(|repair| repair.split(':').next()).collect();
    assert_eq!(kinds, ["harmony_call", "call_id", "tool_use_failed", "call_id"]);
}
