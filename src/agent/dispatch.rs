//! The tool calls of one reply: all at once where the tools allow it, with the results in the order
//! of the calls.
//!
//! It knows no tool by name and no conversation.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::Map;
use tokio::sync::Mutex;

use super::CallRecord;
use crate::event::{CallEnded, CallStatus, Event, Showing};
use crate::message::{Arguments, ToolCall, ToolMessage};
use crate::tool::set::CallResult;
use crate::tool::{CallOrigin, Leavings, Order, ToolContext, ToolSet};

/// Runs calls side by side, those with the ids `recovered` as such. A call that fails is a result
/// like any other.
pub(super) async fn dispatch(
    tools: &ToolSet,
    calls: Vec<ToolCall>,
    recovered: &[String],
    context: &ToolContext,
) -> Vec<Dispatched> {
    // It lets them through as they come, which is in the order of the calls.
    let turnstile = &Mutex::new(());
    let mut crowd = 0;
    let calls = calls.into_iter().map(|call| {
        let is_recovered = recovered.contains(&call.id);
        let origin = if is_recovered { CallOrigin::Recovered } else { CallOrigin::Sent };
        let leavings = Leavings::default();
        let showing = match tools.most_shown(&call.name) {
            Some(most) if crowd >= most => Showing::Counted,
            most => {
                crowd += u32::from(most.is_some());
                Showing::Alone
            }
        };
        let context = ToolContext { origin, showing, leavings, ..context.clone() };
        async move {
            let _turn = match tools.order(&call.name) {
                Order::SideBySide => None,
                Order::InTurn => Some(turnstile.lock().await),
            };
            carry_out(tools, call, context).await
        }
    });
    join_all(calls).await
}

/// Makes no call: this is the result of each.
pub(super) fn refuse(calls: Vec<ToolCall>, why: &str) -> Vec<Dispatched> {
    let refused = |ToolCall { id, name, arguments }| {
        let content = format!("Error: {why}");
        let record = CallRecord {
            name: name.clone(),
            arguments: match arguments {
                Arguments::Object(arguments) => arguments,
                Arguments::Malformed(_) => Map::new(),
            },
            status: CallStatus::Error,
            summary: "a hook failed".to_owned(),
            bytes: content.len(),
            elapsed: Duration::ZERO,
        };
        let message = ToolMessage { call_id: id, name, content };
        Dispatched { message, record, foreign: None, leavings: Leavings::default() }
    };
    calls.into_iter().map(refused).collect()
}

/// A call that came back.
pub(super) struct Dispatched {
    /// What the model reads.
    pub(super) message: ToolMessage,
    /// What the report keeps.
    pub(super) record: CallRecord,
    /// A piece of what other people wrote, if the model now reads any.
    pub(super) foreign: Option<String>,
    /// What is to be read later on.
    pub(super) leavings: Leavings,
}

async fn carry_out(tools: &ToolSet, call: ToolCall, context: ToolContext) -> Dispatched {
    let ToolCall { id, name, arguments } = call;
    let (arguments, malformed) = match arguments {
        Arguments::Object(arguments) => (arguments, None),
        Arguments::Malformed(text) => (Map::new(), Some(text)),
    };
    context.events.send(Event::CallStarted {
        id: id.clone(),
        name: name.clone(),
        arguments: arguments.clone(),
        code: tools.code(&name, &arguments),
        showing: context.showing,
    });
    let started = Instant::now();
    let result = match malformed {
        Some(text) => not_json(&name, &text),
        None => tools.call(&name, arguments.clone(), &context).await,
    };
    let CallResult { content, summary, status, foreign } = result;
    let record = CallRecord {
        name: name.clone(),
        arguments,
        status,
        summary,
        bytes: content.len(),
        elapsed: started.elapsed(),
    };
    context.events.send(Event::CallEnded(CallEnded {
        id: id.clone(),
        name: name.clone(),
        status,
        summary: record.summary.clone(),
        bytes: record.bytes,
        elapsed: record.elapsed,
    }));
    let message = ToolMessage { call_id: id, name, content };
    Dispatched { message, record, foreign, leavings: context.leavings }
}

fn not_json(name: &str, text: &str) -> CallResult {
    let shown: String = text.chars().take(200).collect();
    CallResult {
        content: format!(
            "Error: the arguments of `{name}` are not a whole JSON object, so nothing was run. \
             They began: {shown}\nCall it again with one complete JSON object."
        ),
        summary: "unreadable arguments".to_owned(),
        status: CallStatus::Error,
        foreign: None,
    }
}
