//! A server's question to the person: what its form wants to know, and the answer as the server reads it.
//!
//! Who is asked, and how, is decided by whoever answers a tool's questions.

use rmcp::model::{ElicitRequestParams, ElicitResult, ElicitationAction};
use serde_json::{Map, Value};

use crate::tool::ToolContext;
use crate::tool::question::{Answered, Field, FieldKind, Need, Question};

/// Puts a question of a server to the person. Where nobody can be asked it is declined.
pub(super) async fn put(
    asked: &ElicitRequestParams,
    server: &str,
    context: &ToolContext,
) -> ElicitResult {
    let ElicitRequestParams::FormElicitationParams { message, requested_schema, .. } = asked else {
        return ElicitResult::new(ElicitationAction::Decline);
    };
    let text = format!(
        "The MCP server `{server}` asks:\n\n{message}\n\nWhat you type goes to it: no passwords, no \
         tokens."
    );
    let willing = Field {
        name: "willing".to_owned(),
        words: "Do you answer?".to_owned(),
        kind: FieldKind::Flag,
        need: Need::Required,
    };
    let question = |text: String, fields| Question { tool: server.to_owned(), text, fields };
    match context.ask(question(text, vec![willing])).await {
        Answered::Said(said) if said.get("willing") == Some(&Value::Bool(true)) => {}
        _ => return ElicitResult::new(ElicitationAction::Decline),
    }
    // As JSON it has one form, whichever version of the protocol it was written for.
    let schema = serde_json::to_value(requested_schema).unwrap_or_default();
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let fields: Vec<Field> =
        properties.iter().map(|(name, property)| field(name, property, &schema)).collect();
    let needs_any = fields.iter().any(|field| field.need == Need::Required);
    let said = if fields.is_empty() {
        Answered::Said(Map::new())
    } else {
        context.ask(question(format!("`{server}` wants to know:"), fields)).await
    };
    let said = match said {
        Answered::Said(said) => said,
        Answered::Declined if !needs_any => Map::new(),
        Answered::Declined | Answered::Nobody => {
            return ElicitResult::new(ElicitationAction::Cancel);
        }
    };
    let content = Value::Object(filled(properties, said));
    ElicitResult::new(ElicitationAction::Accept).with_content(content)
}

/// One thing a form wants to know.
fn field(name: &str, property: &Value, form: &Value) -> Field {
    let text = |key: &str| property[key].as_str().filter(|text| !text.is_empty());
    let about = text("description").or_else(|| text("title")).unwrap_or_default();
    let default = match &property["default"] {
        Value::Null => String::new(),
        Value::String(default) => format!(", {default} if left out"),
        default => format!(", {default} if left out"),
    };
    let items = choices(&property["items"]);
    let (kind, wanted) = match property["type"].as_str() {
        _ if !choices(property).is_empty() => (FieldKind::Choice(choices(property)), String::new()),
        Some("array") => (FieldKind::Text, format!(" ({}; with commas between)", items.join(", "))),
        Some("integer") => (FieldKind::Integer, bounds(property)),
        Some("number") => (FieldKind::Number, bounds(property)),
        Some("boolean") => (FieldKind::Flag, String::new()),
        _ => (FieldKind::Text, text("format").map(|form| format!(" ({form})")).unwrap_or_default()),
    };
    let required = form["required"].as_array();
    let is_required = required.is_some_and(|names| names.iter().any(|other| other == name));
    let need = if is_required && default.is_empty() { Need::Required } else { Need::Optional };
    Field { name: name.to_owned(), words: format!("{name}: {about}{wanted}{default}"), kind, need }
}

fn bounds(property: &Value) -> String {
    match (property["minimum"].as_f64(), property["maximum"].as_f64()) {
        (Some(least), Some(most)) => format!(" ({least} to {most})"),
        (Some(least), None) => format!(" (at least {least})"),
        (None, Some(most)) => format!(" (at most {most})"),
        (None, None) => String::new(),
    }
}

/// The words a schema takes, if it takes only some.
fn choices(schema: &Value) -> Vec<String> {
    let plain = schema["enum"].as_array().into_iter().flatten();
    let titled = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
    let titled = titled.into_iter().flatten().map(|word| &word["const"]);
    plain.chain(titled).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What was said, with what is meant where nothing was, and lists as such.
fn filled(properties: &Map<String, Value>, mut said: Map<String, Value>) -> Map<String, Value> {
    for (name, property) in properties {
        if let (None, Some(default)) = (said.get(name), property.get("default")) {
            said.insert(name.clone(), default.clone());
        }
        if let (Some("array"), Some(Value::String(line))) =
            (property["type"].as_str(), said.get(name))
        {
            let words: Vec<&str> = line.split(',').map(str::trim).collect();
            let words = Value::from(words);
            said.insert(name.clone(), words);
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_form_is_asked_for_a_line_at_a_time() {
        let form = json!({
            "properties": {
                "city": {"type": "string", "title": "City"},
                "days": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
                "mail": {"type": "string", "format": "email"},
                "by": {"oneOf": [{"const": "train", "title": "Train"}, {"const": "ship"}]},
                "with": {"type": "array", "items": {"enum": ["dog", "cat"]}},
            },
            "required": ["city", "days"],
        });
        let properties = form["properties"].as_object().unwrap();
        let asked: Vec<String> = properties
            .iter()
            .map(|(name, property)| field(name, property, &form))
            .map(|Field { words, kind, need, .. }| format!("{words} | {kind:?} {need:?}"))
            .collect();
        insta::assert_snapshot!(asked.join("\n"), @r#"
        city: City | Text Required
        days:  (1 to 9), 3 if left out | Integer Optional
        mail:  (email) | Text Optional
        by:  | Choice(["train", "ship"]) Optional
        with:  (dog, cat; with commas between) | Text Optional
        "#);
        let said = json!({"city": "Oslo", "with": "dog , cat"});
        let filled = filled(properties, said.as_object().unwrap().clone());
        assert_eq!(
            Value::Object(filled),
            json!({"city": "Oslo", "days": 3, "with": ["dog", "cat"]})
        );
    }
}
