//! Questions about a whole list: which of its elements, which of their fields, how many of each.
//!
//! It reads what was asked and judges one element at a time; it fetches nothing.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::route::Refusal;

/// What to make of a list's elements.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// The fields to show, dotted; all if there are none.
    pub fields: Vec<String>,
    /// What an element must fulfil.
    pub conditions: Vec<Condition>,
    /// The field whose values are counted.
    pub count_by: Option<String>,
}

/// What one field of an element must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The field, dotted.
    pub field: String,
    /// The tests it must pass, all of them.
    tests: Vec<Test>,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// One of these, letter case aside.
    Is(Vec<Value>),
    /// Has this text in it, letter case aside.
    Contains(String),
    /// At least this.
    Min(Value),
    /// At most this.
    Max(Value),
}

impl Query {
    /// Reads the conditions of a `where` object.
    pub fn conditions(object: Map<String, Value>) -> Result<Vec<Condition>, Refusal> {
        object.into_iter().map(|(field, value)| Condition::parse(field, value)).collect()
    }

    /// Whether the whole list must be read to answer it.
    pub fn scans(&self) -> bool {
        self.count_by.is_some() || !self.conditions.is_empty()
    }

    /// Whether an element fulfils all conditions.
    pub(super) fn takes(&self, element: &Value) -> bool {
        self.conditions.iter().all(|condition| condition.holds(element))
    }

    /// The fields it looks at.
    pub(super) fn looked_at(&self) -> impl Iterator<Item = &str> {
        let conditions = self.conditions.iter().filter(|condition| !condition.is_absence());
        conditions.map(|condition| condition.field.as_str()).chain(self.count_by.as_deref())
    }

    /// The element with its wanted fields only, under their dotted names.
    pub(super) fn pick(&self, element: &Value) -> Value {
        let picked = self.fields.iter().filter_map(|field| {
            let mut values = values_at(element, field);
            let value = match values.len() {
                0 => return None,
                1 => values.remove(0).clone(),
                _ => Value::Array(values.into_iter().cloned().collect()),
            };
            Some((field.clone(), value))
        });
        Value::Object(picked.collect())
    }
}

impl Condition {
    fn parse(field: String, value: Value) -> Result<Self, Refusal> {
        let tests = match value {
            Value::Object(tests) => tests
                .into_iter()
                .map(|(name, value)| match (name.as_str(), value) {
                    ("contains", Value::String(text)) => Ok(Test::Contains(text.to_lowercase())),
                    ("min", value) if !value.is_object() => Ok(Test::Min(value)),
                    ("max", value) if !value.is_object() => Ok(Test::Max(value)),
                    _ => Err(Refusal::new(format!(
                        "`where` takes for `{field}` a value, a list of values, or an object with \
                         contains, min or max; not `{name}`."
                    ))),
                })
                .collect::<Result<_, _>>()?,
            Value::Array(values) => vec![Test::Is(values)],
            value => vec![Test::Is(vec![value])],
        };
        Ok(Self { field, tests })
    }

    fn holds(&self, element: &Value) -> bool {
        let values = values_at(element, &self.field);
        self.tests.iter().all(|test| match test {
            Test::Is(wanted) if values.is_empty() => wanted.contains(&Value::Null),
            test => values.iter().any(|value| test.holds(scalar(value))),
        })
    }

    /// Whether it asks for elements without the field.
    fn is_absence(&self) -> bool {
        self.tests == [Test::Is(vec![Value::Null])]
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Is(wanted) => {
                let text = text(value).to_lowercase();
                wanted.iter().any(|wanted| text == self::text(wanted).to_lowercase())
            }
            Self::Contains(part) => text(value).to_lowercase().contains(part),
            Self::Min(bound) => compare(value, bound).is_some_and(Ordering::is_ge),
            Self::Max(bound) => compare(value, bound).is_some_and(Ordering::is_le),
        }
    }
}

