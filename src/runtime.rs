//! Configuration and card made into an agent that can run.
//!
//! What can be wrong before the first request is found here, all of it at once. How a run is shown
//! and who approves its writes is decided by whoever asks for the agent.

mod agents;
mod card_tool;
mod commands;
mod connect;
mod error;
pub mod fetch;
mod files;
mod harness;
mod hooks;
mod known;
mod lifecycle;
mod prior;
mod prompt;
mod skills;
mod target;
mod tools;

use std::{collections::HashSet, sync::Arc};

use crate::agent::{Afterwards, Limits, Manner, Results};
use crate::card::{Card, KeyPath, ResultMode, ToolPolicy};
use crate::config::{Config, Environment, Origin};
use crate::message::{Message, ToolSpec};
use crate::model::{
    Delivery,
    endpoint::{Builtin, Endpoint, Target},
};
use crate::schema::{Schema, SchemaError};
use crate::tool::{Tool as _, hub::EndpointPattern, skill::Skill};
use crate::trust::{Program, Trusted};

pub use error::SetupError;
pub use files::{Beside, Included};
pub use prompt::SystemPrompt;
use target::{fallbacks, target};
pub use {
    agents::resolve,
    commands::{CommandError, Commands, Runnable},
    connect::{Session, connect, hub_tools},
    known::{Known, known},
};
use {card_tool::subagent, hooks::Hooks, tools::Source};

/// What the agent meets: the real Hub and a real model, or the emulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surroundings {
    /// The configured Hub.
    Real,
    /// The emulator, and the planner in the model's place unless a flag names a model.
    Sandbox,
}

/// An agent as far as it can be known without connecting anything.
pub struct Blueprint {
    /// The card.
    pub card: Card,
    /// Its prompt.
    pub prompt: SystemPrompt,
    /// The messages its conversations begin with.
    pub prior: Vec<Arc<Message>>,
    /// The model as it was named.
    pub spec: String,
    /// Who replies.
    pub target: Target,
    /// Who replies where that one cannot be had, one after the other.
    pub fallbacks: Vec<Target>,
    /// When runs stop.
    pub limits: Limits,
    /// How the model's replies are to arrive.
    pub delivery: Delivery,
    /// What the answer has to fit, if it is to be a JSON document.
    pub answer_schema: Option<Arc<Schema>>,
    /// The commands it brings to conversations, which run with a yes to [`Commands::programs`].
    pub commands: Option<Commands>,
    /// The yes to its programs; there is none until somebody was asked.
    pub trusted: Trusted,
    /// Those it may call.
    children: Vec<Arc<Self>>,
    /// How it may start clones of itself, if it may.
    subagents: Option<subagent::Plan>,
    surroundings: Surroundings,
    sources: Vec<Source>,
    hooks: Option<Hooks>,
}

/// Resolves one card by itself: its model to an endpoint, its keys to tools.
fn resolve_card(
    config: &Config,
    card: &Card,
    environment: &Environment,
    surroundings: Surroundings,
) -> Result<Blueprint, Vec<SetupError>> {
    let card = card.clone();
    let mut errors = Vec::new();
    let target =
        target(config, (card.model.as_deref(), card.api_key.as_ref()), environment, surroundings)
            .map_err(|error| errors.push(error))
            .ok();
    let fallbacks =
        fallbacks(config, environment).map_err(|found| errors.extend(found)).unwrap_or_default();
    let mut sources = tools::resolve(&card, config, environment)
        .map_err(|found| errors.extend(found))
        .unwrap_or_default();
    let hooks = hooks::resolve(&card).map_err(|found| errors.extend(found)).unwrap_or_default();
    let commands =
        commands::resolve(&card).map_err(|found| errors.extend(found)).unwrap_or_default();
    let subagents = subagent::resolve(&card, config, environment, surroundings);
    let subagents = subagents.map_err(|error| errors.push(error)).unwrap_or_default();
    let named = target.as_ref().map(|(_, target)| target);
    let texts = texts(&card, named, config, environment).map_err(|found| errors.extend(found));
    let answer_schema = answer_schema(&card, named).map_err(|error| errors.push(error));
    let answer_schema = answer_schema.unwrap_or_default();
    match (target, texts) {
        (Some((spec, target)), Ok(texts)) if errors.is_empty() => {
            let Texts { prompt, for_clones, prior, skills } = texts;
            let subagents = subagents.map(|plan| plan.reading(for_clones));
            sources.extend(tools::reading(skills));
            let (limits, delivery) = (limits(config, &card), Delivery::default());
            let trusted = Trusted::default();
            let blueprint = Blueprint {
                card,
                prompt,
                prior,
                spec,
                target,
                fallbacks,
                limits,
                delivery,
                answer_schema: None,
                commands,
                trusted,
                children: Vec::new(),
                subagents,
                surroundings,
                sources,
                hooks,
            };
            Ok(match answer_schema {
                Some(schema) => blueprint.answering(schema),
                None => blueprint,
            })
        }
        _ => Err(errors),
    }
}

