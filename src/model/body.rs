//! Sending a request, and making its response fit for async-openai.
//!
//! async-openai loses the status and body of an error, takes a reply that is no event stream for an
//! empty one, and abandons a body at `[DONE]`, connection included. Here the first two become errors
//! and replies, and the rest of a body is read by somebody else. What a body says is not known here.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Response, StatusCode};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

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
#[derive(Debug, thiserror::Error)]
#[error("HTTP {status}")]
pub(super) struct ProviderHttpError {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// No answer within the idle timeout.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
pub(super) struct NoAnswer;

/// How a body ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum End {
    /// It has not, or without `[DONE]`.
    #[default]
    Bare,
    /// With `[DONE]`.
    Done,
    /// No data came within the idle timeout.
    Silent,
    /// It broke off, for this reason.
    Broken(String),
}

/// What is known about the exchange in progress and the one before it.
#[derive(Debug, Clone, Default)]
pub(super) struct Exchange(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    end: End,
    drain: Option<JoinHandle<()>>,
}

impl Exchange {
    /// How the body ended, as far as it was read.
    pub(super) fn end(&self) -> End {
        self.lock().end.clone()
    }

    async fn settle(&self) {
        self.lock().end = End::default();
        let drain = self.lock().drain.take();
        if let Some(drain) = drain {
            // Not in time is no failure: the request takes a new connection.
            let _late = timeout(DRAIN_WAIT, drain).await;
        }
    }

    fn ended(&self, end: End) {
        self.lock().end = end;
    }

    fn drain(&self, rest: impl Stream + Send + 'static) {
        let rest = async move {
            let _cut_short = timeout(DRAIN_LIMIT, rest.for_each(|_| async {})).await;
        };
        self.lock().drain = Some(tokio::spawn(rest));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends a request and returns its answer as a well-formed event stream, or as an error.
pub(super) async fn execute(
    http: reqwest::Client,
    request: HttpRequestFactory,
    exchange: Exchange,
    idle_timeout: Duration,
) -> Result<Response, OpenAIError> {
    exchange.settle().await;
    let request = request.build().await?;
    let response = timeout(idle_timeout, http.execute(request))
        .await
        .map_err(|_| OpenAIError::Boxed(Box::new(NoAnswer)))??;
    if !response.status().is_success() {
        return Err(refused(response, idle_timeout).await);
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let source = match kind {
        Some(kind) if !kind.starts_with("text/event-stream") => {
            let reply = whole_reply(response, idle_timeout).await?;
            stream::once(async { Ok(Bytes::from(reply)) }).boxed()
        }
        Some(_) | None => response.bytes_stream().boxed(),
    };
    let deadline = Instant::now() + idle_timeout;
    let source = Some(source);
    let body = Body { source, framer: Framer::default(), exchange, idle_timeout, deadline };
    let events = stream::unfold(body, Body::next);
    Ok(http::Response::new(reqwest::Body::wrap_stream(events)).into())
}

async fn refused(response: Response, idle_timeout: Duration) -> OpenAIError {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = read(response, ERROR_LIMIT, idle_timeout).await;
    OpenAIError::Boxed(Box::new(ProviderHttpError { status, headers, body }))
}

/// Reads a reply that was not streamed although we asked for it, and frames it as an event.
async fn whole_reply(response: Response, idle_timeout: Duration) -> Result<Vec<u8>, OpenAIError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = read(response, REPLY_LIMIT, idle_timeout).await;
    let value = match serde_json::from_slice::<serde_json::Value>(&body) {
        Ok(value) => value,
        // It broke off, as a stream may.
        Err(error) if error.is_eof() => {
            return Err(OpenAIError::JSONDeserialize(error, String::new()));
        }
        Err(_) => serde_json::Value::Null,
    };
    if value.get("choices").is_none() || value.get("error").is_some_and(|error| !error.is_null()) {
        return Err(OpenAIError::Boxed(Box::new(ProviderHttpError { status, headers, body })));
    }
    // A line break between two tokens of JSON would end the event's line.
    for byte in &mut body {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    Ok([b"data: ", body.as_slice(), b"\n\ndata: [DONE]\n\n"].concat())
}

/// Reads up to `limit` bytes. What cannot be read does not count: the status says enough.
async fn read(response: Response, limit: usize, idle_timeout: Duration) -> Vec<u8> {
    let deadline = Instant::now() + idle_timeout;
    let mut bytes = Vec::new();
    let mut body = response.bytes_stream();
    while let Ok(Some(Ok(piece))) = timeout_at(deadline, body.next()).await {
        bytes.extend_from_slice(&piece);
        if bytes.len() >= limit {
            break;
        }
    }
    bytes.truncate(limit);
    bytes
}

/// A response body on its way to async-openai.
struct Body {
    /// None once it has ended or is somebody else's to drain.
    source: Option<BoxStream<'static, reqwest::Result<Bytes>>>,
    framer: Framer,
    exchange: Exchange,
    idle_timeout: Duration,
    /// When the silence has lasted too long; only data moves it.
    deadline: Instant,
}

impl Body {
    /// Reads until there are events to pass on.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        while let Some(mut source) = self.source.take() {
            let events = match timeout_at(self.deadline, source.next()).await {
                Ok(Some(Ok(bytes))) => self.framer.push(&bytes).map_err(|error| error.to_string()),
                Ok(Some(Err(error))) => Err(chain(&error)),
                Ok(None) => {
                    let events = self.framer.finish();
                    if self.framer.is_done() {
                        self.exchange.ended(End::Done);
                    }
                    return (!events.is_empty()).then_some((Ok(events), self));
                }
                Err(_) => {
                    self.exchange.ended(End::Silent);
                    return None;
                }
            };
            let events = match events {
                Ok(events) => events,
                Err(reason) => {
                    self.exchange.ended(End::Broken(reason));
                    return None;
                }
            };
            if self.framer.is_done() {
                self.exchange.ended(End::Done);
                self.exchange.drain(source);
                return Some((Ok(events), self));
            }
            self.source = Some(source);
            if !events.is_empty() {
                self.deadline = Instant::now() + self.idle_timeout;
                return Some((Ok(events), self));
            }
        }
        None
    }
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
