//! What a call of a Python function costs beside the function itself: `cargo bench --bench python`.
//!
//! It starts one process, calls a function that returns at once, one call after the other and many
//! side by side, and prints times. It compares nothing.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use agentcard::event::Events;
use agentcard::tool::python::{Code, Function, Kind, Module, PythonTool, Settings, connect};
use futures_util::future::join_all;
use serde_json::{Map, json};

/// How many calls are made before any is measured, how many are, and how many at once.
const WARM: usize = 200;
const CALLS: usize = 2000;
const AT_ONCE: usize = 50;

const MODULE: &[u8] = b"\
def in_a_thread(value: str):
    return value

async def on_the_loop(value: str):
    return value
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let function = |name: &str| Function { module: 0, name: name.to_owned(), kind: Kind::Tool };
    let code = Code {
        modules: vec![Module { path: PathBuf::from("bench.py"), source: MODULE.into() }],
        functions: vec![function("in_a_thread"), function("on_the_loop")],
    };
    let settings = Settings { interpreter: "python3".into(), timeout: Duration::from_mins(1) };
    let started = Instant::now();
    let made = connect(code, settings).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "started and loaded: {:.1?}", started.elapsed())?;
    for (tool, name) in made.into_iter().zip(["in a thread", "on the loop"]) {
        let Ok(tool) = tool else { return Err("the functions are no tools".into()) };
        measure(&tool, name, &mut out).await?;
    }
    Ok(())
}

async fn measure(
    tool: &PythonTool,
    name: &str,
    out: &mut impl io::Write,
) -> Result<(), Box<dyn std::error::Error>> {
    let (events, _stream) = Events::channel();
    let arguments = || Map::from_iter([("value".to_owned(), json!("Hello!"))]);
    for _ in 0..WARM {
        tool.run(&arguments(), &events).await?;
    }
    let mut times = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let started = Instant::now();
        tool.run(&arguments(), &events).await?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let (median, slow) = (times[CALLS / 2], times[CALLS * 99 / 100]);
    writeln!(out, "{name}: median {median:.1?}, 99 of 100 within {slow:.1?}")?;
    let started = Instant::now();
    let call = async |_| tool.run(&arguments(), &events).await;
    for outcome in join_all((0..AT_ONCE).map(call)).await {
        outcome?;
    }
    writeln!(out, "{name}: {AT_ONCE} at once {:.1?}", started.elapsed())?;
    Ok(())
}
