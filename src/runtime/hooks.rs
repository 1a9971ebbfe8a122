//! The hooks of a card: Python functions that look on while it runs, or are run at its start and end.
//!
//! It knows how they are called, and nothing of what they do.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::SetupError;
use super::lifecycle::Lifecycle;
use super::tools::python::{Key, Named, Python};
use crate::agent::{self, Moment};
use crate::card::{Card, HookPhase, LifecycleHooks};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::event::Events;
use crate::message::{Arguments, Message, ToolCall};
use crate::tool::python::PythonTool;
use crate::trust::Program;

/// The hooks of a card, before anything of them runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hooks {
    agent: String,
    /// What each function is for, in the order of Python's.
    roles: Vec<Role>,
    python: Python,
}

/// When a hook is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Look(Moment),
    Start,
    Shutdown,
}

/// The hooks of an agent that can be called.
#[derive(Default)]
pub(super) struct Connected {
    /// What looks on while it runs.
    pub(super) looking: Option<Arc<dyn agent::Hooks>>,
    /// What is run at its start and end.
    pub(super) lifecycle: Option<Lifecycle>,
}

/// Hooks that look on.
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
    let LifecycleHooks { on_start, on_shutdown } = &card.lifecycle_hooks;
    let looking = card.tool_hooks.iter();
    let looking =
        looking.map(|hook| (Role::Look(moment(hook.phase)), Key::ToolHooks, &hook.function));
    let lasting = [(Role::Start, on_start), (Role::Shutdown, on_shutdown)].into_iter();
    let lasting = lasting.filter_map(|(role, function)| {
        function.as_ref().map(|function| (role, Key::LifecycleHooks, function))
    });
    let (roles, named) = looking
        .chain(lasting)
        .map(|(role, key, function)| (role, Named { key, function: function.clone() }))
        .unzip();
    let python = Python::resolve(card, named)?;
    Ok(python.map(|python| Hooks { agent: card.name.clone(), roles, python }))
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

    /// Complaints about functions that are not in their modules.
    pub(super) fn undefined(&self) -> impl Iterator<Item = Diagnostic> {
        self.python.undefined()
    }

    /// The functions, after their modules have run.
    pub(super) async fn connect(self, config: &Config) -> Result<Connected, SetupError> {
        let Self { agent, roles, python } = self;
        let (mut looking, mut on_start, mut on_shutdown) = (Vec::new(), None, None);
        let functions = python.functions(config.timeouts.tool.value).await?;
        for ((role, named), function) in roles.into_iter().zip(python.named()).zip(functions) {
            match role {
                Role::Look(moment) => looking.push((moment, function)),
                Role::Start => on_start = Some((named.clone(), function)),
                Role::Shutdown => on_shutdown = Some(function),
            }
        }
        let lifecycle = Lifecycle { agent: agent.clone(), on_start, on_shutdown, python };
        let looks_on = !looking.is_empty();
        let running =
            || -> Arc<dyn agent::Hooks> { Arc::new(Running { agent, functions: looking }) };
        Ok(Connected { looking: looks_on.then(running), lifecycle: Some(lifecycle) })
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
    let left = hook.run(context, events).await.map_err(|error| error.message)?;
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
