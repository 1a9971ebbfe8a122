//! The servers everybody has: they start, say what they offer and answer.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::far::far;
use super::*;
use crate::support::mcp::{node_server, time_server};
use serde_json::json;

/// A document the reference server has.
const STATIC: &str = "demo://resource/static/document/architecture.md";

/// Three of them, of which one may read a folder.
fn three(root: &Path) -> Option<Vec<Definition>> {
    let everything = node_server("mcp-server-everything")?;
    let files = node_server("mcp-server-filesystem")?;
    let time = time_server()?;
    let only = |patterns: &[&str]| {
        Filter::matching(patterns.iter().map(|pattern| (*pattern).to_owned()).collect())
    };
    Some(vec![
        Definition {
            tools: only(&["echo", "get-s*", "get-tiny-image"]),
            ..server("everything", &[everything, "stdio".to_owned()])
        },
        Definition {
            tools: only(&["read_text_file"]),
            ..server("files", &[files, root.to_str().unwrap().to_owned()])
        },
        server("time", &[time]),
    ])
}

#[tokio::test]
async fn servers_of_several_makers_run_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::write(root.join("note.txt"), "The kettle is on.").unwrap();
    let Some(servers) = three(&root) else { return };
    let mut desk = Desk::with(servers).await;
    assert_eq!(
        desk.names(),
        [
            "everything__echo",
            "everything__get-structured-content",
            "everything__get-sum",
            "everything__get-tiny-image",
            "everything__read_resource",
            "files__read_text_file",
            "time__convert_time",
            "time__get_current_time",
        ]
    );

    let said = |result: CallResult| (result.status, result.content);
    let ok = |content: &str| (CallStatus::Ok, content.to_owned());
    let echoed = desk.call("everything__echo", json!({"message": "hello"})).await;
    assert_eq!(said(echoed), ok("Echo: hello"));
    let sum = desk.call("everything__get-sum", json!({"a": 1, "b": 2})).await;
    assert_eq!(said(sum), ok("The sum of 1 and 2 is 3."));
    // The structured content is what counts; the text repeats it in another form.
    let weather = json!({"location": "Chicago"});
    let weather = desk.call("everything__get-structured-content", weather).await;
    let expected = r#"{"temperature":36,"conditions":"Light rain / drizzle","humidity":82}"#;
    assert_eq!(said(weather), ok(expected));
    let image = desk.call("everything__get-tiny-image", json!({})).await;
    insta::assert_snapshot!(image.content, @r"
    Here's the image you requested:
    (image, image/png, about 4035 bytes: not shown)
    The image above is the MCP logo.
    ");
    let text = desk.call("everything__read_resource", json!({"uri": STATIC})).await;
    assert!(text.content.starts_with("# Everything Server"), "{text:?}");
    let note = desk.call("files__read_text_file", json!({"path": root.join("note.txt")})).await;
    assert_eq!(said(note), ok(r#"{"content":"The kettle is on."}"#));
    let denied = desk.call("files__read_text_file", json!({"path": "/etc/passwd"})).await;
    assert_eq!(denied.status, CallStatus::Error);
    assert!(denied.content.starts_with("Access denied - path outside"), "{denied:?}");
    let time = desk.call("time__get_current_time", json!({"timezone": "Europe/Oslo"})).await;
    assert!(time.content.starts_with(r#"{"timezone":"Europe/Oslo","datetime":"#), "{time:?}");
    // What a server does not mark as only reading is asked about.
    assert_eq!(desk.asked(), [""; 0]);
    assert_eq!(desk.warnings(), [""; 0]);
}

/// The reference server on a port of its own, which ends with the test.
pub(super) struct Http(Child, u16);

impl Http {
    /// In one of its ways: `streamableHttp`, `sse`.
    pub(super) fn start(manner: &str) -> Option<Self> {
        let program = node_server("mcp-server-everything")?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        command.arg(manner).env("PORT", port.to_string());
        Some(Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(), port))
    }

    pub(super) fn port(&self) -> u16 {
        self.1
    }

    pub(super) async fn answers(&self) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(("127.0.0.1", self.1)).is_err() {
            assert!(Instant::now() < deadline, "it does not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _status = self.0.wait();
    }
}

#[tokio::test]
async fn a_server_is_spoken_to_over_http() {
    let Some(http) = Http::start("streamableHttp") else { return };
    http.answers().await;
    let mut desk = Desk::with(vec![far(&format!("http://127.0.0.1:{}/mcp", http.port()))]).await;
    assert_eq!(desk.call("far__echo", json!({"message": "hello"})).await.content, "Echo: hello");
    let text = desk.call("far__read_resource", json!({"uri": STATIC})).await;
    assert!(text.content.contains("Everything Server"), "{text:?}");
    // Without the server a call is an error, and the run goes on.
    drop(http);
    let lost = desk.call("far__echo", json!({"message": "hello"})).await;
    assert_eq!(lost.status, CallStatus::Error);
    drop(desk.warnings());
}
