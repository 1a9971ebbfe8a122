//! A call's arguments, from the text the model wrote to an object.
//!
//! The rungs of a ladder, each a repair somebody has seen to be needed. What is cut off is never
//! completed: half a write must not run.

use serde::de::IgnoredAny;
use serde_json::{Deserializer, Map, Value};

use super::Repair;
use super::harmony::{split_at_tokens, without_tokens};
use crate::message::{Arguments, Schema};

/// Whether a text may lack its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The model ended it.
    Whole,
    /// The token limit may have cut it off.
    MaybeCut,
}

/// Reads arguments. No text at all means none, unless the text may be cut off.
pub(super) fn read(text: &str, ending: Ending, repairs: &mut Vec<Repair>) -> Arguments {
    if text.trim().is_empty() && ending == Ending::Whole {
        return Arguments::Object(Map::new());
    }
    let escaped = || escape_control_characters(text);
    if let Some(object) = object(text, repairs) {
        return Arguments::Object(object);
    }
    if let Some(escaped) = escaped()
        && let Some(object) = object(&escaped, repairs)
    {
        let detail = "escaped raw control characters in a call's arguments";
        repairs.push(Repair::new("control_characters", detail));
        return Arguments::Object(object);
    }
    Arguments::Malformed(without_tokens(text).unwrap_or_else(|| text.to_owned()))
}

/// The object a text holds: alone, with harmless trailing text, or encoded once more as a string.
fn object(text: &str, repairs: &mut Vec<Repair>) -> Option<Map<String, Value>> {
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    let first = values.next()?.ok()?;
    let rest = &text[values.byte_offset()..];
    let object = match first {
        Value::Object(object) => object,
        Value::String(inner) => match serde_json::from_str(&inner) {
            Ok(Value::Object(object)) => {
                let detail = "arguments came as a string of JSON";
                repairs.push(Repair::new("double_encoded", detail));
                object
            }
            Ok(_) | Err(_) => return None,
        },
        _ => return None,
    };
    if is_harmless(rest, &object) {
        if !rest.trim().is_empty() {
            let detail = format!("left out what stood behind the arguments: {:?}", rest.trim());
            repairs.push(Repair::new("trailing_text", detail));
        }
        return Some(object);
    }
    None
}

/// Whether what stands behind an object says nothing: control tokens, or the same object again.
fn is_harmless(rest: &str, object: &Map<String, Value>) -> bool {
    split_at_tokens(rest).all(|part| {
        let part = part.trim();
        part.is_empty()
            || serde_json::from_str::<Value>(part)
                .is_ok_and(|same| same.as_object() == Some(object))
    })
}

/// Escapes raw control characters inside strings; none if there are none.
fn escape_control_characters(text: &str) -> Option<String> {
    let mut escaped = String::with_capacity(text.len() + 8);
    let (mut is_in_string, mut is_escape, mut changed) = (false, false, false);
    for c in text.chars() {
        if is_in_string && c.is_ascii_control() {
            changed = true;
            // Serializing a character cannot fail; its quotes are not wanted.
            let quoted = serde_json::to_string(&c).unwrap_or_default();
            escaped.push_str(quoted.trim_matches('"'));
            is_escape = false;
            continue;
        }
        match c {
            '"' if !is_escape => is_in_string = !is_in_string,
            _ => {}
        }
        is_escape = is_in_string && c == '\\' && !is_escape;
        escaped.push(c);
    }
    changed.then_some(escaped)
}

/// Turns strings into what the schema asks for in their place, where it takes no string there.
pub(super) fn coerced(
    arguments: Arguments,
    schema: Option<&Schema>,
    repairs: &mut Vec<Repair>,
) -> Arguments {
    let (Arguments::Object(object), Some(schema)) = (&arguments, schema) else {
        return arguments;
    };
    // Nothing to turn into anything is the usual case, and needs no schema.
    if !object.values().any(holds_json) {
        return arguments;
    }
    let mut value = Value::Object(object.clone());
    let mut changed = Vec::new();
    coerce(&mut value, schema.tree(), "", &mut changed);
    match value {
        Value::Object(object) if !changed.is_empty() => {
            let detail = format!("{} came as text", changed.join(", "));
            repairs.push(Repair::new("coerced", detail));
            Arguments::Object(object)
        }
        _ => arguments,
    }
}

/// Whether a value is or holds a string that is JSON itself.
fn holds_json(value: &Value) -> bool {
    match value {
        Value::String(text) => serde_json::from_str::<IgnoredAny>(text).is_ok(),
        Value::Array(items) => items.iter().any(holds_json),
        Value::Object(object) => object.values().any(holds_json),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn coerce(value: &mut Value, schema: &Value, at: &str, changed: &mut Vec<String>) {
    if let Value::String(text) = value
        && !takes(schema, "string")
        && let Ok(parsed) = serde_json::from_str::<Value>(text)
        && takes(schema, type_name(&parsed))
    {
        *value = parsed;
        changed.push(at.to_owned());
    }
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let Some(schema) = property(schema, key) else { continue };
                let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                coerce(value, schema, &at, changed);
            }
        }
        Value::Array(items) => {
            let Some(schema) = branch(schema, |schema| schema.get("items")) else { return };
            for (index, item) in items.iter_mut().enumerate() {
                coerce(item, schema, &format!("{at}[{index}]"), changed);
            }
        }
        _ => {}
    }
}

