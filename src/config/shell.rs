//! What the commands of a card's shell can reach.
//!
//! It runs none.

use toml::de::{DeTable, DeValue};

use super::Sourced;
use super::file::Trust;
use super::reader::{Bad, Reader, mismatch, switch, text};

/// What the commands of a card's shell can reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// Whether the kernel keeps them to their directory, where it can.
    pub sandbox: Sourced<bool>,
    /// Environment variables they get although they may hold secrets.
    pub pass: Sourced<Vec<String>>,
}

impl Default for Shell {
    fn default() -> Self {
        Self { sandbox: Sourced::by_default(true), pass: Sourced::by_default(Vec::new()) }
    }
}

/// Reads the table of a file. What lies in a project's directory may not widen anything.
pub(super) fn read(shell: &mut Shell, reader: &mut Reader<'_>, table: &DeTable<'_>, trust: Trust) {
    for (key, item) in table {
        let path = format!("shell.{}", key.get_ref());
        match key.get_ref().as_ref() {
            "sandbox" => reader.set(&mut shell.sandbox, &path, item, |value| sandbox(value, trust)),
            "pass" => reader.set(&mut shell.pass, &path, item, |value| pass(value, trust)),
            _ => reader.unknown("shell", key, &["sandbox", "pass"]),
        }
    }
}

fn sandbox(value: &DeValue<'_>, trust: Trust) -> Result<bool, Bad> {
    match (switch(value)?, trust) {
        (false, Trust::Project) => Err(not_here("a project's file may only say `true` here")),
        (sandbox, _) => Ok(sandbox),
    }
}

fn pass(value: &DeValue<'_>, trust: Trust) -> Result<Vec<String>, Bad> {
    let DeValue::Array(names) = value else { return Err(mismatch("a list of names", value)) };
    match trust {
        Trust::Project => Err(not_here("a project's file may not hand out variables")),
        Trust::Full => names.iter().map(|name| text(name.get_ref())).collect(),
    }
}

fn not_here(message: &str) -> Bad {
    let way = "set it in your own config.toml, or name this file with `--config` if you trust it";
    let hint = Some(way.to_owned());
    Bad { message: message.to_owned(), hint }
}
