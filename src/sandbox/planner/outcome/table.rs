//! Long lists come as tables, `{"columns": […], "rows": [[…], …]}`: this turns them back into lists.
//!
//! It knows the form only.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The column of what only few elements have.
const MORE: &str = "more";

/// A table, and nothing beside it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// Turns tables back into lists: the data themselves, or what they hold.
pub(super) fn unfold(data: Value) -> Value {
    match list(data) {
        Value::Object(object) => {
            Value::Object(object.into_iter().map(|(key, value)| (key, list(value))).collect())
        }
        data => data,
    }
}

/// The list in a table; anything else as it is.
fn list(value: Value) -> Value {
    match Table::deserialize(&value) {
        Ok(Table { columns, rows }) => rows.into_iter().map(|row| element(&columns, row)).collect(),
        Err(_) => value,
    }
}

/// One element: dotted columns are nested again, and what it does not have is left out.
fn element(columns: &[String], row: Vec<Value>) -> Value {
    let mut element = Map::new();
    for (column, cell) in columns.iter().zip(row) {
        match cell {
            Value::Null => {}
            Value::Object(rare) if column == MORE => {
                for (path, value) in rare {
                    nest(&mut element, &path, value);
                }
            }
            cell => nest(&mut element, column, cell),
        }
    }
    Value::Object(element)
}

fn nest(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        Some((key, rest)) => {
            let inner = object.entry(key).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                nest(inner, rest, value);
            }
        }
        None => {
            object.insert(path.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::unfold;

    #[test]
    fn a_table_is_a_list_again() {
        let table = json!({
            "columns": ["num", "author.name", "more"],
            "rows": [[1, "ada"], [2, null, {"repo.type": "model", "pinned": true}]],
        });
        let list = json!([
            {"num": 1, "author": {"name": "ada"}},
            {"num": 2, "repo": {"type": "model"}, "pinned": true},
        ]);
        assert_eq!(unfold(table.clone()), list);
        assert_eq!(
            unfold(json!({"count": 2, "events": table})),
            json!({"count": 2, "events": list})
        );
    }

    #[test]
    fn what_is_no_table_stays() {
        for data in [
            json!("OK"),
            json!([{"rows": 1}]),
            json!({"columns": [], "rows": 3}),
            json!({"columns": ["a"], "rows": [[1]], "count": 1}),
        ] {
            assert_eq!(unfold(data.clone()), data);
        }
    }
}
