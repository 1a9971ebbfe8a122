//! The servers of an agent: side by side, each in its own time.
//!
//! It does not know why an agent has these.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{BoxFuture, join_all};

use super::Definition;
use super::connection::Offers;
use super::name::Names;
use super::server::Server;
use super::tool::McpTool;
use crate::event::Events;
use crate::tool::{Supply, Tool};

/// The servers of an agent. Those that were started end when it is dropped.
pub struct Servers {
    servers: Vec<Arc<Server>>,
    known: Mutex<Known>,
}

/// What the servers offered, and the tools that were made of it.
#[derive(Default)]
struct Known {
    offers: Vec<Arc<Offers>>,
    tools: Option<Arc<[Arc<dyn Tool>]>>,
}

impl Servers {
    /// Servers that are started when they are needed.
    pub fn new(definitions: Vec<Definition>) -> Self {
        let servers = definitions.into_iter().map(|definition| Arc::new(Server::new(definition)));
        Self { servers: servers.collect(), known: Mutex::default() }
    }

    async fn refresh(&self, events: &Events) -> Arc<[Arc<dyn Tool>]> {
        let offers = join_all(self.servers.iter().map(|server| server.offers(events))).await;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pairs = offers.iter().zip(&known.offers);
        let is_known =
            offers.len() == known.offers.len() && pairs.all(|(now, then)| Arc::ptr_eq(now, then));
        match &known.tools {
            Some(tools) if is_known => Arc::clone(tools),
            _ => {
                let tools: Arc<[Arc<dyn Tool>]> = self.tools_of(&offers).into();
                *known = Known { offers, tools: Some(Arc::clone(&tools)) };
                tools
            }
        }
    }

    fn tools_of(&self, offers: &[Arc<Offers>]) -> Vec<Arc<dyn Tool>> {
        let mut names = Names::default();
        let mut tools: Vec<Arc<dyn Tool>> = Vec::new();
        for (server, offers) in self.servers.iter().zip(offers) {
            for tool in &offers.tools {
                let name = names.give(&server.definition.name, &tool.name);
                tools.push(Arc::new(McpTool::new(name, tool, Arc::clone(server))));
            }
        }
        tools
    }
}

impl Supply for Servers {
    fn tools<'a>(&'a self, events: &'a Events) -> BoxFuture<'a, Arc<[Arc<dyn Tool>]>> {
        Box::pin(self.refresh(events))
    }

    fn lack(&self, name: &str) -> Option<String> {
        self.servers.iter().find_map(|server| {
            let own = &server.definition.name;
            name.strip_prefix(own.as_str())?.strip_prefix("__")?;
            let reason = server.is_down()?;
            Some(format!(
                "The MCP server `{own}` cannot be used, so that it has no tools: {reason}"
            ))
        })
    }
}
