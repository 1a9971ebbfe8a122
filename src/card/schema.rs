//! The JSON Schema of front matter, made of the tables of keys.
//!
//! It says what the checks say, as far as a schema can: keys that are given twice, placeholders and
//! what a body has to do with it are beyond one.

use serde_json::{Map, Value, json};

use super::function_tool::MOST_FUNCTIONS;
use super::http_tool::MOST_TOOLS;
use super::keys::{
    COMMAND, FUNCTION_TOOL, HTTP_TOOL, KEYS, Key, MCP_SERVER, REQUEST_PARAMS, Support, camel_case,
};
use super::shape::Shape;
use super::workflow;

/// The JSON Schema of a card's front matter, and of a card that is all YAML.
pub fn front_matter_schema() -> Value {
    let mut schema = mapping(KEYS, str::to_owned);
    schema["properties"]["type"] = json!({
        "description": "the type of card: `agent`",
        "anyOf": [in_any_case(&["agent", "smart"]), {"type": "null"}],
    });
    for kind in workflow::TYPES {
        let (rows, required) = kind.rows();
        let rows: Vec<Key> = rows.map(|key| Key { support: Support::Now, ..*key }).collect();
        let mut other = mapping(&rows, str::to_owned);
        other["required"] = json!(required);
        let word = in_any_case(&[kind.word()]);
        let is_it = json!({"properties": {"type": word}, "required": ["type"]});
        schema = json!({"if": is_it, "then": other, "else": schema});
    }
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Front matter of an agent card");
    schema
}

/// One of some words, in upper or lower case, with white space around it.
fn in_any_case(words: &[&str]) -> Value {
    let letter = |letter: char| match letter {
        'a'..='z' => format!("[{}{letter}]", letter.to_ascii_uppercase()),
        other => other.to_string(),
    };
    let words: Vec<String> = words.iter().map(|word| word.chars().map(letter).collect()).collect();
    json!({"type": "string", "pattern": format!("^\\s*({})\\s*$", words.join("|"))})
}

/// A mapping with these keys and no others. Each may be null, which is as if it were not there.
fn mapping(keys: &[Key], other_spelling: fn(&str) -> String) -> Value {
    let mut properties = Map::new();
    for key in keys {
        let schema = value(key);
        properties.insert(other_spelling(key.name), schema.clone());
        properties.insert(key.name.to_owned(), schema);
    }
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn value(key: &Key) -> Value {
    let Key { shape, about, .. } = key;
    match shape.schema() {
        Value::Bool(_) => json!({"description": about}),
        schema => json!({"description": about, "anyOf": [schema, {"type": "null"}]}),
    }
}

/// Numbers and booleans may be variables there.
fn request_params() -> Value {
    let mut schema = mapping(REQUEST_PARAMS, |name| camel_case(name).collect());
    let variable = json!({"type": "string", "pattern": "^\\$\\{\\w+(:[^}]*)?\\}$"});
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        if let Some(Value::Array(values)) = property.get_mut("anyOf") {
            values.push(variable.clone());
        }
    }
    schema
}

/// Servers by name or in a list, each a target or a mapping that has one.
fn mcp_servers(text: &Value) -> Value {
    let mut placed = mapping(MCP_SERVER, str::to_owned);
    placed["required"] = json!(["target"]);
    placed["properties"]["target"]["anyOf"] = json!([text]);
    let entry = json!({"anyOf": [text, placed]});
    json!({"anyOf": [
        {"type": "object", "additionalProperties": entry},
        {"type": "array", "items": entry},
    ]})
}

impl Shape {
    fn schema(self) -> Value {
        let text = || json!({"type": "string", "pattern": "\\S"});
        let entrypoint = || json!({"type": "string", "pattern": "[^:]:[^:]+$"});
        let texts = || json!({"type": "array", "items": {"type": "string", "pattern": "\\S"}});
        match self {
            Self::Text => text(),
            Self::Flag => json!({"type": "boolean"}),
            Self::Integer { least, most } => {
                json!({"type": "integer", "minimum": least, "maximum": most})
            }
            Self::Number { least, most } => {
                json!({"type": "number", "minimum": least, "maximum": most})
            }
            Self::Choice(words) => json!({"enum": words}),
            Self::Texts => texts(),
            Self::TextOrTexts => json!({"anyOf": [text(), texts()]}),
            Self::Mapping => json!({"type": "object"}),
            Self::Values => {
                let value = json!({"type": ["string", "number", "boolean", "null"]});
                json!({"type": "object", "additionalProperties": value})
            }
            Self::TextByName => json!({"type": "object", "additionalProperties": text()}),
            Self::TextsByName => json!({"type": "object", "additionalProperties": texts()}),
            Self::Hooks(moments) => {
                let moment = |moment: &&str| ((*moment).to_owned(), entrypoint());
                let moments: Map<String, Value> = moments.iter().map(moment).collect();
                json!({"type": "object", "additionalProperties": false, "properties": moments})
            }
            Self::Tools => {
                json!({"anyOf": [Self::TextsByName.schema(), Self::TextOrTexts.schema()]})
            }
            Self::FunctionTools => {
                let mut named = mapping(FUNCTION_TOOL, str::to_owned);
                named["required"] = json!(["entrypoint"]);
                named["properties"]["entrypoint"]["anyOf"] = json!([entrypoint()]);
                let entries = json!({"anyOf": [entrypoint(), named]});
                let list = json!({"type": "array", "maxItems": MOST_FUNCTIONS, "items": entries});
                json!({"anyOf": [entrypoint(), list]})
            }
            Self::McpServers => mcp_servers(&text()),
            Self::HttpTools => {
                let mut tool = mapping(HTTP_TOOL, str::to_owned);
                tool["required"] = json!(["name", "url"]);
                json!({"type": "array", "maxItems": MOST_TOOLS, "items": tool})
            }
            Self::Commands => {
                let mut command = mapping(COMMAND, str::to_owned);
                command["required"] = json!(["description", "handler"]);
                command["properties"]["handler"]["anyOf"] = json!([entrypoint()]);
                let entry = json!({"anyOf": [command, {"type": "null"}]});
                json!({"type": "object", "additionalProperties": entry})
            }
            Self::RequestParams => request_params(),
            Self::Anything => json!(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_schema_is_this_one() {
        let published = include_str!("../../schemas/card-1.json");
        assert!(
            published == format!("{:#}\n", front_matter_schema()),
            "write it anew: cargo run -- schema card > schemas/card-1.json"
        );
    }
}
