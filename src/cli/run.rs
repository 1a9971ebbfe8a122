//! One run: the loop and the renderer side by side, until the answer or a signal.
//!
//! It shows nothing itself and does not know in which form a run is shown.

use std::io;

use tokio_util::sync::CancellationToken;

use super::interrupt;
use super::kept::Kept;
use super::writes::{Remains, Writes};
use crate::agent::{self, Agent, RunReport};
use crate::event::{Event, Events};
use crate::render::{self, Render};

/// What a run came to.
pub(super) struct Ran {
    pub(super) report: RunReport,
    /// What to say of its writes.
    pub(super) remains: Remains,
    /// Whether it could be shown.
    pub(super) shown: io::Result<()>,
}

/// Runs the loop and the renderer together on a conversation whose last message is the person's. A
/// renderer whose reader is gone ends the run.
pub(super) async fn run(
    agent: &mut Agent,
    kept: &mut Kept,
    warnings: Vec<String>,
    writes: &Writes,
    renderer: &mut impl Render,
) -> Ran {
    let (events, stream) = Events::channel();
    for warning in warnings {
        events.send(Event::Warning(warning));
    }
    let cancel = CancellationToken::new();
    let running = async {
        let report = agent::run(agent, &mut kept.conversation, &events, &cancel).await;
        let remains = writes.remains();
        if let Some(warning) = kept.ended(&report, &remains).await {
            events.send(Event::Warning(warning));
        }
        drop(events);
        (report, remains)
    };
    let showing = async {
        let shown = render::drain(stream, renderer).await;
        if shown.is_err() {
            cancel.cancel();
        }
        shown
    };
    let ((report, remains), shown) = tokio::select! {
        // First what happens, then how it is shown: then one look shows all of it.
        both = async { tokio::join!(biased; running, showing) } => both,
        never = interrupt::watch(&cancel, || writes.approvals.is_editing()) => match never {},
    };
    Ran { report, remains, shown }
}
