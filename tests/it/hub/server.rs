//! A small HTTP server that answers as a test says and keeps what it was sent.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One request, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) authorization: Option<String>,
    pub(super) body: String,
}

/// What to answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) end: End,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum End {
    /// Well.
    #[default]
    Whole,
    /// The connection closes after so many bytes of the body.
    CutAfter(usize),
    /// The connection closes before anything is answered.
    HangUp,
    /// Nothing is ever answered.
    Silence,
}

/// A running server; it stops with the test's runtime.
pub(super) struct Server {
    pub(super) origin: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    sent: Arc<Mutex<usize>>,
}

pub(super) fn json(body: impl Into<Vec<u8>>) -> Answer {
    Answer { status: 200, body: body.into(), ..Answer::default() }
}

impl Answer {
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Server {
    /// Starts a server.
    pub(super) async fn start(respond: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (seen, sent) = (Arc::default(), Arc::default());
        let server = Self { origin, seen: Arc::clone(&seen), sent: Arc::clone(&sent) };
        let respond: Arc<dyn Fn(&Seen) -> Answer + Send + Sync> = Arc::new(respond);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (respond, seen, sent) = (respond.clone(), Arc::clone(&seen), Arc::clone(&sent));
                tokio::spawn(async move { serve(stream, &*respond, &seen, &sent).await });
            }
        });
        server
    }

    /// The requests so far.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The requests so far, as `GET /api/…`.
    pub(super) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect()
    }

    /// Bytes of bodies that went out so far.
    pub(super) fn sent(&self) -> usize {
        *self.sent.lock().unwrap()
    }
}

async fn serve(
    mut stream: TcpStream,
    respond: &(dyn Fn(&Seen) -> Answer + Send + Sync),
    seen: &Mutex<Vec<Seen>>,
    sent: &Mutex<usize>,
) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut buffer = Vec::new();
    loop {
        let request = request(&mut stream, &mut buffer).await?;
        seen.lock().unwrap().push(request.clone());
        let answer = respond(&request);
        match answer.end {
            End::HangUp => return None,
            End::Silence => std::future::pending().await,
            End::Whole | End::CutAfter(_) => {}
        }
        let mut head = format!("HTTP/1.1 {} X\r\n", answer.status);
        for (name, value) in &answer.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        write!(head, "content-length: {}\r\n\r\n", answer.body.len()).unwrap();
        stream.write_all(head.as_bytes()).await.ok()?;
        let whole = answer.body.len();
        let comes = if let End::CutAfter(bytes) = answer.end { bytes } else { whole };
        let body = &answer.body[..comes.min(whole)];
        for piece in body.chunks(16 << 10) {
            stream.write_all(piece).await.ok()?;
            *sent.lock().unwrap() += piece.len();
        }
        if answer.end != End::Whole {
            return None;
        }
    }
}

async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let length: usize = header("content-length").map_or(0, |length| length.parse().unwrap());
    while buffer.len() < end + length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(buffer[end..end + length].to_vec()).unwrap();
    buffer.drain(..end + length);
    let mut words = head.split(' ');
    Some(Seen {
        method: words.next().unwrap().to_owned(),
        target: words.next().unwrap().to_owned(),
        authorization: header("authorization"),
        body,
    })
}
