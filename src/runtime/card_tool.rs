//! A card as another agent's tool: each call is a run of its own, of a fresh clone.
//!
//! Clones share connections, tools and prompt, and nothing that was said. What the child needs is
//! started by the first call.

pub(super) mod task;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::sync::{OnceCell, Semaphore};
use tokio_util::sync::CancellationToken;

use super::connect::{Prepared, Shared, Surrounding, prepare};
use super::{Blueprint, SetupError};
use crate::agent::{self, Agent, Limit, Limits, Outcome, RunReport, Stuck};
use crate::conversation::{Change, Conversation};
use crate::message::{Message, ToolSpec};
use crate::tool::{CallOrigin, OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput};
use task::Task;

/// A card as a tool.
pub(super) struct CardTool {
    spec: ToolSpec,
    child: Arc<Blueprint>,
    limits: Limits,
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
    let rules = parent.card.children;
    let turnstile = rules.max_parallel.map(|most| Arc::new(Semaphore::new(most as usize)));
    let tool = |child: &Arc<Blueprint>| -> Result<Arc<dyn Tool>, SetupError> {
        shared.model(child)?;
        let limits = child.limits;
        let time = [limits.time, rules.timeout].into_iter().flatten().min();
        Ok(Arc::new(CardTool {
            spec: task::spec(child),
            child: Arc::clone(child),
            limits: Limits { time, ..limits },
            shared: Arc::clone(&shared),
            turnstile: turnstile.clone(),
            prepared: OnceCell::new(),
            clones: AtomicU32::new(0),
        }))
    };
    parent.children.iter().map(tool).collect()
}

impl CardTool {
    async fn run(
        &self,
        arguments: Map<String, Value>,
        context: &ToolContext,
    ) -> Result<ToolOutput, ToolError> {
        let Task { message, manner } = task::read(&self.child, arguments)?;
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
        let tools = match context.origin {
            CallOrigin::Sent => tools.clone(),
            // What a model may not have meant to ask for, the agent it asks must not do unasked.
            CallOrigin::Recovered => tools.clone().in_doubt(),
        };
        let model = self.shared.model(&self.child).map_err(failed)?;
        let answer_schema = self.child.answer_schema.clone();
        let (limits, hooks) = (self.limits, hooks.clone());
        let mut agent = Agent { model, tools, limits, manner, hooks, answer_schema };
        let mut conversation = Conversation::default();
        if matches!(&**system_prompt, Message::System { content } if !content.is_empty()) {
            conversation.apply(Change::Added(Arc::clone(system_prompt)));
        }
        if let Some(foreign) = &context.foreign {
            conversation.apply(Change::Foreign(Arc::clone(foreign)));
        }
        conversation.push_user(message);
        let number = self.clones.fetch_add(1, Ordering::Relaxed) + 1;
        let events = context.events.inside(&format!("{name}[{number}]"));
        // Whoever cancels the caller drops this call, and the run with it.
        let never = CancellationToken::new();
        let report = agent::run(&mut agent, &mut conversation, &events, &never).await;
        context.meter.add(report.usage);
        let foreign = conversation.foreign().map(|foreign| foreign.to_string());
        outcome(name, report).map(|output| ToolOutput { foreign, ..output })
    }
}

/// What the caller reads of a run.
fn outcome(name: &str, report: RunReport) -> Result<ToolOutput, ToolError> {
    let failed = |why: String| Err(ToolError::new(format!("The agent `{name}` {why}.")));
    let summary = match (report.turns, report.calls.len()) {
        (1, 0) => "1 turn".to_owned(),
        (turns, 1) => format!("{turns} turns, 1 call"),
        (turns, calls) => format!("{turns} turns, {calls} calls"),
    };
    let output = |content: String, kind| Ok(ToolOutput { content, summary, kind, foreign: None });
    match report.outcome {
        Outcome::Answered => output(report.answer, OutputKind::Success),
        Outcome::Limit(Limit::ReplyLength) => {
            let note = format!("[The answer of `{name}` was cut off at its length limit.]");
            output(format!("{}\n{note}", report.answer), OutputKind::Failure)
        }
        Outcome::Limit(Limit::Turns(turns)) => {
            failed(format!("was stopped after {turns} model requests, before it answered"))
        }
        Outcome::Limit(Limit::Calls(calls)) => {
            failed(format!("was stopped after {calls} tool calls, before it answered"))
        }
        Outcome::Limit(Limit::Tokens(tokens)) => {
            failed(format!("was stopped after {tokens} tokens, before it answered"))
        }
        Outcome::Limit(Limit::Time(time)) => {
            failed(format!("was stopped after {} s, before it answered", time.as_secs_f32()))
        }
        Outcome::Stuck(Stuck::UnknownTools(tool) | Stuck::SameCall(tool)) => {
            failed(format!("went round in circles, calling `{tool}`"))
        }
        Outcome::Failed(error) => failed(format!("failed: {error}")),
        Outcome::Unfit(_) => failed("did not answer in the form it has to".to_owned()),
        Outcome::Interrupted => failed("was stopped".to_owned()),
    }
}

impl Tool for CardTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move { self.run(arguments, context).await.map(Step::Done) })
    }
}
