//! One command that runs: in a process group of its own, which ends with it and with us.
//!
//! It knows what a command may reach and writes, and nothing of who asked for it.

use std::fmt;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, ChildStdin, Command};

use super::confine::{self, Confinement};
use super::output::{Lines, Output};
use crate::process::Group;
use crate::tool::directory::WorkingDirectory;

/// How long a command that has ended may keep its pipes open through others.
const DRAIN: Duration = Duration::from_millis(500);

/// A command that writes more than this finds nobody listening.
const MOST_WRITTEN: u64 = 256 * 1024 * 1024;

/// Where and how commands run.
#[derive(Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// Where they run.
    pub directory: WorkingDirectory,
    /// Their environment.
    pub variables: Vec<(String, String)>,
    /// What they can reach.
    pub confinement: Confinement,
}

/// Variables may hold secrets: those the person let through.
impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { directory, variables: _, confinement } = self;
        f.debug_struct("Surroundings")
            .field("directory", directory)
            .field("confinement", confinement)
            .finish_non_exhaustive()
    }
}

/// Runs a command in the place of this shell, which leaves somebody beside it who kills the whole group
/// once nobody holds the other end of its input any more: we do, for as long as we are there.
const WATCHED: &str = "\
exec 3<&0 </dev/null
{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &
exec 3<&-
exec bash -c \"$1\"";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// With this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}

/// A command that runs. Dropping it kills its process group.
pub(super) struct Running {
    group: Group,
    child: Child,
    /// What the one beside it waits at.
    lifeline: Option<ChildStdin>,
    output: Arc<Mutex<Output>>,
}

/// Starts a command.
pub(super) async fn start(
    text: &str,
    surroundings: &Surroundings,
    output: Arc<Mutex<Output>>,
) -> io::Result<Running> {
    let mut command = Command::new("bash");
    command
        .args(["-c", WATCHED, "bash", text])
        .current_dir(surroundings.directory.path())
        .env_clear()
        .envs(surroundings.variables.iter().map(|(name, value)| (name, value)))
        // There is no terminal and nobody who types.
        .envs([("TERM", "dumb"), ("NO_COLOR", "1"), ("PAGER", "cat"), ("GIT_PAGER", "cat")])
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (mut child, group) = confine::spawn(command, &surroundings.confinement).await?;
    // Whoever waits for a child lets go of its input.
    let lifeline = child.stdin.take();
    Ok(Running { group, child, lifeline, output })
}

impl Running {
    /// Waits until it has ended and all it wrote is there.
    pub(super) async fn end(mut self) -> io::Result<Ended> {
        let stdout = self.child.stdout.take();
        let stderr = self.child.stderr.take();
        let output = &*self.output;
        let listening = async {
            tokio::join!(listen(stdout, Lines::new(""), output), async {
                listen(stderr, Lines::new("[stderr] "), output).await;
            });
        };
        tokio::pin!(listening);
        let (status, has_all) = tokio::select! {
            status = self.child.wait() => (status, false),
            () = &mut listening => (self.child.wait().await, true),
        };
        // What it left running ends with it.
        drop((self.group, self.lifeline));
        if !has_all {
            // Whoever left the group may hold the pipes for as long as they like.
            let _held = tokio::time::timeout(DRAIN, listening).await;
        }
        status.map(Ended::from)
    }
}

async fn listen(from: Option<impl AsyncRead + Unpin>, mut lines: Lines, output: &Mutex<Output>) {
    let Some(mut from) = from else { return };
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match from.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(count) => {
                let whole = lines.whole(&buffer[..count]);
                let mut output = lock(output);
                output.push(&whole);
                if output.written() > MOST_WRITTEN {
                    output.push(b"[it wrote too much: nobody listens any more]\n");
                    return;
                }
            }
        }
    }
    lock(output).push(&lines.rest());
}

/// Nothing that holds the lock can panic.
pub(super) fn lock(output: &Mutex<Output>) -> MutexGuard<'_, Output> {
    output.lock().unwrap_or_else(PoisonError::into_inner)
}
