//! Starts the servers and the measured programs, and takes the numbers of one run at a time.
//!
//! It judges nothing. It stays small on purpose: Linux counts the memory of the process that starts
//! another as that one's first peak.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use wait4::Wait4;

use crate::Outcome;
use crate::decks;
use crate::exchange::Exchange;
use crate::serve::now;

/// So many calls end a run that nobody gave another limit.
const USUAL_CALLS: usize = 100;
/// A configuration for runs of more: its name and what it says.
const LIMITS: (&str, &str) = ("limits.toml", "[limits]\nturns = 2000\ncalls = 2000\n");
/// All repairs are on for this family of models.
const MODEL: &str = "openai.gpt-oss-20b";
const QUESTION: &str = "Which organizations is ada-moreau a member of?";

/// The two programs that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    Agentcard,
    Floor,
}

/// The numbers of one run of one process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// From before it is started until it is gone.
    pub(crate) wall: Duration,
    /// User and system time together.
    pub(crate) cpu: Duration,
    /// Peak resident set, in bytes.
    pub(crate) rss: u64,
    /// From the model's sending of the first word until it was read from the program's stdout.
    pub(crate) first_text: Duration,
    /// From before it is started until the model has its first request.
    pub(crate) first_request: Duration,
    pub(crate) model: Counts,
    pub(crate) hub: Counts,
}

/// What a server saw of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) connections: u64,
    pub(crate) requests: u64,
    pub(crate) body_bytes: u64,
    stamp: u64,
    asked: u64,
}

/// The servers, the programs and an empty home for them.
pub(crate) struct Workshop {
    model: Server,
    hub: Server,
    /// Where the program is; without one, the floor stands in for it.
    agentcard: Option<PathBuf>,
    card: PathBuf,
    home: TempDir,
}

impl Workshop {
    pub(crate) fn open(agentcard: Option<PathBuf>) -> Outcome<Self> {
        let card = Path::new(env!("CARGO_MANIFEST_DIR")).join("cards/hf-user-small.md");
        let home = TempDir::new()?;
        std::fs::write(home.path().join(LIMITS.0), LIMITS.1)?;
        Ok(Self {
            model: Server::start("serve-model")?,
            hub: Server::start("serve-hub")?,
            agentcard,
            card,
            home,
        })
    }

    /// Runs a program through an exchange and checks that it answered.
    pub(crate) fn run(&self, program: Program, exchange: Exchange) -> Outcome<Sample> {
        let mut command = match (program, &self.agentcard) {
            (Program::Agentcard, Some(path)) => self.agentcard(path, exchange)?,
            (Program::Agentcard, None) | (Program::Floor, _) => self.floor(exchange)?,
        };
        let finished = run(&mut command)?;
        let (model, hub) = (self.model.counts()?, self.hub.counts()?);
        let answer = String::from_utf8_lossy(&finished.stdout);
        if !finished.success || answer.trim() != exchange.answer() {
            return Err(self.explain(&mut command, &answer).into());
        }
        Ok(Sample {
            wall: finished.wall,
            cpu: finished.cpu,
            rss: finished.rss,
            first_text: Duration::from_nanos(finished.first_read.saturating_sub(model.stamp)),
            first_request: Duration::from_nanos(model.asked.saturating_sub(finished.started)),
            model,
            hub,
        })
    }

    /// Runs `agentcard --version`, which should cost no more than being started.
    pub(crate) fn version(&self) -> Outcome<Finished> {
        let program = self.agentcard.as_deref().unwrap_or(Path::new("/bin/true"));
        run(self.hermetic(program).arg("--version"))
    }

