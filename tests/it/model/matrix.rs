//! The fault matrix: everything that can go wrong with a model server, at every moment of a run,
//! streamed and not, against the built program.
//!
//! A cell is `exit code / requests for the reply that meets the fault / tools that ran`; `-` stands
//! where a fault cannot happen. No cell hangs, panics, repeats a tool, or exits 0 without the whole
//! answer.

mod faults;
mod tls;

use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use faults::Fault;
use serde_json::Value;

use crate::support::hub::HubThread;
use crate::support::model_server::ModelServer;
use crate::support::program::Program;
use crate::support::wait::{Nobody, PATIENCE};

/// How many cells are run at a time. Most of them wait most of the time.
const AT_A_TIME: usize = 12;

/// No cell takes longer, even on a busy machine: the longest silence is waited for three times.
const LONGEST: Duration = PATIENCE;

/// When in a run the fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// To the first request.
    FirstTurn,
    /// To the request behind a tool call.
    AfterCall,
    /// Within the answer to that.
    MidAnswer,
}

/// How replies are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivery {
    Streamed,
    Whole,
}

const COLUMNS: [(Phase, Delivery); 6] = [
    (Phase::FirstTurn, Delivery::Streamed),
    (Phase::FirstTurn, Delivery::Whole),
    (Phase::AfterCall, Delivery::Streamed),
    (Phase::AfterCall, Delivery::Whole),
    (Phase::MidAnswer, Delivery::Streamed),
    (Phase::MidAnswer, Delivery::Whole),
];

/// A model server that goes wrong.
struct Scene {
    url: String,
    /// What it was asked is counted where it can count.
    server: Option<ModelServer>,
    /// The certificate it has.
    pem: Option<String>,
    /// Where there is none.
    _nobody: Nobody,
}

impl Scene {
    fn of(fault: Fault, phase: Phase, delivery: Delivery) -> Self {
        let has_called = phase != Phase::FirstTurn;
        let nobody = Nobody::there();
        let (server, url, pem) = match fault {
            Fault::Dns => (None, "http://nowhere.invalid/v1".to_owned(), None),
            Fault::Tls => {
                let call = faults::call(delivery).whole_body();
                let (port, pem) = tls::server(has_called.then_some(call).into_iter().collect());
                (None, format!("https://127.0.0.1:{port}/v1"), Some(pem))
            }
            Fault::Refused if !has_called => (None, format!("{}/v1", nobody.origin()), None),
            Fault::Refused => {
                let server = ModelServer::start([faults::call(delivery).leave()]);
                let url = server.url();
                (Some(server), url, None)
            }
            _ => {
                let call = has_called.then(|| faults::call(delivery));
                let fault = fault.response(phase, delivery);
                let server = ModelServer::start(call.into_iter().chain(vec![fault; 4]));
                let url = server.url();
                (Some(server), url, None)
            }
        };
        Self { url, server, pem, _nobody: nobody }
    }
}

/// Times short enough to wait for, in the cells that wait for them; far out of the way elsewhere.
fn config(fault: Fault) -> String {
    let (idle, reply) = match fault {
        Fault::Stall | Fault::Trickle => ("3s", "10m"),
        Fault::NeverEnding => ("10m", "5s"),
        _ => ("10m", "10m"),
    };
    format!(
        "[timeouts]\nconnect = \"10s\"\nidle = {idle:?}\nreply = {reply:?}\n\
         [retries]\nfirst_wait = \"1ms\"\n"
    )
}

/// Runs one cell, and says what came of it.
fn cell(fault: Fault, phase: Phase, delivery: Delivery, hub: &HubThread) -> String {
    if !fault.can_happen(phase) {
        return "-".to_owned();
    }
    let scene = Scene::of(fault, phase, delivery);
    let program = Program::new()
        .variable("HF_ENDPOINT", &hub.origin)
        .variable("HF_TOKEN", "hf_test_write_ada");
    std::fs::write(program.home().join("config.toml"), config(fault)).unwrap();
    let flag = (delivery == Delivery::Whole).then_some("--no-stream");
    let mut arguments = vec!["ask", "--stream-json", "--config", "config.toml"];
    arguments.extend(["--base-url", &scene.url, "--model", "openai.openai/gpt-oss-20b", "Hi"]);
    arguments.extend(flag);
    let mut command = program.command(&arguments);
    if let Some(pem) = &scene.pem {
        std::fs::write(program.home().join("ca.pem"), pem).unwrap();
        command.env("SSL_CERT_FILE", "ca.pem");
    }
    let tools_before = hub.requests().len();
    let started = Instant::now();
    let output = command.output().unwrap();
    let what = format!("{} {phase:?} {delivery:?}", fault.name());
    assert!(started.elapsed() < LONGEST, "{what}: {:?}", started.elapsed());

    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("panicked"), "{what}: {stderr}");
    let lines: Vec<Value> =
        stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.last().unwrap_or_else(|| panic!("{what}: nothing was said: {stderr}"));
    let code = output.status.code().unwrap();
    assert_eq!((&end["type"], &end["exit_code"]), (&"run_ended".into(), &code.into()), "{what}");

    let tools = hub.requests().len() - tools_before;
    assert_eq!(tools, usize::from(phase != Phase::FirstTurn), "{what}: tools run exactly once");
    assert_eq!(end["calls"].as_array().map(Vec::len), Some(tools), "{what}");
    let requests = 1 + lines.iter().filter(|line| line["type"] == "retry").count();
    if let Some(server) = &scene.server {
        let refused = usize::from(fault == Fault::Refused) * requests;
        let asked = server.requests().len() + refused;
        assert_eq!(asked, requests + tools, "{what}: requests");
    }
    if code == 0 {
        assert_eq!((fault, &end["answer"]), (Fault::CutAfterFinish, &"Yes.".into()), "{what}");
    } else {
        assert!(end["error"]["message"].as_str().is_some_and(|words| !words.is_empty()), "{what}");
    }
    format!("{code}/{requests}/{tools}")
}

/// Runs every cell, and draws the table.
fn table() -> String {
    let faults = faults::all();
    let cells = faults.iter().flat_map(|fault| COLUMNS.map(|(phase, how)| (*fault, phase, how)));
    let cells: Vec<(Fault, Phase, Delivery)> = cells.collect();
    let next = Mutex::new(0..cells.len());
    let done = Mutex::new(vec![String::new(); cells.len()]);
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                let hub = HubThread::standard();
                loop {
                    let Some(at) = next.lock().unwrap().next() else { return };
                    let (fault, phase, delivery) = cells[at];
                    let shown = cell(fault, phase, delivery, &hub);
                    done.lock().unwrap()[at] = shown;
                }
            });
        }
    });
    let done = done.into_inner().unwrap();
    let head = ["first", "first, whole", "call", "call, whole", "answer", "answer, whole"];
    let mut rows = vec![row("fault", &head.map(str::to_owned))];
    for (fault, cells) in faults.iter().zip(done.chunks(COLUMNS.len())) {
        rows.push(row(&fault.name(), cells));
    }
    rows.join("\n")
}

fn row(name: &str, cells: &[String]) -> String {
    let mut row = format!("{name:<19}");
    for cell in cells {
        let _infallible = write!(row, "{cell:<14}");
    }
    row.trim_end().to_owned()
}

#[test]
fn whatever_goes_wrong_whenever_it_does_the_run_ends_as_it_should() {
    insta::assert_snapshot!(table());
}
