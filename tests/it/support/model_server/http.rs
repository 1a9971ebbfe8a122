//! The server's end of HTTP/1.1: one request in, one response out, on a connection that is kept.
//!
//! It knows nothing of chat completions.

use std::fmt::Write as _;
use std::io;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Head, Piece, Response};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `POST`.
    pub(crate) method: String,
    /// With its query, if there was one.
    pub(crate) path: String,
    /// Names in lower case, in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub(crate) body: String,
}

impl Request {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The messages of a chat completion request.
    pub(crate) fn messages(&self) -> Vec<Value> {
        self.json()["messages"].as_array().unwrap().clone()
    }

    /// A header's value; the name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Who ended a connection.
pub(super) enum End {
    /// The client left.
    Client,
    /// A response cut it.
    Response,
    /// The server leaves.
    Server,
}

/// Serves one connection until it ends.
pub(super) async fn serve<F: Future<Output = Response>>(
    mut socket: TcpStream,
    respond: impl Fn(Request) -> F,
) -> io::Result<End> {
    socket.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut socket, &mut buffer).await? {
        match send(&mut socket, respond(request).await).await? {
            Sent::Whole => {}
            Sent::Cut => return Ok(End::Response),
            Sent::Last => return Ok(End::Server),
        }
    }
    Ok(End::Client)
}

async fn read_request(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let end_of_head = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if socket.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end_of_head]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, path) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let end = end_of_head + 4 + length;
    while buffer.len() < end {
        if socket.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    let body = String::from_utf8_lossy(&buffer[end_of_head + 4..end]).into_owned();
    buffer.drain(..end);
    Ok(Some(Request { method, path, headers, body }))
}

/// Whether the connection can carry another request.
enum Sent {
    Whole,
    Cut,
    Last,
}

async fn send(socket: &mut TcpStream, response: Response) -> io::Result<Sent> {
    tokio::time::sleep(response.delay).await;
    let mut head = format!("HTTP/1.1 {} Scripted\r\n", response.status);
    for (name, value) in &response.headers {
        let _infallible = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("transfer-encoding: chunked\r\n\r\n");
    match response.head {
        Head::Whole => socket.write_all(head.as_bytes()).await?,
        Head::Half => socket.write_all(&head.as_bytes()[..head.len() / 2]).await?,
        Head::Missing => {}
    }
    if response.head != Head::Whole {
        socket.set_zero_linger()?;
        return Ok(Sent::Cut);
    }
    let mut end = Sent::Whole;
    for piece in response.pieces {
        match piece {
            Piece::Bytes(bytes) if bytes.is_empty() => {}
            Piece::Bytes(bytes) => send_chunk(socket, &bytes).await?,
            Piece::Forever(bytes, pause) => loop {
                send_chunk(socket, &bytes).await?;
                tokio::time::sleep(pause).await;
            },
            Piece::Wait(silence) => tokio::time::sleep(silence).await,
            Piece::Cut => return Ok(Sent::Cut),
            Piece::Leave => end = Sent::Last,
        }
    }
    socket.write_all(b"0\r\n\r\n").await?;
    Ok(end)
}

async fn send_chunk(socket: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    socket.write_all(&chunk).await
}
