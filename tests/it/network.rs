//! Tests of the way to servers: proxies, certificates, and staying offline.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, mpsc};

use serde_json::json;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, Stream};

use crate::support::certificate::certificate;
use crate::support::program::Program;
use crate::support::wait::PATIENCE;

/// A script in which the model asks who the token belongs to, and then says it is done.
fn asking_whoami(program: &Program) -> String {
    let script = json!([
        {"calls": [{"name": "hf_api_request", "arguments": {"endpoint": "/whoami-v2"}}]},
        {"content": "Done."}
    ]);
    std::fs::write(program.home().join("script.json"), script.to_string()).unwrap();
    "builtin.scripted:script.json".to_owned()
}

/// Answers one connection with these bytes and reports what it was sent.
fn answer_once(response: &'static str) -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (report, reports) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        report.send(head(&mut socket).unwrap()).unwrap();
        socket.write_all(response.as_bytes()).unwrap();
    });
    (port, reports)
}

/// The head of a request.
fn head(socket: &mut impl std::io::Read) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && socket.read(&mut byte)? == 1 {
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).map_err(std::io::Error::other)
}

const WHOAMI: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 28\r\n\
     connection: close\r\n\r\n{\"type\":\"user\",\"name\":\"ada\"}";

#[test]
fn the_machines_proxy_is_used() {
    let (port, sent) = answer_once(WHOAMI);
    let program = Program::new()
        .variable("HF_ENDPOINT", "http://hub.invalid")
        .variable("HF_TOKEN", "hf_abc")
        .variable("http_proxy", &format!("http://127.0.0.1:{port}"));
    let model = asking_whoami(&program);
    let ran = program.run(&["ask", "-v", "--model", &model, "Who am I?"]);
    let head = sent.recv_timeout(PATIENCE).unwrap();
    assert!(head.starts_with("GET http://hub.invalid/api/whoami-v2 HTTP/1.1\r\n"), "{head}");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("· 200 ·"), "{}", ran.stderr);
}

#[test]
fn a_server_on_this_machine_is_not_asked_through_a_proxy() {
    let (port, sent) = answer_once(WHOAMI);
    let program = Program::new()
        .variable("HF_ENDPOINT", &format!("http://127.0.0.1:{port}"))
        .variable("http_proxy", "http://proxy.invalid:3128");
    let model = asking_whoami(&program);
    let ran = program.run(&["ask", "-q", "--model", &model, "Who am I?"]);
    assert!(sent.recv().unwrap().starts_with("GET /api/whoami-v2 HTTP/1.1\r\n"));
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{}", ran.stderr);
}

#[test]
fn offline_nothing_is_sent_and_the_model_is_told_why() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let program = Program::new()
        .variable("HF_ENDPOINT", &format!("http://{}", listener.local_addr().unwrap()))
        .variable("HF_HUB_OFFLINE", "1");
    let model = asking_whoami(&program);
    let ran = program.run(&["ask", "-v", "--model", &model, "Who am I?"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"));
    assert!(ran.stderr.contains("offline"), "{}", ran.stderr);
    assert!(listener.accept().is_err(), "somebody connected");
}

/// An https server with a certificate of its own for 127.0.0.1, which answers every connection with
/// a streamed "Hello."; and the certificate as PEM.
fn https_server() -> (u16, String) {
    let (config, pem) = certificate();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            // A client that does not trust the certificate goes away, which is a test of its own.
            let _refused = greet(&mut socket.unwrap(), &config);
        }
    });
    (port, pem)
}

fn greet(socket: &mut TcpStream, config: &Arc<ServerConfig>) -> std::io::Result<()> {
    let mut connection =
        ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    let mut stream = Stream::new(&mut connection, socket);
    let head = head(&mut stream)?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    stream.read_exact(&mut vec![0; length.map_or(0, |length| length.parse().unwrap())])?;
    let events = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello.\"},\"finish_reason\":\"stop\"}]}\n\n\
         data: [DONE]\n\n";
    let length = events.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{events}"
    )?;
    stream.flush()
}

#[test]
fn a_certificate_authority_of_ones_own_is_trusted_when_it_is_named() {
    let (port, pem) = https_server();
    let url = format!("https://127.0.0.1:{port}/v1");
    let arguments = ["ask", "-q", "--base-url", &url, "--model", "openai.x", "Hi"];

    let program = Program::new();
    std::fs::write(program.home().join("ca.pem"), pem).unwrap();
    let file = program.home().join("ca.pem").display().to_string();
    let trusting = program.variable("SSL_CERT_FILE", &file);
    let ran = trusting.run(&arguments);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "Hello.\n", ""));

    let ran = Program::new().run(&arguments);
    assert_eq!((ran.code, ran.stdout.as_str()), (69, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("certificate"), "{}", ran.stderr);
}
