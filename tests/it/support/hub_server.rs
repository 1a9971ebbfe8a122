//! The Hub emulator on a thread of its own, for tests of the built program.

use std::sync::{Arc, mpsc};

use agentcard::sandbox::server::{Logged, Options, Running, start};
use agentcard::sandbox::world::World;
use tokio::sync::oneshot;

/// A running emulator; dropping it ends it.
pub(crate) struct HubServer {
    running: Arc<Running>,
    _stop: oneshot::Sender<()>,
}

impl HubServer {
    /// Starts one with the standard world.
    pub(crate) fn start() -> Self {
        let (report, started) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let world = World::standard().unwrap();
                let running = start(Options { world, ..Options::default() }).await.unwrap();
                report.send(Arc::new(running)).unwrap();
                let _dropped = stopped.await;
            });
        });
        Self { running: started.recv().unwrap(), _stop: stop }
    }

    /// Where it is.
    pub(crate) fn origin(&self) -> &str {
        &self.running.origin
    }

    /// What it was asked, oldest first.
    pub(crate) fn requests(&self) -> Vec<Logged> {
        self.running.requests()
    }
}
