//! A model behind an OpenAI-compatible chat completions endpoint.
//!
//! It sends, streams and tries again. What chunks add up to is the assembler's business, what an
//! error says `provider_error`'s; the loop above sees neither.

use std::time::SystemTime;

use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::sleep;
use url::Url;

use super::assemble::{Assembler, Marker, Shortfall};
use super::body::{self, End, Exchange, NoAnswer, ProviderHttpError};
use super::encode::Encoder;
use super::error::{ModelError, ModelErrorKind};
use super::provider_error::ProviderError;
use super::retry;
use super::settings::Settings;
use super::wire::{Chunk, Request, StreamOptions};
use super::{Model, Prompt};
use crate::event::{Event, Events};
use crate::message::{Reply, StopReason};

/// A model behind an OpenAI-compatible endpoint.
pub struct OpenAi {
    settings: Settings,
    client: Client<Endpoint>,
    exchange: Exchange,
    encoder: Encoder,
}

impl OpenAi {
    /// Makes a client of one model. Nothing is sent before the first reply is asked for.
    pub fn new(http: reqwest::Client, settings: Settings) -> Self {
        let exchange = Exchange::default();
        let service = {
            let (http, exchange) = (http.clone(), exchange.clone());
            let idle_timeout = settings.idle_timeout;
            tower::service_fn(move |request: HttpRequestFactory| {
                body::execute(http.clone(), request, exchange.clone(), idle_timeout)
            })
        };
        let client = Client::build(http, Endpoint::new(&settings)).with_http_service(service);
        Self { settings, client, exchange, encoder: Encoder::default() }
    }
}

impl Model for OpenAi {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn reply<'a>(
        &'a mut self,
        prompt: Prompt<'a>,
        events: &'a Events,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        Box::pin(self.reply_in_some_attempt(prompt, events))
    }
}

/// A request that gave no reply.
enum Failure {
    /// Another try may help, if the error is of that kind.
    Early(ModelError),
    /// Another try would say something twice, or end the same way.
    Final(ModelError),
}

impl OpenAi {
    async fn reply_in_some_attempt(
        &mut self,
        prompt: Prompt<'_>,
        events: &Events,
    ) -> Result<Reply, ModelError> {
        self.encoder.encode(prompt).map_err(|error| {
            self.error(ModelErrorKind::Rejected, format!("the request cannot be encoded: {error}"))
        })?;
        let mut attempt = 1;
        loop {
            let error = match self.attempt(events).await {
                Ok(reply) => return Ok(reply),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Early(error)) => error,
            };
            let Some(wait) = self.settings.retry.wait(&error, attempt) else {
                return Err(error);
            };
            attempt += 1;
            events.send(Event::Retry { attempt, wait, reason: error.message });
            sleep(wait).await;
        }
    }

    async fn attempt(&self, events: &Events) -> Result<Reply, Failure> {
        let mut chunks = self.send().await.map_err(|error| Failure::Early(self.explain(error)))?;
        let mut assembler = Assembler::default();
        let mut failure: fn(ModelError) -> Failure = Failure::Early;
        while let Some(chunk) = chunks.next().await {
            let mut chunk = chunk.map_err(|error| failure(self.explain(error)))?;
            if let Some(error) = chunk.take_error() {
                return Err(failure(self.interruption(&error)));
            }
            let fresh = assembler.add(chunk);
            if !fresh.reasoning.is_empty() {
                events.send(Event::Reasoning(fresh.reasoning));
            }
            if !fresh.text.is_empty() {
                events.send(Event::Text(fresh.text));
                failure = Failure::Final;
            }
        }
        let end = self.exchange.end();
        let marker = if end == End::Done { Marker::Done } else { Marker::Missing };
        let reply = assembler.finish(marker, self.encoder.call_ids());
        reply.map_err(|shortfall| match shortfall {
            Shortfall::Empty(StopReason::Length | StopReason::Filtered) => Failure::Final,
            _ => failure,
        }(self.shortfall(shortfall, end)))
    }

    async fn send(&self) -> Result<BoxStream<'static, Result<Chunk, OpenAIError>>, OpenAIError> {
        let request = Request {
            model: &self.settings.model,
            stream: true,
            stream_options: StreamOptions { include_usage: true },
            params: &self.settings.params,
            tools: self.encoder.tools(),
            messages: self.encoder.messages(),
        };
        self.client.chat().create_stream_byot(request).await
    }
}

