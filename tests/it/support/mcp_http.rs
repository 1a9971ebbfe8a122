//! An MCP server on this machine that is spoken to over HTTP and has one tool.

use std::sync::{Arc, Mutex, mpsc};

use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// The server, on a thread of its own. Dropping it ends both.
pub(crate) struct FarServer {
    /// Its origin: `http://127.0.0.1:PORT`.
    pub(crate) origin: String,
    asked: Arc<Mutex<Vec<String>>>,
    _stop: oneshot::Sender<()>,
}

impl FarServer {
    /// Starts it, and waits until it listens.
    pub(crate) fn start() -> Self {
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (report, started) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let note = Arc::clone(&asked);
        let answer = move |method: Method, uri: Uri, body: String| async move {
            let request = serde_json::from_str(&body).unwrap_or(Value::Null);
            if method != Method::POST {
                return StatusCode::METHOD_NOT_ALLOWED.into_response();
            }
            let name = request["method"].as_str().unwrap_or_default();
            note.lock().unwrap().push(format!("{uri} {name}"));
            reply(&request)
        };
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                report.send(listener.local_addr().unwrap()).unwrap();
                let app = Router::new().fallback(answer);
                tokio::select! {
                    served = axum::serve(listener, app) => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        let origin = format!("http://{}", started.recv().unwrap());
        Self { origin, asked, _stop: stop }
    }

    /// What it was asked so far: the path and the method of each request.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn reply(request: &Value) -> Response {
    let result = match request["method"].as_str().unwrap_or_default() {
        "initialize" => json!({
            "protocolVersion": request["params"]["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "far", "version": "1"},
        }),
        "tools/list" => json!({"tools": [{
            "name": "look_up",
            "description": "Looks a data set up.",
            "inputSchema": {"type": "object", "properties": {"name": {"type": "string"}}},
            "annotations": {"readOnlyHint": true},
        }]}),
        "tools/call" => {
            let name = request["params"]["arguments"]["name"].as_str().unwrap_or_default();
            json!({"content": [{"type": "text", "text": format!("{name} has 40 rows.")}]})
        }
        _ => return StatusCode::ACCEPTED.into_response(),
    };
    Json(json!({"jsonrpc": "2.0", "id": request["id"], "result": result})).into_response()
}
