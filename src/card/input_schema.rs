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
