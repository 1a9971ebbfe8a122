//! How a run is shown: the answer on standard output, everything else on standard error.
//!
//! It reads events and a report and knows nothing of how they came about.

pub mod at_end;
pub mod document;
pub mod json;
pub mod markdown;
pub mod question;
pub mod sanitize;
pub mod text;

use std::io;
use std::time::Duration;

use crate::event::{Event, EventStream};

/// Shows events of a run.
pub trait Render {
    /// Takes in one event. Nothing is written before [`Self::flush`].
    fn event(&mut self, event: Event);

    /// Writes what has gathered. Fails when the reader is gone.
    fn flush(&mut self) -> io::Result<()>;

    /// Moves what moves; called every [`TICK`] while nothing else happens.
    fn tick(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Whether anything moves.
    fn is_animated(&self) -> bool {
        false
    }
}

/// How often something that moves moves.
pub const TICK: Duration = Duration::from_millis(100);

/// Shows a run's events until the run is over, writing once for whatever arrived together.
pub async fn drain(mut events: EventStream, renderer: &mut impl Render) -> io::Result<()> {
    loop {
        let event = if renderer.is_animated() {
            match tokio::time::timeout(TICK, events.recv()).await {
                Ok(event) => event,
                Err(_elapsed) => {
                    renderer.tick()?;
                    continue;
                }
            }
        } else {
            events.recv().await
        };
        let Some(event) = event else {
            return renderer.flush();
        };
        renderer.event(event);
        while let Ok(event) = events.try_recv() {
            renderer.event(event);
        }
        renderer.flush()?;
    }
}
