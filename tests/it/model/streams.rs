//! Streams as they come over the network: every provider's shape, and the ways they end badly.

use std::time::Duration;

use agentcard::event::Event;
use agentcard::message::{Arguments, StopReason};
use agentcard::model::{Model as _, ModelErrorKind, Prompt, RetryPolicy};
use serde_json::{Value, json};

use super::{Talk, hub_tool, reasoning, retries, text, whoami};
use crate::support::model_server::{ModelServer, Response};
use crate::support::wait::until;

/// Between two pieces of something without end.
const PAUSE: Duration = Duration::from_millis(10);

#[tokio::test]
async fn every_providers_call_arrives() {
    let overview = json!({"endpoint": "/users/évalstate/overview", "max_results": 20});
    for recorded in [
        "groq-two-calls.sse",
        "llama-cpp-pieces.sse",
        "ollama-call.sse",
        "together-call.sse",
        "cerebras-call.sse",
        "not-streamed.json",
    ] {
        let server = ModelServer::start([Response::recorded(recorded)]);
        let reply = Talk::with(&server).say("Who is évalstate?").await.unwrap();
        let call = &reply.message.tool_calls[0];
        let expected = Arguments::Object(overview.as_object().unwrap().clone());
        assert_eq!((&call.name, &call.arguments), (&hub_tool().name, &expected), "{recorded}");
        assert_eq!(reply.stop, StopReason::Done, "{recorded}");
    }
}

#[tokio::test]
async fn comments_carriage_returns_and_a_missing_last_line_do_no_harm() {
    let recorded = || Response::recorded("openrouter-answer.sse");
    let bare = "\u{feff}: hello\r\n\r\ndata:{\"choices\":[{\"delta\":{\"content\":\"You are \
                évalstate.\"},\"finish_reason\":\"stop\"}]}";
    let server = ModelServer::start([recorded(), Response::new(200, "text/event-stream", bare)]);
    let mut talk = Talk::with(&server);

    for _ in 0..2 {
        let reply = talk.say("Who am I?").await.unwrap();
        assert_eq!(reply.message.content, "You are évalstate.");
    }
}

#[tokio::test]
async fn a_character_cut_in_two_by_the_network_is_whole_again() {
    let body = format!("data: {}\n\ndata: [DONE]\n\n", text("é"));
    let (head, tail) = body.as_bytes().split_at(body.find('é').unwrap() + 1);
    let pause = Duration::from_millis(5);
    let response = Response::new(200, "text/event-stream", head).wait(pause).then(tail);
    let server = ModelServer::start([response]);

    let reply = Talk::with(&server).say("Say é.").await.unwrap();

    assert_eq!(reply.message.content, "é");
}

#[tokio::test]
async fn a_stream_cut_before_any_text_is_tried_again() {
    let server = ModelServer::start([
        Response::open([reasoning("We")]).cut(),
        Response::open([reasoning("We")]),
        Response::text("Yes."),
    ]);
    let mut talk = Talk::with(&server);

    let reply = talk.say("Are you there?").await.unwrap();

    assert_eq!(reply.message.content, "Yes.");
    let reasons = retries(talk.events());
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[0].starts_with("2: the stream broke off: "), "{reasons:?}");
    assert_eq!(reasons[1], "3: the stream broke off: it ended before the reply did");
}

