//! What cards want run at the start of their agent and at its end.
//!
//! It knows when that is, and nothing of what is done then.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::timeout;

use super::SetupError;
use super::tools::python::{Named, Python};
use crate::event::Events;
use crate::tool::python::PythonTool;

/// How long the program waits for all that is to be done at the end. It may be somebody's Ctrl-C that
/// ends it.
const GRACE: Duration = Duration::from_secs(5);

/// What is run for one agent.
pub(super) struct Lifecycle {
    pub(super) agent: String,
    pub(super) on_start: Option<(Named, PythonTool)>,
    pub(super) on_shutdown: Option<PythonTool>,
    /// Whose functions they are.
    pub(super) python: Python,
}

/// What is to be run when the agents of a session have done their work.
#[derive(Default)]
pub(super) struct Endings(Mutex<Vec<Ending>>);

/// What is to be run for one agent that has started.
struct Ending {
    agent: String,
    function: PythonTool,
}

impl Lifecycle {
    /// Runs what is to be run before the first request, and has the end follow if that went well.
    pub(super) async fn start(self, endings: &Endings) -> Result<(), SetupError> {
        let Self { agent, on_start, on_shutdown, python } = self;
        if let Some((named, function)) = on_start {
            call(&function, "on_start", &agent).await.map_err(|error| {
                let message = format!("`on_start` failed ({}): {error}", named.name());
                SetupError::Functions(vec![python.diagnostic(&named, "hook-failed", message)])
            })?;
        }
        if let Some(function) = on_shutdown {
            endings.lock().push(Ending { agent, function });
        }
        Ok(())
    }
}

impl Endings {
    /// Runs all of them side by side, once, within a time. Returns what went wrong.
    pub(super) async fn run(&self) -> Vec<String> {
        let endings = std::mem::take(&mut *self.lock());
        let ended = endings.iter().map(async |Ending { agent, function }| {
            let late = || format!("there was no answer in {} s", GRACE.as_secs());
            let called = timeout(GRACE, call(function, "on_shutdown", agent)).await;
            let failed = |why| format!("`on_shutdown` of `{agent}` failed: {why}");
            called.unwrap_or_else(|_elapsed| Err(late())).err().map(failed)
        });
        join_all(ended).await.into_iter().flatten().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Ending>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls a function. Nobody reads what it prints: no run is shown then.
async fn call(function: &PythonTool, moment: &str, agent: &str) -> Result<(), String> {
    let context = json!({"hook_type": moment, "agent_name": agent, "messages": []});
    let (unseen, _) = Events::channel();
    function.run(&context, &unseen).await.map(drop).map_err(|error| error.message)
}
