//! A server for the benchmark: it answers from a script, counts what reaches it and tells the counts
//! at `/counts`.
//!
//! It knows nothing of models or Hubs; those are the scripts.

use std::convert::Infallible;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::Outcome;

/// What a script answers to a path and a body.
pub(crate) type Script = fn(&str, &[u8]) -> Reply;

/// An answer: how long nothing happens, then a body in pieces.
pub(crate) struct Reply {
    /// Before the status line.
    pub(crate) wait: Duration,
    pub(crate) content_type: &'static str,
    pub(crate) pieces: Vec<Piece>,
}

/// A part of a body.
pub(crate) enum Piece {
    /// Sent as one chunk.
    Bytes(Bytes),
    /// Nothing is sent for so long; what came before is on its way.
    Pause(Duration),
    /// The time is noted as the moment the first text was sent.
    Stamp,
}

/// What has reached a server since it was last asked.
#[derive(Default)]
struct Counts {
    connections: AtomicU64,
    requests: AtomicU64,
    body_bytes: AtomicU64,
    /// Nanoseconds since the epoch, of the last [`Piece::Stamp`].
    stamp: AtomicU64,
    /// The same of the first request's arrival.
    asked: AtomicU64,
}

impl Counts {
    fn take(&self) -> String {
        [&self.connections, &self.requests, &self.body_bytes, &self.stamp, &self.asked]
            .map(|count| count.swap(0, Ordering::Relaxed).to_string())
            .join(" ")
    }
}

/// Serves until killed; the port is the first line on stdout.
pub(crate) fn run(script: Script) -> Outcome<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        writeln!(std::io::stdout(), "{}", listener.local_addr()?.port())?;
        let counts = Arc::new(Counts::default());
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            let counts = Arc::clone(&counts);
            tokio::spawn(async move {
                let seen = AtomicBool::new(false);
                let answer = service_fn(|request| answer(request, script, &counts, &seen));
                let serving = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(socket), answer);
                // A client that goes away in the middle is no concern of the server's.
                let _gone = serving.await;
            });
        }
    })
}

async fn answer(
    request: Request<Incoming>,
    script: Script,
    counts: &Arc<Counts>,
    seen: &AtomicBool,
) -> Result<Response<UnsyncBoxBody<Bytes, Infallible>>, hyper::Error> {
    let arrived = now();
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await?.to_bytes();
    let reply = if path == "/counts" {
        Reply::text(counts.take())
    } else {
        if !seen.swap(true, Ordering::Relaxed) {
            counts.connections.fetch_add(1, Ordering::Relaxed);
        }
        if counts.requests.fetch_add(1, Ordering::Relaxed) == 0 {
            counts.asked.store(arrived, Ordering::Relaxed);
        }
        counts.body_bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
        script(&path, &body)
    };
    if !reply.wait.is_zero() {
        // Even a sleep of nothing lasts until the timer's next tick.
        tokio::time::sleep(reply.wait).await;
    }
    let content_type = reply.content_type;
    let mut response = Response::new(body_of(reply, Arc::clone(counts)));
    response
        .headers_mut()
        .insert(hyper::header::CONTENT_TYPE, hyper::header::HeaderValue::from_static(content_type));
    Ok(response)
}

fn body_of(reply: Reply, counts: Arc<Counts>) -> UnsyncBoxBody<Bytes, Infallible> {
    let frames = stream::iter(reply.pieces).filter_map(move |piece| {
        let counts = Arc::clone(&counts);
        async move {
            match piece {
                Piece::Bytes(bytes) => return Some(Ok(Frame::data(bytes))),
                Piece::Pause(pause) => tokio::time::sleep(pause).await,
                Piece::Stamp => counts.stamp.store(now(), Ordering::Relaxed),
            }
            None
        }
    });
    UnsyncBoxBody::new(StreamBody::new(frames))
}

impl Reply {
    /// A whole plain text.
    fn text(text: String) -> Self {
        Self {
            wait: Duration::ZERO,
            content_type: "text/plain",
            pieces: vec![Piece::Bytes(Bytes::from(text))],
        }
    }
}

/// Nanoseconds since the epoch: one clock for all processes of the machine.
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}
