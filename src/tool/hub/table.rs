//! Long lists as tables: the keys are said once, in front, instead of with every element.
//!
//! A list of a few elements is easier to read as it is; of fifty, half would be keys.

use serde_json::{Map, Value, json};

/// Lists longer than this become tables.
const LONG: usize = 24;

/// A key that fewer than one in this many elements have gets no column of its own.
const RARE: usize = 5;

/// Folds the list that is the data, or that the data holds.
pub(super) fn fold_lists(data: Value) -> Value {
    match data {
        Value::Array(items) => fold(items),
        Value::Object(mut object) => {
            for value in object.values_mut() {
                if let Value::Array(items) = value {
                    *value = fold(std::mem::take(items));
                }
            }
            Value::Object(object)
        }
        data => data,
    }
}

/// A list as it is, or as `{"columns": […], "rows": [[…], …]}` if it is long. Nested keys become
/// dotted columns, and what only few elements have is in an object under `more`.
fn fold(items: Vec<Value>) -> Value {
    if items.len() <= LONG || !items.iter().all(Value::is_object) {
        return Value::Array(items);
    }
    let items: Vec<Map<String, Value>> = items.into_iter().map(flatten).collect();
    let mut counts: Vec<(String, usize)> = Vec::new();
    for key in items.iter().flat_map(Map::keys) {
        match counts.iter_mut().find(|(known, _)| known == key) {
            Some((_, count)) => *count += 1,
            None => counts.push((key.clone(), 1)),
        }
    }
    let frequent = counts.iter().filter(|(_, count)| count * RARE >= items.len());
    let mut columns: Vec<String> = frequent.map(|(key, _)| key.clone()).collect();
    let rows: Vec<Value> = items.into_iter().map(|item| row(item, &columns)).collect();
    if columns.len() < counts.len() {
        columns.push("more".to_owned());
    }
    json!({"columns": columns, "rows": rows})
}

fn row(mut item: Map<String, Value>, columns: &[String]) -> Value {
    let mut row: Vec<Value> =
        columns.iter().map(|column| item.shift_remove(column).unwrap_or_default()).collect();
    if !item.is_empty() {
        row.push(Value::Object(item));
    }
    Value::Array(row)
}

/// Brings nested keys to the top, dotted.
fn flatten(value: Value) -> Map<String, Value> {
    let mut flat = Map::new();
    let mut path = Vec::new();
    push(&mut flat, &mut path, value);
    flat
}

fn push(flat: &mut Map<String, Value>, path: &mut Vec<String>, value: Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                path.push(key);
                push(flat, path, value);
                path.pop();
            }
        }
        value => {
            flat.insert(path.join("."), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LONG, fold};
    use serde_json::{Value, json};

    #[test]
    fn a_long_list_says_its_keys_once() {
        let mut items = vec![json!({"num": 1, "author": {"name": "ada"}}); LONG];
        items.push(json!({"num": 2, "pinned": true}));
        let table = fold(items);
        assert_eq!(table["columns"], json!(["num", "author.name", "more"]));
        assert_eq!(table["rows"][0], json!([1, "ada"]));
        assert_eq!(table["rows"][LONG], json!([2, null, {"pinned": true}]));
    }

    #[test]
    fn a_short_list_and_a_list_of_texts_stay() {
        let short = vec![json!({"num": 1}); LONG];
        assert_eq!(fold(short.clone()), Value::Array(short));
        let texts = vec![json!("a"); LONG + 1];
        assert_eq!(fold(texts.clone()), Value::Array(texts));
    }
}
