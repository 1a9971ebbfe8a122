//! The arguments of a call as a value of a tool's own type.
//!
//! It knows no tool; what it says of misfits is for the model.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::ToolError;

/// Reads the arguments of a call of `tool`.
pub(super) fn parse<T: DeserializeOwned>(
    tool: &str,
    arguments: Map<String, Value>,
) -> Result<T, ToolError> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| {
        ToolError::new(format!(
            "the arguments of `{tool}` do not fit, so nothing was done: {error}"
        ))
    })
}
