//! The commands of an agent that run or have run, by number.
//!
//! Each runs as a task, so that a call need not wait for it; all end when the table is dropped.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::child::{self, Ended, Surroundings, lock};
use super::output::Output;

/// The most commands that run at once.
const MOST_RUNNING: usize = 16;

/// The most that are remembered.
const MOST_KEPT: usize = 64;

/// The commands of an agent.
#[derive(Debug, Default)]
pub(super) struct Jobs(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    jobs: Vec<Arc<Job>>,
    started: u64,
}

/// One command. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Job {
    /// `process-1`.
    pub(super) id: String,
    /// What was run.
    pub(super) command: String,
    output: Arc<Mutex<Output>>,
    state: watch::Receiver<State>,
    task: AbortHandle,
    started: Instant,
}

/// How far a command is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It runs.
    Running,
    /// It has ended.
    Ended(Ended),
    /// It was stopped on demand.
    Stopped,
    /// Nobody knows: the system would not say.
    Lost(String),
}

impl Jobs {
    /// Starts a command. The table does not know it yet.
    pub(super) async fn start(
        &self,
        command: &str,
        surroundings: &Surroundings,
    ) -> io::Result<Arc<Job>> {
        if self.running() >= MOST_RUNNING {
            let message = format!("{MOST_RUNNING} commands are running already; stop one first");
            return Err(io::Error::other(message));
        }
        let output = Arc::new(Mutex::new(Output::default()));
        let running = child::start(command, surroundings, Arc::clone(&output)).await?;
        let (sender, state) = watch::channel(State::Running);
        let task = tokio::spawn(async move {
            let ended = match running.end().await {
                Ok(ended) => State::Ended(ended),
                Err(error) => State::Lost(error.to_string()),
            };
            sender.send_replace(ended);
        });
        let mut table = self.table();
        table.started += 1;
        Ok(Arc::new(Job {
            id: format!("process-{}", table.started),
            command: command.to_owned(),
            output,
            state,
            task: task.abort_handle(),
            started: Instant::now(),
        }))
    }

    /// Lets a command go on without the call that started it.
    pub(super) fn keep(&self, job: Arc<Job>) {
        let mut table = self.table();
        if table.jobs.len() >= MOST_KEPT
            && let Some(oldest) = table.jobs.iter().position(|job| !job.is_running())
        {
            table.jobs.remove(oldest);
        }
        table.jobs.push(job);
    }

    /// The command with this id.
    pub(super) fn get(&self, id: &str) -> Option<Arc<Job>> {
        self.table().jobs.iter().find(|job| job.id == id).cloned()
    }

    /// All that are known, oldest first.
    pub(super) fn all(&self) -> Vec<Arc<Job>> {
        self.table().jobs.clone()
    }

    fn running(&self) -> usize {
        self.table().jobs.iter().filter(|job| job.is_running()).count()
    }

    /// Nothing that holds the lock can panic.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    /// How far it is.
    pub(super) fn state(&self) -> State {
        match (&*self.state.borrow(), self.task.is_finished()) {
            // The task ended without a word: it was aborted.
            (State::Running, true) => State::Stopped,
            (state, _) => state.clone(),
        }
    }

    /// How far it is when it has ended or this time is up.
    pub(super) async fn wait(&self, most: Duration) -> State {
        let mut state = self.state.clone();
        let ended = state.wait_for(|state| *state != State::Running);
        // Either way the state says how it is.
        let _waited = tokio::time::timeout(most, ended).await;
        self.state()
    }

    /// Ends it, and all it started.
    pub(super) async fn stop(&self) {
        self.task.abort();
        while !self.task.is_finished() {
            tokio::task::yield_now().await;
        }
    }

    /// What it wrote so far.
    pub(super) fn text(&self) -> String {
        lock(&self.output).text()
    }

    /// How long ago it was started.
    pub(super) fn age(&self) -> Duration {
        self.started.elapsed()
    }

    fn is_running(&self) -> bool {
        self.state() == State::Running
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.task.abort();
    }
}
