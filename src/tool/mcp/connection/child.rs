//! The process of a server: started with what it is to know and nothing else, gone with us.
//!
//! It does not know what is said over its pipes.

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio_util::sync::CancellationToken;

use super::super::Launch;
use crate::process::{Group, start};

/// How much of what it wrote to standard error is kept, in bytes.
const MOST_KEPT: usize = 2_000;

/// How long a process that closed its output may take to end, and its last words to arrive.
const LAST_BREATH: Duration = Duration::from_millis(500);

/// A process that runs.
pub(super) struct Child {
    /// The group is gone with the process.
    process: tokio::sync::Mutex<(Option<Group>, tokio::process::Child)>,
    /// The end of what it wrote to standard error.
    words: Arc<Mutex<Vec<u8>>>,
    /// Cancelled when it can write no more there.
    silence: CancellationToken,
}

impl Child {
    /// Starts a server and hands over its output and input.
    pub(super) fn start(launch: &Launch) -> Result<(Self, (ChildStdout, ChildStdin)), String> {
        let mut command = Command::new(&launch.program);
        command
            .args(&launch.arguments)
            .env_clear()
            .envs(launch.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&launch.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (mut process, group) = start(&mut command)
            .map_err(|error| format!("`{}` cannot be started: {error}", launch.program))?;
        let words = Arc::new(Mutex::new(Vec::new()));
        let silence = CancellationToken::new();
        if let Some(stderr) = process.stderr.take() {
            let (words, heard_all) = (Arc::clone(&words), silence.clone().drop_guard());
            tokio::spawn(async move {
                listen(stderr, words).await;
                drop(heard_all);
            });
        }
        match (process.stdout.take(), process.stdin.take()) {
            (Some(stdout), Some(stdin)) => {
                let process = tokio::sync::Mutex::new((Some(group), process));
                Ok((Self { process, words, silence }, (stdout, stdin)))
            }
            _ => Err(format!("`{}` has no input or output", launch.program)),
        }
    }

    /// How it ended, and what it wrote last: ` (exit status: 1). It wrote: …`.
    pub(super) async fn end(&self) -> String {
        let ending = async {
            let (group, process) = &mut *self.process.lock().await;
            let status = process.wait().await;
            *group = None;
            status
        };
        let status = match tokio::time::timeout(LAST_BREATH, ending).await {
            Ok(Ok(status)) => format!(" ({status})"),
            _ => String::new(),
        };
        // Others it started may hold the pipe for as long as they like.
        let _held = tokio::time::timeout(LAST_BREATH, self.silence.cancelled()).await;
        status + &self.words()
    }

    /// The end of what it wrote to standard error, if it wrote anything: `. It wrote: …`.
    pub(super) fn words(&self) -> String {
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        match String::from_utf8_lossy(&words).trim() {
            "" => String::new(),
            words => format!(". It wrote: {words}"),
        }
    }
}

/// Reads what a server complains about, so that it never waits for a reader, and keeps the end.
async fn listen(mut stderr: impl AsyncRead + Unpin, words: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = vec![0; 4096];
    while let Ok(length) = stderr.read(&mut buffer).await {
        if length == 0 {
            return;
        }
        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
        words.extend_from_slice(&buffer[..length]);
        let surplus = words.len().saturating_sub(MOST_KEPT);
        words.drain(..surplus);
    }
}
