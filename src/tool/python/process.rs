//! One process: calls in, answers out, until it ends or is ended.
//!
//! A task of its own has all of its state. It starts no process anew, and knows no tools.

mod child;
mod printed;
mod state;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};

use super::Code;
use super::host::StartError;
use super::protocol::{self, Report};
use crate::event::Events;
use child::Child;
use state::State;

/// A process. It is ended when nobody holds on to it any more.
#[derive(Debug, Clone)]
pub(super) struct Process {
    commands: mpsc::UnboundedSender<Command>,
    next_call: Arc<AtomicU64>,
    retired: Arc<AtomicBool>,
}

/// A process that has just been started.
pub(super) struct Started {
    pub(super) process: Process,
    /// What became of the functions, or why the process ended before that was known.
    pub(super) loaded: oneshot::Receiver<Result<Vec<Report>, String>>,
}

#[derive(Debug)]
enum Command {
    Call(u64, Call),
    GiveUp(u64),
}

#[derive(Debug)]
struct Call {
    function: usize,
    arguments: Map<String, Value>,
    events: Events,
    answer: oneshot::Sender<Result<String, String>>,
}

/// Gives a call up when it is dropped, which means nothing for one that was answered.
struct Pending<'a>(&'a Process, u64);

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        let Self(process, call) = self;
        let _ended = process.commands.send(Command::GiveUp(*call));
    }
}

impl Process {
    /// Starts a process, which loads these functions.
    pub(super) fn start(interpreter: &Path, code: &Code) -> Result<Started, StartError> {
        let opening = protocol::opening(code).map_err(io::Error::from)?;
        let child = Child::spawn(interpreter, opening)?;
        let (commands, received) = mpsc::unbounded_channel();
        let (loading, loaded) = oneshot::channel();
        let process = Self { commands, next_call: Arc::default(), retired: Arc::default() };
        let state = State::new(loading, Arc::clone(&process.retired));
        tokio::spawn(state.run(child, received));
        Ok(Started { process, loaded })
    }

    /// Whether it takes calls.
    pub(super) fn is_running(&self) -> bool {
        !self.commands.is_closed() && !self.retired.load(Ordering::Relaxed)
    }

    /// Calls a function. Dropping the future gives the call up.
    pub(super) async fn call(
        &self,
        function: usize,
        arguments: Map<String, Value>,
        events: Events,
    ) -> Result<String, String> {
        let (answer, answered) = oneshot::channel();
        let call = self.next_call.fetch_add(1, Ordering::Relaxed);
        let _pending = Pending(self, call);
        let _ended =
            self.commands.send(Command::Call(call, Call { function, arguments, events, answer }));
        answered.await.unwrap_or_else(|_ended| Err("the Python process has ended".to_owned()))
    }
}
