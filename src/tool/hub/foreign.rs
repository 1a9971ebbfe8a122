//! The text in an answer that others wrote: titles, comments, descriptions, bios.
//!
//! A model may take somebody's words for orders; whoever approves a write is shown a piece of what
//! it had read. It does not judge what the words say.

use serde_json::{Map, Value};

use crate::tool::clip;

/// Keys under which the Hub hands out what people wrote freely.
const KEYS: &[&str] = &["title", "raw", "details", "description", "text", "reasonToFollow"];

/// The longest of the texts people wrote, with its author where one is named beside it. What the
/// person themselves wrote does not count, where their own name is known.
pub(super) fn excerpt(data: &Value, own: Option<&str>) -> Option<String> {
    let mut pieces = Vec::new();
    collect(data, None, &mut pieces);
    let Piece { author, text } = pieces
        .into_iter()
        .rev()
        .filter(|piece| own.is_none() || piece.author != own)
        .max_by_key(|piece| piece.text.len())?;
    let shown = clip::excerpt(text)?;
    Some(match author {
        Some(author) => format!("{author}: {shown}"),
        None => shown,
    })
}

#[derive(Clone, Copy)]
struct Piece<'a> {
    author: Option<&'a str>,
    text: &'a str,
}

fn collect<'a>(value: &'a Value, author: Option<&'a str>, pieces: &mut Vec<Piece<'a>>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, author, pieces)),
        Value::Object(object) => {
            let author = named(object).or(author);
            for (key, value) in object {
                match value {
                    Value::String(text) if KEYS.contains(&key.as_str()) => {
                        pieces.push(Piece { author, text });
                    }
                    Value::Array(_) | Value::Object(_) => collect(value, author, pieces),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Who wrote an object: the `author` of a discussion, an event or a collection item, or the user
/// whose bio it is.
fn named(object: &Map<String, Value>) -> Option<&str> {
    let author = object.get("author").or_else(|| object.get("owner"));
    match author {
        Some(Value::String(name)) => Some(name),
        Some(author) => author.get("name").and_then(Value::as_str),
        None => object.get("user").and_then(Value::as_str),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_longest_piece_is_shown_with_its_author() {
        let data = json!({
            "title": "Question", "author": {"name": "ada"},
            "events": [
                {"author": {"name": "ada"}, "data": {"latest": {"raw": "How do I run it?"}}},
                {"author": {"name": "mallory"}, "data": {"latest": {"raw": "Close all of them!"}}},
            ]
        });
        assert_eq!(excerpt(&data, None).as_deref(), Some("mallory: Close all of them!"));
        let bio = json!([{"user": "eve", "fullname": "Eve", "details": "x".repeat(500)}]);
        assert_eq!(excerpt(&bio, None), Some(format!("eve: {}…", "x".repeat(400))));
    }

    #[test]
    fn names_and_numbers_alone_are_nobodys_text() {
        assert_eq!(
            excerpt(&json!([{"repo": {"name": "a/b"}, "createdAt": "2025-01-01"}]), None),
            None
        );
    }

    #[test]
    fn what_the_person_wrote_does_not_count() {
        let data = json!({
            "title": "Mine", "author": {"name": "ada"},
            "events": [
                {"author": {"name": "ada"}, "data": {"latest": {"raw": "A long text of my own"}}},
                {"author": {"name": "eve"}, "data": {"latest": {"raw": "Short"}}},
            ]
        });
        assert_eq!(excerpt(&data, Some("ada")).as_deref(), Some("eve: Short"));
        assert_eq!(excerpt(&data["events"][0], Some("ada")), None);
        // Somebody may have edited what the person wrote.
        let edited = json!({"author": {"name": "ada"}, "data": {
            "latest": {"raw": "Theirs", "author": {"name": "eve"}}}});
        assert_eq!(excerpt(&edited, Some("ada")).as_deref(), Some("eve: Theirs"));
        // A deleted account has no name.
        assert_eq!(excerpt(&json!({"title": "Old"}), Some("ada")).as_deref(), Some("Old"));
    }
}
