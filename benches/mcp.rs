//! What a call of an MCP server costs through a tool set, beside the same call of the bare client
//! library: `cargo bench --bench mcp`.
//!
//! Both speak with a process of the same small server in Python, one call after the other.

use std::io::{self, Write as _};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use agentcard::config::Environment;
use agentcard::event::Events;
use agentcard::tool::mcp::{Address, Definition, Filter, Greeting, Launch, Servers};
use agentcard::tool::{Approver, Pending, ToolContext, ToolSet, Verdict};
use futures_util::future::BoxFuture;
use rmcp::ServiceExt as _;
use rmcp::model::CallToolRequestParams;
use serde_json::Map;

const WARM: usize = 100;
const CALLS: usize = 2000;
const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/mcp/odd.py");

/// Is never asked: the tool only reads.
struct Nobody;

impl Approver for Nobody {
    fn decide<'a>(&'a self, _: Pending<'a>) -> BoxFuture<'a, Verdict> {
        Box::pin(async { Verdict::Refused("nobody is there to say yes".to_owned()) })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = io::stdout().lock();
    let bare = bare().await?;
    let ours = ours().await?;
    for (name, times) in [("bare client", &bare), ("tool set", &ours)] {
        let (median, slow) = (times[CALLS / 2], times[CALLS * 99 / 100]);
        writeln!(out, "{name}: median {median:.1?}, 99 of 100 within {slow:.1?}")?;
    }
    Ok(())
}

async fn bare() -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
    let mut process = tokio::process::Command::new("python3")
        .args([SERVER, "fine"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let pipes = process.stdout.take().zip(process.stdin.take()).ok_or("no pipes")?;
    let client = ().serve(pipes).await?;
    let mut times = Vec::with_capacity(CALLS);
    for call in 0..WARM + CALLS {
        let started = Instant::now();
        client.call_tool(CallToolRequestParams::new("work")).await?;
        if call >= WARM {
            times.push(started.elapsed());
        }
    }
    times.sort_unstable();
    Ok(times)
}

async fn ours() -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
    let path = Environment::process().get("PATH").unwrap_or_default();
    let definition = Definition {
        name: "odd".to_owned(),
        address: Address::Process(Launch {
            program: "python3".to_owned(),
            arguments: vec![SERVER.to_owned(), "fine".to_owned()],
            environment: vec![("PATH".to_owned(), path)],
            directory: std::env::temp_dir(),
        }),
        timeout: Duration::from_mins(1),
        greeting: Greeting::Any,
        roots: Vec::new(),
        tools: Filter::all(),
        resources: Filter::all(),
        prompts: Filter::all(),
    };
    let servers = Arc::new(Servers::new(vec![definition]));
    let (events, _stream) = Events::channel();
    let mut tools = ToolSet::new(Vec::new(), Arc::new(Nobody)).supplied_by(vec![servers]);
    tools.refresh(&events).await;
    let context = ToolContext::new(events);
    let mut times = Vec::with_capacity(CALLS);
    for call in 0..WARM + CALLS {
        let started = Instant::now();
        let result = tools.call("odd__work", Map::new(), &context).await;
        if call >= WARM {
            times.push(started.elapsed());
        }
        if result.content != "done" {
            return Err(result.content.into());
        }
    }
    times.sort_unstable();
    Ok(times)
}
