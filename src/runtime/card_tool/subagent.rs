//! The tool `subagent`: a clone of the agent itself, which works on a part of the task.
//!
//! A clone has the tools and the prompt of its caller, but for this tool, and nothing that was said.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::{OnceCell, Semaphore};

use super::{called::Called, limits, most_shown, turnstile};
use crate::agent::{Agent, Hooks, Limits, Manner};
use crate::card::Card;
use crate::config::{Config, Environment};
use crate::message::{Message, Schema, ToolSpec};
use crate::runtime::connect::{Models, Shared, Surrounding, prompt as finished};
use crate::runtime::{Blueprint, SetupError, Surroundings, SystemPrompt, target};
use crate::tool::{Step, Tool, ToolContext, ToolError, ToolOutput, ToolSet, mcp::Servers};
use crate::{
    model::endpoint::{self, Target},
    model_spec::{ModelSpec, ModelSpecError},
};

/// The tool's name.
const NAME: &str = "subagent";

/// The longest label that is shown, in characters.
const LONGEST_LABEL: usize = 40;

/// How clones of an agent are made.
#[derive(Clone)]
pub(in crate::runtime) struct Plan {
    model: Choice,
    /// Their prompt, if it is not the agent's own.
    prompt: Option<Box<SystemPrompt>>,
}

/// Whose model a clone has.
#[derive(Clone)]
enum Choice {
    /// The one that its card names for all of them.
    Fixed(Box<Target>),
    /// The one a call names, else the agent's own. Keys are looked up in the environment.
    Called(Box<Environment>),
}

/// The clones of an agent as its tool.
struct Subagents {
    spec: ToolSpec,
    choice: Choice,
    prompt: Option<Box<SystemPrompt>>,
    /// That, once a clone needs it.
    finished: OnceCell<Arc<Message>>,
    servers: Option<Arc<Servers>>,
    models: Models,
    tools: ToolSet,
    hooks: Option<Arc<dyn Hooks>>,
    limits: Limits,
    manner: Manner,
    most_shown: u32,
    shared: Arc<Shared>,
    /// Lets as many run at once as the card allows. It is not the one of the other agents it calls:
    /// those are called by clones that hold a turn here.
    turnstile: Option<Arc<Semaphore>>,
    clones: AtomicU32,
}

/// What a call says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    message: String,
    model: Option<String>,
    label: Option<String>,
    include_user_message: Option<bool>,
}

/// How clones of a card's agent are made, if it may have any.
pub(in crate::runtime) fn resolve(
    card: &Card,
    config: &Config,
    environment: &Environment,
    surroundings: Surroundings,
) -> Result<Option<Plan>, SetupError> {
    let Some(subagents) = &card.subagents else { return Ok(None) };
    let model = match &subagents.model {
        None => Choice::Called(Box::new(environment.clone())),
        Some(model) => {
            let named = (Some(model.as_str()), None);
            let (_, target) = target(config, named, environment, surroundings)?;
            Choice::Fixed(Box::new(target))
        }
    };
    Ok(Some(Plan { model, prompt: None }))
}

/// What clones have because their agent has it.
pub(in crate::runtime) struct Inherited {
    pub(in crate::runtime) tools: ToolSet,
    pub(in crate::runtime) servers: Option<Arc<Servers>>,
    pub(in crate::runtime) hooks: Option<Arc<dyn Hooks>>,
}

/// The clones of an agent as its tool, with the tools and the hooks that it has itself.
pub(in crate::runtime) fn connect(
    parent: &Blueprint,
    plan: &Plan,
    surrounding: &Surrounding<'_>,
    Inherited { tools, servers, hooks }: Inherited,
) -> Result<Arc<dyn Tool>, SetupError> {
    let shared = surrounding.shared();
    let models = shared.models(parent);
    if let Choice::Fixed(target) = &plan.model {
        models.of(Target::clone(target)).connect()?;
    }
    Ok(Arc::new(Subagents {
        spec: plan.spec(),
        choice: plan.model.clone(),
        prompt: plan.prompt.clone(),
        finished: OnceCell::new(),
        servers,
        models,
        tools,
        hooks,
        limits: limits(parent, parent.limits),
        manner: parent.manner(),
        most_shown: most_shown(parent),
        shared,
        turnstile: turnstile(parent),
        clones: AtomicU32::new(0),
    }))
}

impl Plan {
    /// The same, with a prompt of their own.
    pub(in crate::runtime) fn reading(self, prompt: Option<Box<SystemPrompt>>) -> Self {
        Self { prompt, ..self }
    }

