//! Tool schemas as gpt-oss can read them.
//!
//! The template that shows tools to gpt-oss leaves `$defs` out, on every host, so that a reference
//! into them shows the model nothing. Here each is replaced by what it refers to.

use serde_json::{Map, Value};

use crate::message::Schema;

/// How deep references are followed. Beyond it, as in a schema that contains itself, anything goes.
const DEEPEST: usize = 8;

/// How many values an inlined schema may have. One that would have more stays as it is.
const MOST_VALUES: usize = 10_000;

/// A schema without references into itself.
pub(super) fn inlined(schema: &Schema) -> Schema {
    // Most say none of these words, and need not be taken apart.
    if !["$ref", "$defs", "definitions"].iter().any(|word| schema.text().contains(word)) {
        return schema.clone();
    }
    let tree = schema.tree();
    let mut inliner = Inliner { root: tree, values_left: MOST_VALUES };
    match inliner.inline(tree, 0) {
        Some(Value::Object(mut object)) => {
            object.remove("$defs");
            object.remove("definitions");
            Value::Object(object).into()
        }
        Some(other) => other.into(),
        None => schema.clone(),
    }
}

struct Inliner<'s> {
    root: &'s Value,
    values_left: usize,
}

impl Inliner<'_> {
    /// A value without references; none if the whole gets too large.
    fn inline(&mut self, value: &Value, depth: usize) -> Option<Value> {
        self.values_left = self.values_left.checked_sub(1)?;
        Some(match value {
            Value::Object(object) => match self.target(object) {
                Some(_) if depth == DEEPEST => Value::Object(Map::new()),
                Some(target) => {
                    let mut inlined = self.inline(target, depth + 1)?;
                    // What stands beside a reference, a description mostly, is about this place.
                    if let Value::Object(inlined) = &mut inlined {
                        inlined.extend(self.entries(object, depth)?);
                    }
                    inlined
                }
                None => Value::Object(self.entries(object, depth)?),
            },
            Value::Array(items) => {
                let items = items.iter().map(|item| self.inline(item, depth));
                Value::Array(items.collect::<Option<_>>()?)
            }
            other => other.clone(),
        })
    }

    /// The entries of an object, without its reference if that can be followed.
    fn entries(&mut self, object: &Map<String, Value>, depth: usize) -> Option<Map<String, Value>> {
        let is_followed = self.target(object).is_some();
        let entries = object.iter().filter(|(key, _)| !(is_followed && *key == "$ref"));
        entries.map(|(key, value)| Some((key.clone(), self.inline(value, depth)?))).collect()
    }
}

impl<'s> Inliner<'s> {
    /// What an object refers to within the schema.
    fn target(&self, object: &Map<String, Value>) -> Option<&'s Value> {
        self.root.pointer(object.get("$ref")?.as_str()?.strip_prefix('#')?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_replaced_by_what_they_refer_to() {
        let schema = json!({
            "type": "object",
            "properties": {
                "place": {"$ref": "#/$defs/Place", "description": "Where to."},
                "places": {"type": "array", "items": {"$ref": "#/$defs/Place"}},
                "elsewhere": {"$ref": "https://example.com/schema"},
            },
            "$defs": {
                "Place": {"type": "object", "description": "A place.", "properties": {
                    "country": {"$ref": "#/$defs/Country"},
                }},
                "Country": {"enum": ["it", "fr"]},
            },
        });
        let place = |words: &str| {
            json!({"type": "object", "description": words, "properties": {
                "country": {"enum": ["it", "fr"]},
            }})
        };
        let expected = json!({
            "type": "object",
            "properties": {
                "place": place("Where to."),
                "places": {"type": "array", "items": place("A place.")},
                "elsewhere": {"$ref": "https://example.com/schema"},
            },
        });
        assert_eq!(inlined(&schema.into()), expected.into());
    }

    #[test]
    fn a_schema_that_contains_itself_ends() {
        let schema = json!({
            "properties": {"tree": {"$ref": "#/$defs/Tree"}},
            "$defs": {"Tree": {"properties": {"child": {"$ref": "#/$defs/Tree"}}}},
        });
        let inlined = inlined(&schema.into());
        let text = inlined.text();
        assert_eq!(text.matches("child").count(), DEEPEST);
        assert!(!text.contains("$ref"), "{text}");
    }

    #[test]
    fn a_schema_that_would_grow_without_measure_stays_as_it_is() {
        let ten = |name: &str| {
            let refers = (0..10).map(|_| json!({"$ref": format!("#/$defs/{name}")}));
            json!({"anyOf": refers.collect::<Vec<_>>()})
        };
        let schema = Schema::from(json!({
            "properties": {"x": {"$ref": "#/$defs/a"}},
            "$defs": {"a": ten("b"), "b": ten("c"), "c": ten("d"), "d": ten("e"), "e": ten("a")},
        }));
        assert_eq!(inlined(&schema), schema);
    }
}
