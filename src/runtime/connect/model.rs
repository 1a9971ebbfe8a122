//! The model of a target: a client for an endpoint, or one that is part of this program.
//!
//! It sends nothing.

use std::fmt::Display;
use std::path::Path;

use super::clients::Clients;
use super::proxying;
use crate::card::{RequestParams, ServiceTier};
use crate::config::{MaxTokensField, Retries, Timeouts};
use crate::model::Model;
use crate::model::endpoint::{Builtin, Endpoint, Target};
use crate::model::fallback::{Fallback, with_fallbacks};
use crate::model::openai::OpenAi;
use crate::model::scripted::{Echo, FileScript, Scripted};
use crate::model::settings::{Delivery, MaxTokens, Params, RetryPolicy, Settings};
use crate::runtime::SetupError;
use crate::sandbox::planner::HubPlanner;
use crate::secret::Secret;

/// How the models of an agent are made.
#[derive(Clone)]
pub(in crate::runtime) struct Models {
    pub(super) asking: Asking,
    pub(super) target: Target,
    pub(super) fallbacks: Vec<Target>,
}

impl Models {
    /// Makes a model, with the others that may take its place.
    pub(in crate::runtime) fn connect(&self) -> Result<Box<dyn Model>, SetupError> {
        self.asking.clone().connect(self.target.clone(), self.fallbacks.clone())
    }

    /// The same for another model.
    #[must_use]
    pub(in crate::runtime) fn of(&self, target: Target) -> Self {
        Self { target, ..self.clone() }
    }
}

/// How models are asked, whichever they are.
#[derive(Clone)]
pub(super) struct Asking {
    pub(super) delivery: Delivery,
    pub(super) card: RequestParams,
    pub(super) timeouts: Timeouts,
    pub(super) retries: Retries,
    pub(super) clients: Clients,
}

impl Asking {
    /// Makes the model of a target, and others that may take its place.
    fn connect(self, target: Target, fallbacks: Vec<Target>) -> Result<Box<dyn Model>, SetupError> {
        let name = target.name();
        let first = self.model(target);
        let fallbacks = fallbacks.into_iter().map(|target| {
            let (name, asking) = (target.name(), self.clone());
            let connect = move || asking.model(target).map_err(|error| error.to_string());
            Fallback { name, connect: Box::new(connect) }
        });
        with_fallbacks(&name, first, fallbacks.collect())
    }

    fn model(&self, target: Target) -> Result<Box<dyn Model>, SetupError> {
        let name = target.name();
        Ok(match target {
            Target::Endpoint(endpoint) => Box::new(self.open_ai(*endpoint, name)?),
            Target::Builtin(Builtin::Hub) => Box::new(Scripted::new(name, HubPlanner)),
            Target::Builtin(Builtin::Echo) => Box::new(Scripted::new(name, Echo)),
            Target::Builtin(Builtin::Scripted(file)) => {
                Box::new(Scripted::new(name, script(&file)?))
            }
        })
    }

    fn open_ai(&self, endpoint: Endpoint, name: String) -> Result<OpenAi, SetupError> {
        let key = endpoint.key.clone().map_err(SetupError::Model)?;
        let Self { delivery, card, timeouts, retries, clients } = self;
        let http = clients.get(proxying(&endpoint.base_url), timeouts)?;
        Ok(OpenAi::new(
            http,
            Settings {
                name,
                base_url: endpoint.base_url.to_string(),
                authorization: key.as_ref().map(Secret::bearer),
                context: endpoint.context,
                params: params(&endpoint, card),
                headers: endpoint.headers,
                model: endpoint.model,
                delivery: *delivery,
                retry: RetryPolicy {
                    attempts: retries.attempts.value,
                    first_wait: retries.first_wait.value,
                    patience: retries.patience.value,
                    ..RetryPolicy::default()
                },
                idle_timeout: card.streaming_timeout.unwrap_or(timeouts.idle.value),
                reply_timeout: timeouts.reply.value,
            },
        ))
    }
}

fn script(file: &Path) -> Result<FileScript, SetupError> {
    let unusable = |error: &dyn Display| SetupError::Script(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| unusable(&error))?;
    FileScript::parse(&text).map_err(|error| unusable(&error))
}

/// What the spec says goes before what the card says.
fn params(endpoint: &Endpoint, card: &RequestParams) -> Params {
    let spec = endpoint.params;
    let max_tokens = spec.max_tokens.or(card.max_tokens);
    Params {
        temperature: spec.temperature.or(card.temperature),
        top_p: spec.top_p.or(card.top_p),
        top_k: spec.top_k.or(card.top_k),
        min_p: spec.min_p.or(card.min_p),
        presence_penalty: spec.presence_penalty.or(card.presence_penalty),
        frequency_penalty: spec.frequency_penalty.or(card.frequency_penalty),
        repetition_penalty: spec.repetition_penalty.or(card.repetition_penalty),
        reasoning_effort: spec.reasoning.map(|effort| effort.as_str().to_owned()),
        stop: card.stop_sequences.clone(),
        parallel_tool_calls: card.parallel_tool_calls,
        // OpenAI calls the fast one so; OpenRouter knows both names.
        service_tier: card.service_tier.map(|tier| match tier {
            ServiceTier::Fast => "priority",
            ServiceTier::Flex => "flex",
        }),
        metadata: card.metadata.clone(),
        max_tokens: max_tokens.map(|tokens| match endpoint.quirks.max_tokens_field {
            MaxTokensField::MaxTokens => MaxTokens::MaxTokens(tokens),
            MaxTokensField::MaxCompletionTokens => MaxTokens::MaxCompletionTokens(tokens),
        }),
    }
}