/// Errors, in our words.
impl OpenAi {
    fn error(&self, kind: ModelErrorKind, message: impl Into<String>) -> ModelError {
        let url = self.client.config().shown.clone();
        ModelError { kind, message: message.into(), status: None, retry_after: None, url }
    }

    fn explain(&self, error: OpenAIError) -> ModelError {
        match error {
            OpenAIError::Boxed(error) if error.is::<NoAnswer>() => self.silence(),
            OpenAIError::Boxed(error) => match error.downcast::<ProviderHttpError>() {
                Ok(error) => self.refusal(&error),
                Err(error) => self.error(ModelErrorKind::Malformed, error.to_string()),
            },
            OpenAIError::Reqwest(error) => {
                let kind = if error.is_connect() {
                    ModelErrorKind::Unreachable
                } else if error.is_builder() {
                    ModelErrorKind::Rejected
                } else {
                    ModelErrorKind::CutOff
                };
                self.error(kind, body::chain(&error.without_url()))
            }
            // A chunk that stops in the middle is the last one of a stream that broke off.
            OpenAIError::JSONDeserialize(error, _) if error.is_eof() => {
                self.error(ModelErrorKind::CutOff, "the stream ended in the middle of an event")
            }
            OpenAIError::JSONDeserialize(error, chunk) => {
                let chunk: String = chunk.chars().take(200).collect();
                let message = format!("an event is no chat completion chunk: {error}: {chunk}");
                self.error(ModelErrorKind::Malformed, message)
            }
            error => self.error(ModelErrorKind::Malformed, error.to_string()),
        }
    }

    fn refusal(&self, error: &ProviderHttpError) -> ModelError {
        let words = ProviderError::parse(&error.body);
        let kind = words.kind(error.status);
        let message =
            if words.message.is_empty() { error.status.to_string() } else { words.message };
        ModelError {
            status: Some(error.status.as_u16()),
            retry_after: retry::asked_wait(&error.headers, SystemTime::now()),
            ..self.error(kind, message)
        }
    }

    /// An error in the middle of a stream, where the status was a success.
    fn interruption(&self, error: &Value) -> ModelError {
        let words = ProviderError::from_value(error);
        let status = words.status;
        let kind = match words.kind(StatusCode::OK) {
            ModelErrorKind::Malformed => ModelErrorKind::Server,
            kind => kind,
        };
        ModelError { status, ..self.error(kind, words.message) }
    }

    fn shortfall(&self, shortfall: Shortfall, end: End) -> ModelError {
        match (shortfall, end) {
            (Shortfall::CutOff, End::Silent) => self.silence(),
            (Shortfall::CutOff, End::Broken(reason)) => {
                self.error(ModelErrorKind::CutOff, format!("the stream broke off: {reason}"))
            }
            (Shortfall::CutOff, End::Bare | End::Done) => {
                self.error(ModelErrorKind::CutOff, "the stream ended before the reply did")
            }
            (Shortfall::Failed, _) => {
                self.error(ModelErrorKind::Server, "the provider ended the reply with an error")
            }
            (Shortfall::Empty(stop), _) => self.error(
                ModelErrorKind::Empty,
                match stop {
                    StopReason::Length => "the token limit was reached before any text",
                    StopReason::Filtered => "the provider's filter held the reply back",
                    StopReason::Done | StopReason::Other(_) => {
                        "the reply has neither text nor calls"
                    }
                },
            ),
        }
    }

    fn silence(&self) -> ModelError {
        let message = format!("no data for {} s", self.settings.idle_timeout.as_secs_f32());
        self.error(ModelErrorKind::TimedOut, message)
    }
}

/// Where requests go and what goes with them. Unlike async-openai's own configuration it reads no
/// environment, so that no organization or key of somebody else's gets sent along.
struct Endpoint {
    base_url: String,
    headers: HeaderMap,
    /// What async-openai asks for and only its realtime API uses.
    no_key: SecretString,
    /// The URL for people, without query or credentials.
    shown: String,
}

impl Endpoint {
    fn new(settings: &Settings) -> Self {
        let mut headers = settings.headers.clone();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(authorization) = &settings.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        let base_url = settings.base_url.trim_end_matches('/').to_owned();
        let shown = shown(&base_url);
        Self { base_url, headers, no_key: SecretString::default(), shown }
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

fn shown(base_url: &str) -> String {
    let Ok(mut url) = Url::parse(base_url) else {
        return base_url.to_owned();
    };
    url.set_query(None);
    url.set_fragment(None);
    // Refused only by URLs that cannot hold credentials in the first place.
    let _has_none = url.set_username("").and_then(|()| url.set_password(None));
    url.into()
}
