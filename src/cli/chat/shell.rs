//! What a person types for their shell, behind a `!`.
//!
//! Its output goes to the terminal; the model sees nothing of it.

use std::io;
use std::process::{Command, ExitStatus, Stdio};

use tokio::sync::oneshot;

use super::is_terminal;
use crate::failure::{Exit, Failure};

/// Runs a command to its end. Ctrl-C is for it.
pub(super) async fn run(command: String) -> Result<(), Failure> {
    let (sender, ended) = oneshot::channel();
    std::thread::spawn(move || {
        let _left = sender.send(status(&command));
    });
    let failed = |what: String| Failure::new(Exit::Failed, what);
    match ended.await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(failed(format!("the command ended with {status}"))),
        Ok(Err(error)) => Err(failed(format!("the command cannot be run: {error}"))),
        Err(_) => Err(failed("the command was lost".to_owned())),
    }
}

fn status(command: &str) -> io::Result<ExitStatus> {
    // Lines that are piped in are the conversation's.
    let input = if is_terminal() { Stdio::inherit() } else { Stdio::null() };
    Command::new("sh").arg("-c").arg(command).stdin(input).status()
}