    /// What a model is told about the tool.
    pub(in crate::runtime) fn spec(&self) -> ToolSpec {
        let mut parameters = Schema::written(
            r#"{"type":"object","properties":{"message":{"type":"string","description":"A complete task for the subagent, with all it needs to know."},"model":{"type":"string","description":"Another model for this run."},"label":{"type":"string","description":"A short name to show for this run."},"include_user_message":{"type":"boolean","default":false,"description":"Whether the subagent also reads the person's last message."}},"required":["message"]}"#,
        );
        if let Choice::Fixed(_) = self.model {
            let mut without = parameters.tree().clone();
            if let Some(Value::Object(properties)) = without.get_mut("properties") {
                properties.remove("model");
            }
            parameters = without.into();
        }
        ToolSpec {
            name: NAME.to_owned(),
            description: "Runs a clone of you on a part of the task, in a clean context: it has \
                          your instructions and your tools, except this one, and knows nothing of \
                          this conversation. Give it a complete task. Returns its final answer. \
                          Several calls run side by side."
                .to_owned(),
            parameters,
        }
    }
}

impl Subagents {
    async fn run(
        &self,
        arguments: Map<String, Value>,
        context: &ToolContext,
    ) -> Result<ToolOutput, ToolError> {
        let arguments = serde_json::from_value(Value::Object(arguments));
        let Arguments { message, model, label, include_user_message } =
            arguments.map_err(|error| ToolError::new(error.to_string()))?;
        let models = self.models(model.as_deref())?;
        let number = self.clones.fetch_add(1, Ordering::Relaxed) + 1;
        let _turn = match &self.turnstile {
            // It is never closed.
            Some(turnstile) => turnstile.acquire().await.ok(),
            None => None,
        };
        let failed = |error| ToolError::new(format!("The subagent cannot be had: {error}"));
        let quoted = include_user_message.unwrap_or_default().then(|| context.caller.question());
        let called = Called {
            name: NAME.to_owned(),
            shown: format!("{}[{number}]", label.map_or_else(|| NAME.to_owned(), |it| shown(&it))),
            agent: Agent {
                model: models.connect().map_err(failed)?,
                tools: super::tools(&self.tools, context.origin),
                limits: self.limits,
                manner: self.manner,
                hooks: self.hooks.clone(),
                answer_schema: None,
            },
            conversation: super::opened(self.system_prompt(context).await.map_err(failed)?),
            message: match quoted.flatten() {
                Some(question) => quoting(&message, question),
                None => message,
            },
        };
        called.run(context).await.map(|ended| ended.output)
    }

    /// What a clone reads first: what its caller did, unless the card has something else for it.
    async fn system_prompt<'a>(
        &'a self,
        context: &'a ToolContext,
    ) -> Result<Option<&'a Arc<Message>>, SetupError> {
        let Some(prompt) = &self.prompt else { return Ok(context.caller.system_prompt()) };
        let finish = || async {
            let servers = self.servers.as_deref();
            let content =
                finished(SystemPrompt::clone(prompt), servers, self.shared.config()).await?;
            Ok(Arc::new(Message::System { content }))
        };
        self.finished.get_or_try_init(finish).await.map(Some)
    }

    /// Whose model a call gets. Only servers are to be had: the models that come with the program
    /// read files.
    fn models(&self, named: Option<&str>) -> Result<Models, ToolError> {
        let refused = |why: String| ToolError::new(format!("`model` cannot be used: {why}"));
        let environment = match (&self.choice, named) {
            (Choice::Fixed(target), None) => return Ok(self.models.of(Target::clone(target))),
            (Choice::Fixed(_), Some(_)) => {
                return Err(refused("all subagents have the same model. Leave it out.".to_owned()));
            }
            (Choice::Called(_), None) => return Ok(self.models.clone()),
            (Choice::Called(environment), Some(_)) => environment,
        };
        let spec: ModelSpec = named
            .unwrap_or_default()
            .parse()
            .map_err(|error: ModelSpecError| refused(error.to_string()))?;
        match endpoint::resolve(&spec, None, self.shared.config(), environment) {
            Ok(target @ Target::Endpoint(_)) => Ok(self.models.of(target)),
            Ok(Target::Builtin(_)) => Err(refused(format!("there is no server for `{spec}`."))),
            Err(error) => Err(refused(error.to_string())),
        }
    }
}

/// A label as it stands before the names of calls.
fn shown(label: &str) -> String {
    let plain = |letter: char| if letter.is_alphanumeric() { letter } else { '-' };
    label.chars().take(LONGEST_LABEL).map(plain).collect()
}

/// A task with what the person said, which is marked as theirs.
fn quoting(message: &str, question: &str) -> String {
    let escaped = question.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("{message}\n\n<included_user_context>\n{escaped}\n</included_user_context>")
}

impl Tool for Subagents {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn listens(&self) -> bool {
        true
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
