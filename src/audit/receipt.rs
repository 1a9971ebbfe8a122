//! What of an answer is kept: where the thing is that was written.
//!
//! It does not know which request was answered; each kind of answer names its thing in its own way.

use serde_json::{Map, Value};

/// Where an answer names what was written, and under which name that is kept.
const NAMES: &[(&str, &str)] =
    &[("/num", "num"), ("/slug", "slug"), ("/newMessage/id", "comment"), ("/url", "url")];

/// The number of a new discussion, the slug of a collection, the id of a new comment.
pub fn receipt(answer: &Value) -> Map<String, Value> {
    NAMES
        .iter()
        .filter_map(|(pointer, name)| {
            let value = answer.pointer(pointer).filter(|value| value.is_string() || value.is_u64());
            Some(((*name).to_owned(), value?.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_of_answer_leaves_what_names_its_thing() {
        let opened = json!({"num": 64, "url": "/a/b/discussions/64", "pullRequest": false});
        assert_eq!(
            Value::Object(receipt(&opened)),
            json!({"num": 64, "url": "/a/b/discussions/64"})
        );
        let collection = json!({"slug": "ada/reading-1", "title": "Reading", "items": []});
        assert_eq!(Value::Object(receipt(&collection)), json!({"slug": "ada/reading-1"}));
        let comment = json!({"newMessage": {"id": "c1", "data": {"latest": {"raw": "long"}}}});
        assert_eq!(Value::Object(receipt(&comment)), json!({"comment": "c1"}));
        assert_eq!(receipt(&json!({})), Map::new());
    }
}
