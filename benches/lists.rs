//! Long lists: what asking for 20 of very many followers costs, and how small a page is handed on.
//!
//! `cargo bench --bench lists` runs the built program against its own emulator, through a forwarder
//! that counts bytes. It fails when a limit that holds on any machine is broken: memory, bytes.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use wait4::Wait4;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const AGENTCARD: &str = env!("CARGO_BIN_EXE_agentcard");
const MEMORY_LIMIT: u64 = 12 << 20;

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _unseen = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Outcome<bool> {
    let mut out = std::io::stdout();
    writeln!(out, "| what | time | peak memory | read from the Hub | handed to the model |")?;
    writeln!(out, "|---|--:|--:|--:|--:|")?;
    let mut holds = true;
    for size in [50_000_u32, 300_000] {
        let row = run(size, &format!("/users/big{size}/followers"), &[])?;
        holds &= row.memory <= MEMORY_LIMIT;
        writeln!(out, "| 20 of {size} followers | {row} |")?;
    }
    let page = "/models/lumen-labs/aurora-7b/discussions";
    let raw = run(1, page, &["--raw-results"])?;
    let shaped = run(1, page, &[])?;
    holds &= shaped.handed * 4 <= raw.read;
    writeln!(out, "| 50 discussions, `--raw-results` | {raw} |")?;
    writeln!(out, "| 50 discussions | {shaped} |")?;
    Ok(holds)
}

/// What one ask cost.
struct Row {
    milliseconds: f64,
    memory: u64,
    read: u64,
    handed: u64,
}

impl std::fmt::Display for Row {
    #[expect(clippy::cast_precision_loss, reason = "they are shown with one decimal")]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kib = |bytes: u64| bytes as f64 / 1024.0;
        let Self { milliseconds, memory, read, handed } = self;
        let (memory, read, handed) = (kib(*memory) / 1024.0, kib(*read), kib(*handed));
        write!(f, "{milliseconds:.1} ms | {memory:.1} MiB | {read:.1} KiB | {handed:.1} KiB")
    }
}

fn run(big: u32, endpoint: &str, flags: &[&str]) -> Outcome<Row> {
    let mut emulator = Command::new(AGENTCARD)
        .args(["sandbox", "serve", "--big", &big.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut origin = String::new();
    BufReader::new(emulator.stdout.take().ok_or("no stdout")?).read_line(&mut origin)?;
    let target = origin.trim().trim_start_matches("http://").to_owned();
    let read = Arc::new(AtomicU64::new(0));
    let port = forward(target, Arc::clone(&read))?;
    let row = ask(port, endpoint, flags, &read);
    emulator.kill()?;
    emulator.wait()?;
    row
}

/// Lets a scripted model ask for a list once.
fn ask(port: u16, endpoint: &str, flags: &[&str], read: &AtomicU64) -> Outcome<Row> {
    let home = tempfile::tempdir()?;
    let limit = if endpoint.ends_with("discussions") { 50 } else { 20 };
    let script = serde_json::json!([
        {"calls": [{"name": "hf_api_request",
                    "arguments": {"endpoint": endpoint, "max_results": limit}}]},
        {"content": "Done."}
    ]);
    std::fs::write(home.path().join("script.json"), script.to_string())?;
    let started = Instant::now();
    let mut child = Command::new(AGENTCARD)
        .args(["ask", "--json", "--model", "builtin.scripted:script.json", "Who?"])
        .args(flags)
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("HF_ENDPOINT", format!("http://127.0.0.1:{port}"))
        .env("HF_TOKEN", "hf_test_write_ada")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut document = String::new();
    child.stdout.take().ok_or("no stdout")?.read_to_string(&mut document)?;
    let usage = child.wait4()?;
    let elapsed = started.elapsed();
    let document: serde_json::Value = serde_json::from_str(&document)?;
    let call = &document["calls"][0];
    if call["status"] != "ok" {
        return Err(format!("the call failed: {call}").into());
    }
    Ok(Row {
        milliseconds: elapsed.as_secs_f64() * 1e3,
        memory: usage.rusage.maxrss,
        read: read.load(Ordering::Relaxed),
        handed: call["bytes"].as_u64().ok_or("no bytes")?,
    })
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
