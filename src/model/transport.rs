//! Requests to a chat completions endpoint and the chunks that come back.
//!
//! The only place that speaks to async-openai; what it says of a failure becomes a [`Fault`] here.
//! It sends once: trying again is somebody else's decision.

use std::time::Duration;

use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::SecretString;

use super::assemble::Marker;
use super::body::{self, End, Exchange, NoAnswer, ProviderHttpError};
use super::fault::Fault;
use super::settings::Settings;
use super::wire::{Chunk, Request};

/// A stream, or a whole reply or an error; a strict server may answer 406 to less.
const ACCEPTED: &str = "text/event-stream, application/json";

/// A way to one endpoint.
pub(super) struct Transport {
    client: Client<Endpoint>,
    exchange: Exchange,
    idle_timeout: Duration,
}

/// The chunks of one streamed reply.
pub(super) struct Chunks {
    stream: BoxStream<'static, Result<Chunk, OpenAIError>>,
    exchange: Exchange,
    idle_timeout: Duration,
}

impl Transport {
    /// Prepares a way to an endpoint. Nothing is connected yet.
    pub(super) fn new(http: reqwest::Client, settings: &Settings) -> Self {
        let exchange = Exchange::default();
        let idle_timeout = settings.idle_timeout;
        let service = {
            let (http, exchange) = (http.clone(), exchange.clone());
            tower::service_fn(move |request: HttpRequestFactory| {
                body::execute(http.clone(), request, exchange.clone(), idle_timeout)
            })
        };
        let client = Client::build(http, Endpoint::new(settings)).with_http_service(service);
        Self { client, exchange, idle_timeout }
    }

    /// Sends a request and waits for the beginning of its answer.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Chunks, Fault> {
        let sent = self.client.chat().create_stream_byot(request).await;
        let stream = sent.map_err(|error| fault(error, self.idle_timeout))?;
        Ok(Chunks { stream, exchange: self.exchange.clone(), idle_timeout: self.idle_timeout })
    }
}

impl Chunks {
    /// The next chunk, or what is in its place.
    pub(super) async fn next(&mut self) -> Option<Result<Chunk, Fault>> {
        let chunk = self.stream.next().await?;
        Some(chunk.map_err(|error| fault(error, self.idle_timeout)))
    }

    /// How the stream ended, once there are no more chunks.
    pub(super) fn end(&self) -> Marker {
        let fault = match self.exchange.end() {
            End::Done => return Marker::Done,
            End::Silent => Fault::Silence(self.idle_timeout),
            End::Broken(why) => Fault::CutOff(why),
            End::Bare => Fault::CutOff("it ended before the reply did".to_owned()),
        };
        Marker::Missing(fault)
    }
}

fn fault(error: OpenAIError, idle_timeout: Duration) -> Fault {
    match error {
        OpenAIError::Boxed(error) if error.is::<NoAnswer>() => Fault::Silence(idle_timeout),
        OpenAIError::Boxed(error) => match error.downcast::<ProviderHttpError>() {
            Ok(refusal) => Fault::Refusal(refusal),
            Err(error) => Fault::NoChunk(error.to_string()),
        },
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
        // A chunk that stops in the middle is the last one of a stream that broke off.
        OpenAIError::JSONDeserialize(error, _) if error.is_eof() => {
            Fault::CutOff("it ended in the middle of an event".to_owned())
        }
        OpenAIError::JSONDeserialize(error, chunk) => {
            let chunk = chunk.chars().take(200).filter(|c| !c.is_control());
            Fault::NoChunk(format!("{error}: {}", chunk.collect::<String>()))
        }
        error => Fault::NoChunk(error.to_string()),
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
