//! What is open between us and a process, and what each thing it says or does means for that.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::child::{Child, Heard};
use super::printed::Printed;
use super::{Call, Command};
use crate::tool::python::protocol::{self, Answer, Loaded, Outcome, Report, Request};

/// How long a call that was given up may go on. Nothing stops a thread of Python; after this, the
/// process is ended as soon as nobody waits for its other calls.
const GRACE: Duration = Duration::from_secs(1);

/// The calls of a process.
pub(super) struct State {
    loading: Option<oneshot::Sender<Result<Vec<Report>, String>>>,
    open: HashMap<u64, oneshot::Sender<Result<String, String>>>,
    /// Calls nobody waits for, and how long they may go on.
    given_up: HashMap<u64, Instant>,
    printed: Printed,
    retired: Arc<AtomicBool>,
}

/// Why a process is ended.
enum End {
    /// It ended by itself.
    Itself,
    /// It said something that nobody can understand.
    Garbled,
    /// Nobody needs it.
    Unneeded,
}

impl State {
    pub(super) fn new(
        loading: oneshot::Sender<Result<Vec<Report>, String>>,
        retired: Arc<AtomicBool>,
    ) -> Self {
        Self {
            loading: Some(loading),
            open: HashMap::new(),
            given_up: HashMap::new(),
            printed: Printed::default(),
            retired,
        }
    }

    /// Serves the process until it ends or is ended.
    pub(super) async fn run(
        mut self,
        mut child: Child,
        mut commands: mpsc::UnboundedReceiver<Command>,
    ) {
        let end = loop {
            if self.is_retired() && self.open.is_empty() {
                break End::Unneeded;
            }
            if self.open.is_empty() {
                // A run ends when nobody can report anything any more.
                self.printed.belongs_to(None);
            }
            let patience = self.given_up.values().min().copied().filter(|_| !self.is_retired());
            tokio::select! {
                heard = child.hear() => match heard {
                    Heard::Line(line) => {
                        // What a call printed is told before it ends.
                        child.catch_up(&mut self.printed);
                        if self.answered(&line).is_none() {
                            break End::Garbled;
                        }
                    }
                    Heard::Endless => break End::Garbled,
                    Heard::Printed(bytes) => self.printed.add(&bytes),
                    Heard::Ended => break End::Itself,
                },
                command = commands.recv() => match command {
                    Some(Command::Call(id, call)) => self.begin(&mut child, id, call),
                    Some(Command::GiveUp(id)) => self.give_up(&mut child, id),
                    None => break End::Unneeded,
                },
                () = sleep_until(patience.unwrap_or_else(Instant::now)), if patience.is_some() => {
                    self.retired.store(true, Ordering::Relaxed);
                }
            }
        };
        // Whoever comes now needs another process.
        commands.close();
        let why = self.why(end, child).await;
        while let Ok(command) = commands.try_recv() {
            if let Command::Call(id, Call { answer, .. }) = command {
                self.open.insert(id, answer);
            }
        }
        for (_, answer) in self.open.drain() {
            let _given_up = answer.send(Err(why.clone()));
        }
        if let Some(loading) = self.loading.take() {
            let _given_up = loading.send(Err(self.printed.last().unwrap_or(why)));
        }
    }

    fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Relaxed)
    }

    fn begin(&mut self, child: &mut Child, id: u64, call: Call) {
        let Call { function, arguments, events, answer } = call;
        let request = Request::Call { call: id, function, arguments: &arguments };
        match protocol::line(&request) {
            Ok(line) => {
                child.send(&line);
                self.printed.belongs_to(Some(events));
                self.open.insert(id, answer);
            }
            Err(error) => {
                let _given_up = answer.send(Err(format!("the arguments cannot be sent: {error}")));
            }
        }
    }

    fn give_up(&mut self, child: &mut Child, id: u64) {
        if self.open.remove(&id).is_some() {
            self.given_up.insert(id, Instant::now() + GRACE);
            if let Ok(line) = protocol::line(&Request::Cancel { cancel: id }) {
                child.send(&line);
            }
        }
    }

    /// Hands on what a line says; nothing if it says nothing that was asked for.
    fn answered(&mut self, line: &[u8]) -> Option<()> {
        if let Some(loading) = self.loading.take() {
            let Ok(Loaded { functions }) = serde_json::from_slice(line) else {
                self.loading = Some(loading);
                return None;
            };
            let _given_up = loading.send(Ok(functions));
            return Some(());
        }
        let Answer { call, outcome } = serde_json::from_slice(line).ok()?;
        if self.given_up.remove(&call).is_some() {
            return Some(());
        }
        let answer = self.open.remove(&call)?;
        let _given_up = answer.send(match outcome {
            Outcome::Text(text) => Ok(text),
            Outcome::Error(error) => Err(error),
        });
        Some(())
    }

    /// Ends the process and says why its calls came to nothing.
    async fn why(&mut self, end: End, child: Child) -> String {
        let status = child.end(&mut self.printed).await;
        match (end, status) {
            (End::Unneeded, _) => "the Python process was stopped".to_owned(),
            (End::Garbled, _) => {
                "the Python process was stopped: what it sent was no answer".to_owned()
            }
            (End::Itself, Ok(status)) => format!("the Python process ended ({status})"),
            (End::Itself, Err(error)) => format!("the Python process ended ({error})"),
        }
    }
}
