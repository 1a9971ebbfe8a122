//! The hooks of a card: Python functions that look on while it runs.
//!
//! It knows how they are called, and nothing of what they do.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::SetupError;
use super::tools::python::Python;
use crate::agent::{self, Moment};
use crate::card::{Card, HookPhase};
use crate::config::Config;
use crate::event::Events;
use crate::message::{Arguments, Message, ToolCall};
use crate::tool::python::{Kind, PythonTool};
use crate::trust::Program;

/// The hooks of a card, before anything of them runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hooks {
    agent: String,
    moments: Vec<Moment>,
    python: Python,
}

/// Hooks that can be called.
struct Running {
    agent: String,
    functions: Vec<(Moment, PythonTool)>,
}

/// What a hook is handed.
#[derive(Serialize)]
struct Context<'a> {
    hook_type: &'a str,
    agent_name: &'a str,
    messages: &'a [Arc<Message>],
}

/// A call as a hook leaves it.
#[derive(Deserialize)]
struct Left {
    name: String,
    arguments: Map<String, Value>,
}

/// Finds the files of a card's hooks; nothing if it has none.
pub(super) fn resolve(card: &Card) -> Result<Option<Hooks>, Vec<SetupError>> {
    let named = card.tool_hooks.iter().map(|hook| hook.function.clone()).collect();
    let moments = card.tool_hooks.iter().map(|hook| moment(hook.phase)).collect();
    let python = Python::resolve(card, named, Kind::Hook)?;
    Ok(python.map(|python| Hooks { agent: card.name.clone(), moments, python }))
}

const fn moment(phase: HookPhase) -> Moment {
    match phase {
        HookPhase::BeforeModel => Moment::BeforeModel,
        HookPhase::AfterModel => Moment::AfterModel,
        HookPhase::BeforeCalls => Moment::BeforeCalls,
        HookPhase::AfterCalls => Moment::AfterCalls,
        HookPhase::Answered => Moment::Answered,
    }
}

impl Hooks {
    /// The files that run.
    pub(super) fn programs(&self) -> Vec<Program> {
        self.python.programs()
    }

    /// The functions, after their modules have run.
    pub(super) async fn connect(
        self,
        config: &Config,
    ) -> Result<Arc<dyn agent::Hooks>, SetupError> {
        let functions = self.python.functions(config).await?;
        let functions = self.moments.into_iter().zip(functions).collect();
        Ok(Arc::new(Running { agent: self.agent, functions }))
    }
}

impl agent::Hooks for Running {
    fn watches(&self, moment: Moment) -> bool {
        self.functions.iter().any(|(its_moment, _)| *its_moment == moment)
    }

    fn look<'a>(
        &'a self,
        moment: Moment,
        messages: &'a [Arc<Message>],
        events: &'a Events,
    ) -> BoxFuture<'a, Result<Vec<ToolCall>, String>> {
        Box::pin(async move {
            let mut calls = match messages.last().map(|message| &**message) {
                Some(Message::Assistant(reply)) => reply.tool_calls.clone(),
                _ => Vec::new(),
            };
            let hooks = self.functions.iter().filter(|(its_moment, _)| *its_moment == moment);
            for (_, hook) in hooks {
                let context =
                    Context { hook_type: moment.phase(), agent_name: &self.agent, messages };
                apply(&mut calls, hook, &context, events).await?;
            }
            Ok(calls)
        })
    }
}

/// Calls a hook and changes the calls as it did.
async fn apply(
    calls: &mut [ToolCall],
    hook: &PythonTool,
    context: &Context<'_>,
    events: &Events,
) -> Result<(), String> {
    let context = serde_json::to_value(context).map_err(|error| error.to_string())?;
    let arguments = Map::from_iter([("context".to_owned(), context)]);
    let left = hook.run(arguments, events).await.map_err(|error| error.message)?;
    let mut left: std::collections::BTreeMap<String, Left> =
        serde_json::from_str(&left).map_err(|error| format!("it left no calls behind: {error}"))?;
    for call in calls {
        if let Some(Left { name, arguments }) = left.remove(&call.id) {
            call.name = name;
            if matches!(call.arguments, Arguments::Object(_)) {
                call.arguments = Arguments::Object(arguments);
            }
        }
    }
    Ok(())
}
