//! The record of what was let through, as far as one is kept.
//!
//! A record that cannot be written is a warning and no reason to lose a write the person wanted:
//! they are told that it cannot be undone from here.

use crate::audit::{Log, Outcome, Sent, receipt};
use crate::event::{Event, Events};
use crate::tool::{Approved, ToolError, WriteEffect, WritePlan, Written};

/// Where writes are recorded, and what they are part of.
#[derive(Debug, Clone)]
pub struct Record {
    /// The log.
    pub log: Log,
    /// The server they go to.
    pub origin: String,
    /// The entry they take back.
    pub undoes: Option<u64>,
}

impl Record {
    /// Records a plan that is about to be sent, and approves it.
    pub(super) fn approve(&self, plan: WritePlan, events: &Events) -> Approved {
        let sent = Sent { origin: self.origin.clone(), plan: plan.clone(), undoes: self.undoes };
        match self.log.begin(sent) {
            Ok(entry) => plan.approve().entered(entry),
            Err(error) => {
                self.warn(events, &error);
                plan.approve()
            }
        }
    }

    /// Records what came of it.
    pub(super) fn end(
        &self,
        approved: &Approved,
        outcome: Result<&Written, &ToolError>,
        events: &Events,
    ) {
        let Some(entry) = approved.entry() else { return };
        let outcome = match outcome {
            Ok(Written { effect: WriteEffect::Done { status, answer }, .. }) => {
                Outcome::Done { status: *status, receipt: receipt(answer) }
            }
            Ok(Written { effect: WriteEffect::Nothing, output }) => {
                Outcome::Failed(output.summary.clone())
            }
            Ok(Written { effect: WriteEffect::Unknown, .. }) => Outcome::Unknown,
            Err(error) => Outcome::Failed(error.message.clone()),
        };
        if let Err(error) = self.log.end(entry, outcome) {
            self.warn(events, &error);
        }
    }

    fn warn(&self, events: &Events, error: &std::io::Error) {
        let path = self.log.path();
        events.send(Event::Warning(format!(
            "{} cannot be written ({error}), so `agentcard undo` will not know of this write",
            path.display()
        )));
    }
}
