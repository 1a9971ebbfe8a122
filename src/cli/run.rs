//! One run: the loop and the renderer side by side, until the answer or a signal.
//!
//! It shows nothing itself and does not know in which form a run is shown.

use std::io;

use tokio_util::sync::CancellationToken;

use super::approve::Approvals;
use super::interrupt;
use crate::agent::{self, Agent, RunReport};
use crate::conversation::Conversation;
use crate::event::{Event, Events};
use crate::render::{self, Render};

/// Runs the loop and the renderer together on a conversation whose last message is the person's. A
/// renderer whose reader is gone ends the run.
pub(super) async fn run(
    agent: &mut Agent,
    conversation: &mut Conversation,
    warnings: Vec<String>,
    approvals: &Approvals,
    renderer: &mut impl Render,
) -> (RunReport, io::Result<()>) {
    let (events, stream) = Events::channel();
    for warning in warnings {
        events.send(Event::Warning(warning));
    }
    let cancel = CancellationToken::new();
    let running = async {
        let report = agent::run(agent, conversation, &events, &cancel).await;
        drop(events);
        report
    };
    let showing = async {
        let shown = render::drain(stream, renderer).await;
        if shown.is_err() {
            cancel.cancel();
        }
        shown
    };
    tokio::select! {
        both = async { tokio::join!(running, showing) } => both,
        never = interrupt::watch(&cancel, || approvals.is_editing()) => match never {},
    }
}
