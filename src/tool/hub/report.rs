//! What a call reports while it is under way, as events.

use std::sync::{Mutex, PoisonError};

use crate::event::{Event, Events};
use crate::hub::Notice;

/// Reports the notices of one call; a warning that comes with every page is reported once.
pub(super) struct Reporter<'a> {
    events: &'a Events,
    warned: Mutex<Vec<String>>,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(events: &'a Events) -> Self {
        Self { events, warned: Mutex::default() }
    }

    pub(super) fn report(&self, notice: Notice) {
        match notice {
            Notice::Retry { attempt, wait, reason } => {
                self.events.send(Event::Retry { attempt, wait, reason });
            }
            Notice::Warning(warning) => {
                let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
                if !warned.contains(&warning) {
                    warned.push(warning.clone());
                    self.events.send(Event::Warning(format!("the Hub warns: {warning}")));
                }
            }
        }
    }
}
