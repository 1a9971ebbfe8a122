//! What a child is asked: its arguments as a caller's model sees them, and the message they make.
//!
//! It runs nothing.

use serde_json::{Map, Value, json};

use crate::agent::{Manner, Results};
use crate::card::ResultMode;
use crate::message::{Schema, ToolSpec};
use crate::runtime::Blueprint;
use crate::tool::ToolError;

/// The argument by which a caller chooses what becomes of the child's tool results.
const MODE: &str = "response_mode";

/// What a child is to do.
#[derive(Debug)]
pub(super) struct Task {
    /// What it is told.
    pub(super) message: String,
    /// What it does with what its tools bring.
    pub(super) manner: Manner,
}

/// What a model is told about a child.
pub(in crate::runtime) fn spec(child: &Blueprint) -> ToolSpec {
    let card = &child.card;
    ToolSpec {
        name: format!("agent__{}", card.name),
        description: card.description.clone().unwrap_or_else(|| card.instruction.to_string()),
        parameters: parameters(child),
    }
}

fn parameters(child: &Blueprint) -> Schema {
    let usual = Schema::written(
        r#"{"type":"object","properties":{"message":{"type":"string","description":"Message to send to the agent"}},"required":["message"]}"#,
    );
    let own = child.card.input_schema.as_ref();
    if child.card.request_params.result_mode != ResultMode::Selectable {
        return own.map_or(usual, |own| own.clone().into());
    }
    let mut schema = own.unwrap_or_else(|| usual.tree()).clone();
    schema["properties"][MODE] = json!({
        "type": "string",
        "enum": ["inherit", "postprocess", "passthrough"],
        "default": "inherit",
        "description": "Whether the agent reads what its tools bring and answers (postprocess), or \
                        that is the answer (passthrough).",
    });
    schema.into()
}

/// Reads the arguments of a call. A child with a schema of its own is told all of them, as JSON.
pub(super) fn read(
    child: &Blueprint,
    mut arguments: Map<String, Value>,
) -> Result<Task, ToolError> {
    let usual = child.manner();
    let manner = match child.card.request_params.result_mode {
        ResultMode::Selectable => {
            Manner { results: chosen(arguments.remove(MODE).as_ref())?, ..usual }
        }
        ResultMode::Passthrough | ResultMode::Postprocess => usual,
    };
    let message = match &child.card.input_schema {
        Some(_) => sorted(&Value::Object(arguments)),
        None => match arguments.remove("message") {
            Some(Value::String(message)) => message,
            _ => return Err(ToolError::new("`message` must be the text to send to the agent.")),
        },
    };
    Ok(Task { message, manner })
}

fn chosen(mode: Option<&Value>) -> Result<Results, ToolError> {
    match mode.map(Value::as_str) {
        None | Some(Some("inherit" | "postprocess")) => Ok(Results::Read),
        Some(Some("passthrough")) => Ok(Results::Answer),
        Some(_) => {
            let message = format!("`{MODE}` must be inherit, postprocess or passthrough.");
            Err(ToolError::new(message))
        }
    }
}

/// JSON with its keys in order and a space after each comma and colon, as such cards expect it.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let entries = entries
                .into_iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), sorted(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(list) => {
            format!("[{}]", list.iter().map(sorted).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_written_in_order_and_with_spaces() {
        let arguments = json!({"n": 3, "city": "Lon\"don", "list": [1, {"b": null, "a": true}]});
        assert_eq!(
            sorted(&arguments),
            r#"{"city": "Lon\"don", "list": [1, {"a": true, "b": null}], "n": 3}"#
        );
    }
}
