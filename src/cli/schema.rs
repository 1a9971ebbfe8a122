//! `agentcard schema`: the published JSON Schemas of what this program writes and reads.
//!
//! Each is a file of the source as well, which a test beside the types or tables it is of keeps true.

use std::borrow::Cow;

use clap::{Args, ValueEnum};

use crate::card::front_matter_schema;
use crate::render::document::{DOCUMENT_SCHEMA, EVENTS_SCHEMA};

/// Prints the JSON Schema of what this program writes for scripts, or of a card.
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
    /// The front matter of a card.
    Card,
}

impl Name {
    fn text(self) -> Cow<'static, str> {
        match self {
            Self::Document => DOCUMENT_SCHEMA.into(),
            Self::Events => EVENTS_SCHEMA.into(),
            Self::Card => format!("{:#}\n", front_matter_schema()).into(),
        }
    }
}

/// The text of a schema, or what there is.
pub(super) fn schema(args: &SchemaArgs) -> String {
    if let Some(name) = args.name {
        return name.text().into_owned();
    }
    let values = Name::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let rows = values.map(|value| {
        let help = value.get_help().map(ToString::to_string).unwrap_or_default();
        format!("{:10}{help}\n", value.get_name())
    });
    rows.collect()
}
