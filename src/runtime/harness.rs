//! The tools by which an agent looks itself up, for cards that want them.
//!
//! Clones of the agent have none of them.

use std::sync::Arc;

use super::Blueprint;
use super::tools::Source;
use crate::message::ToolSpec;
use crate::tool::mcp::Servers;
use crate::tool::mcp::get_resource::{self, GetResource};
use crate::tool::slash_command::{self, About, SlashCommand};
use crate::tool::{Tool, ToolSet};

/// What a model is told about them.
pub(super) fn specs(blueprint: &Blueprint) -> Vec<ToolSpec> {
    if wants(blueprint) { vec![slash_command::spec(), get_resource::spec()] } else { Vec::new() }
}

/// The tools, for an agent with these.
pub(super) fn connect(
    blueprint: &Blueprint,
    tools: impl FnOnce() -> ToolSet,
    servers: Option<&Arc<Servers>>,
) -> Vec<Arc<dyn Tool>> {
    if !wants(blueprint) {
        return Vec::new();
    }
    let skills = blueprint.sources.iter().find_map(|source| match source {
        Source::Skills(skills) => Some(skills.clone()),
        _ => None,
    });
    let about = About {
        model: blueprint.target.name(),
        tools: tools(),
        servers: servers.cloned(),
        skills: skills.unwrap_or_default(),
    };
    vec![Arc::new(SlashCommand::new(about)), Arc::new(GetResource::new(servers.cloned()))]
}

/// Where an answer has to fit a schema and the card wants no tools then, it has none of these.
fn wants(blueprint: &Blueprint) -> bool {
    blueprint.card.harness_tools && !blueprint.is_without_tools()
}
