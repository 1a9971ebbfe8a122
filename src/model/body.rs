//! One answer of a provider, event by event: a stream of them, or a whole reply as the only one.
//!
//! It refuses answers that are no reply, and has the rest of a body behind `[DONE]` read by
//! somebody else, so that the connection can be used again. What an event says is not known here.

mod whole;

use std::error::Error as StdError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::assemble::Marker;
use super::fault::Fault;
use super::sse::Framer;
use whole::{ERROR_LIMIT, ERROR_WAIT, Shape, first_bytes, read, take, whole_reply};

pub(super) use whole::ProviderHttpError;

/// How long the end of a body is waited for once the reply is whole.
const END_WAIT: Duration = Duration::from_secs(1);

/// How long a request waits for the rest of the last body, so as to use its connection again.
const DRAIN_WAIT: Duration = Duration::from_millis(50);

/// How long somebody reads the rest of a body before the connection is given up.
const DRAIN_LIMIT: Duration = Duration::from_secs(2);

/// The body of an answer.
pub(super) struct Body {
    /// None once it has ended or is somebody else's to drain.
    response: Option<Response>,
    framer: Framer,
    end: Option<Marker>,
    drain: Drain,
    /// How long a silence may last.
    patience: Duration,
    /// When the silence has lasted too long; only data moves it.
    deadline: Instant,
}

impl Body {
    /// Begins to read an answer, if it is a reply.
    pub(super) async fn open(
        mut response: Response,
        idle_timeout: Duration,
        drain: Drain,
    ) -> Result<Self, Fault> {
        if !response.status().is_success() {
            let wait = idle_timeout.min(ERROR_WAIT);
            let (refusal, _) = read(response, Vec::new(), ERROR_LIMIT, wait).await;
            return Err(Fault::Refusal(Box::new(refusal)));
        }
        let deadline = Instant::now() + idle_timeout;
        let (head, head_end) = first_bytes(&mut response, deadline, idle_timeout).await;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let (response, framer, end) = match Shape::of(&head, kind) {
            Shape::Events => {
                let mut framer = Framer::default();
                let end = take(&mut framer, &head).or(head_end);
                (Some(response), framer, end)
            }
            Shape::Page => {
                let wait = idle_timeout.min(ERROR_WAIT);
                let (page, _) = read(response, head, ERROR_LIMIT, wait).await;
                return Err(Fault::Refusal(Box::new(page)));
            }
            Shape::Whole => {
                let (framer, end) = whole_reply(response, head, idle_timeout).await?;
                (None, framer, Some(end))
            }
        };
        let mut body =
            Self { response, framer, end: None, drain, patience: idle_timeout, deadline };
        body.wait_on();
        body.ended(end);
        Ok(body)
    }

    /// The next event, once it has arrived; none at the end, whatever the end was.
    pub(super) async fn next_event(&mut self) -> Option<String> {
        loop {
            if let Some(event) = self.framer.next_event() {
                return Some(event);
            }
            let response = self.response.as_mut()?;
            let end = match timeout_at(self.deadline, response.chunk()).await {
                Ok(Ok(Some(bytes))) => take(&mut self.framer, &bytes),
                Ok(Ok(None)) => Some(self.framer.ended()),
                Ok(Err(error)) => Some(cut_off(chain(&error))),
                Err(_) => Some(Marker::Missing(Fault::Silence(self.patience))),
            };
            self.wait_on();
            self.ended(end);
        }
    }

    /// Waits no longer than a moment for each further event: the reply is there, and what may still
    /// come is its usage and `[DONE]`.
    pub(super) fn hurry(&mut self) {
        if self.patience > END_WAIT {
            self.patience = END_WAIT;
            self.deadline = Instant::now() + END_WAIT;
        }
    }

    /// Begins the wait for the next event, if there was one.
    fn wait_on(&mut self) {
        if self.framer.has_event() {
            self.deadline = Instant::now() + self.patience;
        }
    }

    /// Notes an end, if this is one.
    fn ended(&mut self, end: Option<Marker>) {
        let Some(end) = end else { return };
        let rest = self.response.take();
        if let (Marker::Done, Some(rest)) = (&end, rest) {
            self.drain.start(rest);
        }
        self.end = Some(end);
    }

    /// How the body ended, once there are no more events.
    pub(super) fn into_end(self) -> Marker {
        self.end.unwrap_or_else(bare)
    }
}

fn bare() -> Marker {
    cut_off("it ended before the reply did".to_owned())
}

fn cut_off(why: String) -> Marker {
    Marker::Missing(Fault::CutOff(why))
}

/// The rest of an earlier body, on its way into nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Drain(Arc<Mutex<Option<JoinHandle<()>>>>);

impl Drain {
    /// Waits until the connection can be used again, but not long.
    pub(super) async fn settle(&self) {
        let drain = self.lock().take();
        if let Some(drain) = drain {
            // Not in time is no failure: the request takes a new connection.
            let _late = timeout(DRAIN_WAIT, drain).await;
        }
    }

    fn start(&self, mut rest: Response) {
        let rest = async move { while let Ok(Some(_)) = rest.chunk().await {} };
        let drain = tokio::spawn(async move {
            let _cut_short = timeout(DRAIN_LIMIT, rest).await;
        });
        *self.lock() = Some(drain);
    }

    fn lock(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error and what caused it, as one line.
pub(super) fn chain(error: &dyn StdError) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
