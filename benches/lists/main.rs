//! Long lists: what asking for 20 of very many followers costs, and how small a page is handed on.
//!
//! `cargo bench --bench lists` runs the built program against its own emulator, through a forwarder
//! that counts bytes, in turns with a minimal reader that does the same exchange. It fails when a
//! limit that holds on any machine is broken: memory, bytes.

mod reader;

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::{Value, json};
use wait4::Wait4;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const AGENTCARD: &str = env!("CARGO_BIN_EXE_agentcard");
const MEMORY_LIMIT: u64 = 12 << 20;

/// How often each of the two is run; the median counts.
const RUNS: usize = 15;

/// How many elements are asked for.
const WANTED: usize = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["read", host, path] => reader::run(host, path, WANTED),
        _ => measure(),
    };
    outcome.unwrap_or_else(|error| {
        let _unseen = writeln!(std::io::stderr(), "{error}");
        ExitCode::FAILURE
    })
}

fn measure() -> Outcome<ExitCode> {
    let mut out = std::io::stdout();
    let mut holds = true;
    writeln!(out, "| | agentcard | minimal reader | ratio |\n|---|--:|--:|--:|")?;
    for size in [50_000_u32, 300_000] {
        let hub = Hub::start(size)?;
        let path = format!("/users/big{size}/followers");
        let wanted = json!({"endpoint": path, "max_results": WANTED});
        let (mut ours, mut floor) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            ours.push(ask(&hub, &wanted, &[])?);
            floor.push(read(&hub, &path)?);
        }
        let (ours, floor) = (Cost::median(&ours), Cost::median(&floor));
        holds &= ours.memory <= MEMORY_LIMIT;
        for ((name, ours), (_, floor)) in ours.rows().into_iter().zip(floor.rows()) {
            let ratio = ours.0 / floor.0;
            writeln!(
                out,
                "| {WANTED} of {size} followers: {name} | {ours} | {floor} | {ratio:.1}x |"
            )?;
        }
    }
    let count = json!({"endpoint": "/users/big300000/followers", "count_by": "user"});
    let count = ask(&Hub::start(300_000)?.direct(), &count, &[])?;
    let hub = Hub::start(1)?;
    let page = json!({"endpoint": "/models/lumen-labs/aurora-7b/discussions", "max_results": 50});
    let (raw, shaped) = (ask(&hub, &page, &["--raw-results"])?, ask(&hub, &page, &[])?);
    holds &= count.memory <= MEMORY_LIMIT && shaped.handed * 4 <= raw.read;
    writeln!(
        out,
        "\nCounting 300000 followers ({}): {:.1} MiB of memory\n\
         50 discussions: {} read, {} handed to the model, {} with `--raw-results`",
        count.summary,
        mib(count.memory),
        kib(shaped.read),
        kib(shaped.handed),
        kib(raw.handed)
    )?;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What one process cost.
struct Cost {
    milliseconds: f64,
    memory: u64,
    read: u64,
    /// Bytes handed to the model.
    handed: u64,
    /// The call's result in a line.
    summary: String,
}

impl Cost {
    /// The median of each.
    fn median(costs: &[Self]) -> Self {
        let middle = |mut numbers: Vec<u64>| {
            numbers.sort_unstable();
            numbers[numbers.len() / 2]
        };
        let mut times: Vec<f64> = costs.iter().map(|cost| cost.milliseconds).collect();
        times.sort_unstable_by(f64::total_cmp);
        Self {
            milliseconds: times[times.len() / 2],
            memory: middle(costs.iter().map(|cost| cost.memory).collect()),
            read: middle(costs.iter().map(|cost| cost.read).collect()),
            handed: middle(costs.iter().map(|cost| cost.handed).collect()),
            summary: String::new(),
        }
    }

