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
use crate::policy::danger;
use crate::render::sanitize::reveal;
use crate::tool::{WriteClass, WritePlan};

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

    /// The text a person reads: of each write what it does, what is there now where it replaces
    /// something, and the exact request.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (index, write) in self.writes.iter().enumerate() {
            let mut lines = Vec::new();
            if let Some(now) = &write.now {
                lines.push("It is now".to_owned());
                lines.extend(pretty(now).lines().map(|line| format!("  {line}")));
                lines.push("and this request changes it:".to_owned());
            }
            lines.push(reveal(&write.request.bare().to_string()).into_owned());
            lines.extend(write.request.body().into_iter().flat_map(|body| {
                pretty(body).lines().map(|line| format!("  {line}")).collect::<Vec<_>>()
            }));
            if write.class != WriteClass::Additive {
                lines.push(format!("Careful: this {}.", danger(write.class)));
            }
            // Writing to a string cannot fail.
            let _infallible = writeln!(text, "{}. {}", index + 1, reveal(&write.words));
            for line in lines {
                let _infallible = writeln!(text, "   {line}");
            }
        }
        text
    }
}
