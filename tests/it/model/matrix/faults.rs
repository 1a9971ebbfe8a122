//! What can go wrong with a model server, and how each of it looks on the wire.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Delivery, Phase};
use crate::model::{text, whoami};
use crate::support::model_server::{Head, Response};

const SSE: &str = "text/event-stream";
const JSON: &str = "application/json";

/// Longer than anybody waits.
const FOREVER: Duration = Duration::from_mins(10);

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nobody listens.
    Refused,
    /// The certificate is a stranger's.
    Tls,
    /// The name has no address.
    Dns,
    /// This status.
    Status(u16),
    /// 429, with a pause of so many seconds asked for.
    RateLimit(&'static str),
    /// The connection is reset instead of an answer.
    ResetBeforeHeaders,
    /// The connection is reset in the head of the answer.
    ResetInHeaders,
    /// The connection ends in the middle of an event.
    CutMidEvent,
    /// The connection ends behind the whole reply.
    CutAfterFinish,
    /// Nothing comes any more.
    Stall,
    /// Bytes come, and never an event.
    Trickle,
    /// 200, and nothing in it.
    Empty,
    /// 200, and a web page.
    Html,
    /// 200, and no text at all.
    WrongType,
    /// Events come without end.
    NeverEnding,
}

/// All of them, in the order of the table.
pub(super) fn all() -> Vec<Fault> {
    let statuses = [400, 401, 402, 403, 404, 408, 409, 413, 422, 424, 498, 500, 502, 503, 504, 529];
    let mut faults = vec![Fault::Refused, Fault::Tls, Fault::Dns];
    faults.extend(statuses.map(Fault::Status));
    faults.extend([
        Fault::RateLimit("0.001"),
        Fault::RateLimit("7200"),
        Fault::ResetBeforeHeaders,
        Fault::ResetInHeaders,
        Fault::CutMidEvent,
        Fault::CutAfterFinish,
        Fault::Stall,
        Fault::Trickle,
        Fault::Empty,
        Fault::Html,
        Fault::WrongType,
        Fault::NeverEnding,
    ]);
    faults
}

