//! MCP servers: those of the registries, and some that misbehave.

mod far;
mod odd;
mod offers;
mod real;
mod run;
mod sse;
mod talk;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agentcard::config::Environment;
use agentcard::event::{CallStatus, Event, EventStream, Events};
use agentcard::tool::mcp::{Address, Definition, Filter, Greeting, Launch, Servers};
use agentcard::tool::set::CallResult;
use agentcard::tool::{Approver, Pending, Supply, ToolContext, ToolSet, Verdict, WritePlan};
use futures_util::future::BoxFuture;
use serde_json::Value;

/// Says yes to everything, and keeps what it was asked.
#[derive(Default)]
struct Yes(Mutex<Vec<WritePlan>>);

impl Approver for Yes {
    fn decide<'a>(&'a self, pending: Pending<'a>) -> BoxFuture<'a, Verdict> {
        self.0.lock().unwrap().push(pending.plan.clone());
        Box::pin(async move { Verdict::Approved(Box::new(pending.plan.approve())) })
    }
}

/// A server started by this command line, which may take its time: a busy machine starts slowly.
fn server(name: &str, command: &[String]) -> Definition {
    let path = Environment::process().get("PATH").unwrap_or_default();
    Definition {
        name: name.to_owned(),
        address: Address::Process(Launch {
            program: command[0].clone(),
            arguments: command[1..].to_vec(),
            environment: vec![("PATH".to_owned(), path)],
            directory: std::env::temp_dir(),
        }),
        timeout: Duration::from_mins(1),
        greeting: Greeting::Any,
        roots: Vec::new(),
        tools: Filter::all(),
        resources: Filter::all(),
        prompts: Filter::all(),
    }
}

/// An agent's tools, and what is reported meanwhile.
struct Desk {
    tools: ToolSet,
    asked: Arc<Yes>,
    events: Events,
    reported: EventStream,
}

impl Desk {
    async fn with(servers: Vec<Definition>) -> Self {
        let asked = Arc::new(Yes::default());
        let approver: Arc<dyn Approver> = asked.clone();
        let supplies: Vec<Arc<dyn Supply>> = vec![Arc::new(Servers::new(servers))];
        let tools = ToolSet::new(Vec::new(), approver).supplied_by(supplies);
        let (events, reported) = Events::channel();
        let mut desk = Self { tools, asked, events, reported };
        desk.refresh().await;
        desk
    }

    async fn refresh(&mut self) {
        self.tools.refresh(&self.events).await;
    }

    fn names(&self) -> Vec<&str> {
        self.tools.names().collect()
    }

    async fn call(&self, name: &str, arguments: Value) -> CallResult {
        let Value::Object(arguments) = arguments else { panic!("no object") };
        self.tools.call(name, arguments, &ToolContext::new(self.events.clone())).await
    }

    /// The calls somebody was asked about, each with how careful to be with it.
    fn asked(&self) -> Vec<String> {
        let asked = self.asked.0.lock().unwrap();
        asked.iter().map(|plan| format!("{} {:?}", plan.request, plan.class)).collect()
    }

    /// The warnings since this was last asked.
    fn warnings(&mut self) -> Vec<String> {
        let mut warnings = Vec::new();
        while let Ok(event) = self.reported.try_recv() {
            match event {
                Event::Warning(text) => warnings.push(text),
                other => panic!("{other:?}"),
            }
        }
        warnings
    }
}