#[tokio::test]
async fn a_stream_cut_behind_visible_text_is_not() {
    let server = ModelServer::start([Response::open([text("You are")]).cut()]);
    let mut talk = Talk::with(&server);

    let error = talk.say("Who am I?").await.unwrap_err();

    assert_eq!(error.kind, ModelErrorKind::CutOff);
    assert_eq!(talk.events(), [Event::Text("You are".to_owned())]);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_stream_cut_inside_an_event_or_a_call_gives_no_call() {
    let call = |arguments: &str| {
        json!({"choices": [{"delta": {"tool_calls": [{
            "index": 0, "id": "a", "function": {"name": "hf_api_request", "arguments": arguments},
        }]}}]})
    };
    let inside_an_event =
        Response::open([call("{\"endpoint\":")]).then("data: {\"choices\":[{\"del");
    let behind_a_whole_call = Response::open([call(&whoami().to_string())]);
    for response in [inside_an_event, behind_a_whole_call] {
        let server = ModelServer::start(vec![response; 3]);
        let error = Talk::with(&server).say("Who am I?").await.unwrap_err();
        assert_eq!((error.kind, server.requests().len()), (ModelErrorKind::CutOff, 3));
    }
}

#[tokio::test]
async fn silence_ends_a_stream_even_if_comments_keep_it_alive() {
    let begun = Response::open([text("You are")]);
    let server = ModelServer::start([begun.forever(": keep-alive\n\n", PAUSE)]);
    let mut talk = Talk::tuned(&server, |settings| {
        settings.idle_timeout = Duration::from_millis(250);
        settings.retry = RetryPolicy { attempts: 1, ..settings.retry };
    });

    let error = talk.say("Who am I?").await.unwrap_err();

    assert_eq!(error.kind, ModelErrorKind::TimedOut);
    assert_eq!(error.message, "no data for 0.25 s");
}

#[tokio::test]
async fn silence_instead_of_an_answer_is_tried_again() {
    let server = ModelServer::start([Response::text("Never.").held(), Response::text("Yes.")]);
    let mut talk =
        Talk::tuned(&server, |settings| settings.reply_timeout = Duration::from_mins(10));

    tokio::time::pause();
    let silence = async {
        until("it asks", || server.requests().len() == 1).await;
        tokio::time::advance(Duration::from_secs(61)).await;
        tokio::time::resume();
    };
    let (reply, ()) = tokio::join!(talk.say("Are you there?"), silence);

    assert_eq!(reply.unwrap().message.content, "Yes.");
    assert_eq!(retries(talk.events()), ["2: no data for 60 s"]);
}

#[tokio::test]
async fn an_error_inside_a_stream_is_an_error_wherever_it_stands() {
    let body = json!({"message": "Upstream is down", "code": 502});
    let shapes: [Value; 4] = [
        json!({"error": body}),
        // OpenRouter: beside the choices.
        json!({"choices": [{"delta": {"content": ""}, "finish_reason": "error"}], "error": body}),
        // Groq: why a stream was stopped early.
        json!({"choices": [], "x_groq": {"error": "Upstream is down"}}),
        // Cerebras: its status beside it.
        json!({"error": {"message": "Upstream is down"}, "status_code": 502}),
    ];
    for shape in shapes {
        let failing = Response::events([reasoning("We"), shape.clone()]);
        let server = ModelServer::start(vec![failing; 3]);
        let error = Talk::with(&server).say("Who am I?").await.unwrap_err();
        let seen = (error.kind, error.message.as_str(), server.requests().len());
        assert_eq!(seen, (ModelErrorKind::Server, "Upstream is down", 3), "{shape}");
    }
}

#[tokio::test]
async fn an_event_that_is_no_json_is_malformed() {
    let server = ModelServer::start([Response::new(200, "text/event-stream", "data: hello\n\n")]);

    let error = Talk::with(&server).say("Who am I?").await.unwrap_err();

    assert_eq!(error.kind, ModelErrorKind::Malformed);
    let expected = "this is no chat completion: expected value at line 1 column 1: hello";
    assert_eq!(error.message, expected);
}

#[tokio::test]
async fn a_whole_reply_that_breaks_off_is_tried_again() {
    let half = Response::new(200, "application/json", "{\"choices\":[{\"mess").cut();
    let server = ModelServer::start([half, Response::text("Yes.")]);

    let reply = Talk::with(&server).say("Are you there?").await.unwrap();

    assert_eq!(reply.message.content, "Yes.");
}

#[tokio::test]
async fn a_reply_nobody_waits_for_is_not_read_to_its_end() {
    let endless =
        Response::open([text("One")]).forever(format!("data: {}\n\n", text(" more")), PAUSE);
    let server = ModelServer::start([endless]);
    let mut talk = Talk::with(&server);

    let prompt = Prompt { messages: &talk.messages, tools: &talk.tools, schema: None };
    let first = tokio::select! {
        reply = talk.model.reply(prompt, &talk.events) => panic!("it has no end: {reply:?}"),
        first = talk.seen.recv() => first,
    };

    assert_eq!(first, Some(Event::Text("One".to_owned())));
    until("the server is left", || server.hang_ups() > 0).await;
}
