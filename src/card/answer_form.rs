//! What form a card wants answers to have: text, or a document that fits a schema.
//!
//! It does not know how an answer is held to a schema, nor whether the schema is one.

use serde_json::{Value, json};

use super::node::Node;
use super::path::KeyPath;
use super::problem::{Problem, shown};
use super::problems::Problems;
use super::values::Values;

/// How a schema for the answer and the tools go together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ToolPolicy {
    /// The document is asked for once the tools are done: `auto` and `defer`.
    #[default]
    Defer,
    /// There are no tools where there is a schema.
    NoTools,
}

/// What becomes of tool results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ResultMode {
    /// The model reads them and answers.
    #[default]
    Postprocess,
    /// They are the answer.
    Passthrough,
    /// Another agent that calls this one chooses; for people, as `Postprocess`.
    Selectable,
}

const FORMS: &str = "one of {type: text}, {type: json_object} and \
                     {type: json_schema, json_schema: {schema: …}}";

/// Reads `response_format`: the JSON Schema of the answer, if it is to fit one.
pub(super) fn response_format(values: Values<'_>, problems: &mut Problems<'_>) -> Option<Value> {
    let node @ Node::Mapping(entries) = values.get("response_format")? else { return None };
    let path = KeyPath::top("request_params").key(values.written("response_format"));
    let form = Values(entries);
    match form.text("type").as_deref() {
        Some("text") => None,
        Some("json_object") => Some(json!({"type": "object"})),
        Some("json_schema") => match form.get("json_schema") {
            Some(Node::Mapping(named))
                if matches!(Values(named).get("schema"), Some(Node::Mapping(_))) =>
            {
                Values(named).get("schema").map(Node::json)
            }
            _ => {
                let problem = Problem::new("has no `json_schema.schema`, which is a mapping");
                problems.at_value(&path, problem.kind("response-format").hint(hint()));
                None
            }
        },
        found => {
            let found =
                found.map_or_else(|| node.kind().to_owned(), |found| format!("`{}`", shown(found)));
            let problem = Problem::new(format!("is no form of an answer: {found}"));
            problems.at_value(&path, problem.kind("response-format").hint(hint()));
            None
        }
    }
}

fn hint() -> String {
    format!("write {FORMS}")
}

/// Reads `structured_tool_policy`.
pub(super) fn tool_policy(values: Values<'_>, problems: &mut Problems<'_>) -> ToolPolicy {
    match values.text("structured_tool_policy").as_deref() {
        Some("no_tools") => ToolPolicy::NoTools,
        Some("always") => {
            let path = KeyPath::top("request_params").key(values.written("structured_tool_policy"));
            let message = "`always` cannot be had: gpt-oss and its providers do not do a schema and \
                           tools in one request";
            let hint = "`defer` asks for the document once the tools are done".to_owned();
            problems.at_value(&path, Problem::new(message).kind("unsupported-value").hint(hint));
            ToolPolicy::Defer
        }
        _ => ToolPolicy::Defer,
    }
}

/// Reads `tool_result_mode`.
pub(super) fn result_mode(values: Values<'_>) -> ResultMode {
    match values.text("tool_result_mode").as_deref() {
        Some("passthrough") => ResultMode::Passthrough,
        Some("selectable") => ResultMode::Selectable,
        _ => ResultMode::Postprocess,
    }
}
