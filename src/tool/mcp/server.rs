//! One server over the time of a session: started when it is first needed, started again when it
//! dies, given up when that does not help.
//!
//! A server that cannot be had is somebody's result or a warning, and never the end of a run.

use std::sync::Arc;
use std::time::Duration;

use rmcp::ServiceError;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::Definition;
use super::connection::{self, Connection, Offers, told};
use super::desk::{Desk, Sign};
use super::form;
use super::output::brief;
use crate::event::{Event, Events};
use crate::tool::{ToolContext, ToolError};

/// How often a server that died is started again.
const MOST_RESTARTS: u32 = 3;

/// How long a call may take, however often the server says that it gets further.
const LONGEST_CALL: Duration = Duration::from_hours(1);

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
    /// How often that had changed when it was asked for.
    changes: u64,
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
        let state = State { phase: Phase::Idle, restarts: 0, offers: Arc::default(), changes: 0 };
        Self { definition, desk: Arc::default(), state: Mutex::new(state) }
    }

    /// What it offers, after it was started if it never was. The same value, until that changes.
    pub(super) async fn offers(&self, events: &Events) -> Arc<Offers> {
        let mut state = self.state.lock().await;
        let changes = self.desk.changes();
        match &state.phase {
            Phase::Idle => {
                let _given_up = self.open(&mut state, events).await;
            }
            Phase::Up(connection) if changes != state.changes && !connection.is_over() => {
                let patience = self.definition.timeout;
                let listing = connection::list(&self.definition, &connection.service);
                let listed = tokio::time::timeout(patience, listing).await;
                // Whoever gives up waiting leaves the change to the next one who asks.
                state.changes = changes;
                match listed {
                    Ok(Ok(offers)) => state.offers = Arc::new(offers),
                    Ok(Err(error)) => self.warn(
                        events,
                        &format!("does not say what it offers now: {}", brief(told(&error))),
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

    /// Waits for an answer as long as the server shows signs of life, and puts its questions to the
    /// person meanwhile. Nothing comes back if it is silent for too long.
    pub(super) async fn wait<T>(
        &self,
        answer: impl Future<Output = T>,
        context: &ToolContext,
    ) -> Option<T> {
        let definition = &self.definition;
        let mut caller = self.desk.wait();
        let end = Instant::now() + LONGEST_CALL.max(definition.timeout);
        let mut deadline = Instant::now() + definition.timeout;
        let mut answer = std::pin::pin!(answer);
        loop {
            tokio::select! {
                // What has come counts, however late we get to look.
                biased;
                answer = &mut answer => return Some(answer),
                sign = caller.sign() => {
                    if let Sign::Inquiry(inquiry) = sign {
                        let answer = form::put(&inquiry.question, &definition.name, context).await;
                        inquiry.answer(answer);
                    }
                    deadline = Instant::now() + definition.timeout;
                }
                () = sleep_until(deadline.min(end)) => return None,
            }
        }
    }

    /// That it cannot be called, for the model.
    pub(super) fn unusable(&self, reason: &str) -> ToolError {
        let name = &self.definition.name;
        ToolError::new(format!("the MCP server `{name}` cannot be used: {reason}"))
    }

    /// That it did not answer, for the model.
    pub(super) fn silent(&self) -> ToolError {
        let Definition { name, timeout, .. } = &self.definition;
        ToolError::new(format!(
            "the MCP server `{name}` did not answer within {} s; the call was given up, and whether \
             it did anything is not known",
            timeout.as_secs_f32(),
        ))
    }

    /// What is wrong with a call, for the model.
    pub(super) async fn failed(&self, connection: &Connection, error: &ServiceError) -> ToolError {
        match error {
            ServiceError::McpError(error) => ToolError::new(brief(error.message.to_string())),
            error => {
                let name = &self.definition.name;
                ToolError::new(if connection.is_over() {
                    format!("the MCP server `{name}` {}", connection.end().await)
                } else {
                    format!("the MCP server `{name}`: {}", brief(told(error)))
                })
            }
        }
    }

    async fn open(&self, state: &mut State, events: &Events) -> Result<Arc<Connection>, String> {
        let changes = self.desk.changes();
        match connection::open(&self.definition, &self.desk).await.map_err(brief) {
            Ok((connection, offers)) => {
                let connection = Arc::new(connection);
                state.changes = changes;
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

#[cfg(test)]
mod tests {
    use super::super::{Address, Filter, Greeting, Launch};
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn progress_without_end_ends() {
        let launch = Launch {
            program: String::new(),
            arguments: Vec::new(),
            environment: Vec::new(),
            directory: "/".into(),
        };
        let server = Server::new(Definition {
            name: "busy".to_owned(),
            address: Address::Process(launch),
            timeout: Duration::from_mins(1),
            greeting: Greeting::Any,
            roots: Vec::new(),
            tools: Filter::all(),
            resources: Filter::all(),
            prompts: Filter::all(),
        });
        let (events, _told) = Events::channel();
        let context = ToolContext::new(events);
        let busy = async {
            loop {
                tokio::time::sleep(Duration::from_secs(30)).await;
                server.desk.stir();
            }
        };
        let begun = Instant::now();
        tokio::select! {
            answer = server.wait(std::future::pending::<()>(), &context) => assert_eq!(answer, None),
            () = busy => {}
        }
        assert_eq!(begun.elapsed(), LONGEST_CALL);
    }
}
