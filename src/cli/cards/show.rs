//! `agentcard cards show`: what a card comes to.
//!
//! It connects nothing: it prints what would be used, for which it fetches what a prompt includes, and
//! runs the modules of functions if somebody said yes to those before.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use serde::Serialize;
use serde_json::{Value, json};

use super::super::args::{AgentArgs, LimitArgs, OutputArgs, RuleArgs};
use super::super::{setup, trust};
use crate::card::CardCommand;
use crate::config::Environment;
use crate::conversation::BYTES_PER_TOKEN;
use crate::failure::Failure;
use crate::message::ToolSpec;
use crate::model::endpoint::Target;
use crate::render::sanitize::reveal;
use crate::runtime::{Beside, Blueprint, Commands, Included};
use crate::trust::Program;

/// What a card comes to.
pub(super) struct Shown {
    blueprint: Blueprint,
    prompt: String,
    tools: Vec<ToolSpec>,
    /// The tools of which nothing is known.
    unread: Vec<String>,
}

/// Looks up what a card comes to.
pub(super) async fn shown(agent: &AgentArgs, environment: &Environment) -> Result<Shown, Failure> {
    let (limits, output) = (LimitArgs::default(), OutputArgs::default());
    let setup = setup::load(agent, &limits, &output, &RuleArgs::default(), environment).await?;
    let blueprint = setup::resolve(&setup.config, &setup.deck, agent, environment)?;
    let prompt = setup::prompt(&blueprint, &setup.config).await?;
    let (mut tools, mut unread) = (blueprint.tool_specs(), blueprint.unread_tools());
    if !unread.is_empty()
        && let Some(trusted) = trust::given(&blueprint.function_programs(), agent, &setup.config)
    {
        let specs = blueprint.all_tool_specs(&trusted, &setup.config).await;
        tools = specs.map_err(|error| setup::failure(&error))?;
        unread.clear();
    }
    Ok(Shown { blueprint, prompt, tools, unread })
}

impl Shown {
    /// All of it, for programs.
    pub(super) fn as_json(&self) -> Value {
        let Self { blueprint, prompt, tools, unread } = self;
        let included = blueprint.prompt.included.iter();
        let included: Vec<_> =
            included.map(|file| json!({"written": file.written, "path": file.path})).collect();
        let card = &blueprint.card;
        let servers = blueprint.servers().into_iter();
        let servers: Vec<_> =
            servers.map(|(name, place)| json!({"name": name, "place": place})).collect();
        let commands = card.commands.iter();
        let commands: Vec<_> = commands
            .map(|command| json!({"name": command.name, "description": command.description}))
            .collect();
        json!({
            "name": card.name,
            "path": card.path,
            "description": card.description,
            "model": blueprint.model_name(),
            "fallbacks": blueprint.fallbacks.iter().map(Target::name).collect::<Vec<_>>(),
            "endpoint": blueprint.endpoint().map(|endpoint| endpoint.base_url.to_string()),
            "tools": tools,
            "unread_tools": unread,
            "programs": programs(blueprint),
            "commands": commands,
            "servers": servers,
            "included": included,
            "prompt": prompt,
            "prompt_size": Size::of(prompt.len()),
            "tools_size": Size::of(tools.iter().map(|spec| Size::of_tool(spec).bytes).sum()),
        })
    }

    /// All of it, for people.
    pub(super) fn as_text(&self) -> String {
        let Self { blueprint, prompt, tools, unread } = self;
        let card = &blueprint.card;
        let mut text = format!(
            "name         {}\ncard         {}\ndescription  {}\nmodel        {}\nendpoint     {}\n",
            card.name,
            card.path.display(),
            card.description.as_deref().unwrap_or("none"),
            blueprint.model_name(),
            place(&blueprint.target),
        );
        for fallback in &blueprint.fallbacks {
            let (name, place) = (fallback.name(), place(fallback));
            let _infallible = writeln!(text, "fallback     {name}: {place}");
        }
        for spec in tools {
            let first = reveal(spec.description.lines().next().unwrap_or_default());
            let size = Size::of_tool(spec);
            let _infallible = writeln!(text, "tool         {}: {first} ({size})", spec.name);
        }
        for name in unread {
            let name = reveal(name);
            let _infallible =
                writeln!(text, "tool         {name}: known once it runs, after a yes");
        }
        for command in card.commands.iter().map(command) {
            let _infallible = writeln!(text, "command      {command}");
        }
        for ran in programs(blueprint) {
            let _infallible = writeln!(text, "program      {ran}, which runs after a yes");
        }
        for (name, place) in blueprint.servers() {
            let (name, place) = (reveal(name), reveal(&place));
            let _infallible = writeln!(text, "server       {name}: {place}");
        }
        for Included { written, path, beside } in &blueprint.prompt.included {
            let beside = match beside {
                Beside::Card => "beside the card",
                Beside::WorkingDirectory => "in the working directory",
            };
            let path = path.display();
            let _infallible = writeln!(text, "included     {written}: {beside} ({path})");
        }
        let size = Size::of(prompt.len());
        let _infallible = write!(text, "prompt       {size}\n\n{prompt}\n");
        text
    }
}

/// Where a model is asked, and whether with a key.
fn place(target: &Target) -> String {
    let Target::Endpoint(endpoint) = target else {
        return "part of this program".to_owned();
    };
    let key = match &endpoint.key {
        Ok(Some(_)) => "with a key".to_owned(),
        Ok(None) => "without a key".to_owned(),
        Err(error) => error.to_string(),
    };
    format!("{} ({key})", endpoint.base_url)
}

/// What would run on this machine, in a conversation at least.
fn programs(blueprint: &Blueprint) -> Vec<String> {
    let commands = blueprint.commands.iter().flat_map(Commands::programs);
    let programs = blueprint.programs().into_iter().chain(commands);
    let name = |program: Program| format!("{}: {}", reveal(program.name()), program.kind().words());
    let mut names: Vec<String> = programs.map(name).collect();
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// What a person may type in a conversation.
fn command(command: &CardCommand) -> String {
    format!("/{}: {}", command.name, reveal(command.description.trim()))
}

/// How much a text is. Only its provider can count tokens: here they are estimated.
#[derive(Debug, Clone, Copy, Serialize)]
struct Size {
    bytes: usize,
    estimated_tokens: u64,
}

impl Size {
    fn of(bytes: usize) -> Self {
        Self { bytes, estimated_tokens: (bytes as u64).div_ceil(BYTES_PER_TOKEN) }
    }

    /// The size of what a model is told about a tool.
    fn of_tool(spec: &ToolSpec) -> Self {
        Self::of(serde_json::to_string(spec).map_or(0, |text| text.len()))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, estimated at {} tokens", self.bytes, self.estimated_tokens)
    }
}
