//! A server whose certificate is trusted for some connections, and a stranger's after that.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use tokio_rustls::rustls::{ServerConfig, ServerConnection, Stream};

use crate::support::certificate::certificate;

/// Starts it. It answers one connection for each of these bodies, which are event streams or JSON, and
/// shows everybody else a certificate that nobody trusts. The port, and the certificate to trust.
pub(super) fn server(bodies: Vec<String>) -> (u16, String) {
    let (known, pem) = certificate();
    let (unknown, _) = certificate();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut bodies = bodies.into_iter();
        for socket in listener.incoming() {
            let (body, config) = match bodies.next() {
                Some(body) => (body, &known),
                None => (String::new(), &unknown),
            };
            // A client that does not trust the certificate goes away, which is what it is for.
            let _refused = answer(&mut socket.unwrap(), config, &body);
        }
    });
    (port, pem)
}

fn answer(socket: &mut TcpStream, config: &Arc<ServerConfig>, body: &str) -> std::io::Result<()> {
    let mut connection =
        ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    let mut stream = Stream::new(&mut connection, socket);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    stream.read_exact(&mut vec![0; length.map_or(0, |length| length.parse().unwrap())])?;
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )?;
    stream.flush()
}
