//! The process that functions run in: started when it is needed, and again when it has ended.
//!
//! It does not know what is said on the pipes.

use std::io;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::process::{Process, Started};
use super::protocol::Report;
use super::{Code, Settings};
use crate::event::Events;
use crate::tool::ToolError;

/// How long the modules may take to load at least: how fast an interpreter starts has nothing to do
/// with how long a call may take.
const LOADING: Duration = Duration::from_secs(30);

/// Functions, and the process they run in at the moment.
#[derive(Debug)]
pub(super) struct Host {
    code: Code,
    settings: Settings,
    process: Mutex<Option<Process>>,
}

/// Why there is no process.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no such interpreter.
    #[error("there is no `{0}`")]
    NoInterpreter(String),
    /// It cannot be started.
    #[error("Python cannot be started: {0}")]
    Spawn(#[from] io::Error),
    /// It ended before the modules were loaded.
    #[error("Python ended before its modules were loaded: {0}")]
    Ended(String),
    /// The modules take too long to load.
    #[error("the modules were not loaded within {0} s")]
    TooSlow(f64),
}

impl Host {
    pub(super) fn new(code: Code, settings: Settings) -> Self {
        Self { code, settings, process: Mutex::new(None) }
    }

    /// Starts the process and says what became of the functions.
    pub(super) async fn start(&self) -> Result<Vec<Report>, StartError> {
        let mut process = self.process.lock().await;
        let (started, reports) = self.started().await?;
        *process = Some(started);
        Ok(reports)
    }

    async fn started(&self) -> Result<(Process, Vec<Report>), StartError> {
        let Started { process, loaded } = Process::start(&self.settings.interpreter, &self.code)?;
        let patience = self.settings.timeout.max(LOADING);
        match timeout(patience, loaded).await {
            Ok(Ok(Ok(reports))) => Ok((process, reports)),
            Ok(Ok(Err(why))) => Err(StartError::Ended(why)),
            Ok(Err(_task_gone)) => Err(StartError::Ended("it was stopped".to_owned())),
            Err(_elapsed) => Err(StartError::TooSlow(patience.as_secs_f64())),
        }
    }

    /// Calls a function, in a new process if the last one has ended.
    pub(super) async fn call(
        &self,
        function: usize,
        arguments: Map<String, Value>,
        events: &Events,
    ) -> Result<String, ToolError> {
        let process = self.running().await.map_err(|error| ToolError::new(error.to_string()))?;
        let call = process.call(function, arguments, events.clone());
        match timeout(self.settings.timeout, call).await {
            Ok(outcome) => outcome.map_err(ToolError::new),
            Err(_elapsed) => {
                let seconds = self.settings.timeout.as_secs_f64();
                Err(ToolError::new(format!("it was stopped: there was no answer in {seconds} s")))
            }
        }
    }

    async fn running(&self) -> Result<Process, StartError> {
        let mut current = self.process.lock().await;
        if let Some(process) = current.as_ref().filter(|process| process.is_running()) {
            return Ok(process.clone());
        }
        let (process, _known) = self.started().await?;
        Ok(current.insert(process).clone())
    }
}
