//! One server over the time of a session: started when it is first needed, started again when it
//! dies, given up when that does not help.
//!
//! A server that cannot be had is somebody's result or a warning, and never the end of a run.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::Definition;
use super::connection::{self, Connection, Offers};
use super::desk::Desk;
use crate::event::{Event, Events};

/// How often a server that died is started again.
const MOST_RESTARTS: u32 = 3;

/// A server.
pub(super) struct Server {
    pub(super) definition: Definition,
    pub(super) desk: Arc<Desk>,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    restarts: u32,
    /// What it offered last, which is not forgotten when it dies.
    offers: Arc<Offers>,
}

enum Phase {
    /// Nobody needed it yet.
    Idle,
    /// It was there when somebody last looked.
    Up(Arc<Connection>),
    /// It is given up, for this reason.
    Down(String),
}

impl Server {
    pub(super) fn new(definition: Definition) -> Self {
        let state = State { phase: Phase::Idle, restarts: 0, offers: Arc::default() };
        Self { definition, desk: Arc::default(), state: Mutex::new(state) }
    }

    /// What it offers, after it was started if it never was. The same value, until that changes.
    pub(super) async fn offers(&self, events: &Events) -> Arc<Offers> {
        let mut state = self.state.lock().await;
        match &state.phase {
            Phase::Idle => {
                let _given_up = self.open(&mut state, events).await;
            }
            Phase::Up(connection) if self.desk.take_change() && !connection.is_over() => {
                let patience = self.definition.timeout;
                let listing = connection::list(&self.definition, &connection.service);
                match tokio::time::timeout(patience, listing).await {
                    Ok(Ok(offers)) => state.offers = Arc::new(offers),
                    Ok(Err(error)) => self.warn(
                        events,
                        &format!("does not say what it offers now: {}", connection::told(&error)),
                    ),
                    Err(_) => self.warn(events, "does not say what it offers now"),
                }
            }
            Phase::Up(_) | Phase::Down(_) => {}
        }
        Arc::clone(&state.offers)
    }

    /// The server as it can be called, after it was started if it is not there. The error says why it
    /// cannot.
    pub(super) async fn connection(&self, events: &Events) -> Result<Arc<Connection>, String> {
        let mut state = self.state.lock().await;
        match &state.phase {
            Phase::Up(connection) if !connection.is_over() => return Ok(Arc::clone(connection)),
            Phase::Down(reason) => return Err(reason.clone()),
            Phase::Idle => {}
            Phase::Up(connection) => {
                let end = connection.end().await;
                if state.restarts >= MOST_RESTARTS {
                    let reason = format!("it {end}");
                    self.warn(events, &format!("{end}; it died too often to be started again"));
                    state.phase = Phase::Down(reason.clone());
                    return Err(reason);
                }
                state.restarts += 1;
                self.warn(events, &format!("{end}; it is started again"));
            }
        }
        self.open(&mut state, events).await
    }

    /// Why it is given up, if it is. Somebody who is starting it has not given it up.
    pub(super) fn is_down(&self) -> Option<String> {
        match &self.state.try_lock().ok()?.phase {
            Phase::Down(reason) => Some(reason.clone()),
            Phase::Idle | Phase::Up(_) => None,
        }
    }

    async fn open(&self, state: &mut State, events: &Events) -> Result<Arc<Connection>, String> {
        match connection::open(&self.definition, &self.desk).await {
            Ok((connection, offers)) => {
                let connection = Arc::new(connection);
                state.offers = Arc::new(offers);
                state.phase = Phase::Up(Arc::clone(&connection));
                Ok(connection)
            }
            Err(reason) => {
                self.warn(events, &format!("cannot be used: {reason}"));
                state.phase = Phase::Down(reason.clone());
                Err(reason)
            }
        }
    }

    fn warn(&self, events: &Events, what: &str) {
        let name = &self.definition.name;
        events.send(Event::Warning(format!("the MCP server `{name}` {what}")));
    }
}
