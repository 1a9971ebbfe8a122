//! Requests to a chat completions endpoint and the chunks that come back.
//!
//! The only place that speaks to async-openai, which makes and sends the requests. It is not shown
//! the answers: it loses the status and body of an error, takes a reply that is no event stream for
//! an empty one, and abandons a body at `[DONE]`, connection included. Trying again is somebody
//! else's decision.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use reqwest::Response;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::SecretString;
use serde::de::IgnoredAny;

use super::assemble::Marker;
use super::body::{self, Body, Drain};
use super::fault::Fault;
use super::settings::Settings;
use super::wire::{Chunk, Request};

/// A stream, or a whole reply or an error; a strict server may answer 406 to less.
const ACCEPTED: &str = "text/event-stream, application/json";

/// A way to one endpoint.
pub(super) struct Transport {
    client: Client<Endpoint>,
    aside: Aside,
    drain: Drain,
    idle_timeout: Duration,
}

/// The chunks of one reply.
pub(super) struct Chunks(Body);

/// Where an answer waits for us while async-openai is content with another.
#[derive(Debug, Clone, Default)]
struct Aside(Arc<Mutex<Option<Response>>>);

impl Transport {
    /// Prepares a way to an endpoint. Nothing is connected yet.
    pub(super) fn new(http: reqwest::Client, settings: &Settings) -> Self {
        let aside = Aside::default();
        let service = {
            let (http, aside) = (http.clone(), aside.clone());
            tower::service_fn(move |request: HttpRequestFactory| {
                carry(http.clone(), request, aside.clone())
            })
        };
        let client = Client::build(http, Endpoint::new(settings)).with_http_service(service);
        Self { client, aside, drain: Drain::default(), idle_timeout: settings.idle_timeout }
    }

    /// Sends a request and waits for the beginning of its answer.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Chunks, Fault> {
        self.drain.settle().await;
        let chat = self.client.chat();
        let sent: Result<IgnoredAny, OpenAIError> =
            tokio::time::timeout(self.idle_timeout, chat.create_byot(request))
                .await
                .map_err(|_| Fault::Silence(self.idle_timeout))?;
        sent.map_err(fault)?;
        let answer = self.aside.take();
        let answer = answer.ok_or_else(|| Fault::NoConnection("nothing was sent".to_owned()))?;
        Body::open(answer, self.idle_timeout, self.drain.clone()).await.map(Chunks)
    }
}

impl Aside {
    fn put(&self, answer: Response) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    }

    fn take(&self) -> Option<Response> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

async fn carry(
    http: reqwest::Client,
    request: HttpRequestFactory,
    aside: Aside,
) -> Result<Response, OpenAIError> {
    let request = request.build().await?;
    aside.put(http.execute(request).await?);
    Ok(http::Response::new("{}").into())
}

impl Chunks {
    /// The next chunk, or what is in its place.
    pub(super) async fn next(&mut self) -> Option<Result<Chunk, Fault>> {
        let event = self.0.next_event().await?;
        Some(serde_json::from_str(&event).map_err(|error| no_chunk(&error, &event)))
    }

    /// Waits only a moment for each further chunk; see [`Body::hurry`].
    pub(super) fn hurry(&mut self) {
        self.0.hurry();
    }

    /// How the stream ended, once there are no more chunks.
    pub(super) fn into_end(self) -> Marker {
        self.0.into_end()
    }
}

fn no_chunk(error: &serde_json::Error, event: &str) -> Fault {
    // A chunk that stops in the middle is the last one of a stream that broke off.
    if error.is_eof() {
        return Fault::CutOff("it ended in the middle of an event".to_owned());
    }
    let shown = event.chars().take(200).filter(|c| !c.is_control());
    Fault::NoChunk(format!("{error}: {}", shown.collect::<String>()))
}

fn fault(error: OpenAIError) -> Fault {
    match error {
        OpenAIError::Reqwest(error) => {
            let error = error.without_url();
            let words = body::chain(&error);
            if error.is_connect() {
                Fault::NoConnection(words)
            } else if error.is_builder() {
                Fault::Unsendable(words)
            } else {
                Fault::CutOff(words)
            }
        }
        error => Fault::Unsendable(error.to_string()),
    }
}

/// Where requests go and what goes with them.
///
/// Unlike async-openai's own configuration it reads no environment, so that nobody's organization
/// or administration key is sent along.
struct Endpoint {
    base_url: String,
    headers: HeaderMap,
    /// async-openai asks for it; only its realtime API would use it.
    no_key: SecretString,
}

impl Endpoint {
    fn new(settings: &Settings) -> Self {
        let mut headers = settings.headers.clone();
        headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
        if let Some(mut authorization) = settings.authorization.clone() {
            authorization.set_sensitive(true);
            headers.insert(AUTHORIZATION, authorization);
        }
        let base_url = settings.base_url.trim_end_matches('/').to_owned();
        Self { base_url, headers, no_key: SecretString::default() }
    }
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base_url
    }

    fn api_key(&self) -> &SecretString {
        &self.no_key
    }
}
