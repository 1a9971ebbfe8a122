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
mod form;
mod log;
mod page;
mod people;
mod route;
mod view;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, Response, header::AUTHORIZATION};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::world::World;
use answer::Refusal;
use ask::{Ask, Caller};
use log::Log;

pub use log::Logged;

/// The most a body may hold; the longest the Hub takes is a comment of 65,536 characters.
const BODY_MAX: usize = 1 << 20;

const RATE_LIMIT: (HeaderName, HeaderValue) =
    (HeaderName::from_static("ratelimit"), HeaderValue::from_static("\"api\";r=997;t=211"));
const RATE_POLICY: (HeaderName, HeaderValue) = (
    HeaderName::from_static("ratelimit-policy"),
    HeaderValue::from_static("\"fixed window\";\"api\";q=1000;w=300"),
);

/// How an emulator is to be.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The port to listen on; 0 takes any that is free.
    pub port: u16,
    /// The world it answers out of.
    pub world: World,
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
pub async fn start(options: Options) -> io::Result<Running> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = TcpListener::bind(address).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let log = Arc::new(Log::default());
    let emulator = Arc::new(Emulator {
        origin: origin.clone(),
        world: Mutex::new(options.world),
        log: Arc::clone(&log),
    });
    let (stop, stopped) = oneshot::channel();
    let router = Router::new().fallback(respond).with_state(emulator);
    let listener = listener.tap_io(|connection| {
        connection.set_nodelay(true).ok();
    });
    let until = async move { drop(stopped.await) };
    tokio::spawn(axum::serve(listener, router).with_graceful_shutdown(until).into_future());
    Ok(Running { origin, log, _stop: stop })
}

/// What all requests share.
#[derive(Debug)]
struct Emulator {
    origin: String,
    world: Mutex<World>,
    log: Arc<Log>,
}

async fn respond(State(emulator): State<Arc<Emulator>>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_MAX).await.unwrap_or_default();
    let mut response = emulator.answer(&head, &body);
    for (name, value) in [RATE_LIMIT, RATE_POLICY] {
        response.headers_mut().insert(name, value);
    }
    response
}

impl Emulator {
    fn answer(&self, head: &axum::http::request::Parts, body: &Bytes) -> Response<Body> {
        // A panic in an earlier request is no reason to be unable to answer this one.
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let authorization = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let caller = Caller::of(&world, authorization);
        self.log.add(Logged {
            method: head.method.to_string(),
            path: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            sender: log::Sender::of(head.headers.contains_key(AUTHORIZATION), caller.as_ref().ok()),
            body: String::from_utf8_lossy(body).into_owned(),
        });
        let answer = caller.and_then(|caller| {
            let path = head.uri.path();
            let (answerer, names) =
                route::find(head.method.as_str(), path).ok_or_else(Refusal::no_route)?;
            answerer(&mut Ask {
                world: &mut world,
                caller,
                names,
                path,
                query: head.uri.query().unwrap_or_default(),
                body,
                origin: &self.origin,
            })
        });
        answer.map_or_else(Refusal::into_response, answer::Answer::into_response)
    }
}
