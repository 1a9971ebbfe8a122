//! A card as another agent's tool: each call is a run of its own, of a fresh clone.
//!
//! Clones share connections, tools and prompt, and nothing that was said unless a card wants it. What the child needs is
//! started by the first call.

mod called;
mod history;
pub(super) mod subagent;
pub(super) mod task;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::sync::{OnceCell, Semaphore};

use super::connect::{Prepared, Shared, Surrounding, prepare};
use super::{Blueprint, SetupError};
use crate::agent::{Agent, Limits};
use crate::card::MOST_SHOWN;
use crate::conversation::{Change, Conversation};
use crate::message::{Message, ToolSpec};
use crate::tool::{
    CallOrigin, OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput, ToolSet,
};
use called::{Called, Ended};
use history::History;
use task::Task;

/// A card as a tool.
pub(super) struct CardTool {
    spec: ToolSpec,
    child: Arc<Blueprint>,
    limits: Limits,
    history: History,
    most_shown: u32,
    shared: Arc<Shared>,
    /// Lets as many run at once as the caller's card allows, all its children together.
    turnstile: Option<Arc<Semaphore>>,
    prepared: OnceCell<Prepared>,
    clones: AtomicU32,
}

/// The children of an agent as its tools. That their models can be had is found out here.
pub(super) fn connect(
    parent: &Blueprint,
    surrounding: &Surrounding<'_>,
) -> Result<Vec<Arc<dyn Tool>>, SetupError> {
    if parent.children.is_empty() {
        return Ok(Vec::new());
    }
    let shared = surrounding.shared();
    let turnstile = turnstile(parent);
    let tool = |child: &Arc<Blueprint>| -> Result<Arc<dyn Tool>, SetupError> {
        shared.models(child).connect()?;
        Ok(Arc::new(CardTool {
            spec: task::spec(child),
            child: Arc::clone(child),
            limits: limits(parent, child.limits),
            history: History::of(parent),
            most_shown: most_shown(parent),
            shared: Arc::clone(&shared),
            turnstile: turnstile.clone(),
            prepared: OnceCell::new(),
            clones: AtomicU32::new(0),
        }))
    };
    parent.children.iter().map(tool).collect()
}

/// A conversation in which nothing was said yet.
fn opened(system_prompt: Option<&Arc<Message>>) -> Conversation {
    let mut conversation = Conversation::default();
    if let Some(system_prompt) = system_prompt {
        conversation.apply(Change::Added(Arc::clone(system_prompt)));
    }
    conversation
}

/// Lets as many runs begin as an agent's card allows.
fn turnstile(parent: &Blueprint) -> Option<Arc<Semaphore>> {
    parent.card.children.max_parallel.map(|most| Arc::new(Semaphore::new(most as usize)))
}

/// The limits of a run, with the time that its caller's card allows.
fn limits(parent: &Blueprint, limits: Limits) -> Limits {
    let time = [limits.time, parent.card.children.timeout].into_iter().flatten().min();
    Limits { time, ..limits }
}

/// How many of the calls of one reply are shown to a person.
fn most_shown(parent: &Blueprint) -> u32 {
    parent.card.children.most_shown.unwrap_or(MOST_SHOWN)
}

/// Tools as a call may use them: what a model may not have meant to ask for, the agent it asks must
/// not do unasked.
fn tools(tools: &ToolSet, origin: CallOrigin) -> ToolSet {
    match origin {
        CallOrigin::Sent => tools.clone(),
        CallOrigin::Recovered => tools.clone().in_doubt(),
    }
}

impl CardTool {
    async fn run(
        &self,
        arguments: Map<String, Value>,
        context: &ToolContext,
    ) -> Result<ToolOutput, ToolError> {
        let Task { message, manner } = task::read(&self.child, arguments)?;
        let number = self.clones.fetch_add(1, Ordering::Relaxed) + 1;
        let _turn = match &self.turnstile {
            // It is never closed.
            Some(turnstile) => turnstile.acquire().await.ok(),
            None => None,
        };
        let name = &self.child.card.name;
        let failed = |error| ToolError::new(format!("The agent `{name}` cannot be had: {error}"));
        let make = || prepare(&self.child, self.shared.surrounding(&self.child));
        let Prepared { tools, hooks, system_prompt } =
            self.prepared.get_or_try_init(make).await.map_err(failed)?;
        let model = self.shared.models(&self.child).connect().map_err(failed)?;
        let is_given =
            matches!(&**system_prompt, Message::System { content } if !content.is_empty());
        let mut conversation = opened(is_given.then_some(system_prompt));
        self.history.begin(&mut conversation, &self.child, &context.caller);
        let called = Called {
            name: name.clone(),
            shown: format!("{name}[{number}]"),
            agent: Agent {
                model,
                tools: self::tools(tools, context.origin),
                limits: self.limits,
                manner,
                hooks: hooks.clone(),
                answer_schema: self.child.answer_schema.clone(),
            },
            conversation,
            message,
        };
        let Ended { output, said } = called.run(context).await?;
        if output.kind == OutputKind::Success {
            self.history.end(said, name, &context.leavings);
        }
        Ok(output)
    }
}

impl Tool for CardTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn listens(&self) -> bool {
        self.history.listens()
    }

    fn most_shown(&self) -> Option<u32> {
        Some(self.most_shown)
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move { self.run(arguments, context).await.map(Step::Done) })
    }
}
