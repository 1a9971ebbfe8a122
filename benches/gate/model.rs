//! The scripted model: server-sent events as Groq and the Hugging Face router send them, one event a
//! chunk, one whole tool call an event.

use std::time::Duration;

use hyper::body::Bytes;

use crate::exchange::{ANSWER, Exchange, LATE, PARALLEL_CALLS, SILENCE, TOKEN};
use crate::serve::{Piece, Reply};

/// Answers a chat completion request under `/<exchange>/v1/`.
pub(crate) fn reply(path: &str, body: &[u8]) -> Reply {
    let exchange = path.split('/').nth(1).and_then(Exchange::parse);
    let answered = count(body, b"\"tool_call_id\"");
    let pieces = match exchange {
        Some(Exchange::Rounds(calls) | Exchange::Kept(calls)) if answered < calls => {
            call_reply(&[user(answered)])
        }
        Some(Exchange::Stream(tokens)) => {
            text_reply(std::iter::repeat_n(TOKEN, tokens), Vec::new())
        }
        Some(Exchange::Parallel) if answered < PARALLEL_CALLS => {
            let users: Vec<String> = (0..PARALLEL_CALLS).map(|n| format!("slow-{n}")).collect();
            call_reply(&users)
        }
        Some(Exchange::Rounds(_) | Exchange::Kept(_) | Exchange::Parallel) => {
            text_reply(words(), Vec::new())
        }
        Some(Exchange::FirstText) => text_reply(words(), vec![Piece::Pause(SILENCE)]),
        Some(Exchange::LateEnd(calls)) => {
            let mut pieces = if answered < calls {
                call_reply(&[user(answered)])
            } else {
                text_reply(words(), Vec::new())
            };
            pieces.push(Piece::Pause(LATE));
            pieces
        }
        None => vec![event(r#"{"error":{"message":"no such exchange"}}"#)],
    };
    Reply { wait: Duration::ZERO, content_type: "text/event-stream", pieces }
}

fn user(number: usize) -> String {
    format!("user-{number}")
}

fn words() -> impl Iterator<Item = &'static str> {
    ANSWER.split_inclusive(' ')
}

/// Text, with something happening after its first word.
fn text_reply(words: impl Iterator<Item = &'static str>, after_first: Vec<Piece>) -> Vec<Piece> {
    let mut pieces = thought();
    let mut words = words.map(|word| delta(&format!(r#"{{"content":"{word}"}}"#)));
    pieces.push(Piece::Stamp);
    pieces.extend(words.next());
    pieces.extend(after_first);
    pieces.extend(words);
    pieces.extend(end("stop"));
    pieces
}

fn call_reply(users: &[String]) -> Vec<Piece> {
    let mut pieces = thought();
    pieces.extend(users.iter().enumerate().map(|(index, user)| {
        delta(&format!(
            r#"{{"tool_calls":[{{"id":"fc_{user}","type":"function","function":{{"name":"hf_api_request","arguments":"{{\"endpoint\":\"/users/{user}/overview\"}}"}},"index":{index}}}]}}"#
        ))
    }));
    pieces.extend(end("tool_calls"));
    pieces
}

fn thought() -> Vec<Piece> {
    let mut pieces = vec![delta(r#"{"role":"assistant","content":""}"#)];
    pieces.extend(
        ["We", " need", " the", " overview", "."]
            .map(|token| delta(&format!(r#"{{"reasoning":"{token}","channel":"analysis"}}"#))),
    );
    pieces
}

fn end(reason: &str) -> [Piece; 3] {
    const USAGE: &str = r#"{"queue_time":0.004,"prompt_tokens":2817,"prompt_time":0.03,"completion_tokens":41,"completion_time":0.04,"total_tokens":2858,"total_time":0.07}"#;
    [
        chunk(&format!(
            r#""choices":[{{"index":0,"delta":{{}},"logprobs":null,"finish_reason":"{reason}"}}],"x_groq":{{"id":"req_01","usage":{USAGE}}}"#
        )),
        chunk(&format!(r#""choices":[],"usage":{USAGE}"#)),
        event("[DONE]"),
    ]
}

fn delta(delta: &str) -> Piece {
    chunk(&format!(
        r#""choices":[{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":null}}]"#
    ))
}

fn chunk(rest: &str) -> Piece {
    event(&format!(
        r#"{{"id":"chatcmpl-5f0c","object":"chat.completion.chunk","created":1767225600,"model":"openai/gpt-oss-20b","system_fingerprint":"fp_2e0b",{rest}}}"#
    ))
}

fn event(data: &str) -> Piece {
    Piece::Bytes(Bytes::from(format!("data: {data}\n\n")))
}

fn count(haystack: &[u8], needle: &[u8]) -> usize {
    memchr::memmem::find_iter(haystack, needle).count()
}
