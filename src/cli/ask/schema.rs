//! The schema an answer has to fit, from the file that was named.
//!
//! It does not know how an answer is held to it.

use std::path::Path;

use crate::cli::read::text_of;
use crate::diagnostic::Diagnostic;
use crate::failure::{Exit, Failure};
use crate::runtime::Blueprint;
use crate::schema::{Schema, SchemaError};

/// Loads the schema that answers of an agent have to fit.
pub(super) fn load(path: &Path, blueprint: &Blueprint) -> Result<Schema, Failure> {
    if blueprint.is_planner() {
        let message = "`builtin.hub` is a planner and no language model: it cannot write a document \
                       to a schema";
        return Err(Failure::new(Exit::Usage, message)
            .hint("name a model beside --sandbox: --sandbox --model hf.openai/gpt-oss-20b:groq"));
    }
    let text = text_of(path).map_err(|failure| Failure { exit: Exit::Invalid, ..failure })?;
    Schema::parse(&text).map_err(|SchemaError { place, pointer, message }| {
        let hint = "a schema looks like {\"type\": \"object\", \"required\": [\"name\"], \
                    \"properties\": {\"name\": {\"type\": \"string\"}}}";
        Failure::invalid(&[Diagnostic {
            code: "schema",
            file: path.to_owned(),
            place,
            key: pointer.filter(|pointer| !pointer.is_empty()),
            message,
            hint: Some(hint.to_owned()),
        }])
    })
}
