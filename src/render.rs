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

use std::future::poll_fn;
use std::io;
use std::task::Poll;
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

/// How many pieces of a stream may gather before they are written.
const MOST_PIECES: usize = 64;

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
        gather(&mut events, renderer).await;
        renderer.flush()?;
    }
}

/// Takes in what belongs to the same write: events that are there, and those that are on their way
/// from one read of a socket, which a connection hands on piece by piece.
async fn gather(events: &mut EventStream, renderer: &mut impl Render) {
    for _piece in 0..MOST_PIECES {
        others_first().await;
        if events.is_empty() {
            return;
        }
        while let Ok(event) = events.try_recv() {
            renderer.event(event);
        }
    }
}

/// Lets every other task that can go on do so first. Unlike [`tokio::task::yield_now`] it does not
/// ask the system for news in between.
async fn others_first() {
    let mut is_behind_them = false;
    poll_fn(|context| {
        if is_behind_them {
            return Poll::Ready(());
        }
        is_behind_them = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
