//! A plan: the writes of a dry run, as text for a person and as JSON for `agentcard apply`.
//!
//! It sends nothing, and it trusts nothing in a file beyond what it says was planned.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::approve::pretty;
use crate::failure::{Exit, Failure};
use crate::render::sanitize::reveal;
use crate::tool::WritePlan;

/// The version of a plan's form.
const VERSION: u32 = 1;

/// Where plans of the sandbox are for: nowhere that lasts.
pub(super) const SANDBOX: &str = "sandbox";

/// Writes that were not sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// The version of the form.
    pub(super) schema_version: u32,
    /// The server they are for: `https://huggingface.co`.
    pub(super) origin: String,
    /// The writes, in the order in which they were asked for.
    pub(super) writes: Vec<WritePlan>,
}

impl Plan {
    /// A plan for a server.
    pub(super) fn new(origin: &str, writes: Vec<WritePlan>) -> Self {
        Self { schema_version: VERSION, origin: origin.to_owned(), writes }
    }

    /// Loads a plan that was saved.
    pub(super) fn load(path: &Path) -> Result<Self, Failure> {
        let wrong = |what: String| {
            Failure::new(Exit::Invalid, format!("{}: {what}", path.display()))
                .hint("plans are made by `agentcard ask --dry-run --plan FILE`")
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(format!("the plan cannot be read: {error}")))?;
        let plan: Self = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("this is no plan: {error}")))?;
        if plan.schema_version != VERSION {
            return Err(wrong(format!("version {} of plans is not known", plan.schema_version)));
        }
        Ok(plan)
    }

    /// Saves it where only the person can read it.
    pub(super) fn save(&self, path: &Path) -> Result<(), Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let saved = serde_json::to_string_pretty(self)
            .map_err(std::io::Error::other)
            .and_then(|text| writeln!(options.open(path)?, "{text}"));
        saved.map_err(|error| {
            Failure::new(
                Exit::Failed,
                format!("{}: the plan cannot be saved: {error}", path.display()),
            )
        })
    }

    /// The text a person reads.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (index, write) in self.writes.iter().enumerate() {
            let (number, words) = (index + 1, reveal(&write.words));
            // Writing to a string cannot fail.
            let _infallible =
                writeln!(text, "{number}. {words}\n   {} {}", write.method, write.path);
            for line in write.body.iter().flat_map(|body| lines(&pretty(body))) {
                let _infallible = writeln!(text, "   {line}");
            }
        }
        text
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}
