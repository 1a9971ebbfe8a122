//! Makes an answer smaller before a model reads it: decoration goes, facts stay.
//!
//! Which endpoint carries what decoration is written in the catalog; what no answer needs is
//! written here. Whatever is left out is named, once for the whole result.

use serde_json::{Map, Value};

use super::catalog::{Blank, Trim};

/// Pictures and machine data that answer no question, wherever they stand. An `_id` names nothing
/// that the tool can be called with; a comment's id is called `id`.
const EVERYWHERE: &[&str] = &[
    "_id",
    "avatarUrl",
    "primaryOrgAvatarUrl",
    "editorAvatarUrls",
    "thumbnailUrl",
    "identifiedLanguage",
    "widgetOutputUrls",
];

/// Flags that say something only where they are true.
const MODERATION: &[&str] = &["isHf", "isHfAdmin", "isMod"];

/// The names of what was left out, each once.
#[derive(Debug, Default)]
pub(super) struct LeftOut(Vec<String>);

impl LeftOut {
    pub(super) fn add(&mut self, name: &impl ToString) {
        let name = name.to_string();
        if !self.0.contains(&name) {
            self.0.push(name);
        }
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.0
    }
}

/// Takes the decoration out of a list's element, or of an object that is the answer.
pub(super) fn trim(value: &mut Value, trims: &[Trim], left_out: &mut LeftOut) {
    for trim in trims {
        let reference = match trim {
            Trim::DropSame(_, other) => at(value, other).cloned(),
            _ => None,
        };
        let path: Vec<&str> = trim.path().split('.').collect();
        descend(value, &path, &mut |object, key| {
            if apply(*trim, object, key, reference.as_ref()) {
                left_out.add(trim);
            }
        });
        if let [above @ .., _] = path.as_slice() {
            descend(value, above, &mut remove_empty);
        }
    }
    tidy(value, left_out);
}

/// Takes out what no answer needs, at every depth.
pub(super) fn tidy(value: &mut Value, left_out: &mut LeftOut) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| tidy(value, left_out)),
        Value::Object(object) => {
            let said_as_text = object.contains_key("raw") || object.contains_key("text");
            object.retain(|key, value| {
                let name = match key.as_str() {
                    key if EVERYWHERE.contains(&key) => key,
                    "html" if said_as_text => "html",
                    key if MODERATION.contains(&key) && *value == false => {
                        "isHf/isHfAdmin/isMod=false"
                    }
                    _ if value.is_null() => "nulls",
                    _ => return true,
                };
                left_out.add(&name);
                false
            });
            object.values_mut().for_each(|value| tidy(value, left_out));
        }
        _ => {}
    }
}

/// The value at a dotted path through objects.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

/// An object of which nothing is left says nothing.
fn remove_empty(object: &mut Map<String, Value>, key: &str) {
    if object.get(key).and_then(Value::as_object).is_some_and(Map::is_empty) {
        object.shift_remove(key);
    }
}

/// Acts on every object that holds the last key of a path; of lists on the way, on each element.
fn descend(value: &mut Value, path: &[&str], act: &mut impl FnMut(&mut Map<String, Value>, &str)) {
    match (value, path) {
        (Value::Array(values), path) => {
            for value in values {
                descend(value, path, act);
            }
        }
        (Value::Object(object), [key]) if object.contains_key(*key) => act(object, key),
        (Value::Object(object), [key, rest @ ..]) => {
            if let Some(value) = object.get_mut(*key) {
                descend(value, rest, act);
            }
        }
        _ => {}
    }
}

/// Applies one rule; whether it left anything out.
fn apply(
    trim: Trim,
    object: &mut Map<String, Value>,
    key: &str,
    reference: Option<&Value>,
) -> bool {
    let Some(value) = object.get(key) else { return false };
    let goes = match trim {
        Trim::Drop(_) => true,
        Trim::DropBlank(_, blank) => is_blank(value, blank),
        Trim::DropSame(..) => reference.is_some_and(|other| same(value, other)),
    };
    if goes {
        object.shift_remove(key);
    }
    goes
}

fn is_blank(value: &Value, blank: Blank) -> bool {
    match blank {
        Blank::False => *value == false,
        Blank::Zero => *value == 0,
        Blank::One => *value == 1,
        Blank::Empty => value.as_array().is_some_and(Vec::is_empty),
        Blank::User => *value == "user",
    }
}

/// Accounts are the same if their names are: some copies carry more about them than others.
fn same(one: &Value, other: &Value) -> bool {
    match (one.get("name"), other.get("name")) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}
