//! The commands a card brings to conversations: Python functions that a person calls by typing.
//!
//! It runs none before the first is typed, and does not know how they are typed or shown.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::OnceCell;

use super::SetupError;
use super::tools::python::{Key, Named, Python};
use crate::card::{Card, CardCommand};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::event::Events;
use crate::message::Message;
use crate::tool::python::PythonTool;
use crate::trust::{Program, Trusted};

/// The commands of a card, before anything of them runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    agent: String,
    all: Vec<CardCommand>,
    python: Python,
}

/// Commands that somebody said yes to.
#[derive(Debug)]
pub struct Runnable {
    commands: Commands,
    /// How long its modules may take to run, and then each call.
    timeout: Duration,
    /// The functions, in the order of the commands, once one was needed.
    functions: OnceCell<Vec<PythonTool>>,
}

/// Why a command came to nothing.
#[derive(Debug)]
pub enum CommandError {
    /// It cannot be run.
    Setup(SetupError),
    /// Its function failed, for this reason.
    Failed(String),
}

/// What a function is handed.
#[derive(Serialize)]
struct Context<'a> {
    command_name: &'a str,
    arguments: &'a str,
    agent_name: &'a str,
    messages: &'a [Arc<Message>],
}

/// Finds the files of a card's commands; nothing if it has none.
pub(super) fn resolve(card: &Card) -> Result<Option<Commands>, Vec<SetupError>> {
    let functions = card.commands.iter().map(|command| command.function.clone());
    let named = functions.map(|function| Named { key: Key::Commands, function }).collect();
    let python = Python::resolve(card, named)?;
    let commands =
        |python| Commands { agent: card.name.clone(), all: card.commands.clone(), python };
    Ok(python.map(commands))
}

impl Commands {
    /// The files that run.
    pub fn programs(&self) -> Vec<Program> {
        self.python.programs()
    }

    /// Complaints about functions that are not in their modules.
    pub(super) fn undefined(&self) -> impl Iterator<Item = Diagnostic> {
        self.python.undefined()
    }

    /// The commands, to be run when they are typed.
    pub fn allowed(self, trusted: &Trusted, config: &Config) -> Result<Runnable, SetupError> {
        if !trusted.covers(&self.programs()) {
            return Err(SetupError::Untrusted);
        }
        let timeout = config.timeouts.tool.value;
        Ok(Runnable { commands: self, timeout, functions: OnceCell::new() })
    }
}

impl Runnable {
    /// All of them.
    pub fn all(&self) -> &[CardCommand] {
        &self.commands.all
    }

    /// Runs a command in a conversation, and returns what its function did. Dropping the future gives
    /// it up.
    pub async fn run(
        &self,
        name: &str,
        arguments: &str,
        messages: &[Arc<Message>],
        events: &Events,
    ) -> Result<String, CommandError> {
        let Commands { agent, all, python } = &self.commands;
        let functions = self.functions.get_or_try_init(|| python.functions(self.timeout));
        let functions = functions.await.map_err(CommandError::Setup)?;
        let mut pairs = all.iter().zip(functions);
        let Some((_, function)) = pairs.find(|(command, _)| command.name == name) else {
            return Err(CommandError::Failed("there is no such command".to_owned()));
        };
        let context = Context { command_name: name, arguments, agent_name: agent, messages };
        let called = function.run(&context, events).await;
        called.map_err(|error| CommandError::Failed(error.message))
    }
}
