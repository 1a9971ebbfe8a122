//! The beginning of an answer's body, which shows what the whole is; and bodies that are read whole.
//!
//! Content types are not believed: providers, and what stands before them, send event streams, whole
//! replies and web pages under each other's.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::{bare, chain, cut_off};
use crate::model::assemble::Marker;
use crate::model::fault::Fault;
use crate::model::sse::{BOM, Framer};

/// How much of an error is read.
pub(super) const ERROR_LIMIT: usize = 64 << 10;

/// How long the words of an error are waited for; its status says the most of it.
pub(super) const ERROR_WAIT: Duration = Duration::from_secs(2);

/// How much of a reply that was not streamed is read.
const REPLY_LIMIT: usize = 8 << 20;

/// An answer that is no chat completion: any status but success, or an error under success.
#[derive(Debug)]
pub(in crate::model) struct ProviderHttpError {
    pub(in crate::model) status: StatusCode,
    pub(in crate::model) headers: HeaderMap,
    pub(in crate::model) body: Vec<u8>,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Server-sent events.
    Events,
    /// One JSON value.
    Whole,
    /// HTML or XML.
    Page,
}

impl Shape {
    /// Tells it by the first bytes that are no spaces, and where they tell nothing by the type.
    pub(super) fn of(head: &[u8], kind: Option<&str>) -> Self {
        const FIELDS: [&[u8]; 5] = [b":", b"data:", b"event:", b"id:", b"retry:"];
        let head = without_spaces(head);
        let begins = |field: &&[u8]| head.starts_with(field) || field.starts_with(head);
        match head.first() {
            Some(b'{' | b'[') => Self::Whole,
            Some(b'<') => Self::Page,
            Some(_) if FIELDS.iter().any(begins) => Self::Events,
            _ if kind.is_none_or(|kind| kind.starts_with("text/event-stream")) => Self::Events,
            _ => Self::Whole,
        }
    }
}

fn without_spaces(head: &[u8]) -> &[u8] {
    head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start()
}

/// The beginning of a body, up to a byte that is no space; and its end, if that came first.
pub(super) async fn first_bytes(
    response: &mut Response,
    deadline: Instant,
    idle_timeout: Duration,
) -> (Vec<u8>, Option<Marker>) {
    let mut head = Vec::new();
    loop {
        match timeout_at(deadline, response.chunk()).await {
            Ok(Ok(Some(bytes))) => head.extend_from_slice(&bytes),
            Ok(Ok(None)) => return (head, Some(bare())),
            Ok(Err(error)) => return (head, Some(cut_off(chain(&error)))),
            Err(_) => return (head, Some(Marker::Missing(Fault::Silence(idle_timeout)))),
        }
        if !without_spaces(&head).is_empty() || head.len() > ERROR_LIMIT {
            return (head, None);
        }
    }
}

/// Takes bytes of an event stream in, and says whether that ended it.
pub(super) fn take(framer: &mut Framer, bytes: &[u8]) -> Option<Marker> {
    match framer.push(bytes) {
        Ok(()) => framer.is_done().then_some(Marker::Done),
        Err(error) => Some(cut_off(error.to_string())),
    }
}

impl Framer {
    /// Ends the stream, and says how it ended.
    pub(in crate::model) fn ended(&mut self) -> Marker {
        self.finish();
        if self.is_done() { Marker::Done } else { bare() }
    }
}

/// Reads a reply that was not streamed.
pub(super) async fn whole_reply(
    response: Response,
    head: Vec<u8>,
    idle_timeout: Duration,
) -> Result<(Framer, Marker), Fault> {
    let (answer, end) = read(response, head, REPLY_LIMIT, idle_timeout).await;
    let text = without_spaces(&answer.body);
    match serde_json::from_slice::<Value>(text) {
        Ok(value) if is_reply(&value) => {
            let reply = String::from_utf8_lossy(text).into_owned();
            Ok((Framer::of_whole(reply), Marker::Done))
        }
        // It broke off, as a stream may.
        Err(error) if error.is_eof() => Err(match end {
            Marker::Missing(fault @ Fault::Silence(_)) => fault,
            Marker::Missing(_) | Marker::Done => Fault::CutOff("it ended in the middle".to_owned()),
        }),
        // Some servers put an error on a line of its own before a stream.
        Err(_) if memchr::memmem::find(text, b"\ndata:").is_some() => {
            let mut framer = Framer::default();
            let end = take(&mut framer, text).unwrap_or_else(|| framer.ended());
            Ok((framer, end))
        }
        Ok(_) | Err(_) => Err(Fault::Refusal(Box::new(answer))),
    }
}

fn is_reply(value: &Value) -> bool {
    value.get("choices").is_some() && value.get("error").is_none_or(Value::is_null)
}

/// Reads the rest of a body up to `limit` bytes, and says whether that was all of it.
pub(super) async fn read(
    mut response: Response,
    head: Vec<u8>,
    limit: usize,
    idle_timeout: Duration,
) -> (ProviderHttpError, Marker) {
    let deadline = Instant::now() + idle_timeout;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = head;
    let end = loop {
        if body.len() > limit {
            break cut_off(format!("it is longer than {} KiB", limit >> 10));
        }
        match timeout_at(deadline, response.chunk()).await {
            Ok(Ok(Some(piece))) => body.extend_from_slice(&piece),
            Ok(Ok(None)) => break Marker::Done,
            Ok(Err(error)) => break cut_off(chain(&error)),
            Err(_) => break Marker::Missing(Fault::Silence(idle_timeout)),
        }
    };
    body.truncate(limit);
    (ProviderHttpError { status, headers, body }, end)
}