    fn agentcard(&self, path: &Path, exchange: Exchange) -> Outcome<Command> {
        let mut command = self.hermetic(path);
        command
            .args(["ask", "-q", "--model", MODEL, "--card"])
            .arg(self.cards(exchange)?)
            .args(["--base-url", &self.model_url(exchange), QUESTION])
            .args((!matches!(exchange, Exchange::Kept(_))).then_some("--no-transcript"))
            .env("HF_ENDPOINT", format!("http://127.0.0.1:{}", self.hub.port))
            .env("HF_TOKEN", "hf_x")
            .env("OPENAI_API_KEY", "x");
        let (Exchange::Rounds(calls) | Exchange::Children(calls)) = exchange else {
            return Ok(command);
        };
        if calls >= USUAL_CALLS {
            command.arg("--config").arg(self.home.path().join(LIMITS.0));
        }
        Ok(command)
    }

    fn floor(&self, exchange: Exchange) -> Outcome<Command> {
        let mut command = self.hermetic(&std::env::current_exe()?);
        command
            .args(["floor", &self.model_url(exchange)])
            .arg(format!("http://127.0.0.1:{}", self.hub.port))
            .arg(self.cards(exchange)?)
            .arg(QUESTION);
        Ok(command)
    }

    /// The card that is asked, or the folder of it.
    fn cards(&self, exchange: Exchange) -> Outcome<PathBuf> {
        let folder = self.home.path().join(exchange.name());
        match exchange {
            Exchange::Folder(cards) => decks::lay_folder(&folder, cards)?,
            Exchange::Children(_) => decks::lay_children(&folder)?,
            _ => return Ok(self.card.clone()),
        }
        Ok(folder)
    }

    fn model_url(&self, exchange: Exchange) -> String {
        format!("http://127.0.0.1:{}/{}/v1", self.model.port, exchange.name())
    }

    /// A command that sees an empty home and nothing of this process's environment.
    fn hermetic(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("HOME", self.home.path()).current_dir(self.home.path());
        command
    }

    fn explain(&self, command: &mut Command, answer: &str) -> String {
        let shown: String = answer.chars().take(200).collect();
        let again = command.stderr(Stdio::piped()).output();
        let errors = again.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
        format!(
            "{command:?} did not answer as it should in {}\nstdout: {shown}\nstderr: {}",
            self.home.path().display(),
            errors.unwrap_or_else(|error| error.to_string())
        )
    }
}

/// A process that has run to its end.
pub(crate) struct Finished {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) rss: u64,
    started: u64,
    first_read: u64,
    stdout: Vec<u8>,
    success: bool,
}

/// Runs a command, reading its stdout as it comes.
pub(crate) fn run(command: &mut Command) -> Outcome<Finished> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut buffer = [0; 16 * 1024];
    let mut stdout = Vec::new();
    let mut first_read = 0;
    let (start, started) = (Instant::now(), now());
    let mut child = command.spawn()?;
    if let Some(mut pipe) = child.stdout.take() {
        loop {
            let length = pipe.read(&mut buffer)?;
            if length == 0 {
                break;
            }
            if first_read == 0 {
                first_read = now();
            }
            stdout.extend_from_slice(&buffer[..length]);
        }
    }
    let used = child.wait4()?;
    let wall = start.elapsed();
    Ok(Finished {
        wall,
        cpu: used.rusage.utime + used.rusage.stime,
        rss: used.rusage.maxrss,
        started,
        first_read,
        stdout,
        success: used.status.success(),
    })
}

/// This binary in the role of a server.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start(role: &str) -> Outcome<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(role)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let port = line.trim().parse()?;
        Ok(Self { process, port })
    }

    /// What it has seen since the last time.
    fn counts(&self) -> Outcome<Counts> {
        let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        socket.write_all(b"GET /counts HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer)?;
        let line = answer.lines().last().unwrap_or_default();
        let counts: Vec<u64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [connections, requests, body_bytes, stamp, asked] = counts[..] else {
            return Err(format!("no counts: {answer}").into());
        };
        Ok(Counts { connections, requests, body_bytes, stamp, asked })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already; either way there is nobody left to tell.
        let _killed = self.process.kill();
        let _reaped = self.process.wait();
    }
}
