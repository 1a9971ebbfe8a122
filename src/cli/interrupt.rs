//! Ctrl-C, SIGTERM and a closed terminal: all cancel the run, which then ends at once and in good
//! order.
//!
//! It knows what to cancel and nothing of what that is.

use std::convert::Infallible;
use std::future::pending;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels when a signal asks for it, and never returns.
///
/// Ctrl-C is for somebody else, such as an editor, while `is_theirs` says so.
pub(super) async fn watch(cancel: &CancellationToken, is_theirs: impl Fn() -> bool) -> Infallible {
    let asked = async {
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = kinds.map(signal) else {
            // Without handlers the signals keep their usual meaning, which ends the program.
            return pending().await;
        };
        loop {
            tokio::select! {
                _ = interrupt.recv() => if !is_theirs() { break },
                _ = terminate.recv() => break,
                _ = hangup.recv() => break,
            }
        }
    };
    asked.await;
    cancel.cancel();
    pending().await
}
