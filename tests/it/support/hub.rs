//! The sandbox's Hub on a thread of its own, for tests that wait for another process.

use std::ops::Deref;
use std::sync::mpsc;

use agentcard::sandbox::server::{Options, Running, start};
use agentcard::sandbox::world::World;
use tokio::sync::oneshot;

/// An emulator with its own runtime. Dropping it ends both.
pub(crate) struct HubThread {
    running: Running,
    _stop: oneshot::Sender<()>,
}

impl HubThread {
    /// Starts an emulator of the standard world.
    pub(crate) fn standard() -> Self {
        Self::start(Options { world: World::standard().unwrap(), ..Options::default() })
    }

    /// Starts an emulator and waits until it listens.
    pub(crate) fn start(options: Options) -> Self {
        let (report, started) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                report.send(start(options).await.unwrap()).unwrap();
                stopped.await.ok();
            });
        });
        Self { running: started.recv().unwrap(), _stop: stop }
    }
}

impl Deref for HubThread {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}
