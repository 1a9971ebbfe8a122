//! A blueprint made into a session: clients built, the emulator started.
//!
//! It sends nothing: the first request is the first turn's.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::sync::Arc;

use url::Url;

use super::tools::NativeTool;
use super::{Blueprint, SetupError, Surroundings};
use crate::agent::Agent;
use crate::card::RequestParams;
use crate::config::{BaseUrl, Config, MaxTokensField, Secret, TokenSource};
use crate::hub;
use crate::model::Model;
use crate::model::endpoint::{Builtin, Endpoint, Target};
use crate::model::openai::OpenAi;
use crate::model::scripted::{Echo, FileScript, Scripted};
use crate::model::settings::{MaxTokens, Params, RetryPolicy, Settings};
use crate::net::{self, Proxying};
use crate::sandbox::planner::HubPlanner;
use crate::sandbox::server::{self, Options, Running};
use crate::sandbox::world::World;
use crate::tool::{Approver, Tool, ToolSet};

/// The token of ada-moreau, who may write in the emulator's default world.
const SANDBOX_TOKEN: &str = "hf_test_write_ada";

/// An agent that can run, and what lives as long as it does.
pub struct Session {
    /// The agent.
    pub agent: Agent,
    /// The first message of its conversations.
    pub system_prompt: String,
    /// The emulator, which stops when this is dropped.
    pub sandbox: Option<Running>,
}

/// Makes a session of a blueprint. Writes are approved by `approver`.
pub async fn connect(
    blueprint: Blueprint,
    config: &Config,
    approver: Arc<dyn Approver>,
) -> Result<Session, SetupError> {
    let sandbox = match blueprint.surroundings {
        Surroundings::Real => None,
        Surroundings::Sandbox => Some(emulator().await.map_err(SetupError::Sandbox)?),
    };
    let tools = tools(&blueprint, config, sandbox.as_ref())?;
    let name = blueprint.model_name();
    let Blueprint { card, target, limits, .. } = blueprint;
    let model: Box<dyn Model> = match target {
        Target::Endpoint(endpoint) => {
            Box::new(open_ai(*endpoint, name, &card.request_params, config)?)
        }
        Target::Builtin(Builtin::Hub) => Box::new(Scripted::new(name, HubPlanner)),
        Target::Builtin(Builtin::Echo) => Box::new(Scripted::new(name, Echo)),
        Target::Builtin(Builtin::Scripted(file)) => Box::new(Scripted::new(name, script(&file)?)),
    };
    let agent = Agent { model, tools: ToolSet::new(tools, approver), limits };
    Ok(Session { agent, system_prompt: card.instruction, sandbox })
}

async fn emulator() -> io::Result<Running> {
    let world = World::standard().map_err(io::Error::other)?;
    server::start(Options { world, ..Options::default() }).await
}

fn tools(
    blueprint: &Blueprint,
    config: &Config,
    sandbox: Option<&Running>,
) -> Result<Vec<Arc<dyn Tool>>, SetupError> {
    if blueprint.tools.is_empty() {
        return Ok(Vec::new());
    }
    let hub = hub_client(config, sandbox)?;
    let connect = |tool: &NativeTool| tool.connect(&blueprint.target, &hub);
    Ok(blueprint.tools.iter().map(connect).collect())
}

/// The Hub, or the emulator with the token of the world's main person.
fn hub_client(config: &Config, sandbox: Option<&Running>) -> Result<hub::Client, SetupError> {
    let (origin, proxying, token, is_offline) = if let Some(running) = sandbox {
        let token = hub::Secret::clean(SANDBOX_TOKEN);
        let token = token.map_or(hub::TokenSource::Disabled, hub::TokenSource::Value);
        (running.origin.as_str(), Proxying::Direct, token, false)
    } else {
        let endpoint = &config.hub.endpoint.value;
        let token = hub_token(&config.hub.token);
        (endpoint.as_str(), proxying(endpoint), token, config.hub.offline.value)
    };
    let origin = Url::parse(origin).map_err(|error| SetupError::HubUrl(error.to_string()))?;
    let http = net::client(proxying, config.timeouts.connect.value)?;
    let settings = hub::Settings {
        token,
        max_results: config.hub.max_results.value.into(),
        reach: if is_offline { hub::Reach::Offline } else { hub::Reach::Online },
        ..hub::Settings::new(origin)
    };
    Ok(hub::Client::new(http, settings))
}

fn script(file: &Path) -> Result<FileScript, SetupError> {
    let unusable = |error: &dyn Display| SetupError::Script(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| unusable(&error))?;
    FileScript::parse(&text).map_err(|error| unusable(&error))
}

fn hub_token(source: &TokenSource) -> hub::TokenSource {
    match source {
        TokenSource::Disabled | TokenSource::Absent => hub::TokenSource::Disabled,
        TokenSource::Value(secret) => hub::Secret::clean(secret.expose())
            .map_or(hub::TokenSource::Disabled, hub::TokenSource::Value),
        TokenSource::File(path) => hub::TokenSource::File(path.clone()),
    }
}

fn open_ai(
    endpoint: Endpoint,
    name: String,
    card: &RequestParams,
    config: &Config,
) -> Result<OpenAi, SetupError> {
    let http = net::client(proxying(&endpoint.base_url), config.timeouts.connect.value)?;
    Ok(OpenAi::new(
        http,
        Settings {
            name,
            base_url: endpoint.base_url.to_string(),
            authorization: endpoint.key.as_ref().map(Secret::bearer),
            params: params(&endpoint, card),
            headers: endpoint.headers,
            model: endpoint.model,
            retry: RetryPolicy::default(),
            idle_timeout: card.streaming_timeout.unwrap_or(config.timeouts.idle.value),
        },
    ))
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
        max_tokens: max_tokens.map(|tokens| match endpoint.quirks.max_tokens_field {
            MaxTokensField::MaxTokens => MaxTokens::MaxTokens(tokens),
            MaxTokensField::MaxCompletionTokens => MaxTokens::MaxCompletionTokens(tokens),
        }),
    }
}

/// A server on this machine is never behind the machine's proxy.
fn proxying(url: &BaseUrl) -> Proxying {
    if url.is_loopback() { Proxying::Direct } else { Proxying::System }
}
