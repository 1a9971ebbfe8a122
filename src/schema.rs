//! The JSON Schema an answer must fit: read, and held against what a model wrote.
//!
//! Schemas elsewhere are not fetched, from no disk and no network. Who writes an answer, and what is
//! done about one that does not fit, is not known here.

use std::error::Error;
use std::fmt;

use boon::{CompileError, Compiler, Draft, Schemas, UrlLoader, ValidationError};
use serde::Serialize;
use serde_json::Value;

use crate::diagnostic::Place;

/// Where the validator believes a schema to be, so that references can be told from others.
const LOCATION: &str = "schema://answer/";

/// How many violations are told. One wrong item of a long list says as much as all of them.
const MOST_VIOLATIONS: usize = 20;

/// A JSON Schema (draft 4 to 2020-12; without `$schema`, 2020-12) that is one.
pub struct Schema {
    value: Value,
    compiled: Schemas,
    root: boon::SchemaIndex,
}

/// A document that fits its schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitting {
    /// The document as it was written, with nothing around it.
    pub text: String,
    /// The document.
    pub value: Value,
}

/// One way in which a document does not fit.
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where, as a JSON pointer; empty for the whole document.
    pub pointer: String,
    /// What is wrong there.
    pub message: String,
}

/// Why a text is no JSON Schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// Where in the text, if it is no JSON.
    pub place: Option<Place>,
    /// Where in the JSON, as a JSON pointer, if that is known.
    pub pointer: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl Schema {
    /// Reads a schema.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let value: Value = serde_json::from_str(text).map_err(|error| SchemaError {
            place: Some(Place { line: error.line(), column: error.column().max(1) }),
            pointer: None,
            message: format!("this is no JSON: {}", without_place(&error)),
        })?;
        if !value.is_object() {
            let message = "a schema for an answer is a JSON object".to_owned();
            return Err(SchemaError { place: None, pointer: None, message });
        }
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.use_loader(Box::new(Nowhere));
        let mut compiled = Schemas::new();
        let refused = |error| SchemaError::of(&error);
        compiler.add_resource(LOCATION, value.clone()).map_err(refused)?;
        let root = compiler.compile(LOCATION, &mut compiled).map_err(refused)?;
        Ok(Self { value, compiled, root })
    }

    /// The schema as JSON.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Takes the one document out of what a model wrote and holds it against the schema. A code
    /// fence around it is no part of it; any other text beside it is a violation.
    pub fn fit(&self, written: &str) -> Result<Fitting, Vec<Violation>> {
        let text = unfenced(written.trim());
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let message = format!("this is not one JSON document: {error}");
            vec![Violation { pointer: String::new(), message }]
        })?;
        match self.compiled.validate(&value, self.root) {
            Ok(()) => Ok(Fitting { text: text.to_owned(), value }),
            Err(error) => Err(violations(&error)),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, message } = self;
        if pointer.is_empty() { f.write_str(message) } else { write!(f, "{pointer}: {message}") }
    }
}

impl SchemaError {
    fn of(error: &CompileError) -> Self {
        if let CompileError::ValidationError { src, .. } = error
            && let Some(Violation { pointer, message }) = violations(src).into_iter().next()
        {
            return Self { place: None, pointer: Some(pointer), message };
        }
        // The location is ours and says nothing to whoever wrote the schema.
        let message = format!("{error:#}").replace(LOCATION, "");
        Self { place: None, pointer: None, message }
    }
}

/// The leaves of an error: what is wrong, rather than what that makes wrong.
fn violations(error: &ValidationError<'_, '_>) -> Vec<Violation> {
    let mut found = Vec::new();
    gather(error, &mut found);
    found.truncate(MOST_VIOLATIONS);
    found
}

fn gather(error: &ValidationError<'_, '_>, found: &mut Vec<Violation>) {
    if error.causes.is_empty() {
        let (pointer, message) = (error.instance_location.to_string(), error.kind.to_string());
        let violation = Violation { pointer, message };
        if !found.contains(&violation) {
            found.push(violation);
        }
    }
    for cause in &error.causes {
        gather(cause, found);
    }
}

