//! From what a card names to the tools an agent has: one [`Source`] for each kind of tool.
//!
//! A kind is a variant here and a file below, which resolves the card's keys without running
//! anything and connects what they come to. It runs nothing before it is connected.

mod hub;
mod shell;

use std::sync::Arc;

use super::SetupError;
use super::connect::Surrounding;
use crate::card::Card;
use crate::config::{Config, Environment};
use crate::message::ToolSpec;
use crate::tool::Tool;
use crate::tool::hub::EndpointPattern;
use crate::trust::Program;

/// Where tools of an agent come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// `hf_api_tool.py:hf_api_request`, which is part of this program; other runtimes of cards run
    /// it as Python.
    Hub,
    /// Commands, and the files in a directory.
    Shell(Box<shell::Workplace>),
}

/// Where the tools a card names come from, in its order, or everything that is wrong with that.
pub(super) fn resolve(
    card: &Card,
    config: &Config,
    environment: &Environment,
) -> Result<Vec<Source>, Vec<SetupError>> {
    let mut sources = Vec::new();
    let mut errors = Vec::new();
    for tool in &card.function_tools {
        match hub::resolve(card, tool) {
            Ok(source) => sources.push(source),
            Err(error) => errors.push(error),
        }
    }
    match shell::resolve(card, config, environment) {
        Ok(shell) => sources.extend(shell),
        Err(error) => errors.push(error),
    }
    if errors.is_empty() { Ok(sources) } else { Err(errors) }
}

impl Source {
    /// What a model is told about its tools, as far as that is known before it is connected.
    pub(super) fn specs(&self, pattern: EndpointPattern) -> Vec<ToolSpec> {
        match self {
            Self::Hub => vec![hub::spec(pattern)],
            Self::Shell(_) => shell::specs(),
        }
    }

    /// What it runs on this machine, which takes a yes.
    pub(super) fn programs(&self) -> Vec<Program> {
        match self {
            Self::Hub => Vec::new(),
            Self::Shell(workplace) => vec![workplace.program.clone()],
        }
    }

    /// Its tools, after whatever has to be running for them runs.
    #[expect(clippy::unused_async, reason = "the sources that run something wait for it")]
    pub(super) async fn connect(
        self,
        surrounding: &Surrounding<'_>,
    ) -> Result<Vec<Arc<dyn Tool>>, SetupError> {
        match self {
            Self::Hub => hub::connect(surrounding),
            Self::Shell(workplace) => Ok(shell::connect(*workplace)),
        }
    }
}
