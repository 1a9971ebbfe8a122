//! What a child is asked: its arguments as a caller's model sees them, and the message they make.
//!
//! It runs nothing.

use serde_json::{Map, Value, json};

use crate::agent::{Manner, Results};
use crate::card::{LONGEST_ABOUT, ResultMode};
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
        description: card.description.clone().unwrap_or_else(|| about(&child.prompt.known())),
        parameters: parameters(child),
    }
}

/// What a child is for, where its card does not say: the beginning of what it reads, up to the end of a
/// paragraph or a sentence.
fn about(prompt: &str) -> String {
    let prompt = prompt.trim();
    let begun = &prompt[..prompt.floor_char_boundary(LONGEST_ABOUT)];
    if begun.len() == prompt.len() {
        return prompt.to_owned();
    }
    let sentences = [". ", ".\n", "! ", "!\n", "? ", "?\n"];
    // The number of an entry of a list ends none.
    let is_end = |(at, _): &(usize, &str)| !begun[..*at].ends_with(|c: char| c.is_ascii_digit());
    let ends = sentences.iter().filter_map(|end| begun.rmatch_indices(end).find(is_end));
    let sentence = ends.map(|(at, _)| at + 1).max();
    let word = begun.rfind(char::is_whitespace);
    // A beginning that says next to nothing is not worth a good end.
    let is_enough = |end: &usize| *end >= LONGEST_ABOUT / 3;
    let end = begun.rfind("\n\n").filter(is_enough).or(sentence.filter(is_enough)).or(word);
    format!("{} […]", begun[..end.unwrap_or(begun.len())].trim_end())
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
    fn a_long_prompt_is_cut_where_a_part_of_it_ends() {
        let line = "It reads what is there and says so. ";
        let cut = |text: &str| {
            let about = about(text);
            assert!(about.len() <= LONGEST_ABOUT + " […]".len(), "{about}");
            about.trim_start_matches(line.trim_end()).to_owned()
        };
        assert_eq!(about("  You help. {{x}}\n"), "You help. {{x}}");
        assert_eq!(about(&line.repeat(20)), line.repeat(20).trim_end());
        assert_eq!(about(&line.repeat(99)), format!("{} […]", line.repeat(27).trim_end()));
        let paragraph = line.repeat(12);
        let text = format!("{paragraph}\n\n{}", line.repeat(99));
        assert_eq!(about(&text), format!("{} […]", paragraph.trim_end()));
        assert_eq!(cut(&"é".repeat(999)), format!("{} […]", "é".repeat(LONGEST_ABOUT / 2)));
        let list = (1..99).fold(String::new(), |list, n| list + &format!("{n}. {line}"));
        assert!(about(&list).ends_with("says so. […]"), "{}", about(&list));
        assert_eq!(cut(&"word ".repeat(999)), format!("{} […]", "word ".repeat(200).trim_end()));
    }

    #[test]
    fn arguments_are_written_in_order_and_with_spaces() {
        let arguments = json!({"n": 3, "city": "Lon\"don", "list": [1, {"b": null, "a": true}]});
        assert_eq!(
            sorted(&arguments),
            r#"{"city": "Lon\"don", "list": [1, {"a": true, "b": null}], "n": 3}"#
        );
    }
}
