//! One run: the loop and the renderer side by side, until the answer or a signal.
//!
//! It shows nothing itself and does not know in which form a run is shown.

use std::io;

use tokio_util::sync::CancellationToken;

use super::approve::Approvals;
use super::interrupt;
use crate::agent::{self, RunReport};
use crate::conversation::Conversation;
use crate::event::{Event, Events};
use crate::render::{self, Render};
use crate::runtime::Session;

/// Runs the loop and the renderer together. A renderer whose reader is gone ends the run.
pub(super) async fn run(
    session: Session,
    prompt: String,
    warnings: Vec<String>,
    approvals: &Approvals,
    renderer: &mut impl Render,
) -> (RunReport, io::Result<()>) {
    let Session { mut agent, system_prompt, sandbox } = session;
    let mut conversation = Conversation::new(system_prompt);
    conversation.push_user(prompt);
    let (events, stream) = Events::channel();
    for warning in warnings {
        events.send(Event::Warning(warning));
    }
    let cancel = CancellationToken::new();
    let running = async {
        let report = agent::run(&mut agent, &mut conversation, &events, &cancel).await;
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
    let (report, shown) = tokio::select! {
        both = async { tokio::join!(running, showing) } => both,
        never = interrupt::watch(&cancel, || approvals.is_editing()) => match never {},
    };
    drop(sandbox);
    (report, shown)
}