/// Numbers compare as such, texts as far as the bound goes: a day includes all its hours.
fn compare(value: &Value, bound: &Value) -> Option<Ordering> {
    if let (Some(value), Some(bound)) = (number(value), number(bound)) {
        return value.partial_cmp(&bound);
    }
    let (value, bound) = (value.as_str()?, bound.as_str()?);
    Some(value.get(..bound.len()).unwrap_or(value).cmp(bound))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// The values at a dotted path; lists on the way count with all their elements.
pub(super) fn values_at<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut values = vec![value];
    for key in path.split('.') {
        values = values.into_iter().flat_map(elements).filter_map(|value| value.get(key)).collect();
    }
    values.into_iter().flat_map(elements).filter(|value| !value.is_null()).collect()
}

fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    }
}

/// What an account or a repo is known by, where the object stands for it.
pub(super) fn scalar(value: &Value) -> &Value {
    ["name", "user", "id"].iter().find_map(|key| value.get(key)).unwrap_or(value)
}

/// A value as text, without quotes.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::Query;
    use serde_json::{Value, json};

    fn takes(conditions: Value, element: &Value) -> bool {
        let Value::Object(conditions) = conditions else { panic!("conditions are an object") };
        let conditions = Query::conditions(conditions).unwrap();
        Query { conditions, ..Query::default() }.takes(element)
    }

    #[test]
    fn a_value_is_compared_without_letter_case_and_an_account_by_its_name() {
        let element = json!({"status": "open", "pinned": true, "author": {"name": "Ada-Moreau"}});
        assert!(takes(json!({"status": "Open", "pinned": true}), &element));
        assert!(takes(json!({"pinned": "true", "author": "ada-moreau"}), &element));
        assert!(takes(json!({"status": ["closed", "open"]}), &element));
        assert!(!takes(json!({"author": "ada"}), &element));
        assert!(!takes(json!({"status": "open", "pinned": false}), &element));
    }

    #[test]
    fn texts_are_searched_and_days_hold_all_their_hours() {
        let element =
            json!({"title": "vLLM crash", "createdAt": "2026-03-01T23:00:00.000Z", "num": 7});
        assert!(takes(json!({"title": {"contains": "VLLM"}}), &element));
        let day = json!({"createdAt": {"min": "2026-03-01", "max": "2026-03-01"}});
        assert!(takes(day, &element));
        assert!(!takes(json!({"createdAt": {"min": "2026-03-02"}}), &element));
        assert!(takes(json!({"num": {"min": 7, "max": 10}}), &element));
        assert!(!takes(json!({"num": {"max": "6"}}), &element));
    }

    #[test]
    fn what_is_absent_is_null() {
        assert!(takes(json!({"author": null}), &json!({"num": 1})));
        assert!(takes(json!({"author": null}), &json!({"author": null})));
        assert!(!takes(json!({"author": null}), &json!({"author": {"name": "ada"}})));
        assert!(!takes(json!({"author": {"contains": ""}}), &json!({"num": 1})));
    }

    #[test]
    fn lists_on_the_way_count_with_all_their_elements() {
        let element =
            json!({"topReactions": [{"reaction": "🔥"}, {"reaction": "👍"}], "tags": ["a"]});
        assert!(takes(json!({"topReactions.reaction": "👍", "tags": "a"}), &element));
    }

    #[test]
    fn picked_fields_keep_their_dotted_names() {
        let fields = ["num", "author.name", "absent"].map(str::to_owned).to_vec();
        let query = Query { fields, ..Query::default() };
        let element = json!({"num": 1, "author": {"name": "ada"}, "title": "t"});
        assert_eq!(query.pick(&element), json!({"num": 1, "author.name": "ada"}));
    }

    #[test]
    fn other_tests_are_refused() {
        let conditions = json!({"title": {"regex": "x"}});
        let Value::Object(conditions) = conditions else { unreachable!() };
        insta::assert_snapshot!(
            Query::conditions(conditions).unwrap_err(),
            @"`where` takes for `title` a value, a list of values, or an object with contains, min or max; not `regex`."
        );
    }
}
