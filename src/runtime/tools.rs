//! From what a card names to the tools an agent has: one [`Source`] for each kind of tool.
//!
//! A kind is a variant here and a file below, which resolves the card's keys without running
//! anything and connects what they come to. It runs nothing before it is connected.

mod http;
mod hub;
mod human_input;
mod mcp;
pub(super) mod python;
mod shell;
mod skills;

use std::sync::Arc;

use futures_util::future::try_join_all;

use super::SetupError;
use super::connect::Surrounding;
use crate::card::{Card, FunctionTool, KeyPath, Origin};
use crate::config::{Config, Environment};
use crate::diagnostic::Diagnostic;
use crate::message::ToolSpec;
use crate::tool::Tool;
use crate::tool::hub::EndpointPattern;
use crate::tool::mcp::Servers;
use crate::tool::skill::Skill;
use crate::trust::Program;
use python::{Key, Named, Python};

/// Where tools of an agent come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// `hf_api_tool.py:hf_api_request`, which is part of this program; other runtimes of cards run
    /// it as Python.
    Hub,
    /// All other functions, which a process of Python runs.
    Python(Box<Python>),
    /// Commands, and the files in a directory.
    Shell(Box<shell::Workplace>),
    /// A question to the person.
    HumanInput,
    /// The texts of skills.
    Skills(Vec<Skill>),
    /// MCP servers.
    Mcp(Box<mcp::Planned>),
    /// A request to a server, as the card describes it.
    Http(Box<http::Resolved>),
}

/// What a source comes to.
enum Connected {
    /// Tools.
    Tools(Vec<Arc<dyn Tool>>),
    /// Servers, whose tools are known when they run.
    Servers(Arc<Servers>),
}

/// Where the tool comes from that reads these skills.
pub(super) fn reading(skills: Vec<Skill>) -> Option<Source> {
    skills::resolve(skills)
}

/// Where the tools a card names come from, or everything that is wrong with that.
pub(super) fn resolve(
    card: &Card,
    config: &Config,
    environment: &Environment,
) -> Result<Vec<Source>, Vec<SetupError>> {
    let (sources, errors) = found(card, config, environment);
    if errors.is_empty() { Ok(sources) } else { Err(errors) }
}

/// Where the tools a card names come from, as far as they can be had, and what is wrong with the rest.
pub(super) fn found(
    card: &Card,
    config: &Config,
    environment: &Environment,
) -> (Vec<Source>, Vec<SetupError>) {
    let mut errors = Vec::new();
    let is_built_in = |tool: &FunctionTool| hub::is_meant(tool) && !config.hub.as_python.value;
    let functions = card.function_tools.iter().cloned();
    let (built_in, named): (Vec<_>, Vec<_>) = functions.partition(is_built_in);
    let mut sources: Vec<Source> = built_in.into_iter().map(|_| Source::Hub).collect();
    let key = Key::FunctionTools;
    let named = named.into_iter().map(|function| Named { key, function }).collect();
    match Python::resolve(card, named) {
        Ok(python) => sources.extend(python.map(|python| Source::Python(Box::new(python)))),
        Err(found) => errors.extend(found),
    }
    sources.extend(human_input::resolve(card));
    match http::resolve(card) {
        Ok(http) => sources.extend(http),
        Err(found) => errors.extend(found),
    }
    match shell::resolve(card, config, environment) {
        Ok(shell) => sources.extend(shell),
        Err(error) => errors.push(error),
    }
    match mcp::resolve(card, config, environment) {
        Ok(servers) => sources.extend(servers),
        Err(found) => errors.extend(found),
    }
    if card.origin == Origin::Remote && sources.iter().any(|source| !source.programs().is_empty()) {
        let key = if card.shell.is_some() { "shell" } else { "mcp_connect" };
        errors.push(not_here(card, key, "runs nothing on this machine"));
    }
    // What they read here unasked, its other tools could carry to their author.
    if card.origin == Origin::Remote && !card.mcp.named.is_empty() {
        errors.push(not_here(card, "servers", "uses no servers of your configuration"));
    }
    (sources, errors)
}

