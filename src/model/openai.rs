//! A model behind an OpenAI-compatible chat completions endpoint.
//!
//! It asks, passes fragments on, asks again. How requests travel is the transport's business, what
//! chunks add up to the assembler's, what is wrong with that `repair`'s; the loop above sees none
//! of them.

use futures_util::future::BoxFuture;
use tokio::time::{sleep, timeout};

use super::assemble::Marker;
use super::encode::Encoder;
use super::fault::Fault;
use super::listen::Listener;
use super::nudges::Nudges;
use super::options::Options;
use super::repair::{Family, Mended, Nudge, Repair};
use super::settings::{Delivery, Settings};
use super::transport::Transport;
use super::wire::{Request, ResponseFormat};
use super::{Model, ModelError, Prompt};
use crate::event::{Event, Events};
use crate::message::{Reply, StopReason};

/// How often one reply is asked for again without what the endpoint complained about.
const MOST_ADAPTATIONS: u32 = 8;

/// A model behind an OpenAI-compatible endpoint.
pub struct OpenAi {
    settings: Settings,
    family: Family,
    options: Options,
    transport: Transport,
    encoder: Encoder,
    formats: Formats,
    /// The base URL as people may see it.
    url: String,
}

/// Whether the endpoint can hold a reply to a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Formats {
    /// Unless it says otherwise.
    Taken,
    /// It has said otherwise.
    Refused,
}

/// A request that gave no reply.
enum Failure {
    /// Another request may do better: the same one, if the fault is of that kind.
    Early(Fault),
    /// The same request would say twice what is shown already.
    Partial(Fault),
    /// The same request would end the same way.
    Final(Fault),
    /// A request in other words may do better.
    Nudge(Nudge),
}

impl OpenAi {
    /// Makes a client of one model. Nothing is sent before the first reply is asked for.
    pub fn new(http: reqwest::Client, settings: Settings) -> Self {
        let family = Family::of(&settings.model);
        let transport = Transport::new(http, &settings);
        let url = settings.shown_url();
        let options = Options::of(&settings);
        let (encoder, formats) = (Encoder::new(family), Formats::Taken);
        Self { settings, family, options, transport, encoder, formats, url }
    }

    async fn reply_in_time(
        &mut self,
        prompt: Prompt<'_>,
        events: &Events,
    ) -> Result<Reply, ModelError> {
        let limit = self.settings.reply_timeout;
        match timeout(limit, self.reply_at_last(prompt, events)).await {
            Ok(reply) => reply,
            Err(_) => Err(self.error(Fault::Late(limit))),
        }
    }

    async fn reply_at_last(
        &mut self,
        prompt: Prompt<'_>,
        events: &Events,
    ) -> Result<Reply, ModelError> {
        let (mut attempt, mut adaptations, mut nudges) = (1, 0, Nudges::default());
        loop {
            let encoded = self.encoder.encode(prompt, nudges.messages());
            encoded.map_err(|error| self.error(Fault::Unsendable(error.to_string())))?;
            let fault = match self.reply_once(prompt, events).await {
                Ok(reply) => return Ok(nudges.charge(reply)),
                Err(Failure::Final(fault)) => return Err(self.error(fault)),
                Err(Failure::Partial(fault)) => {
                    return Err(ModelError { is_partial: true, ..self.error(fault) });
                }
                Err(Failure::Nudge(nudge)) => {
                    nudges.add(nudge).map_err(|fault| self.error(fault))?.report(events);
                    continue;
                }
                Err(Failure::Early(fault)) => fault,
            };
            if adaptations < MOST_ADAPTATIONS
                && let Some(repair) = self.give_way(&fault, prompt)
            {
                adaptations += 1;
                repair.report(events);
                continue;
            }
            let advice = fault.advice();
            let error = self.error(fault);
            let Some(wait) = self.settings.retry.wait(&error, advice, attempt) else {
                return Err(error);
            };
            attempt += 1;
            events.send(Event::Retry { attempt, wait, reason: error.message });
            sleep(wait).await;
        }
    }

    /// Asks otherwise from now on, if the endpoint complains about how it was asked.
    fn give_way(&mut self, fault: &Fault, prompt: Prompt<'_>) -> Option<Repair> {
        let complaint = fault.complaint()?;
        if let Some(repair) = self.options.give_way(&complaint) {
            return Some(repair);
        }
        if complaint.refuses_reasoning() && self.encoder.leave_reasoning_out() {
            let detail = "the endpoint takes no reasoning back; it is left out";
            return Some(Repair::new("reasoning_refused", detail));
        }
        // A format is refused in so many ways that every complaint about a request that has one
        // counts.
        let has_format = prompt.schema.is_some() && self.formats == Formats::Taken;
        let detail = "the endpoint holds no reply to a schema; it is only told it";
        has_format.then(|| {
            self.formats = Formats::Refused;
            Repair::new("format_refused", detail)
        })
    }

    async fn reply_once(&self, prompt: Prompt<'_>, events: &Events) -> Result<Reply, Failure> {
        let delivery = self.delivery(prompt);
        let mut listener = Listener::new(self.family, delivery, events);
        let heard = self.listen(self.request(prompt), &mut listener).await;
        let failure = if listener.has_shown_text() { Failure::Partial } else { Failure::Early };
        match listener.conclude(heard, prompt).map_err(failure)? {
            Mended::Reply(reply) => Ok(reply),
            Mended::Nudge(nudge) => Err(Failure::Nudge(nudge)),
            Mended::Empty(stop @ (StopReason::Length | StopReason::Filtered)) => {
                Err(Failure::Final(Fault::Empty(stop)))
            }
            Mended::Empty(stop) => Err(failure(Fault::Empty(stop))),
        }
    }

    async fn listen(
        &self,
        request: Request<'_>,
        listener: &mut Listener<'_>,
    ) -> Result<Marker, Fault> {
        let mut chunks = self.transport.send(request).await?;
        while let Some(chunk) = chunks.next().await {
            listener.hear(chunk?)?;
            if listener.has_heard_the_end() {
                chunks.hurry();
            }
        }
        Ok(chunks.into_end())
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

    /// A document is of no use before it is whole, and Groq streams none.
    fn delivery(&self, prompt: Prompt<'_>) -> Delivery {
        if prompt.schema.is_some() { Delivery::Whole } else { self.settings.delivery }
    }

    fn request<'a>(&'a self, prompt: Prompt<'a>) -> Request<'a> {
        let delivery = self.delivery(prompt);
        let schema = prompt.schema.filter(|_| self.formats == Formats::Taken);
        let format = |schema| ResponseFormat::JsonSchema { name: "answer", schema };
        Request {
            model: &self.settings.model,
            stream: delivery == Delivery::Streamed,
            options: self.options.keys(delivery, prompt.tools),
            tools: self.encoder.tools(),
            response_format: schema.map(format),
            messages: self.encoder.messages(),
        }
    }
}

impl Model for OpenAi {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn context(&self) -> Option<u64> {
        self.settings.context
    }

    fn reply<'a>(
        &'a mut self,
        prompt: Prompt<'a>,
        events: &'a Events,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        Box::pin(async move {
            let reply = self.reply_in_time(prompt, events).await;
            if let Err(error) = &reply {
                self.settings.context =
                    super::provider_error::context(error).or(self.settings.context);
            }
            reply
        })
    }
}
