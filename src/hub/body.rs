//! The body of a write, checked against its row before anybody is asked about it.
//!
//! The Hub's own limits are applied here, so that a person is never asked to approve what would be
//! refused anyway.

use serde_json::{Map, Value};

use super::catalog::{Field, FieldKind, Need, Write};
use super::path::is_name;
use super::refuse::body_words;
use super::route::Refusal;

/// Checks a body, mending what is plainly meant. Nothing where the write has none.
///
/// What was mended needs no mention: whoever says yes is shown the body as it will be sent.
pub fn check(
    write: &Write,
    given: Map<String, Value>,
) -> Result<Option<Map<String, Value>>, Refusal> {
    let mut body = Map::new();
    for (name, value) in given {
        let Some(field) = write.body.iter().find(|field| field.name == name) else {
            return Err(refuse(write, &format!("`{name}` is no field of the body")));
        };
        // Null is how some models leave a field out.
        if !value.is_null() {
            let value = check_field(write, field, value)?;
            body.insert(name, value);
        }
    }
    for field in write.body.iter().filter(|field| field.need == Need::Required) {
        if !body.contains_key(field.name) {
            return Err(refuse(write, &format!("`{}` is missing", field.name)));
        }
    }
    check_choice(write, &body)?;
    Ok((!write.body.is_empty()).then_some(body))
}

fn check_field(write: &Write, field: &Field, value: Value) -> Result<Value, Refusal> {
    let name = field.name;
    let wrong = |rule: &str| refuse(write, &format!("`{name}` {rule}"));
    match (field.kind, value) {
        (FieldKind::Text(least, most), Value::String(text)) => {
            // The Hub counts as its own language does, in UTF-16 units.
            let length = text.encode_utf16().count();
            let blank = least > 0 && text.trim().is_empty();
            if blank || length < least || length > most {
                return Err(wrong(&format!("takes {least} to {most} characters; it has {length}")));
            }
            Ok(Value::String(text))
        }
        (FieldKind::Text(..), _) => Err(wrong("takes text")),
        (FieldKind::Boolean, Value::Bool(truth)) => Ok(Value::Bool(truth)),
        (FieldKind::Boolean, Value::String(text)) => {
            let truth =
                text.to_ascii_lowercase().parse().map_err(|_| wrong("takes true or false"))?;
            Ok(Value::Bool(truth))
        }
        (FieldKind::Boolean, _) => Err(wrong("takes true or false")),
        (FieldKind::OneOf(words), Value::String(text)) => {
            let word = words.iter().find(|word| word.eq_ignore_ascii_case(text.trim()));
            let word = word.ok_or_else(|| wrong(&format!("takes {}", words.join(" or "))))?;
            Ok(Value::String((*word).to_owned()))
        }
        (FieldKind::OneOf(words), _) => Err(wrong(&format!("takes {}", words.join(" or ")))),
        (FieldKind::Name, Value::String(text)) => {
            let bare = text.trim();
            let bare = bare.strip_prefix('@').unwrap_or(bare);
            if !is_name(bare, 96) {
                return Err(wrong("takes one name, without spaces"));
            }
            Ok(Value::String(bare.to_owned()))
        }
        (FieldKind::Name, _) => Err(wrong("takes a name")),
        (FieldKind::Item(types), value) => check_item(types, value)
            .ok_or_else(|| wrong(&format!("takes {{\"id\": …, \"type\": {}}}", types.join("|")))),
    }
}

/// An item is an id and its type; anything else in it is not passed on.
fn check_item(types: &[&str], value: Value) -> Option<Value> {
    let id = value.get("id")?.as_str()?;
    let kind = value.get("type")?.as_str()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    let known = types.contains(&kind) && !id.is_empty() && id.bytes().all(plain);
    (known && value.as_object()?.len() == 2).then_some(value)
}

fn check_choice(write: &Write, body: &Map<String, Value>) -> Result<(), Refusal> {
    let given = write.one_of.iter().filter(|name| body.contains_key(**name)).count();
    if write.one_of.is_empty() || given == 1 {
        return Ok(());
    }
    Err(refuse(write, &format!("give exactly one of {}", write.one_of.join(", "))))
}

fn refuse(write: &Write, fault: &str) -> Refusal {
    Refusal::new(format!("Nothing was sent: {fault}. It takes {}.", body_words(write)))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::hub::catalog::{Action, by_id};
    use serde_json::{Value, json};

    fn checked(id: &str, body: Value) -> Result<Value, String> {
        let Action::Write(write) = &by_id(id).unwrap().action else { panic!("{id} is a read") };
        let Value::Object(body) = body else { panic!("a body is an object") };
        check(write, body).map(Value::from).map_err(|refusal| refusal.to_string())
    }

    fn refused(id: &str, body: Value) -> String {
        checked(id, body).unwrap_err()
    }

    #[test]
    fn a_missing_or_unknown_field_is_named_with_all_there_are() {
        insta::assert_snapshot!(
            refused("discussions.create", json!({"title": "Two BOS tokens"})),
            @"Nothing was sent: `description` is missing. It takes json_body {title: text of 3 to 200 characters (required), description: text of at most 65536 characters (required), pullRequest: true|false (optional)}."
        );
        insta::assert_snapshot!(
            refused("discussions.comment.edit", json!({"comment": "x"})),
            @"Nothing was sent: `comment` is no field of the body. It takes json_body {content: text of at most 65536 characters (required)}."
        );
        insta::assert_snapshot!(
            refused("access.grant", json!({})),
            @"Nothing was sent: give exactly one of user, userId. It takes json_body {user: a name (exactly one of these), userId: text of at most 64 characters (exactly one of these)}."
        );
        insta::assert_snapshot!(
            refused("discussions.comment.hide", json!({"reason": "x"})),
            @"Nothing was sent: `reason` is no field of the body. It takes no json_body."
        );
    }

    #[test]
    fn lengths_and_words_are_those_of_the_hub() {
        let title = |title: &str| json!({"title": title, "description": "d"});
        assert!(refused("discussions.create", title("ab")).contains("3 to 200 characters"));
        assert!(refused("discussions.create", title("    ")).contains("it has 4"));
        assert!(refused("discussions.create", title(&"é".repeat(201))).contains("it has 201"));
        checked("discussions.create", title(&"é".repeat(200))).unwrap();
        assert!(
            refused("discussions.status", json!({"status": "merged"})).contains("open or closed")
        );
        for item in [json!("a/b"), json!({"id": "a/b"}), json!({"id": "a b", "type": "model"})] {
            let message = refused("collections.items.add", json!({ "item": item }));
            assert!(message.contains("`item` takes"), "{message}");
        }
    }

    #[test]
    fn what_is_plainly_meant_is_mended() {
        let body = json!({"user": "@kenji-watts", "status": "Accepted", "rejectionReason": null});
        let meant = json!({"user": "kenji-watts", "status": "accepted"});
        assert_eq!(checked("access.handle", body), Ok(meant));
        let body = json!({"title": "abc", "description": "d", "pullRequest": "True"});
        let meant = json!({"title": "abc", "description": "d", "pullRequest": true});
        assert_eq!(checked("discussions.create", body), Ok(meant));
    }
}
