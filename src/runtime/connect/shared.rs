//! What an agent has once it is connected, and what is shared with the agents it calls.
//!
//! It sends nothing, and does not know who runs.

use std::sync::Arc;

use super::clients::Clients;
use super::hub_client::client;
use super::model::{Asking, Models};
use crate::agent::Hooks;
use crate::config::Config;
use crate::hub;
use crate::message::Message;
use crate::model::Delivery;
use crate::runtime::card_tool::{self, subagent};
use crate::runtime::{
    Blueprint, SetupError, SystemPrompt, harness, hooks, lifecycle::Endings, tools,
};
use crate::sandbox::server::Running;
use crate::tool::hub::EndpointPattern;
use crate::tool::mcp::Servers;
use crate::tool::{Approver, ToolSet};

/// What sources of tools may use when they are connected.
pub(in crate::runtime) struct Surrounding<'a> {
    /// All settings.
    pub(in crate::runtime) config: &'a Config,
    /// Whether the Hub's tool shows which endpoints there are.
    pub(in crate::runtime) pattern: EndpointPattern,
    pub(super) sandbox: Option<&'a Arc<Running>>,
    pub(super) approver: &'a Arc<dyn Approver>,
    pub(super) transport: &'a Transport,
    pub(super) endings: &'a Arc<Endings>,
}

impl Surrounding<'_> {
    /// A client for the Hub, real or emulated.
    pub(in crate::runtime) fn hub(&self) -> Result<hub::Client, SetupError> {
        client(self.config, self.sandbox.map(Arc::as_ref))
    }

    /// What outlives the connecting, for agents that are connected later.
    pub(in crate::runtime) fn shared(&self) -> Arc<Shared> {
        Arc::new(Shared {
            config: self.config.clone(),
            sandbox: self.sandbox.cloned(),
            approver: Arc::clone(self.approver),
            transport: self.transport.clone(),
            endings: Arc::clone(self.endings),
        })
    }
}

/// What the agents that other agents call have in common with those.
pub(in crate::runtime) struct Shared {
    config: Config,
    sandbox: Option<Arc<Running>>,
    approver: Arc<dyn Approver>,
    transport: Transport,
    endings: Arc<Endings>,
}

impl Shared {
    /// What the tools of an agent may use when they are connected.
    pub(in crate::runtime) fn surrounding(&self, blueprint: &Blueprint) -> Surrounding<'_> {
        Surrounding {
            config: &self.config,
            pattern: blueprint.pattern(),
            sandbox: self.sandbox.as_ref(),
            approver: &self.approver,
            transport: &self.transport,
            endings: &self.endings,
        }
    }

    /// How the models of an agent are made.
    pub(in crate::runtime) fn models(&self, blueprint: &Blueprint) -> Models {
        models(blueprint, &self.config, &self.transport)
    }

    /// All settings.
    pub(in crate::runtime) fn config(&self) -> &Config {
        &self.config
    }
}

/// What a run of an agent begins with; clones share it.
pub(in crate::runtime) struct Prepared {
    pub(in crate::runtime) tools: ToolSet,
    pub(in crate::runtime) hooks: Option<Arc<dyn Hooks>>,
    pub(in crate::runtime) system_prompt: Arc<Message>,
}

/// Connects the tools of an agent and finishes its prompt.
pub(in crate::runtime) async fn prepare(
    blueprint: &Blueprint,
    surrounding: Surrounding<'_>,
) -> Result<Prepared, SetupError> {
    let Equipment { tools, servers, hooks } = equip(blueprint, &surrounding).await?;
    let content = prompt(blueprint.prompt.clone(), servers.as_deref(), surrounding.config).await?;
    let hooks = started(hooks, surrounding.endings).await?;
    Ok(Prepared { tools, hooks, system_prompt: Arc::new(Message::System { content }) })
}

/// What an agent runs with besides its model.
pub(super) struct Equipment {
    pub(super) tools: ToolSet,
    /// Its servers, if it has any.
    pub(super) servers: Option<Arc<Servers>>,
    /// The hooks, before any of them ran.
    pub(super) hooks: hooks::Connected,
}

/// Connects the tools of an agent, and what looks on while it runs.
pub(super) async fn equip(
    blueprint: &Blueprint,
    surrounding: &Surrounding<'_>,
) -> Result<Equipment, SetupError> {
    let (mut tools, servers) = tools::connect(blueprint.sources.clone(), surrounding).await?;
    tools.extend(card_tool::connect(blueprint, surrounding)?);
    let hooks = hooks(blueprint, surrounding.config).await?;
    let set = |tools| {
        let supplies = servers.iter().map(|servers| servers.clone() as _).collect();
        ToolSet::new(tools, Arc::clone(surrounding.approver)).supplied_by(supplies)
    };
    let inherited = || set(tools.clone());
    let mut more = harness::connect(blueprint, inherited, servers.as_ref());
    if let Some(plan) = &blueprint.subagents {
        let (servers, hooks) = (servers.clone(), hooks.looking.clone());
        let inherited = subagent::Inherited { tools: inherited(), servers, hooks };
        more.push(subagent::connect(blueprint, plan, surrounding, inherited)?);
    }
    tools.extend(more);
    Ok(Equipment { tools: set(tools), servers, hooks })
}

/// The whole prompt of an agent. Servers it quotes are started for it.
pub(in crate::runtime) async fn prompt(
    prompt: SystemPrompt,
    servers: Option<&Servers>,
    config: &Config,
) -> Result<String, SetupError> {
    let instructions = match servers {
        Some(servers) if prompt.quotes_servers() => servers.instructions().await,
        _ => String::new(),
    };
    prompt.finish(config, &instructions).await
}

/// Connects the hooks of an agent.
async fn hooks(blueprint: &Blueprint, config: &Config) -> Result<hooks::Connected, SetupError> {
    match &blueprint.hooks {
        Some(hooks) => Box::pin(hooks.clone().connect(config)).await,
        None => Ok(hooks::Connected::default()),
    }
}

/// Runs what an agent has run before its first request, and returns what looks on from then on.
pub(super) async fn started(
    hooks: hooks::Connected,
    endings: &Endings,
) -> Result<Option<Arc<dyn Hooks>>, SetupError> {
    if let Some(lifecycle) = hooks.lifecycle {
        Box::pin(lifecycle.start(endings)).await?;
    }
    Ok(hooks.looking)
}

/// How the models of an agent are made.
pub(super) fn models(blueprint: &Blueprint, config: &Config, transport: &Transport) -> Models {
    let asking = Asking {
        delivery: transport.delivery,
        card: blueprint.card.request_params.clone(),
        timeouts: config.timeouts.clone(),
        retries: config.retries.clone(),
        clients: transport.clients.clone(),
    };
    Models { asking, target: blueprint.target.clone(), fallbacks: blueprint.fallbacks.clone() }
}

/// How the models of a run are spoken to.
#[derive(Clone)]
pub(super) struct Transport {
    pub(super) delivery: Delivery,
    pub(super) clients: Clients,
}