fn property<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    branch(schema, |schema| schema.get("properties").and_then(|all| all.get(key)))
}

/// What a schema says itself, or else one of its alternatives.
fn branch<'s>(
    schema: &'s Value,
    find: impl Fn(&'s Value) -> Option<&'s Value> + Copy,
) -> Option<&'s Value> {
    find(schema).or_else(|| alternatives(schema).find_map(find))
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf"].iter().filter_map(|key| schema[*key].as_array()).flatten()
}

/// Whether a schema takes a value of this type, as far as it says; a schema that does not say takes
/// any.
fn takes(schema: &Value, name: &str) -> bool {
    let is_same = |written: &Value| written == name || name == "integer" && written == "number";
    match &schema["type"] {
        Value::Array(types) => types.iter().any(is_same),
        Value::Null => {
            let mut alternatives = alternatives(schema).peekable();
            alternatives.peek().is_none() || alternatives.any(|schema| takes(schema, name))
        }
        one => is_same(one),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a text is read as, and the kinds of repairs that took.
    fn read_as(text: &str) -> (Value, Vec<&'static str>) {
        let mut repairs = Vec::new();
        let read = read(text, Ending::Whole, &mut repairs);
        let kinds = repairs.into_iter().map(|repair| repair.kind).collect();
        match read {
            Arguments::Object(object) => (Value::Object(object), kinds),
            Arguments::Malformed(text) => (Value::String(text), kinds),
        }
    }

    #[test]
    fn what_is_an_object_in_a_wrapping_is_unwrapped() {
        let a = || json!({"a": "b"});
        for (text, expected, kinds) in [
            ("", json!({}), vec![]),
            ("  \n", json!({}), vec![]),
            (r#"{"a":"b"}"#, a(), vec![]),
            (" {\"a\":\"b\"}\n", a(), vec![]),
            (r#"{"a":"b"}<|call|>"#, a(), vec!["trailing_text"]),
            (r#"{"a":"b"}{"a":"b"}"#, a(), vec!["trailing_text"]),
            (r#"{"a":"b"}<|call|> {"a": "b"} "#, a(), vec!["trailing_text"]),
            (r#""{\"a\":\"b\"}""#, a(), vec!["double_encoded"]),
            ("{\"a\":\"b\nc\td\"}", json!({"a": "b\nc\td"}), vec!["control_characters"]),
            ("{\"a\":\"\\\"\n\"}", json!({"a": "\"\n"}), vec!["control_characters"]),
        ] {
            assert_eq!(read_as(text), (expected, kinds), "{text}");
        }
    }

    #[test]
    fn what_is_no_object_stays_malformed() {
        for text in [
            r#"{"a":"b"} and more"#,
            r#"{"a":"b"}{"a":"c"}"#,
            r#"{"a":"b"#,
            r#"{"a":"b""#,
            "[1]",
            "7",
            "null",
            r#""text""#,
            r#""\"{}\"""#,
            "print('x')",
        ] {
            assert_eq!(read_as(text), (Value::String(text.to_owned()), vec![]));
        }
    }

    #[test]
    fn no_text_at_the_token_limit_is_not_no_arguments() {
        let read = read("", Ending::MaybeCut, &mut Vec::new());
        assert_eq!(read, Arguments::Malformed(String::new()));
    }

    #[test]
    fn a_string_becomes_what_the_schema_wants_where_it_wants_no_string() {
        let schema = Schema::from(json!({"type": "object", "properties": {
            "endpoint": {"type": "string"},
            "max_results": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "json_body": {"anyOf": [{"type": "object", "properties": {
                "pullRequest": {"type": "boolean"},
                "title": {"type": "string"},
            }}, {"type": "null"}]},
            "ids": {"type": "array", "items": {"type": "integer"}},
            "mixed": {"type": ["string", "integer"]},
            "anything": {},
        }}));
        for (written, expected, changed) in [
            (json!({"max_results": "20"}), json!({"max_results": 20}), "max_results"),
            (json!({"max_results": "null"}), json!({"max_results": null}), "max_results"),
            (
                json!({"json_body": "{\"title\":\"7\",\"pullRequest\":\"true\"}"}),
                json!({"json_body": {"title": "7", "pullRequest": true}}),
                "json_body, json_body.pullRequest",
            ),
            (json!({"ids": ["1", 2, "x"]}), json!({"ids": [1, 2, "x"]}), "ids[0]"),
            (json!({"ids": "[1]"}), json!({"ids": [1]}), "ids"),
        ] {
            let mut repairs = Vec::new();
            let arguments = Arguments::Object(written.as_object().unwrap().clone());
            let coerced = coerced(arguments, Some(&schema), &mut repairs);
            assert_eq!(coerced, Arguments::Object(expected.as_object().unwrap().clone()));
            assert_eq!(repairs, [Repair::new("coerced", format!("{changed} came as text"))]);
        }
        for kept in [
            json!({"endpoint": "7"}),
            json!({"mixed": "7"}),
            json!({"anything": "7"}),
            json!({"unheard_of": "7"}),
            json!({"max_results": "many"}),
            json!({"max_results": "2.5"}),
        ] {
            let arguments = Arguments::Object(kept.as_object().unwrap().clone());
            assert_eq!(coerced(arguments.clone(), Some(&schema), &mut Vec::new()), arguments);
        }
    }
}
