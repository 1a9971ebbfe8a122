//! A blueprint made into a session: clients built, the emulator started.
//!
//! It sends nothing: the first request is the first turn's.

mod clients;
mod hub_client;
mod model;
mod shared;

use std::io;
use std::sync::Arc;

use clients::Clients;
use hub_client::client;
use shared::{Equipment, Transport};

use super::{Blueprint, SetupError, Surroundings, lifecycle::Endings, prior};
use crate::agent::Agent;
use crate::config::{BaseUrl, Config};
use crate::conversation::Conversation;
use crate::message::Message;
use crate::net::Proxying;
use crate::sandbox::{
    server::{self, Options, Running},
    world::World,
};
use crate::tool::{
    Approver, ToolSet,
    hub::{EndpointPattern, HubTool},
    mcp::Servers,
};

pub(super) use {
    hub_client::hub_token,
    model::Models,
    shared::{Prepared, Shared, Surrounding, prepare, prompt},
};

/// An agent that can run, and what lives as long as it does.
pub struct Session {
    /// The agent.
    pub agent: Agent,
    /// The first message of its conversations.
    pub system_prompt: String,
    /// The messages after that.
    pub prior: Vec<Arc<Message>>,
    /// Its MCP servers. Those that were started end with the last session that uses them.
    pub servers: Option<Arc<Servers>>,
    /// The emulator, which stops when the last session that uses it is dropped.
    pub sandbox: Option<Arc<Running>>,
    endings: Arc<Endings>,
}

impl Session {
    /// Runs what cards want run when their agents have done their work, within a few seconds. Returns
    /// what went wrong. A session that is dropped without it leaves that undone.
    pub async fn end(&mut self) -> Vec<String> {
        Box::pin(self.endings.run()).await
    }

    /// A new conversation with the agent.
    pub fn conversation(&self) -> Conversation {
        let mut conversation = Conversation::new(self.system_prompt.clone());
        prior::begin(&mut conversation, &self.prior);
        conversation
    }
}

/// Makes a session of a blueprint. Writes are approved by `approver`. A session in the sandbox uses
/// the emulator it is given, so that what was written there stays; without one it starts its own.
pub async fn connect(
    blueprint: Blueprint,
    config: &Config,
    approver: Arc<dyn Approver>,
    sandbox: Option<Arc<Running>>,
) -> Result<Session, SetupError> {
    if !blueprint.trusted.covers(&blueprint.programs()) {
        return Err(SetupError::Untrusted);
    }
    let sandbox = match (blueprint.surroundings, sandbox) {
        (Surroundings::Real, _) => None,
        (Surroundings::Sandbox, Some(running)) => Some(running),
        (Surroundings::Sandbox, None) => {
            Some(Arc::new(emulator().await.map_err(SetupError::Sandbox)?))
        }
    };
    let transport = Transport { delivery: blueprint.delivery, clients: Clients::default() };
    let endings = Arc::default();
    let surrounding = Surrounding {
        config,
        sandbox: sandbox.as_ref(),
        pattern: blueprint.pattern(),
        approver: &approver,
        transport: &transport,
        endings: &endings,
    };
    let model = shared::models(&blueprint, config, &transport).connect()?;
    let Equipment { tools, servers, hooks } = shared::equip(&blueprint, &surrounding).await?;
    let manner = blueprint.manner();
    let Blueprint { prompt, prior, limits, answer_schema, .. } = blueprint;
    let system_prompt = shared::prompt(prompt, servers.as_deref(), config).await?;
    let hooks = shared::started(hooks, &endings).await?;
    let agent = Agent { model, tools, limits, manner, hooks, answer_schema };
    Ok(Session { agent, system_prompt, prior, servers, sandbox, endings })
}

/// The Hub's tool alone, for writes that come from no model. They are approved by `approver`.
pub fn hub_tools(config: &Config, approver: Arc<dyn Approver>) -> Result<ToolSet, SetupError> {
    let tool = HubTool::new(client(config, None)?, EndpointPattern::Omitted);
    Ok(ToolSet::new(vec![Arc::new(tool)], approver))
}

async fn emulator() -> io::Result<Running> {
    let world = World::standard().map_err(io::Error::other)?;
    server::start(Options { world, ..Options::default() }).await
}

/// A server on this machine is never behind the machine's proxy.
pub(super) fn proxying(url: &BaseUrl) -> Proxying {
    if url.is_loopback() { Proxying::Direct } else { Proxying::System }
}
