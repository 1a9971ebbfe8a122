//! The floor: a minimal streaming reader of a list. It splits the elements of an array by counting
//! brackets, and hangs up when it has as many as it wants.
//!
//! It checks nothing and knows the emulator only.

use std::io::Write as _;
use std::process::ExitCode;

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Outcome;

/// Reads so many elements of the list at `host` and `path`, and writes them to standard output.
pub(crate) fn run(host: &str, path: &str, wanted: usize) -> Outcome<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(read(host, path, wanted))?;
    Ok(ExitCode::SUCCESS)
}

async fn read(host: &str, path: &str, wanted: usize) -> Outcome<()> {
    let socket = TcpStream::connect(host).await?;
    socket.set_nodelay(true)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    let request = Request::get(path)
        .header("host", host)
        .header("authorization", "Bearer hf_test_write_ada")
        .body(Empty::<Bytes>::new())?;
    let mut body = sender.send_request(request).await?.into_body();
    let mut list = List::default();
    while list.elements < wanted {
        let Some(frame) = body.frame().await else { break };
        let Ok(data) = frame?.into_data() else { continue };
        list.take(&data, wanted);
    }
    std::io::stdout().write_all(&list.text)?;
    Ok(())
}

/// The elements so far, as they came.
#[derive(Default)]
struct List {
    text: Vec<u8>,
    elements: usize,
    depth: usize,
    quoted: bool,
    escaped: bool,
}

impl List {
    fn take(&mut self, data: &[u8], wanted: usize) {
        for (at, byte) in data.iter().enumerate() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.quoted = !self.quoted,
                _ if self.quoted => {}
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' => {
                    self.depth -= 1;
                    self.elements += usize::from(self.depth == 1);
                    if self.elements == wanted {
                        return self.text.extend_from_slice(&data[..=at]);
                    }
                }
                _ => {}
            }
        }
        self.text.extend_from_slice(data);
    }
}
