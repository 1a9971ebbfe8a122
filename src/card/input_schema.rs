//! The key `tool_input_schema`: what an agent takes when another calls it.
//!
//! It checks no call against it.

use serde_json::Value;

use super::node::Node;
use super::path::KeyPath;
use super::problem::{Problem, shown};
use super::problems::Problems;

/// Reads a schema, which must describe an object whose required properties it has.
pub(super) fn read(node: Option<&Node>, problems: &mut Problems<'_>) -> Option<Value> {
    let schema = node.filter(|node| matches!(node, Node::Mapping(_)))?.json();
    let path = KeyPath::top("tool_input_schema");
    if schema.get("type") != Some(&Value::from("object")) {
        let problem = Problem::new("must be of `type: object`").kind("bad-schema");
        problems.at_value(&path, problem);
    }
    if schema.get("properties").is_some_and(|it| !it.is_object() && !it.is_null()) {
        let problem = Problem::new("must be a mapping").kind("bad-schema");
        problems.at_value(&path.key("properties"), problem);
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if !properties.is_some_and(|properties| properties.contains_key(name)) {
            let message = format!("requires `{}`, which is none of its properties", shown(name));
            problems.at_value(&path.key("required"), Problem::new(message).kind("bad-schema"));
        }
    }
    Some(schema)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::card::{Origin, parse};

    #[test]
    fn its_properties_are_a_mapping() {
        let said = |properties: &str| {
            let front = format!("tool_input_schema: {{type: object, properties: {properties}}}");
            let text = format!("---\n{front}\n---\nWork.\n");
            match parse(Path::new("card.md"), text.as_bytes(), Origin::Local, &|_| None) {
                Ok(_) => Vec::new(),
                Err(complaints) => complaints.into_iter().map(|it| it.message).collect(),
            }
        };
        assert_eq!(said("[a]"), ["must be a mapping"]);
        assert_eq!(said("{}"), [""; 0]);
    }
}
