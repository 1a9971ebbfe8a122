//! Tests of the Hub tool: real requests to a server that keeps what it was sent.

mod catalog;
mod elsewhere;
mod emulator;
mod hostile;
mod lost;
mod posts;
mod problems;
mod queries;
mod reads;
mod routes;
mod rows;
mod server;
mod shape;

use std::time::Duration;

use agentcard::event::{EventStream, Events};
use agentcard::hub::{Client, Settings, TokenSource};
use agentcard::net::{Proxying, client};
use agentcard::secret::Secret;
use agentcard::tool::hub::{EndpointPattern, HubTool};
use agentcard::tool::{Step, Tool, ToolContext, ToolOutput};
use serde_json::{Map, Value};

/// A tool whose Hub is the given server, with short waits.
pub(crate) fn settings(origin: &str) -> Settings {
    let mut settings = Settings::new(origin.parse().unwrap());
    settings.token = TokenSource::Value(Secret::parse("hf_secret").unwrap().unwrap());
    settings.patience.first_wait = Duration::from_millis(2);
    settings.patience.silence = Duration::from_mins(1);
    settings.patience.settle = Duration::ZERO;
    settings
}

fn tool(origin: &str) -> HubTool {
    tool_with(settings(origin))
}

fn tool_with(settings: Settings) -> HubTool {
    HubTool::new(Client::new(http(), settings), EndpointPattern::Omitted)
}

fn http() -> reqwest::Client {
    client(Proxying::Direct, Duration::from_secs(10)).unwrap()
}

fn arguments(arguments: Value) -> Map<String, Value> {
    let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
    arguments
}

fn context() -> (ToolContext, EventStream) {
    let (events, stream) = Events::channel();
    (ToolContext::new(events), stream)
}

/// A call's answer; a text for the model where it was refused.
async fn ask(tool: &HubTool, call: Value) -> Result<ToolOutput, String> {
    match tool.call(arguments(call), &context().0).await {
        Ok(Step::Done(output)) => Ok(output),
        Ok(Step::Write(plan)) => panic!("a plan: {plan:?}"),
        Err(error) => Err(error.message),
    }
}

/// The result of a call that is answered.
async fn result(tool: &HubTool, call: Value) -> Value {
    serde_json::from_str(&ask(tool, call).await.unwrap().content).unwrap()
}