/// What an agent is given to read before the first question.
struct Texts {
    prompt: SystemPrompt,
    /// The prompt of its clones, if it is another.
    for_clones: Option<Box<SystemPrompt>>,
    prior: Vec<Arc<Message>>,
    skills: Vec<Skill>,
}

/// The card's prompt, messages and skills, without running or fetching anything.
fn texts(
    card: &Card,
    target: Option<&Target>,
    config: &Config,
    environment: &Environment,
) -> Result<Texts, Vec<SetupError>> {
    let (directory, home) = files::places(environment);
    let skills::Found { skills, wrong, .. } = skills::find(card, &directory, &home);
    let mut errors: Vec<SetupError> =
        wrong.into_iter().map(|wrong| SetupError::Card(Box::new(wrong))).collect();
    let block = skills::block(&skills);
    let scene = prompt::Scene { card, directory: &directory, home, skills: block, config, target };
    let prompt = prompt::resolve(&scene, &card.instruction).map_err(|found| errors.extend(found));
    let for_clones = card.subagents.as_ref().and_then(|it| it.instruction.as_deref());
    // What is wrong with a part of the prompt has been said of the whole.
    let for_clones = for_clones.and_then(|it| prompt::resolve(&scene, it).ok()).map(Box::new);
    let prior = prior::resolve(card, &directory).map_err(|found| errors.extend(found));
    match (prompt, prior) {
        (Ok(prompt), Ok(prior)) if errors.is_empty() => {
            Ok(Texts { prompt, for_clones, prior, skills })
        }
        _ => Err(errors),
    }
}

/// The schema a card wants its answers to fit.
fn answer_schema(card: &Card, target: Option<&Target>) -> Result<Option<Arc<Schema>>, SetupError> {
    let Some(value) = &card.request_params.answer_schema else { return Ok(None) };
    let key = KeyPath::top("request_params");
    let complaint = |code, message| SetupError::Card(Box::new(card.complaint(code, &key, message)));
    if let Some(Target::Builtin(Builtin::Hub)) = target {
        let message = "`response_format` asks for a document, which the planner cannot write";
        return Err(complaint("response-format", message.to_owned()));
    }
    match Schema::parse(&value.to_string()) {
        Ok(schema) => Ok(Some(Arc::new(schema))),
        Err(SchemaError { pointer, message, .. }) => {
            let place = pointer.filter(|pointer| !pointer.is_empty());
            let place = place.map(|pointer| format!(" at {pointer}")).unwrap_or_default();
            let message = format!("the schema of `response_format` is none{place}: {message}");
            Err(complaint("bad-schema", message))
        }
    }
}

impl Blueprint {
    /// The same, with answers that have to fit a schema. Where the card wants no tools then, there
    /// are none.
    #[must_use]
    pub fn answering(self, schema: Arc<Schema>) -> Self {
        let (sources, children, subagents) = match self.card.request_params.tool_policy {
            ToolPolicy::Defer => (self.sources, self.children, self.subagents),
            ToolPolicy::NoTools => (Vec::new(), Vec::new(), None),
        };
        Self { answer_schema: Some(schema), sources, children, subagents, ..self }
    }

    /// The same, with other agents it may call.
    #[must_use]
    fn calling(self, children: Vec<Arc<Self>>) -> Self {
        let with_children = Self { children, ..self };
        match with_children.answer_schema.clone() {
            Some(schema) => with_children.answering(schema),
            None => with_children,
        }
    }

    /// What it does with what tools bring.
    fn manner(&self) -> Manner {
        Manner {
            results: match self.card.request_params.result_mode {
                ResultMode::Passthrough => Results::Answer,
                ResultMode::Postprocess | ResultMode::Selectable => Results::Read,
            },
            afterwards: if self.card.trim_tool_history {
                Afterwards::Dropped
            } else {
                Afterwards::Kept
            },
        }
    }

