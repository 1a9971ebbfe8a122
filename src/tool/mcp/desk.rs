//! The calls that are under way at one server: whom its questions are put to, and its signs of life.
//!
//! A server asks over its connection, not within a call; whoever waits for a call answers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::model::{ElicitRequestParams, ElicitResult, ElicitationAction};
use tokio::sync::{Notify, mpsc, oneshot};

/// What passes between a connection and the calls that are under way on it.
#[derive(Debug, Default)]
pub(super) struct Desk {
    callers: Mutex<Vec<mpsc::UnboundedSender<Inquiry>>>,
    alive: Notify,
    /// How often the server said that its tools, resources or prompts became others.
    changes: AtomicU64,
}

/// A question a server has for the person.
#[derive(Debug)]
pub(super) struct Inquiry {
    /// What it wants to know.
    pub(super) question: Box<ElicitRequestParams>,
    answer: oneshot::Sender<ElicitResult>,
}

/// How a server shows that it is at work.
#[derive(Debug)]
pub(super) enum Sign {
    /// It got further.
    Progress,
    /// It has a question.
    Inquiry(Inquiry),
}

/// A caller who is there to be asked, until it is dropped.
pub(super) struct Caller {
    inquiries: mpsc::UnboundedReceiver<Inquiry>,
    desk: Arc<Desk>,
}

impl Desk {
    /// Waits here during a call.
    pub(super) fn wait(self: &Arc<Self>) -> Caller {
        let (sender, inquiries) = mpsc::unbounded_channel();
        self.callers().push(sender);
        Caller { inquiries, desk: Arc::clone(self) }
    }

    /// Puts a question to the caller that came last. Where nobody waits, or nobody answers, it is
    /// declined.
    pub(super) async fn ask(&self, question: ElicitRequestParams) -> ElicitResult {
        let (answer, answered) = oneshot::channel();
        if let Some(caller) = self.callers().iter().rev().find(|caller| !caller.is_closed()) {
            // Dropped with the caller, it is declined below.
            let _left = caller.send(Inquiry { question: Box::new(question), answer });
        }
        answered.await.unwrap_or_else(|_| ElicitResult::new(ElicitationAction::Decline))
    }

    /// Notes that the server is at work.
    pub(super) fn stir(&self) {
        self.alive.notify_waiters();
    }

    /// Notes that the server offers something else now.
    pub(super) fn note_change(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }

    /// How often what the server offers has changed.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// Nothing that holds the lock can panic.
    fn callers(&self) -> MutexGuard<'_, Vec<mpsc::UnboundedSender<Inquiry>>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inquiry {
    /// Hands the answer to the server.
    pub(super) fn answer(self, result: ElicitResult) {
        // A server that is gone needs none.
        let _gone = self.answer.send(result);
    }
}

impl Caller {
    /// The next sign of life.
    pub(super) async fn sign(&mut self) -> Sign {
        tokio::select! {
            Some(inquiry) = self.inquiries.recv() => Sign::Inquiry(inquiry),
            () = self.desk.alive.notified() => Sign::Progress,
        }
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.inquiries.close();
        self.desk.callers().retain(|caller| !caller.is_closed());
    }
}