/// The words of an error whose place is told besides.
fn without_place(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.rsplit_once(" at line ").map_or(words.clone(), |(words, _)| words.to_owned())
}

/// A text without the Markdown fence around all of it.
fn unfenced(text: &str) -> &str {
    let inside = || {
        let (opening, rest) = text.strip_prefix("```")?.split_once('\n')?;
        let is_plain = opening.trim().chars().all(char::is_alphanumeric);
        is_plain.then_some(rest.strip_suffix("```")?.trim())
    };
    inside().unwrap_or(text)
}

/// Finds no schema anywhere: one that is asked for by a URL could be a stranger's, or a secret.
struct Nowhere;

impl UrlLoader for Nowhere {
    fn load(&self, _: &str) -> Result<Value, Box<dyn Error>> {
        Err("schemas elsewhere are not fetched; put it under `$defs`".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        let text = r##"{
            "type": "object",
            "required": ["name", "tags"],
            "additionalProperties": false,
            "properties": {
                "name": {"type": "string"},
                "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}}
            },
            "$defs": {"tag": {"enum": ["a", "b"]}}
        }"##;
        Schema::parse(text).unwrap_or_else(|error| panic!("{error:?}"))
    }

    fn complaints(written: &str) -> Vec<String> {
        schema().fit(written).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_document_is_taken_as_it_was_written_with_or_without_a_fence() {
        let document = r#"{"name": "x",  "tags": ["a"]}"#;
        for written in [
            document.to_owned(),
            format!("\n{document}\n"),
            format!("```json\n{document}\n```"),
            format!("```\n{document}```\n"),
        ] {
            assert_eq!(schema().fit(&written).unwrap().text, document, "{written}");
        }
    }

    #[test]
    fn every_violation_has_its_place() {
        assert_eq!(
            complaints(r#"{"tags": ["a", "c", 7], "x": 1}"#),
            [
                "missing properties 'name'",
                "/tags/1: value must be one of 'a', 'b'",
                "/tags/2: value must be one of 'a', 'b'",
                "additionalProperties 'x' not allowed",
            ]
        );
        assert_eq!(
            complaints("Here it is: {}"),
            ["this is not one JSON document: expected value at line 1 column 1"]
        );
        assert_eq!(
            complaints("{} {}"),
            ["this is not one JSON document: trailing characters at line 1 column 4"]
        );
    }

    #[test]
    fn a_long_list_of_violations_is_cut() {
        let tags = vec!["\"c\""; 100].join(",");
        assert_eq!(complaints(&format!(r#"{{"name": "", "tags": [{tags}]}}"#)).len(), 20);
    }

    #[test]
    fn what_is_no_schema_is_refused_with_its_place() {
        let refused = |text: &str| match Schema::parse(text) {
            Err(SchemaError { place, pointer, message }) => (place, pointer, message),
            Ok(_) => panic!("{text} is a schema"),
        };
        let (place, _, message) = refused("{\n  \"type\": }");
        assert_eq!(place, Some(Place { line: 2, column: 11 }));
        assert_eq!(message, "this is no JSON: expected value");

        let (_, pointer, _) = refused(r#"{"properties": {"a": {"type": "text"}}}"#);
        assert_eq!(pointer.as_deref(), Some("/properties/a/type"));

        for elsewhere in ["https://example.com/s.json", "file:///etc/passwd", "other.json"] {
            let (_, _, message) = refused(&format!(r#"{{"$ref": "{elsewhere}"}}"#));
            assert!(message.contains("not fetched"), "{message}");
        }
        let (_, _, message) = refused(r##"{"$ref": "#/$defs/none"}"##);
        assert_eq!(message, "json-pointer in #/$defs/none not found");
        assert_eq!(refused("true").2, "a schema for an answer is a JSON object");
    }
}
