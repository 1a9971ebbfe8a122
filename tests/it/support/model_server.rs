//! A scripted OpenAI-compatible server: it plays queued responses and keeps every request.
//!
//! It speaks raw HTTP/1.1 on its own thread, so that it can cut, stall and misframe, and so that
//! tests of the binary can use it. What the responses say is written in `shapes`.

mod http;
mod shapes;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot, watch};

use http::End;

pub(crate) use http::Request;

/// A running server; dropping it ends it.
pub(crate) struct ModelServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the server was told to say, and what was said to it.
#[derive(Default)]
struct State {
    queue: VecDeque<Response>,
    requests: Vec<Request>,
    connections: usize,
    hang_ups: usize,
    /// How many requests came so far, for responses that wait for others; all there can be, once
    /// nothing is held back any more.
    came: watch::Sender<usize>,
}

/// One scripted response. The named constructors are in `shapes`.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    /// It is held back until so many requests came.
    once: usize,
    delay: Duration,
    head: Head,
    pieces: Vec<Piece>,
}

/// How the head of a response is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    Whole,
    /// The connection is reset in the middle of it.
    Half,
    /// The connection is reset instead.
    Missing,
}

/// One step of sending a body.
#[derive(Debug, Clone)]
enum Piece {
    /// These bytes, in one write.
    Bytes(Vec<u8>),
    /// Nothing for this long.
    Wait(Duration),
    /// These bytes again and again, with this pause behind each.
    Forever(Vec<u8>, Duration),
    /// The connection is closed in the middle of the body.
    Cut,
    /// The body ends, and then the server is gone.
    Leave,
}

impl ModelServer {
    /// Starts a server that plays these responses, one for each request.
    ///
    /// A request beyond the last of them is answered with 400, which no client retries.
    pub(crate) fn start(responses: impl IntoIterator<Item = Response>) -> Self {
        let queue = responses.into_iter().collect();
        let state = Arc::new(Mutex::new(State { queue, ..State::default() }));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    _ = stopped => {}
                    () = accept(listener, served) => {}
                }
            });
        });
        Self { address, state, stop: Some(stop), thread: Some(thread) }
    }

    /// The base URL: `http://127.0.0.1:PORT/v1`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every request so far, oldest first.
    pub(crate) fn requests(&self) -> Vec<Request> {
        lock(&self.state).requests.clone()
    }

    /// Sends the responses that were held back.
    pub(crate) fn release(&self) {
        lock(&self.state).came.send_replace(usize::MAX);
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.state).connections
    }

    /// How many clients left in the middle of a response.
    pub(crate) fn hang_ups(&self) -> usize {
        lock(&self.state).hang_ups
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there has already been printed.
            let _ended = thread.join();
        }
    }
}

impl Response {
    /// A response with this status, content type and body.
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::bare(status, body).header("content-type", content_type)
    }

    /// A response with this status and body, and no headers yet.
    pub(crate) fn bare(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let pieces = vec![Piece::Bytes(body.into())];
        let (headers, delay, head) = (Vec::new(), Duration::ZERO, Head::Whole);
        Self { status, headers, once: 0, delay, head, pieces }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds bytes to the body, sent as a write of their own.
    pub(crate) fn then(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.pieces.push(Piece::Bytes(bytes.into()));
        self
    }

    /// Adds a silence; at the end of a body it delays the body's end.
    pub(crate) fn wait(mut self, silence: Duration) -> Self {
        self.pieces.push(Piece::Wait(silence));
        self
    }

    /// Keeps the client waiting for the head of the response.
    pub(crate) fn wait_first(mut self, silence: Duration) -> Self {
        self.delay = silence;
        self
    }

    /// Keeps the client waiting until the server has got so many requests, so that whoever asks one
    /// after the other waits without end.
    pub(crate) fn once(mut self, requests: usize) -> Self {
        self.once = requests;
        self
    }

    /// Keeps the client waiting until the test releases what is held back.
    pub(crate) fn held(self) -> Self {
        self.once(usize::MAX)
    }

    /// The whole body, for a server of another kind.
    pub(crate) fn whole_body(&self) -> String {
        let pieces = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Bytes(bytes) => Some(String::from_utf8_lossy(bytes)),
            _ => None,
        });
        pieces.collect()
    }

    /// Sends its head like this.
    pub(crate) fn head(mut self, head: Head) -> Self {
        self.head = head;
        self
    }

    /// Goes on like this without end.
    pub(crate) fn forever(mut self, bytes: impl Into<Vec<u8>>, pause: Duration) -> Self {
        self.pieces.push(Piece::Forever(bytes.into(), pause));
        self
    }

    /// Has the server close everything behind this response.
    pub(crate) fn leave(mut self) -> Self {
        self.pieces.push(Piece::Leave);
        self
    }

    /// Closes the connection here instead of ending the body.
    pub(crate) fn cut(mut self) -> Self {
        self.pieces.push(Piece::Cut);
        self
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    let leave = Arc::new(Notify::new());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = leave.notified() => return,
        };
        let Ok((socket, _)) = accepted else { return };
        lock(&state).connections += 1;
        let (state, leave) = (Arc::clone(&state), Arc::clone(&leave));
        tokio::spawn(async move {
            match http::serve(socket, |request| respond(Arc::clone(&state), request)).await {
                Ok(End::Client | End::Response) => {}
                Ok(End::Server) => leave.notify_one(),
                Err(_) => lock(&state).hang_ups += 1,
            }
        });
    }
}

async fn respond(state: Arc<Mutex<State>>, request: Request) -> Response {
    let (response, mut came) = {
        let mut state = lock(&state);
        state.requests.push(request);
        let count = state.requests.len();
        state.came.send_modify(|came| *came = count.max(*came));
        let response = state.queue.pop_front().unwrap_or_else(|| {
            let body = format!(r#"{{"error":{{"message":"request {count} was not scripted"}}}}"#);
            Response::new(400, "application/json", body)
        });
        (response, state.came.subscribe())
    };
    let _server_gone = came.wait_for(|came| *came >= response.once).await;
    response
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
