//! A model behind an OpenAI-compatible chat completions endpoint.
//!
//! It asks, passes fragments on and tries again. How requests travel is the transport's business,
//! what chunks add up to the assembler's; the loop above sees neither.

use futures_util::future::BoxFuture;
use tokio::time::sleep;
use url::Url;

use super::assemble::{Assembler, Marker};
use super::body::End;
use super::encode::Encoder;
use super::fault::Fault;
use super::provider_error;
use super::settings::Settings;
use super::transport::Transport;
use super::wire::{Request, StreamOptions};
use super::{Model, ModelError, Prompt};
use crate::event::{Event, Events};
use crate::message::Reply;

/// A model behind an OpenAI-compatible endpoint.
pub struct OpenAi {
    settings: Settings,
    transport: Transport,
    encoder: Encoder,
    /// The base URL as people may see it.
    url: String,
}

/// A request that gave no reply.
enum Failure {
    /// Another try may help, if the fault is of that kind.
    Early(Fault),
    /// Another try would say something twice, or end the same way.
    Final(Fault),
}

impl OpenAi {
    /// Makes a client of one model. Nothing is sent before the first reply is asked for.
    pub fn new(http: reqwest::Client, settings: Settings) -> Self {
        let transport = Transport::new(http, &settings);
        let url = without_secrets(&settings.base_url);
        Self { settings, transport, encoder: Encoder::default(), url }
    }

    async fn reply_at_last(
        &mut self,
        prompt: Prompt<'_>,
        events: &Events,
    ) -> Result<Reply, ModelError> {
        let mut attempt = 1;
        loop {
            let encoded = self.encoder.encode(prompt);
            encoded.map_err(|error| self.error(Fault::Unsendable(error.to_string())))?;
            let error = match self.reply_once(prompt, events).await {
                Ok(reply) => return Ok(reply),
                Err(Failure::Final(fault)) => return Err(self.error(fault)),
                Err(Failure::Early(fault)) => self.error(fault),
            };
            if provider_error::refuses_reasoning(&error) && self.encoder.leave_reasoning_out() {
                let detail = "the endpoint takes no reasoning back; it is left out".to_owned();
                events.send(Event::Repaired { kind: "reasoning_refused", detail });
                continue;
            }
            let Some(wait) = self.settings.retry.wait(&error, attempt) else {
                return Err(error);
            };
            attempt += 1;
            events.send(Event::Retry { attempt, wait, reason: error.message });
            sleep(wait).await;
        }
    }

    async fn reply_once(&self, prompt: Prompt<'_>, events: &Events) -> Result<Reply, Failure> {
        let mut failure: fn(Fault) -> Failure = Failure::Early;
        let mut chunks = self.transport.send(self.request()).await.map_err(failure)?;
        let mut assembler = Assembler::default();
        while let Some(chunk) = chunks.next().await {
            let mut chunk = chunk.map_err(failure)?;
            if let Some(error) = chunk.take_error() {
                return Err(failure(Fault::Interruption(error)));
            }
            let fresh = assembler.add(chunk);
            if !fresh.text.is_empty() {
                failure = Failure::Final;
            }
            fresh.show(events);
        }
        let marker = match chunks.end() {
            End::Done => Marker::Done,
            End::Silent => Marker::Missing(Fault::Silence(self.settings.idle_timeout)),
            End::Broken(why) => Marker::Missing(Fault::CutOff(why)),
            End::Bare => Marker::Missing(Fault::CutOff("it ended before the reply did".to_owned())),
        };
        assembler.finish(marker, prompt.call_ids()).map_err(|fault| match fault {
            fault if fault.is_settled() => Failure::Final(fault),
            fault => failure(fault),
        })
    }

    /// Says it to the loop, without the key, which some providers repeat.
    fn error(&self, fault: Fault) -> ModelError {
        let mut error = fault.into_error(&self.url);
        let key = self.settings.authorization.as_ref().and_then(|value| value.to_str().ok());
        let key = key.map(|value| value.strip_prefix("Bearer ").unwrap_or(value));
        if let Some(key) = key.filter(|key| !key.is_empty()) {
            error.message = error.message.replace(key, "[key]");
        }
        error
    }

    fn request(&self) -> Request<'_> {
        Request {
            model: &self.settings.model,
            stream: true,
            stream_options: StreamOptions { include_usage: true },
            params: &self.settings.params,
            tools: self.encoder.tools(),
            messages: self.encoder.messages(),
        }
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
        Box::pin(self.reply_at_last(prompt, events))
    }
}

/// A URL without credentials, query and fragment.
fn without_secrets(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return url.to_owned();
    };
    url.set_query(None);
    url.set_fragment(None);
    // Refused only by URLs that cannot hold credentials in the first place.
    let _has_none = url.set_username("").and_then(|()| url.set_password(None));
    url.into()
}
