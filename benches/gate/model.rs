//! The scripted model: server-sent events as Groq and the Hugging Face router send them, one event a
//! chunk, one whole tool call an event.

use std::time::Duration;

use hyper::body::Bytes;

use crate::decks::CHILD_TOOL;
use crate::exchange::{ANSWER, Exchange, LATE, PARALLEL_CALLS, SILENCE, SLOW_CALL, TOKEN};
use crate::serve::{Piece, Reply};

/// Answers a chat completion request under `/<exchange>/v1/`.
pub(crate) fn reply(path: &str, body: &[u8]) -> Reply {
    let exchange = path.split('/').nth(1).and_then(Exchange::parse);
    let answered = count(body, b"\"tool_call_id\"");
    let mut wait = Duration::ZERO;
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
        Some(Exchange::Children(_)) if !is_caller(body) => {
            wait = SLOW_CALL;
            text_reply(words(), Vec::new())
        }
        Some(Exchange::Children(calls)) if answered < calls => child_calls(calls),
        Some(
            Exchange::Rounds(_)
            | Exchange::Kept(_)
            | Exchange::Parallel
            | Exchange::Folder(_)
            | Exchange::Children(_),
        ) => text_reply(words(), Vec::new()),
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
    Reply { wait, content_type: "text/event-stream", pieces }
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

/// Whether a request comes from the agent that calls the others.
fn is_caller(body: &[u8]) -> bool {
    count(body, CHILD_TOOL.as_bytes()) > 0
}

fn call_reply(users: &[String]) -> Vec<Piece> {
    let arguments = |user: &String| format!(r#"{{\"endpoint\":\"/users/{user}/overview\"}}"#);
    calls("hf_api_request", users.iter().map(arguments))
}

fn child_calls(number: usize) -> Vec<Piece> {
    calls(CHILD_TOOL, (0..number).map(|index| format!(r#"{{\"message\":\"user-{index}\"}}"#)))
}

/// Calls of a tool, all in one reply. Their arguments are escaped already.
fn calls(name: &str, arguments: impl Iterator<Item = String>) -> Vec<Piece> {
    let mut pieces = thought();
    pieces.extend(arguments.enumerate().map(|(index, arguments)| {
        delta(&format!(
            r#"{{"tool_calls":[{{"id":"fc_{index}","type":"function","function":{{"name":"{name}","arguments":"{arguments}"}},"index":{index}}}]}}"#
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