impl Fault {
    /// Its name in the table.
    pub(super) fn name(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            Self::RateLimit(wait) => format!("429 in {wait} s"),
            Self::Tls => "TLS".to_owned(),
            Self::Dns => "DNS".to_owned(),
            other => format!("{other:?}"),
        }
    }

    /// Whether it can happen there: once an answer arrives, its connection is made and its head is
    /// read; and a name that was found is not lost.
    pub(super) fn can_happen(self, phase: Phase) -> bool {
        match self {
            Self::Dns => phase == Phase::FirstTurn,
            Self::Refused | Self::Tls | Self::ResetBeforeHeaders | Self::ResetInHeaders => {
                phase != Phase::MidAnswer
            }
            _ => true,
        }
    }

    /// How the server answers a request that meets it.
    pub(super) fn response(self, phase: Phase, delivery: Delivery) -> Response {
        match (phase, delivery) {
            (Phase::FirstTurn | Phase::AfterCall, _) => self.instead_of_an_answer(delivery),
            (Phase::MidAnswer, Delivery::Streamed) => self.in_a_stream(),
            (Phase::MidAnswer, Delivery::Whole) => self.in_a_whole_answer(),
        }
    }

    fn instead_of_an_answer(self, delivery: Delivery) -> Response {
        let (kind, beginning, more) = match delivery {
            Delivery::Streamed => (SSE, "data: {\"choices\":", thought()),
            Delivery::Whole => (JSON, "{\"choices\":", " ".repeat(1000)),
        };
        match self {
            Self::Status(status) => Response::error(status, &no()),
            Self::RateLimit(wait) => Response::error(429, &no()).header("retry-after", wait),
            Self::ResetBeforeHeaders => answer("Yes.", delivery).head(Head::Missing),
            Self::ResetInHeaders => answer("Yes.", delivery).head(Head::Half),
            Self::CutMidEvent => Response::new(200, kind, beginning).cut(),
            Self::CutAfterFinish => answer("Yes.", delivery).cut(),
            Self::Stall => answer("Yes.", delivery).wait_first(FOREVER),
            Self::Trickle => {
                Response::new(200, kind, beginning).forever(" ", Duration::from_millis(20))
            }
            Self::Empty => Response::new(200, kind, ""),
            Self::Html => Response::new(200, "text/html", "<html><title>Welcome</title></html>"),
            Self::WrongType => Response::new(200, "image/png", b"\x89PNG\r\n\x1a\n".as_slice()),
            Self::NeverEnding => {
                Response::new(200, kind, beginning_of(delivery)).forever(more, PAUSE)
            }
            Self::Refused | Self::Tls | Self::Dns => unreachable!("nobody answers"),
        }
    }

    /// Behind the first words of an answer that is shown while it comes.
    fn in_a_stream(self) -> Response {
        let begun = Response::open([text("You are")]);
        match self {
            Self::Status(status) => begun.then(error_event(status)),
            Self::RateLimit(_) => begun.then(error_event(429)),
            Self::CutMidEvent => begun.then("data: {\"choices\":").cut(),
            Self::CutAfterFinish => answer("Yes.", Delivery::Streamed).cut(),
            Self::Stall => begun.wait(FOREVER),
            Self::Trickle => {
                begun.then("data: {\"choices\":").forever(" ", Duration::from_millis(20))
            }
            Self::Empty => begun,
            Self::Html => begun.then("<html><title>Welcome</title></html>"),
            Self::WrongType => begun.then(b"\x89PNG\r\n\x1a\n".as_slice()),
            Self::NeverEnding => begun.forever(format!("data: {}\n\n", text(" more")), PAUSE),
            other => unreachable!("{other:?} cannot happen there"),
        }
    }

    /// In the middle of an answer that comes in one piece.
    fn in_a_whole_answer(self) -> Response {
        let half = Response::new(200, JSON, r#"{"choices":[{"message":{"content":"You are"#);
        match self {
            Self::Status(status) => Response::error(200, &error(status)),
            Self::RateLimit(_) => Response::error(200, &error(429)),
            Self::CutMidEvent => half.cut(),
            Self::CutAfterFinish => answer("Yes.", Delivery::Whole).cut(),
            Self::Stall => half.wait(FOREVER),
            Self::Trickle => half.forever(" ", Duration::from_millis(20)),
            Self::Empty => half,
            Self::Html => half.then("\n<html><title>Welcome</title></html>"),
            Self::WrongType => half.then(b"\x89PNG\r\n\x1a\n".as_slice()),
            Self::NeverEnding => half.forever("x".repeat(1000), PAUSE),
            other => unreachable!("{other:?} cannot happen there"),
        }
    }
}

/// Between two pieces of something without end.
const PAUSE: Duration = Duration::from_millis(5);

fn beginning_of(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Streamed => ": hello\n\n",
        Delivery::Whole => "{\"choices\":",
    }
}

fn thought() -> String {
    format!("data: {}\n\n", json!({"choices": [{"delta": {"reasoning": "Hm. "}}]}))
}

fn no() -> Value {
    json!({"error": {"message": "No."}})
}

fn error(status: u16) -> Value {
    json!({"error": {"message": "No.", "code": status}})
}

fn error_event(status: u16) -> String {
    format!("event: error\ndata: {}\n\n", error(status))
}

/// An answer, as it should be.
fn answer(words: &str, delivery: Delivery) -> Response {
    match delivery {
        Delivery::Streamed => Response::text(words),
        Delivery::Whole => whole(&json!({"content": words}), "stop"),
    }
}

/// A call, as it should be.
pub(super) fn call(delivery: Delivery) -> Response {
    match delivery {
        Delivery::Streamed => Response::groq_call("hf_api_request", &whoami()),
        Delivery::Whole => {
            let function = json!({"name": "hf_api_request", "arguments": whoami().to_string()});
            let calls = json!([{"id": "a", "type": "function", "function": function}]);
            whole(&json!({"content": null, "tool_calls": calls}), "tool_calls")
        }
    }
}

fn whole(message: &Value, finish: &str) -> Response {
    let choice = json!({"index": 0, "message": message, "finish_reason": finish});
    Response::new(200, JSON, json!({"choices": [choice]}).to_string())
}
