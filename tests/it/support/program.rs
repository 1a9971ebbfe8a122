//! The built program, run in an environment of its own: an empty home, no variables but those given.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A home directory and variables in which the program is run.
pub(crate) struct Program {
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// What a run of the program came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Program {
    /// A fresh home.
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// Sets a variable.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The home directory, which is the working directory too.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The command, ready to be given more.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agentcard"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home());
        command
    }

    /// Runs it with nothing on standard input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).stdin(Stdio::null()), None)
    }

    /// Runs it with this on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        Ran::of(self.command(arguments).stdin(Stdio::piped()), Some(input))
    }

    /// Starts it with pipes on all sides.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

impl Ran {
    fn of(command: &mut Command, input: Option<&[u8]>) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
            // A program that does not read all of it is part of several tests.
            let _unread = stdin.write_all(input);
        }
        let output = child.wait_with_output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The whole of it as text to compare. Ports are written as `PORT` and times as `TIME`.
    pub(crate) fn shown(&self) -> String {
        let Self { code, stdout, stderr } = self;
        steady(&format!("exit {code}\n--- stdout\n{stdout}--- stderr\n{stderr}"))
    }
}

/// Replaces what differs from run to run.
pub(crate) fn steady(text: &str) -> String {
    let mut steady = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("127.0.0.1:") {
        steady.push_str(before);
        steady.push_str("127.0.0.1:PORT");
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    steady.push_str(rest);
    steady
}
