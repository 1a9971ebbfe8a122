//! What a check comes to, and how all of them are shown.
//!
//! It checks nothing.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::render::document::SCHEMA_VERSION;
use crate::render::sanitize::sanitize;

/// One thing that was looked at.
#[derive(Debug)]
pub(super) struct Check {
    name: &'static str,
    status: Status,
    found: Vec<String>,
    hints: Vec<String>,
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Ok,
    /// Something will not work that may not be wanted.
    Warn,
    /// An agent would end with this exit code.
    Fail(Exit),
}

impl Check {
    /// A thing that is as it should be.
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, status: Status::Ok, found: vec![found.into()], hints: Vec::new() }
    }

    /// A thing that may matter.
    pub(super) fn warn(name: &'static str, found: impl Into<String>) -> Self {
        Self { status: Status::Warn, ..Self::ok(name, found) }
    }

    /// A thing for want of which an agent would end with this exit code.
    pub(super) fn fail(name: &'static str, exit: Exit, found: impl Into<String>) -> Self {
        Self { status: Status::Fail(exit), ..Self::ok(name, found) }
    }

    /// A failure, as a check's outcome.
    pub(super) fn failed(name: &'static str, failure: Failure) -> Self {
        let Failure { exit, message, hints } = failure;
        Self { hints, ..Self::fail(name, exit, message) }
    }

    /// A thing that was not looked at, and why.
    pub(super) fn skipped(name: &'static str, why: &str) -> Self {
        Self::warn(name, format!("not checked: {why}"))
    }

    /// The same as a warning.
    pub(super) fn worse(self) -> Self {
        Self { status: Status::Warn, ..self }
    }

    /// The same, failed, because of this.
    pub(super) fn broken(mut self, exit: Exit, found: impl Into<String>) -> Self {
        self.found.insert(0, found.into());
        Self { status: Status::Fail(exit), ..self }
    }

    /// Adds what else was found.
    pub(super) fn and(mut self, found: impl Into<String>) -> Self {
        self.found.push(found.into());
        self
    }

    /// Adds what to do.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    fn word(&self) -> &'static str {
        match self.status {
            Status::Ok => "ok",
            Status::Warn => "warn",
            Status::Fail(_) => "fail",
        }
    }
}

/// How the program ends: as the first thing would make an agent end that would keep it from
/// running.
pub(super) fn exit(checks: &[Check]) -> Exit {
    let failed = checks.iter().find_map(|check| match check.status {
        Status::Fail(exit) => Some(exit),
        Status::Ok | Status::Warn => None,
    });
    failed.unwrap_or(Exit::Answered)
}

/// The table for people.
pub(super) fn as_text(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for check in checks {
        let (mut word, mut name) = (check.word(), check.name);
        let hints = check.hints.iter().map(|hint| format!("hint: {hint}"));
        for paragraph in check.found.iter().cloned().chain(hints) {
            for line in sanitize(&paragraph).lines() {
                // Writing to a string cannot fail.
                let _infallible = writeln!(text, "{word:4}  {name:width$}  {line}");
                (word, name) = ("", "");
            }
        }
    }
    let count = |wanted: &str| checks.iter().filter(|check| check.word() == wanted).count();
    let _infallible = match (count("fail"), count("warn")) {
        (0, 0) => writeln!(text, "\nall is well"),
        (fail, warn) => writeln!(text, "\nproblems: {fail}, warnings: {warn}"),
    };
    text
}

/// The document for scripts.
pub(super) fn as_json(checks: &[Check]) -> Value {
    let exit = exit(checks);
    let checks = checks.iter().map(|check| {
        let Check { name, found, hints, .. } = check;
        json!({"name": name, "status": check.word(), "found": found, "hints": hints})
    });
    json!({
        "schema_version": SCHEMA_VERSION,
        "exit_code": exit.code(),
        "checks": checks.collect::<Vec<_>>(),
    })
}