    /// Whether it has no tools because its answers have to fit a schema.
    fn is_without_tools(&self) -> bool {
        self.answer_schema.is_some() && self.card.request_params.tool_policy == ToolPolicy::NoTools
    }

    /// The model as the person knows it: `hf.openai/gpt-oss-20b:groq`, `builtin.hub`.
    pub fn model_name(&self) -> String {
        self.target.name()
    }

    /// Whether the planner stands in the model's place, which is no language model.
    pub fn is_planner(&self) -> bool {
        matches!(self.target, Target::Builtin(Builtin::Hub))
    }

    /// Where the model is asked, if it is asked over a network.
    pub fn endpoint(&self) -> Option<&Endpoint> {
        match &self.target {
            Target::Endpoint(endpoint) => Some(endpoint),
            Target::Builtin(_) => None,
        }
    }

    /// What the card and those it may call would run on this machine, each once; connecting it takes a
    /// yes to all of it.
    pub fn programs(&self) -> Vec<Program> {
        let hooks = self.hooks.iter().flat_map(Hooks::programs);
        let children = self.children.iter().flat_map(|child| child.programs());
        let own = self.sources.iter().flat_map(Source::programs).chain(hooks);
        let mut seen = HashSet::new();
        own.chain(children).filter(|program| seen.insert(program.clone())).collect()
    }

    /// The MCP servers the card may use: the name of each, and where it is. Their tools are known when
    /// they run.
    pub fn servers(&self) -> Vec<(&str, String)> {
        self.sources.iter().flat_map(Source::servers).collect()
    }

    /// What the model is told about its tools, as far as that is known before they are connected.
    pub fn tool_specs(&self) -> Vec<ToolSpec> {
        self.specs(&[])
    }

    /// The same, and what it is told of functions, whose modules are run for that. It takes a yes to
    /// [`Self::function_programs`].
    pub async fn all_tool_specs(
        &self,
        trusted: &Trusted,
        config: &Config,
    ) -> Result<Vec<ToolSpec>, SetupError> {
        if !trusted.covers(&self.function_programs()) {
            return Err(SetupError::Untrusted);
        }
        let mut functions = Vec::new();
        for source in &self.sources {
            if let Source::Python(python) = source {
                let made = python.functions(config.timeouts.tool.value).await?;
                functions.extend(made.iter().map(|function| function.spec().clone()));
            }
        }
        Ok(self.specs(&functions))
    }

    /// The modules of functions that are tools.
    pub fn function_programs(&self) -> Vec<Program> {
        let functions = self.sources.iter().filter(|source| matches!(source, Source::Python(_)));
        functions.flat_map(Source::programs).collect()
    }

    fn specs(&self, functions: &[ToolSpec]) -> Vec<ToolSpec> {
        let pattern = self.pattern();
        let children = self.children.iter().map(|child| card_tool::task::spec(child));
        let sources = self.sources.iter().flat_map(|source| source.specs(pattern, functions));
        let subagents = self.subagents.iter().map(subagent::Plan::spec);
        sources.chain(children).chain(harness::specs(self)).chain(subagents).collect()
    }

    /// The tools that are told of only once they run, as the card names them: `tools.py:weather`.
    pub fn unread_tools(&self) -> Vec<String> {
        self.sources.iter().flat_map(Source::unread).collect()
    }

    /// A `pattern` in a schema helps where a server enforces it, and confuses or is refused
    /// elsewhere.
    fn pattern(&self) -> EndpointPattern {
        let mut targets = std::iter::once(&self.target).chain(&self.fallbacks);
        if targets.all(Target::takes_patterns) {
            EndpointPattern::Included
        } else {
            EndpointPattern::Omitted
        }
    }
}

/// The configured limits; the card's own goes before a file's and after a flag.
fn limits(config: &Config, card: &Card) -> Limits {
    let limits = &config.limits;
    let by_flag = matches!(limits.turns.origin, Origin::Flag(_));
    Limits {
        turns: match card.request_params.max_iterations {
            Some(turns) if !by_flag => turns,
            _ => limits.turns.value,
        },
        calls: limits.calls.value,
        tokens: limits.tokens.as_ref().map(|tokens| tokens.value),
        time: limits.time.as_ref().map(|time| time.value),
    }
}
