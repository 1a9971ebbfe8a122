//! One answer of a provider, event by event: a stream of them, or a whole reply as the only one.
//!
//! It refuses answers that are no reply, and has the rest of a body behind `[DONE]` read by
//! somebody else, so that the connection can be used again. What an event says is not known here.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::assemble::Marker;
use super::fault::Fault;
use super::sse::Framer;

/// How much of an error is read.
const ERROR_LIMIT: usize = 64 << 10;

/// How much of a reply that was not streamed is read.
const REPLY_LIMIT: usize = 8 << 20;

/// How long a request waits for the rest of the last body, so as to use its connection again.
const DRAIN_WAIT: Duration = Duration::from_millis(50);

/// How long somebody reads the rest of a body before the connection is given up.
const DRAIN_LIMIT: Duration = Duration::from_secs(2);

/// An answer that is no chat completion: any status but success, or an error under success.
#[derive(Debug)]
pub(super) struct ProviderHttpError {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// The body of an answer.
pub(super) struct Body {
    /// None once it has ended or is somebody else's to drain.
    response: Option<Response>,
    framer: Framer,
    end: Option<Marker>,
    drain: Drain,
    idle_timeout: Duration,
    /// When the silence has lasted too long; only data moves it.
    deadline: Instant,
}

impl Body {
    /// Begins to read an answer, if it is a reply.
    pub(super) async fn open(
        response: Response,
        idle_timeout: Duration,
        drain: Drain,
    ) -> Result<Self, Fault> {
        if !response.status().is_success() {
            let refusal = read(response, ERROR_LIMIT, idle_timeout).await;
            return Err(Fault::Refusal(Box::new(refusal)));
        }
        let deadline = Instant::now() + idle_timeout;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_stream = kind.is_none_or(|kind| kind.starts_with("text/event-stream"));
        let (response, framer, end) = if is_stream {
            (Some(response), Framer::default(), None)
        } else {
            let reply = whole_reply(response, idle_timeout).await?;
            (None, Framer::of_whole(reply), Some(Marker::Done))
        };
        Ok(Self { response, framer, end, drain, idle_timeout, deadline })
    }

    /// The next event, once it has arrived; none at the end, whatever the end was.
    pub(super) async fn next_event(&mut self) -> Option<String> {
        loop {
            if let Some(event) = self.framer.next_event() {
                return Some(event);
            }
            let response = self.response.as_mut()?;
            let read = timeout_at(self.deadline, response.chunk()).await;
            self.end = match read {
                Ok(Ok(Some(bytes))) => match self.framer.push(&bytes) {
                    Ok(()) if self.framer.is_done() => Some(Marker::Done),
                    Ok(()) => None,
                    Err(error) => Some(cut_off(error.to_string())),
                },
                Ok(Ok(None)) => {
                    self.framer.finish();
                    self.framer.is_done().then_some(Marker::Done).or_else(|| Some(bare()))
                }
                Ok(Err(error)) => Some(cut_off(chain(&error))),
                Err(_) => Some(Marker::Missing(Fault::Silence(self.idle_timeout))),
            };
            if self.framer.has_event() {
                self.deadline = Instant::now() + self.idle_timeout;
            }
            match (&self.end, self.response.take()) {
                (None, response) => self.response = response,
                (Some(Marker::Done), Some(rest)) => self.drain.start(rest),
                (Some(_), _) => {}
            }
        }
    }

    /// How the body ended, once there are no more events.
    pub(super) fn into_end(self) -> Marker {
        self.end.unwrap_or_else(bare)
    }
}

fn bare() -> Marker {
    cut_off("it ended before the reply did".to_owned())
}

fn cut_off(why: String) -> Marker {
    Marker::Missing(Fault::CutOff(why))
}

/// The rest of an earlier body, on its way into nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Drain(Arc<Mutex<Option<JoinHandle<()>>>>);

impl Drain {
    /// Waits until the connection can be used again, but not long.
    pub(super) async fn settle(&self) {
        let drain = self.lock().take();
        if let Some(drain) = drain {
            // Not in time is no failure: the request takes a new connection.
            let _late = timeout(DRAIN_WAIT, drain).await;
        }
    }

    fn start(&self, mut rest: Response) {
        let rest = async move { while let Ok(Some(_)) = rest.chunk().await {} };
        let drain = tokio::spawn(async move {
            let _cut_short = timeout(DRAIN_LIMIT, rest).await;
        });
        *self.lock() = Some(drain);
    }

    fn lock(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a reply that was not streamed although we asked for it.
async fn whole_reply(response: Response, idle_timeout: Duration) -> Result<String, Fault> {
    let answer = read(response, REPLY_LIMIT, idle_timeout).await;
    let value = match serde_json::from_slice::<Value>(&answer.body) {
        Ok(value) => value,
        // It broke off, as a stream may.
        Err(error) if error.is_eof() => {
            return Err(Fault::CutOff("it ended in the middle".to_owned()));
        }
        Err(_) => Value::Null,
    };
    if value.get("choices").is_none() || value.get("error").is_some_and(|error| !error.is_null()) {
        return Err(Fault::Refusal(Box::new(answer)));
    }
    Ok(String::from_utf8_lossy(&answer.body).into_owned())
}

/// Reads up to `limit` bytes. What cannot be read does not count: the status says enough.
async fn read(mut response: Response, limit: usize, idle_timeout: Duration) -> ProviderHttpError {
    let deadline = Instant::now() + idle_timeout;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Ok(Ok(Some(piece))) = timeout_at(deadline, response.chunk()).await {
        body.extend_from_slice(&piece);
        if body.len() >= limit {
            break;
        }
    }
    body.truncate(limit);
    ProviderHttpError { status, headers, body }
}

/// An error and what caused it, as one line.
pub(super) fn chain(error: &dyn StdError) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
