//! `agentcard schema`: the published JSON Schemas of what this program writes and reads.
//!
//! Each is a file of the program; who keeps it true is a test beside the types it is of.

use clap::{Args, ValueEnum};

use crate::render::document::{DOCUMENT_SCHEMA, EVENTS_SCHEMA};

/// Prints the JSON Schema of what this program writes for scripts.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which [default: a list of them].
    pub name: Option<Name>,
}

/// The schemas there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// What `ask --json` prints.
    Document,
    /// Each line of `ask --stream-json`.
    Events,
}

impl Name {
    fn text(self) -> &'static str {
        match self {
            Self::Document => DOCUMENT_SCHEMA,
            Self::Events => EVENTS_SCHEMA,
        }
    }
}

/// The text of a schema, or what there is.
pub(super) fn schema(args: &SchemaArgs) -> String {
    if let Some(name) = args.name {
        return name.text().to_owned();
    }
    let values = Name::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let rows = values.map(|value| {
        let help = value.get_help().map(ToString::to_string).unwrap_or_default();
        format!("{:10}{help}\n", value.get_name())
    });
    rows.collect()
}
