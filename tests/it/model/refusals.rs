//! Errors instead of replies: what is said, what is tried again, and what never is.

use std::time::Duration;

use agentcard::event::Event;
use agentcard::message::{Arguments, ToolMessage};
use agentcard::message::{AssistantMessage, Message, Reasoning, ReasoningField, ToolCall};
use agentcard::model::{ModelError, ModelErrorKind, RetryPolicy};
use serde_json::{Map, json};

use super::{Talk, retries};
use crate::support::model_server::{ModelServer, Response};

#[tokio::test]
async fn an_error_is_reported_in_the_providers_words() {
    let body = json!({"error": "You have depleted your monthly included credits."});
    let server = ModelServer::start([Response::error(402, &body)]);

    let error = Talk::with(&server).say("Who am I?").await.unwrap_err();

    let expected = ModelError {
        kind: ModelErrorKind::Credits,
        message: "You have depleted your monthly included credits.".to_owned(),
        status: Some(402),
        retry_after: None,
        is_partial: false,
        url: server.url(),
    };
    assert_eq!(error, expected);
}

#[tokio::test]
async fn what_the_same_request_cannot_cure_is_asked_once() {
    for status in [400, 401, 402, 403, 404, 413, 422] {
        let body = json!({"error": {"message": "no"}});
        let server = ModelServer::start(vec![Response::error(status, &body); 3]);
        let error = Talk::with(&server).say("Who am I?").await.unwrap_err();
        assert_eq!((error.status, server.requests().len()), (Some(status), 1));
    }
}

#[tokio::test]
async fn what_may_pass_is_asked_three_times_on_one_connection() {
    for status in [408, 409, 429, 500, 503] {
        let body = json!({"error": {"message": "busy"}});
        let server = ModelServer::start(vec![Response::error(status, &body); 4]);
        let mut talk = Talk::with(&server);
        let error = talk.say("Who am I?").await.unwrap_err();
        assert_eq!((error.status, server.requests().len()), (Some(status), 3));
        assert_eq!(server.connections(), 1, "{status}");
        assert_eq!(retries(talk.events()), ["2: busy", "3: busy"]);
        let bodies: Vec<String> = server.requests().into_iter().map(|sent| sent.body).collect();
        assert_eq!(bodies[0], bodies[2]);
    }
}

#[tokio::test]
async fn a_pause_the_provider_asks_for_is_kept() {
    let busy = Response::error(429, &json!({"error": {"message": "slow down"}}));
    let server = ModelServer::start([busy.header("retry-after", "0.02"), Response::text("Yes.")]);
    let mut talk = Talk::with(&server);

    talk.say("Are you there?").await.unwrap();

    let (attempt, wait, reason) = (2, Duration::from_millis(20), "slow down".to_owned());
    assert_eq!(talk.events()[0], Event::Retry { attempt, wait, reason });
}

#[tokio::test]
async fn a_pause_of_more_than_a_minute_is_not_waited_for() {
    let busy = Response::error(429, &json!({"error": {"message": "come back tomorrow"}}));
    let server = ModelServer::start([busy.header("retry-after", "7200")]);

    let error = Talk::with(&server).say("Are you there?").await.unwrap_err();

    assert_eq!(error.kind, ModelErrorKind::RateLimited);
    assert_eq!(error.retry_after, Some(Duration::from_hours(2)));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_error_under_success_is_an_error() {
    let body = json!({"error": {"message": "Invalid key", "code": 401}});
    let server = ModelServer::start([Response::error(200, &body)]);

    let error = Talk::with(&server).say("Who am I?").await.unwrap_err();

    assert_eq!((error.kind, error.message.as_str()), (ModelErrorKind::Auth, "Invalid key"));
}

#[tokio::test]
async fn a_web_page_is_no_chat_completion() {
    let page = "<!doctype html><html><head><title>Welcome</title></head></html>";
    let server = ModelServer::start([Response::new(200, "text/html; charset=utf-8", page)]);

    let error = Talk::with(&server).say("Who am I?").await.unwrap_err();

    assert_eq!((error.kind, error.message.as_str()), (ModelErrorKind::Malformed, "Welcome"));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let server = ModelServer::start([]);
    let mut talk = Talk::tuned(&server, |settings| {
        settings.retry = RetryPolicy { attempts: 1, ..settings.retry };
    });
    drop(server);

    let error = talk.say("Who am I?").await.unwrap_err();

    assert_eq!(error.kind, ModelErrorKind::Unreachable);
    assert!(error.message.contains("onnection refused"), "{}", error.message);
    assert!(!error.message.contains("http://"), "{}", error.message);
}

#[tokio::test]
async fn the_key_is_not_repeated_even_where_the_provider_repeats_it() {
    let body = json!({"error": {"message": "Incorrect API key provided: hf_key"}});
    let server = ModelServer::start([Response::error(401, &body)]);

    let error = Talk::with(&server).say("Who am I?").await.unwrap_err();

    assert_eq!(error.message, "Incorrect API key provided: [key]");
}

#[tokio::test]
async fn reasoning_a_provider_does_not_take_back_is_left_out_from_then_on() {
    let refusal = json!({"error": {"message": "'messages.2' : for 'role:assistant' the following \
        must be satisfied[('messages.2' : property 'reasoning_content' is unsupported)]"}});
    let server = ModelServer::start([
        Response::error(400, &refusal),
        Response::text("Yes."),
        Response::text("Yes."),
    ]);
    let mut talk = Talk::with(&server);
    // A conversation that was begun elsewhere.
    let reasoning = Reasoning {
        field: ReasoningField::ReasoningContent,
        text: "Look it up.".to_owned(),
        details: Vec::new(),
    };
    let call = ToolCall {
        id: "a".to_owned(),
        name: "hf_api_request".to_owned(),
        arguments: Arguments::Object(Map::new()),
    };
    let content = String::new();
    let tool_calls = vec![call];
    talk.push(Message::Assistant(AssistantMessage {
        content,
        reasoning: Some(reasoning),
        tool_calls,
    }));
    talk.push(Message::Tool(ToolMessage {
        call_id: "a".to_owned(),
        name: "hf_api_request".to_owned(),
        content: "{}".to_owned(),
    }));

    talk.say("Are you there?").await.unwrap();
    talk.say("Still?").await.unwrap();

    let requests = server.requests();
    let sent: Vec<_> =
        requests.iter().map(|sent| sent.messages()[1].get("reasoning_content").cloned()).collect();
    assert_eq!(sent, [Some(json!("Look it up.")), None, None]);
    let repaired = Event::Repaired {
        kind: "reasoning_refused",
        detail: "the endpoint takes no reasoning back; it is left out".to_owned(),
    };
    assert_eq!(talk.events()[0], repaired);
}
