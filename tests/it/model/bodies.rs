//! Bodies under the wrong name, in odd frames or without an end, cut by the network at every byte.

use std::time::{Duration, Instant};

use agentcard::model::{ModelErrorKind, RetryPolicy};
use serde_json::json;

use super::{Talk, text};
use crate::support::model_server::{ModelServer, Response};
use crate::support::wait::PATIENCE;

const SSE: &str = "text/event-stream";
const JSON: &str = "application/json";

/// A silence that nobody waits out.
const FOREVER: Duration = Duration::from_mins(10);

/// A whole reply, printed over several lines.
const WHOLE: &str = r#"
{
  "choices": [
    {"message": {"role": "assistant", "content": "Yes, é."}, "finish_reason": "stop"}
  ]
}
"#;

/// The end of every stream here.
const CHUNK: &str = r#"{"choices":[{"delta":{"content":"Yes, é."},"finish_reason":"stop"}]}"#;

/// One response for each place in which the network can cut the body.
fn cut_everywhere(kind: &str, body: &[u8]) -> Vec<Response> {
    let cut = |at| {
        let (head, tail) = body.split_at(at);
        Response::new(200, kind, head).then(tail)
    };
    (0..body.len()).map(cut).collect()
}

/// Every body, however it is cut, is the same answer.
async fn is_always_the_answer(bodies: Vec<Response>, what: &str) {
    let server = ModelServer::start(bodies.clone());
    let mut talk = Talk::with(&server);
    for at in 0..bodies.len() {
        let reply = talk.say("Are you there?").await;
        let reply = reply.unwrap_or_else(|error| panic!("{what}, cut at {at}: {error:?}"));
        assert_eq!(reply.message.content, "Yes, é.", "{what}, cut at {at}");
    }
    assert_eq!(server.requests().len(), bodies.len(), "{what}: nothing was asked for again");
}

#[tokio::test]
async fn a_body_is_what_its_bytes_say_whatever_its_type_says() {
    let stream = format!(": hello\n\ndata: {CHUNK}\n\ndata: [DONE]\n\n");
    for (what, kind, body) in [
        ("an event stream", SSE, stream.as_str()),
        ("an event stream called JSON", JSON, &stream),
        ("an event stream called text", "text/plain; charset=utf-8", &stream),
        ("a whole reply", JSON, WHOLE),
        ("a whole reply called a stream", SSE, WHOLE),
        ("a whole reply called bytes", "application/octet-stream", WHOLE),
    ] {
        is_always_the_answer(cut_everywhere(kind, body.as_bytes()), what).await;
    }
}

#[tokio::test]
async fn odd_frames_are_read() {
    for (what, body) in [
        ("a byte order mark", format!("\u{feff}data: {CHUNK}\n\ndata: [DONE]\n\n")),
        ("no last blank line", format!("data: {CHUNK}")),
        ("carriage returns", format!("data: {CHUNK}\r\rdata: [DONE]\r\r")),
        ("both line ends", format!("event: message\r\ndata: {CHUNK}\r\n\r\ndata: [DONE]\r\n\r\n")),
        ("no marker at the end", format!("id: 1\ndata: {CHUNK}\n\n")),
    ] {
        is_always_the_answer(cut_everywhere(SSE, body.as_bytes()), what).await;
    }
}

#[tokio::test]
async fn a_compressed_stream_is_read() {
    let packed = include_bytes!("../../fixtures/streams/answer.sse.gz");
    let bodies = cut_everywhere(SSE, packed).into_iter();
    let bodies = bodies.map(|response| response.header("content-encoding", "gzip"));
    is_always_the_answer(bodies.collect(), "gzip").await;
}

#[tokio::test]
async fn an_error_is_told_in_whatever_frame_it_comes() {
    let error = r#"{"error":{"message":"Upstream is down","code":502}}"#;
    for (kind, body) in [
        (SSE, format!("event: error\ndata: {error}\n\n")),
        (SSE, format!("{error}\n")),
        (SSE, format!("{error}\n\ndata: {CHUNK}\n\n")),
        (JSON, error.to_owned()),
        (JSON, format!("data: {error}\n\ndata: [DONE]\n\n")),
    ] {
        for response in cut_everywhere(kind, body.as_bytes()) {
            let server = ModelServer::start([response]);
            let mut talk = Talk::tuned(&server, |settings| settings.retry.attempts = 1);
            let error = talk.say("Are you there?").await.unwrap_err();
            let seen = (error.kind, error.message.as_str());
            assert_eq!(seen, (ModelErrorKind::Server, "Upstream is down"), "{body}");
        }
    }
}

