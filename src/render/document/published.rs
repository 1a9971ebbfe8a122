//! The published JSON Schemas, held to the types whose shape they promise.

use std::fs;
use std::path::Path;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::{DOCUMENT_SCHEMA, Document, EVENTS_SCHEMA, LastLine, Line, SCHEMA_VERSION};
/// The words of all exit codes. The tests of endings meet each of them.
pub(super) const OUTCOMES: [&str; 10] = [
    "answered",
    "failed",
    "usage",
    "authentication",
    "invalid",
    "limit",
    "refused",
    "unreachable",
    "rate_limited",
    "interrupted",
];

/// A line of `agentcard ask --stream-json`.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Event")]
#[expect(dead_code, reason = "only its schema is wanted")]
enum AnyLine {
    Event(Line),
    Last(Box<LastLine>),
}

/// Compares the schema of a type with the published one. That of a new version is written.
fn hold<T: JsonSchema>(name: &str, published: &str) {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let schema = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    let file = format!("schemas/{name}-{SCHEMA_VERSION}.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
    if !path.exists() {
        fs::write(&path, &schema).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == schema,
        "the shape of {name} is no longer what {file} promises. Raise SCHEMA_VERSION in \
         src/render/document.rs and run this test again: it writes the file of the new version."
    );
    assert!(published == schema, "src/render/document.rs includes another file than {file}");
}

#[test]
fn the_document_has_the_shape_that_is_published() {
    hold::<Document>("document", DOCUMENT_SCHEMA);
}

#[test]
fn the_events_have_the_shape_that_is_published() {
    hold::<AnyLine>("events", EVENTS_SCHEMA);
}
