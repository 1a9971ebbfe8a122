//! What is known of a card's tools and functions without running anything, whatever else is wrong with
//! the card.
//!
//! It makes no agent, and what cannot be resolved is told elsewhere.

use super::{commands, files, hooks, skills, tools};
use crate::card::Card;
use crate::config::{Config, Environment};
use crate::diagnostic::Diagnostic;
use crate::tool::hub::EndpointPattern;

/// What is known of the tools and functions of a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The names of its tools, those of MCP servers aside.
    pub names: Vec<String>,
    /// Complaints about functions that it names and their modules do not have.
    pub undefined: Vec<Diagnostic>,
    /// What is odd about its skills.
    pub odd: Vec<Diagnostic>,
}

/// Looks at the tools and functions of a card.
pub fn known(card: &Card, config: &Config, environment: &Environment) -> Known {
    let (sources, _told_elsewhere) = tools::found(card, config, environment);
    let hooks = hooks::resolve(card).unwrap_or_default();
    let commands = commands::resolve(card).unwrap_or_default();
    let undefined = sources
        .iter()
        .flat_map(tools::Source::undefined)
        .chain(hooks.iter().flat_map(hooks::Hooks::undefined))
        .chain(commands.iter().flat_map(commands::Commands::undefined));
    let specs = sources.iter().flat_map(|source| source.specs(EndpointPattern::Omitted, &[]));
    let functions = card.function_tools.iter().map(|tool| tool.function.clone());
    let agents = card.agents.iter().map(|name| format!("agent__{name}"));
    let (directory, home) = files::places(environment);
    let skills = skills::find(card, &directory, &home);
    // Skills that are broken, or of another machine, are no reason to call its tool unknown.
    let reads_skills = card.instruction.lists_skills()
        || !(skills.skills.is_empty() && skills.wrong.is_empty() && skills.odd.is_empty());
    let own = [
        (card.subagents.is_some(), "subagent"),
        (card.harness_tools, "slash_command"),
        (card.harness_tools, "get_resource"),
        (reads_skills, "read_skill"),
    ];
    let own = own.into_iter().filter(|(has, _)| *has).map(|(_, name)| name.to_owned());
    let names = specs.map(|spec| spec.name).chain(functions).chain(agents).chain(own);
    Known { names: names.collect(), undefined: undefined.collect(), odd: skills.odd }
}
