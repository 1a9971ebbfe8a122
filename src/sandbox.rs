//! A place to practise: a Hub emulator and a stand-in for the model.
//!
//! Nothing here speaks to anything but 127.0.0.1.

pub mod faults;
pub mod planner;
pub mod server;
pub mod world;

use std::io;

use server::{Options, Running, start};

/// Runs an emulator until `shutdown` ends; `announce` is told once it listens.
pub async fn serve(
    options: Options,
    announce: impl FnOnce(&Running),
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let running = start(options).await?;
    announce(&running);
    shutdown.await;
    Ok(())
}
