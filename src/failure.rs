//! A failure as a person sees it, and the exit code a script sees.
//!
//! Every error of the program ends here; nothing above prints one.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::diagnostic::Diagnostic;
use crate::render::document::Problem;
use crate::render::sanitize::sanitize;

/// The documented exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It answered.
    Answered = 0,
    /// It failed in a way no other code names.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A key or token is missing or not accepted.
    Authentication = 41,
    /// The card or the configuration is wrong.
    Invalid = 52,
    /// A limit ended the run: turns, calls, tokens or time.
    Limit = 53,
    /// A write was refused for want of approval and the answer depended on it.
    Refused = 60,
    /// The model endpoint cannot be reached.
    Unreachable = 69,
    /// Too many requests: try later.
    RateLimited = 75,
    /// Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// The code as a number.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The stable word that JSON output carries.
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Authentication => "authentication",
            Self::Invalid => "invalid",
            Self::Limit => "limit",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::RateLimited => "rate_limited",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What went wrong, what to do about it, and how the program ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// What went wrong, in one sentence.
    pub message: String,
    /// What to do next, most likely first.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure without hints.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hints: Vec::new() }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The problems of a card or a configuration file, each with its own hint.
    pub fn invalid(diagnostics: &[Diagnostic]) -> Self {
        let mut message = String::new();
        for (index, diagnostic) in diagnostics.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\nerror: " };
            // Writing to a string cannot fail.
            let _infallible = write!(message, "{separator}{diagnostic}");
            if let Some(hint) = &diagnostic.hint {
                let _infallible = write!(message, "\n  hint: {hint}");
            }
        }
        Self::new(Exit::Invalid, message)
    }

    /// Several failures as one, which ends the program as the first of them would.
    pub fn all(failures: impl IntoIterator<Item = Self>) -> Self {
        failures
            .into_iter()
            .reduce(|mut first, next| {
                first.message = format!("{}\nerror: {}", first.message, next.message);
                first.hints.extend(next.hints);
                first
            })
            .unwrap_or_else(|| Self::new(Exit::Failed, "something failed without a reason"))
    }

    /// The form JSON output carries.
    pub fn problem(&self) -> Problem {
        Problem { message: self.message.clone(), hints: self.hints.clone() }
    }

    /// Prints it.
    pub fn print(&self, mut err: impl Write) -> io::Result<()> {
        writeln!(err, "error: {}", sanitize(&self.message))?;
        for hint in &self.hints {
            writeln!(err, "  hint: {}", sanitize(hint))?;
        }
        Ok(())
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
