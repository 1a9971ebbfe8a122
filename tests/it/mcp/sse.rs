//! Servers that are spoken to over HTTP in the older way, with one stream of events for all answers.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::far::far;
use super::real::Http;
use super::*;
use crate::support::mcp::script;
use agentcard::tool::mcp::Manner;
use serde_json::json;

/// A server that misbehaves in this manner, on a port of its own.
struct Old(Child, String);

impl Old {
    fn start(manner: &str) -> Option<Self> {
        let mut command = Command::new("python3");
        command.arg(script("odd_sse.py")?).arg(manner).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Some(Self(child, format!("http://127.0.0.1:{}/sse", port.trim())))
    }

    fn definition(&self) -> Definition {
        at(&self.1, Manner::Sse)
    }
}

impl Drop for Old {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _status = self.0.wait();
    }
}

/// A server at this address that is spoken to in this way.
fn at(url: &str, manner: Manner) -> Definition {
    let mut definition = far(url);
    let Address::Http(endpoint) = &mut definition.address else { panic!("it is far") };
    endpoint.manner = manner;
    definition
}

/// What comes of a call of a server's tool.
async fn called(manner: &str) -> Option<(Desk, CallResult)> {
    let old = Old::start(manner)?;
    let desk = Desk::with(vec![old.definition()]).await;
    let result = desk.call("far__work", json!({})).await;
    Some((desk, result))
}

#[tokio::test]
async fn the_reference_server_is_spoken_to_in_the_older_way() {
    let Some(http) = Http::start("sse") else { return };
    http.answers().await;
    let url = format!("http://127.0.0.1:{}/sse", http.port());
    // It is found out that nothing is taken where the newer way posts to, or it is known.
    for manner in [Manner::Streamable, Manner::Sse] {
        let mut desk = Desk::with(vec![at(&url, manner)]).await;
        assert_eq!(desk.warnings(), [""; 0]);
        assert_eq!(desk.call("far__echo", json!({"message": "hi"})).await.content, "Echo: hi");
    }
}

#[tokio::test]
async fn what_is_no_message_on_the_stream_is_passed_over() {
    for manner in ["fine", "chatters"] {
        let Some((mut desk, result)) = called(manner).await else { return };
        assert_eq!(result.content, "done");
        assert_eq!(desk.warnings(), [""; 0]);
    }
}

#[tokio::test]
async fn a_stream_that_ends_or_a_message_that_is_refused_is_a_result() {
    let Some((_desk, hung_up)) = called("hangs-up").await else { return };
    let Some((_desk, died)) = called("dies").await else { return };
    let Some((_desk, refused)) = called("refuses").await else { return };
    let said = [hung_up, died, refused].map(|result| {
        assert_eq!(result.status, CallStatus::Error);
        result.content
    });
    insta::assert_snapshot!(said.join("\n"), @r"
    Error: the MCP server `far` closed the connection
    Error: the MCP server `far` closed the connection
    Error: the MCP server `far`: unexpected server response: HTTP 500 Internal Server Error
    ");
}

#[tokio::test]
async fn a_server_that_wants_to_be_spoken_to_elsewhere_is_not() {
    let mut said = Vec::new();
    for manner in ["elsewhere", "unmoved"] {
        let Some(old) = Old::start(manner) else { return };
        said.extend(Desk::with(vec![old.definition()]).await.warnings());
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    the MCP server `far` cannot be used: it wants to be spoken to at another server's address
    the MCP server `far` cannot be used: it does not say where it is spoken to
    ");
}

#[tokio::test]
async fn a_server_without_a_stream_is_said_to_have_none() {
    let Some(http) = Http::start("sse") else { return };
    http.answers().await;
    let url = format!("http://127.0.0.1:{}/else", http.port());
    let mut said = Vec::new();
    for manner in [Manner::Streamable, Manner::Sse] {
        said.extend(Desk::with(vec![at(&url, manner)]).await.warnings());
    }
    insta::assert_snapshot!(said[0].lines().next().unwrap(), @"the MCP server `far` cannot be used: unexpected server response: HTTP 404 Not Found: <!DOCTYPE html>");
    insta::assert_snapshot!(said[1], @"the MCP server `far` cannot be used: HTTP status client error (404 Not Found)");
}
