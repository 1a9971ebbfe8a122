//! The servers of an agent: side by side, each in its own time.
//!
//! It does not know why an agent has these.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{BoxFuture, join_all};

use super::Definition;
use super::connection::Offers;
use super::name::{Names, is_of};
use super::prompt::{self, Prompt};
use super::resource::{self, ReadResource};
use super::server::Server;
use super::tool::McpTool;
use crate::event::{EventStream, Events};
use crate::tool::{Step, Supply, Tool, ToolContext, ToolError};

/// How much a server may say about itself in a prompt, in characters.
const MOST_INSTRUCTIONS: usize = 8_000;

/// The servers of an agent. Those that were started end when it is dropped.
pub struct Servers {
    all: Vec<Arc<Server>>,
    known: Mutex<Known>,
    /// What happened before a run began, which nobody has seen yet.
    unsaid: Mutex<Option<EventStream>>,
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
        let server = |definition| Arc::new(Server::new(definition));
        let all = definitions.into_iter().map(server).collect();
        Self { all, known: Mutex::default(), unsaid: Mutex::default() }
    }

    /// What the servers say about themselves, for a prompt. They are started for it.
    ///
    /// What is to be reported of that is reported when their tools are asked for.
    pub async fn instructions(&self) -> String {
        let (events, unsaid) = Events::channel();
        let offers = self.offers(&events).await;
        *self.unsaid.lock().unwrap_or_else(PoisonError::into_inner) = Some(unsaid);
        let said = self.all.iter().zip(&offers).filter_map(|(server, offers)| {
            let said = offers.instructions.as_deref()?.trim();
            let said: String = said.chars().take(MOST_INSTRUCTIONS).collect();
            let name = &server.definition.name;
            let framed = format!("<mcp-server name=\"{name}\">\n{said}\n</mcp-server>");
            (!said.is_empty()).then_some(framed)
        });
        said.collect::<Vec<_>>().join("\n")
    }

    /// The prompts the servers have. They are started for it.
    pub async fn prompts(&self, events: &Events) -> Vec<Prompt> {
        self.say_unsaid(events);
        let offers = self.offers(events).await;
        let prompts = self.all.iter().zip(&offers).flat_map(|(server, offers)| {
            offers.prompts.iter().map(|offered| Prompt::new(&server.definition.name, offered))
        });
        prompts.collect()
    }

    /// What one of the prompts says, with what was given to it. The error is for the person.
    pub async fn prompt(
        &self,
        prompt: &Prompt,
        given: Vec<(String, String)>,
        events: &Events,
    ) -> Result<String, String> {
        let (server, own) = &prompt.source;
        let server = self.all.iter().find(|it| it.definition.name == *server);
        let server = server.ok_or("its server is gone")?;
        let lacking = prompt.lacks(&given);
        if !lacking.is_empty() {
            return Err(format!("{} needs {}", prompt.name, lacking.join(", ")));
        }
        let connection = server.connection(events).await?;
        let getting = connection.service.get_prompt(prompt::request(own, given));
        match tokio::time::timeout(server.definition.timeout, getting).await {
            Ok(Ok(result)) => Ok(prompt::question(&result)),
            Ok(Err(error)) => Err(server.failed(&connection, &error).await.message),
            Err(_) => Err(server.silent().message),
        }
    }

    /// The name of each, and why it cannot be used, if it was found that it cannot.
    pub fn states(&self) -> Vec<(String, Option<String>)> {
        let state = |server: &Arc<Server>| (server.definition.name.clone(), server.is_down());
        self.all.iter().map(state).collect()
    }

    /// Reads a resource: of the server of this name, else of the one that lists it, else of the only
    /// one.
    pub(super) async fn read(
        &self,
        uri: &str,
        named: Option<&str>,
        context: &ToolContext,
    ) -> Result<Step, ToolError> {
        let offers = self.offers(&context.events).await;
        let lists = |offers: &Offers| offers.resources.iter().any(|it| it.uri == uri);
        let listing = || offers.iter().position(|offers| lists(offers));
        let found = match named {
            Some(named) => self.all.iter().position(|server| server.definition.name == named),
            None => listing().or_else(|| (self.all.len() == 1).then_some(0)),
        };
        let Some(server) = found.and_then(|index| self.all.get(index)) else {
            let names: Vec<&str> = self.all.iter().map(|it| it.definition.name.as_str()).collect();
            return Err(ToolError::new(format!(
                "`server_name` must be the name of the server that has `{uri}`. There are: {}.",
                names.join(", ")
            )));
        };
        resource::read(server, uri, context).await
    }

    async fn refresh(&self, events: &Events) -> Arc<[Arc<dyn Tool>]> {
        self.say_unsaid(events);
        let offers = self.offers(events).await;
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

    /// What each offers, after those that never ran were started.
    async fn offers(&self, events: &Events) -> Vec<Arc<Offers>> {
        join_all(self.all.iter().map(|server| server.offers(events))).await
    }

    fn say_unsaid(&self, events: &Events) {
        let unsaid = self.unsaid.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut unsaid) = unsaid else { return };
        while let Ok(event) = unsaid.try_recv() {
            events.send(event);
        }
    }

    fn tools_of(&self, offers: &[Arc<Offers>]) -> Vec<Arc<dyn Tool>> {
        let mut names = Names::default();
        let mut tools: Vec<Arc<dyn Tool>> = Vec::new();
        for (server, offers) in self.all.iter().zip(offers) {
            for tool in &offers.tools {
                let name = names.give(&server.definition.name, &tool.name);
                tools.push(Arc::new(McpTool::new(name, tool, Arc::clone(server))));
            }
            let name = || names.give(&server.definition.name, ReadResource::NAME);
            if let Some(reading) = ReadResource::of(offers, server, name) {
                tools.push(Arc::new(reading));
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
        let owners = self.all.iter().filter(|server| is_of(name, &server.definition.name));
        let owner = owners.max_by_key(|server| server.definition.name.len())?;
        let reason = owner.is_down()?;
        let own = &owner.definition.name;
        Some(format!("The MCP server `{own}` cannot be used, so that it has no tools: {reason}"))
    }
}