/// What all sources come to, connected side by side: tools, and the servers if there are any.
pub(super) async fn connect(
    sources: Vec<Source>,
    surrounding: &Surrounding<'_>,
) -> Result<(Vec<Arc<dyn Tool>>, Option<Arc<Servers>>), SetupError> {
    let (mut tools, mut servers) = (Vec::new(), None);
    let sources = sources.into_iter().map(|source| source.connect(surrounding));
    for connected in try_join_all(sources).await? {
        match connected {
            Connected::Tools(found) => tools.extend(found),
            Connected::Servers(found) => servers = Some(found),
        }
    }
    Ok((tools, servers))
}

/// What a card from elsewhere is told that asks for something of this machine, whoever says yes to it.
fn not_here(card: &Card, key: &str, rule: &str) -> SetupError {
    let message = format!("a card from elsewhere {rule}");
    let complaint = card.complaint("remote-card", &KeyPath::top(key), message);
    let hint = Some("save it as a file, read it, and run that".to_owned());
    SetupError::Card(Box::new(Diagnostic { hint, ..complaint }))
}

impl Source {
    /// What a model is told about its tools, as far as that is known before it is connected;
    /// `functions` is what Python said of its own, if it was asked.
    pub(super) fn specs(&self, pattern: EndpointPattern, functions: &[ToolSpec]) -> Vec<ToolSpec> {
        match self {
            Self::Hub => vec![hub::spec(pattern)],
            Self::Shell(workplace) => workplace.specs(),
            Self::HumanInput => vec![human_input::spec()],
            Self::Python(_) => functions.to_vec(),
            // Only the servers know.
            Self::Mcp(_) => Vec::new(),
            Self::Skills(_) => vec![skills::spec()],
            Self::Http(resolved) => vec![resolved.spec()],
        }
    }

    /// Tools of which no more is known than how the card names them, before it is connected.
    pub(super) fn unread(&self) -> Vec<String> {
        match self {
            Self::Python(python) => python.names().collect(),
            Self::Hub
            | Self::Shell(_)
            | Self::HumanInput
            | Self::Mcp(_)
            | Self::Skills(_)
            | Self::Http(_) => Vec::new(),
        }
    }

    /// Complaints about functions that are not in their modules.
    pub(super) fn undefined(&self) -> impl Iterator<Item = Diagnostic> {
        let python = if let Self::Python(python) = self { Some(python) } else { None };
        python.into_iter().flat_map(|python| python.undefined())
    }

    /// What it runs on this machine, which takes a yes.
    pub(super) fn programs(&self) -> Vec<Program> {
        match self {
            Self::Hub | Self::HumanInput | Self::Skills(_) => Vec::new(),
            Self::Python(python) => python.programs(),
            Self::Shell(workplace) => vec![workplace.program.clone()],
            Self::Mcp(planned) => planned.programs(),
            Self::Http(resolved) => resolved.program.iter().cloned().collect(),
        }
    }

    /// Its MCP servers: the name of each, and where it is.
    pub(super) fn servers(&self) -> Vec<(&str, String)> {
        match self {
            Self::Mcp(planned) => planned.places(),
            Self::Hub
            | Self::Python(_)
            | Self::Shell(_)
            | Self::HumanInput
            | Self::Skills(_)
            | Self::Http(_) => Vec::new(),
        }
    }

    /// Its tools, after whatever has to be running for them runs.
    async fn connect(self, surrounding: &Surrounding<'_>) -> Result<Connected, SetupError> {
        match self {
            Self::Hub => hub::connect(surrounding).map(Connected::Tools),
            Self::Python(python) => {
                Box::pin(python.connect(surrounding)).await.map(Connected::Tools)
            }
            Self::Shell(workplace) => Ok(Connected::Tools(workplace.connect())),
            Self::HumanInput => Ok(Connected::Tools(human_input::connect())),
            Self::Mcp(planned) => mcp::connect(*planned, surrounding).map(Connected::Servers),
            Self::Skills(skills) => Ok(Connected::Tools(skills::connect(skills))),
            Self::Http(resolved) => resolved.connect(surrounding).map(Connected::Tools),
        }
    }
}
