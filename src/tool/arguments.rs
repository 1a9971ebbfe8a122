//! The arguments of a call as a value of a tool's own type.
//!
//! It knows no tool; what it says of misfits is for the model.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{ToolError, WritePlan};

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

/// The arguments of the call that a plan came from, where its body holds all of them.
pub(super) fn of(plan: &WritePlan) -> Result<Map<String, Value>, ToolError> {
    match plan.request.body() {
        Some(Value::Object(arguments)) => Ok(arguments.clone()),
        None => Ok(Map::new()),
        Some(_) => Err(ToolError::new("the arguments of a tool are a JSON object")),
    }
}