#[tokio::test]
async fn what_is_no_reply_at_all_is_malformed_and_asked_for_once() {
    let page = "\n<!doctype html><html><head><title>Welcome</title></head></html>";
    let packed = include_bytes!("../../fixtures/streams/answer.sse.gz");
    for (kind, body, message) in [
        (SSE, page.as_bytes(), "Welcome"),
        (JSON, page.as_bytes(), "Welcome"),
        (JSON, b"hello", "hello"),
        (JSON, b"{\"status\":\"ok\"}", "200 OK"),
        // Compressed, and nobody said so.
        (JSON, packed, "200 OK"),
    ] {
        let server = ModelServer::start(vec![Response::new(200, kind, body); 3]);
        let error = Talk::with(&server).say("Are you there?").await.unwrap_err();
        let seen = (error.kind, error.message.as_str(), server.requests().len());
        assert_eq!(seen, (ModelErrorKind::Malformed, message, 1), "{kind}");
    }
}

#[tokio::test]
async fn a_body_that_is_empty_or_cannot_be_unpacked_is_asked_for_again() {
    for (kind, body, encoding) in
        [(SSE, "", "identity"), (JSON, "", "identity"), (SSE, "x", "gzip")]
    {
        let empty = Response::new(200, kind, body).header("content-encoding", encoding);
        let server = ModelServer::start([empty, Response::text("Yes.")]);
        let reply = Talk::with(&server).say("Are you there?").await.unwrap();
        assert_eq!(reply.message.content, "Yes.");
    }
}

#[tokio::test]
async fn a_reply_without_end_is_given_up() {
    let megabyte = format!("data: {}\n\n", text(&"x".repeat(1 << 20)));
    let endless = (0..10)
        .fold(Response::new(200, SSE, ""), |response, _| response.then(megabyte.clone()))
        .wait(FOREVER);
    let server = ModelServer::start([endless]);

    let error = Talk::with(&server).say("Go on.").await.unwrap_err();

    let seen = (error.kind, error.message.as_str());
    assert_eq!(seen, (ModelErrorKind::Malformed, "the reply did not end after 8 MiB"));
}

#[tokio::test]
async fn a_line_without_end_is_given_up() {
    let piece = "x".repeat(1 << 20);
    let endless = (0..10)
        .fold(Response::new(200, SSE, "data: "), |response, _| response.then(piece.clone()))
        .wait(FOREVER);
    let server = ModelServer::start([endless]);
    let mut talk = Talk::tuned(&server, |settings| {
        settings.retry = RetryPolicy { attempts: 1, ..settings.retry };
    });

    let error = talk.say("Go on.").await.unwrap_err();

    assert_eq!(error.kind, ModelErrorKind::CutOff);
    assert_eq!(error.message, "the stream broke off: an event of more than 8 MiB");
}

#[tokio::test]
async fn the_end_of_a_body_is_not_waited_for_once_the_reply_is_whole() {
    let finish = json!({"choices": [{"delta": {}, "finish_reason": "stop"}]});
    let lingering = Response::open([text("Yes."), finish]).wait(FOREVER);
    let server = ModelServer::start([lingering]);
    let mut talk = Talk::tuned(&server, |settings| settings.idle_timeout = FOREVER);

    let asked = Instant::now();
    let reply = talk.say("Are you there?").await.unwrap();

    assert_eq!(reply.message.content, "Yes.");
    assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
}

#[tokio::test]
async fn the_words_of_an_error_are_not_waited_for_long() {
    let slow = Response::new(401, JSON, "{\"error\":").wait(FOREVER);
    let server = ModelServer::start([slow]);
    let mut talk = Talk::tuned(&server, |settings| settings.idle_timeout = FOREVER);

    let asked = Instant::now();
    let error = talk.say("Are you there?").await.unwrap_err();

    assert_eq!((error.kind, error.message.as_str()), (ModelErrorKind::Auth, "{\"error\":"));
    assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
}
