//! What differs between endpoints, found out by asking: a key that is refused is left out, once and
//! from then on.

use agentcard::model::{MaxTokens, ModelErrorKind, Params};
use serde_json::{Value, json};

use super::{Talk, repairs};
use crate::support::model_server::{ModelServer, Response};

/// A refusal in `OpenAI`'s words.
fn refused(key: &str, message: &str) -> Response {
    Response::error(
        400,
        &json!({"error": {
            "message": message, "type": "invalid_request_error", "param": key,
            "code": "unsupported_parameter",
        }}),
    )
}

/// Asks twice, with these parameters, and says what each request held under a key.
async fn asked_twice(responses: Vec<Response>, key: &str, params: Params) -> Vec<Option<Value>> {
    let server = ModelServer::start(responses);
    let mut talk = Talk::tuned(&server, |settings| settings.params = params);
    for _ in 0..2 {
        let reply = talk.say("Are you there?").await.unwrap();
        assert_eq!(reply.message.content, "Yes.");
    }
    server.requests().iter().map(|request| request.json().get(key).cloned()).collect()
}

#[tokio::test]
async fn a_key_that_is_refused_is_left_out_from_then_on() {
    let yes = || Response::text("Yes.");
    let effort = Params { reasoning_effort: Some("low".to_owned()), ..Params::default() };
    let message = "Unrecognized request argument supplied: reasoning_effort";
    let responses = vec![refused("", message), yes(), yes()];
    let sent = asked_twice(responses, "reasoning_effort", effort).await;
    assert_eq!(sent, [Some(json!("low")), None, None]);

    let refusal = Response::error(
        422,
        &json!({"detail": [{
            "type": "extra_forbidden", "loc": ["body", "stream_options"],
            "msg": "Extra inputs are not permitted",
        }]}),
    );
    let sent = asked_twice(vec![refusal, yes(), yes()], "stream_options", Params::default()).await;
    assert_eq!(sent, [Some(json!({"include_usage": true})), None, None]);
}

#[tokio::test]
async fn the_longest_reply_goes_under_the_name_the_endpoint_takes() {
    let params = || Params { max_tokens: Some(MaxTokens::MaxTokens(512)), ..Params::default() };
    let message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
                   'max_completion_tokens' instead.";
    let responses =
        || vec![refused("max_tokens", message), Response::text("Yes."), Response::text("Yes.")];

    let sent = asked_twice(responses(), "max_tokens", params()).await;
    assert_eq!(sent, [Some(json!(512)), None, None]);
    let sent = asked_twice(responses(), "max_completion_tokens", params()).await;
    assert_eq!(sent, [None, Some(json!(512)), Some(json!(512))]);
}

#[tokio::test]
async fn a_longest_reply_that_groq_counts_against_the_minute_is_made_to_fit() {
    let too_large = Response::error(
        413,
        &json!({"error": {
            "message": "Request too large for model `openai/gpt-oss-20b` on tokens per minute \
                        (TPM): Limit 8000, Requested 66536, please reduce your message size.",
            "type": "tokens", "code": "rate_limit_exceeded",
        }}),
    );
    let params = Params { max_tokens: Some(MaxTokens::MaxTokens(65_536)), ..Params::default() };
    let responses = vec![too_large, Response::text("Yes."), Response::text("Yes.")];
    let sent = asked_twice(responses, "max_tokens", params).await;
    assert_eq!(sent, [Some(json!(65_536)), Some(json!(7000)), Some(json!(7000))]);
}

#[tokio::test]
async fn a_request_that_is_too_large_by_itself_is_an_overflow() {
    let too_large = Response::error(
        413,
        &json!({"error": {
            "message": "Request too large: tokens per minute (TPM): Limit 8000, Requested 11240",
            "type": "tokens", "code": "rate_limit_exceeded",
        }}),
    );
    let server = ModelServer::start(vec![too_large; 3]);
    let error = Talk::with(&server).say("Are you there?").await.unwrap_err();
    assert_eq!((error.kind, server.requests().len()), (ModelErrorKind::Overflow, 1));
}

#[tokio::test]
async fn giving_way_is_reported() {
    let message = "`top_k` is not supported";
    let server = ModelServer::start([refused("top_k", message), Response::text("Yes.")]);
    let mut talk = Talk::tuned(&server, |settings| {
        settings.params = Params { top_k: Some(4), ..Params::default() };
    });
    talk.say("Are you there?").await.unwrap();
    let expected = ["key_refused: the endpoint does not take `top_k`; it is left out"];
    assert_eq!(repairs(talk.events()), expected);
}

#[tokio::test]
async fn an_endpoint_that_refuses_everything_is_not_asked_forever() {
    // Each request is too large by one token less.
    let refusals = (0..20).map(|round| {
        let requested = 9000 - round;
        let message = format!("Limit 8000, Requested {requested}");
        Response::error(413, &json!({"error": {"message": message}}))
    });
    let server = ModelServer::start(refusals);
    let mut talk = Talk::tuned(&server, |settings| {
        settings.params =
            Params { max_tokens: Some(MaxTokens::MaxTokens(65_536)), ..Params::default() };
    });
    let error = talk.say("Are you there?").await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Overflow);
    assert!(server.requests().len() <= 9, "{} requests", server.requests().len());
}
