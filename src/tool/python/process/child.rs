//! The child process and its three pipes.
//!
//! It moves bytes, and does not know what they say.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{self, ChildStderr, ChildStdin, ChildStdout, Command};

use super::printed::Printed;
use crate::process::{Group, start};
use crate::tool::python::host::StartError;
use crate::tool::python::protocol::BOOT;

/// The longest line that is read. A result is a hundredth of it; the schemas of many functions may
/// take more.
const LONGEST_LINE: usize = 4 * 1024 * 1024;

/// How long what was printed last is waited for.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// A child process, which is ended with all it started when this is dropped.
pub(super) struct Child {
    group: Group,
    process: process::Child,
    stdin: ChildStdin,
    outgoing: Vec<u8>,
    stdout: ChildStdout,
    incoming: Vec<u8>,
    /// How much of what came in has no end of line.
    searched: usize,
    stderr: Option<ChildStderr>,
}

/// Something that came from the child.
pub(super) enum Heard {
    /// A line, without its end.
    Line(Vec<u8>),
    /// A line that has become too long.
    Endless,
    /// Something on standard error.
    Printed(Vec<u8>),
    /// It says no more.
    Ended,
}

impl Child {
    /// Starts the child and tells it these first lines.
    pub(super) fn spawn(interpreter: &Path, opening: Vec<u8>) -> Result<Self, StartError> {
        let mut command = Command::new(interpreter);
        command
            .args(["-X", "faulthandler", "-c", BOOT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Ctrl-C is for us; what it means for a call is decided here.
        let (mut process, group) = start(&mut command).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StartError::NoInterpreter(interpreter.display().to_string()),
            _ => StartError::Spawn(error),
        })?;
        let pipes = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (Some(stdin), Some(stdout), stderr) = pipes else {
            return Err(io::Error::other("its pipes are missing").into());
        };
        let (incoming, searched) = (Vec::new(), 0);
        Ok(Self { group, process, stdin, outgoing: opening, stdout, incoming, searched, stderr })
    }

    /// Has a line sent while the child is listened to.
    pub(super) fn send(&mut self, line: &[u8]) {
        self.outgoing.extend_from_slice(line);
    }

    /// Waits for something from the child. Nothing is lost if this is dropped.
    pub(super) async fn hear(&mut self) -> Heard {
        loop {
            if let Some(line) = self.line() {
                return Heard::Line(line);
            }
            if self.incoming.len() > LONGEST_LINE {
                return Heard::Endless;
            }
            let mut printed = [0; 4096];
            tokio::select! {
                written = self.stdin.write(&self.outgoing), if !self.outgoing.is_empty() => {
                    // That nobody reads any more shows at the other pipe.
                    let length = written.unwrap_or(self.outgoing.len());
                    self.outgoing.drain(..length);
                }
                read = self.stdout.read_buf(&mut self.incoming) => {
                    if !matches!(read, Ok(1..)) {
                        return Heard::Ended;
                    }
                }
                read = read(&mut self.stderr, &mut printed), if self.stderr.is_some() => {
                    match read {
                        Ok(length @ 1..) => return Heard::Printed(printed[..length].to_vec()),
                        Ok(0) | Err(_) => self.stderr = None,
                    }
                }
            }
        }
    }

    /// Takes in what has been printed so far, as much as a pipe holds.
    pub(super) fn catch_up(&mut self, printed: &mut Printed) {
        let mut bytes = [0; 4096];
        for _ in 0..16 {
            match read(&mut self.stderr, &mut bytes).now_or_never() {
                Some(Ok(length @ 1..)) => printed.add(&bytes[..length]),
                Some(Ok(0) | Err(_)) | None => return,
            }
        }
    }

    fn line(&mut self) -> Option<Vec<u8>> {
        let unsearched = self.incoming.get(self.searched..)?;
        let Some(end) = memchr::memchr(b'\n', unsearched) else {
            self.searched = self.incoming.len();
            return None;
        };
        let rest = self.incoming.split_off(self.searched + end + 1);
        let mut line = std::mem::replace(&mut self.incoming, rest);
        line.pop();
        self.searched = 0;
        Some(line)
    }

    /// Ends the child and all it started, and hears what it printed last.
    pub(super) async fn end(self, printed: &mut Printed) -> io::Result<ExitStatus> {
        let Self { group, mut process, mut stderr, .. } = self;
        // How a process ended is settled before its pipes close, so that this changes nothing.
        drop(group);
        let last_words = async {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = read(&mut stderr, &mut bytes).await {
                printed.add(&bytes[..length]);
            }
        };
        let _silent = tokio::time::timeout(LAST_WORDS, last_words).await;
        process.wait().await
    }
}

async fn read(pipe: &mut Option<ChildStderr>, bytes: &mut [u8]) -> io::Result<usize> {
    match pipe {
        Some(pipe) => pipe.read(bytes).await,
        None => Ok(0),
    }
}
