//! The Hub emulator: an HTTP server on 127.0.0.1 that answers like the Hub, out of a [`World`].
//!
//! It keeps what it was asked, so that a test can look at what was sent. It reaches nothing but its
//! own world.

mod access;
mod answer;
mod ask;
mod collect;
mod collections;
mod debate;
mod discussions;
mod emulator;
mod form;
mod log;
mod page;
mod people;
mod route;
mod spoil;
mod view;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::faults::{Faults, WorldFault};
use super::world::World;
use emulator::Emulator;
use log::Log;

pub use log::{Logged, Sender};

/// How an emulator is to be.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The port to listen on; 0 takes any that is free.
    pub port: u16,
    /// The world it answers out of.
    pub world: World,
    /// What goes wrong on the way.
    pub faults: Faults,
}

/// A running emulator. It stops when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it is: `http://127.0.0.1:PORT`.
    pub origin: String,
    log: Arc<Log>,
    _stop: oneshot::Sender<()>,
}

impl Running {
    /// What it was asked, oldest first; of very many, the last.
    pub fn requests(&self) -> Vec<Logged> {
        self.log.entries()
    }
}

/// Starts an emulator on the current runtime.
pub async fn start(mut options: Options) -> io::Result<Running> {
    for fault in &options.faults.world {
        match fault {
            WorldFault::Hostile => options.world.make_hostile(),
            WorldFault::NoAuthor => options.world.forget_authors(),
        }
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = TcpListener::bind(address).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let log = Arc::new(Log::default());
    let emulator = Emulator::new(origin.clone(), options.world, options.faults, Arc::clone(&log));
    let (stop, stopped) = oneshot::channel();
    let router = Router::new().fallback(emulator::respond).with_state(Arc::new(emulator));
    let listener = listener.tap_io(|connection| {
        connection.set_nodelay(true).ok();
    });
    let until = async move { drop(stopped.await) };
    tokio::spawn(axum::serve(listener, router).with_graceful_shutdown(until).into_future());
    Ok(Running { origin, log, _stop: stop })
}