    fn rows(&self) -> [(&'static str, Amount); 3] {
        [
            ("time", Amount(self.milliseconds, "ms")),
            ("peak memory", Amount(mib(self.memory), "MiB")),
            ("read from the Hub", kib(self.read)),
        ]
    }
}

/// A number and its unit.
struct Amount(f64, &'static str);

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} {}", self.0, self.1)
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with one decimal")]
fn kib(bytes: u64) -> Amount {
    Amount(bytes as f64 / 1024.0, "KiB")
}

fn mib(bytes: u64) -> f64 {
    kib(bytes).0 / 1024.0
}

/// An emulator behind a forwarder.
struct Hub {
    emulator: Child,
    /// Where the emulator is, and where the forwarder: `127.0.0.1:PORT`.
    target: String,
    host: String,
    read: Arc<AtomicU64>,
    home: tempfile::TempDir,
}

impl Hub {
    fn start(big: u32) -> Outcome<Self> {
        let mut emulator = Command::new(AGENTCARD)
            .args(["sandbox", "serve", "--big", &big.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut origin = String::new();
        BufReader::new(emulator.stdout.take().ok_or("no stdout")?).read_line(&mut origin)?;
        let target = origin.trim().trim_start_matches("http://").to_owned();
        let read = Arc::new(AtomicU64::new(0));
        let port = forward(target.clone(), Arc::clone(&read))?;
        let host = format!("127.0.0.1:{port}");
        Ok(Self { emulator, target, host, read, home: tempfile::tempdir()? })
    }

    /// The same without the forwarder, to which no next page leads.
    fn direct(mut self) -> Self {
        self.host.clone_from(&self.target);
        self
    }

    fn script(&self) -> PathBuf {
        self.home.path().join("script.json")
    }

    /// Runs a process to its end, and returns what it wrote.
    fn run(&self, command: &mut Command) -> Outcome<(String, Cost)> {
        self.read.store(0, Ordering::Relaxed);
        let started = Instant::now();
        let mut child = command
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut written = String::new();
        child.stdout.take().ok_or("no stdout")?.read_to_string(&mut written)?;
        let usage = child.wait4()?;
        let cost = Cost {
            milliseconds: started.elapsed().as_secs_f64() * 1e3,
            memory: usage.rusage.maxrss,
            read: self.read.load(Ordering::Relaxed),
            handed: 0,
            summary: String::new(),
        };
        Ok((written, cost))
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.emulator.kill();
        let _gone = self.emulator.wait();
    }
}

/// Lets a scripted model make a call once.
fn ask(hub: &Hub, arguments: &Value, flags: &[&str]) -> Outcome<Cost> {
    let script = json!([
        {"calls": [{"name": "hf_api_request", "arguments": arguments}]},
        {"content": "Done."}
    ]);
    std::fs::write(hub.script(), script.to_string())?;
    let mut command = Command::new(AGENTCARD);
    command
        .args(["ask", "--json", "--model", "builtin.scripted:script.json", "Who?"])
        .args(flags)
        .env("HOME", hub.home.path())
        .env("HF_ENDPOINT", format!("http://{}", hub.host))
        .env("HF_TOKEN", "hf_test_write_ada");
    let (document, cost) = hub.run(&mut command)?;
    let document: Value = serde_json::from_str(&document)?;
    let call = &document["calls"][0];
    if call["status"] != "ok" {
        return Err(format!("the call failed: {call}").into());
    }
    let handed = call["bytes"].as_u64().ok_or("no bytes")?;
    let summary = call["summary"].as_str().unwrap_or_default().to_owned();
    Ok(Cost { handed, summary, ..cost })
}

/// The same exchange by the minimal reader.
fn read(hub: &Hub, endpoint: &str) -> Outcome<Cost> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["read", &hub.host, &format!("/api{endpoint}")]);
    let (list, cost) = hub.run(&mut command)?;
    let list: Value = serde_json::from_str(&format!("{list}]"))?;
    match list.as_array().map(Vec::len) {
        Some(WANTED) => Ok(cost),
        other => Err(format!("the reader read {other:?} elements").into()),
    }
}

/// Forwards connections to a server and counts the bytes that come back.
fn forward(target: String, read: Arc<AtomicU64>) -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (target, read) = (target.clone(), Arc::clone(&read));
            std::thread::spawn(move || pass(&client, &target, &read));
        }
    });
    Ok(port)
}

fn pass(client: &TcpStream, target: &str, read: &AtomicU64) -> std::io::Result<()> {
    let server = TcpStream::connect(target)?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        // Either side may go away; that is how a transfer is cut.
        let _gone = std::io::copy(&mut from_client, &mut to_server);
        let _gone = to_server.shutdown(Shutdown::Both);
    });
    let (mut server, mut client) = (server, client);
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let length = server.read(&mut buffer)?;
        if length == 0 {
            return client.shutdown(Shutdown::Both);
        }
        read.fetch_add(length as u64, Ordering::Relaxed);
        client.write_all(&buffer[..length])?;
    }
}
