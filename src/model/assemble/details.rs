//! `reasoning_details` as `OpenRouter` streams them, put together again.
//!
//! It does not know what the blocks say, only which fragments belong to one.

use serde_json::Value;

/// The keys of a block that come in pieces.
const IN_PIECES: [&str; 2] = ["text", "summary"];

/// Adds a fragment: to the last block if it is more of it, else as a block of its own.
pub(super) fn add(blocks: &mut Vec<Value>, fragment: Value) {
    match blocks.last_mut().filter(|last| is_more_of(last, &fragment)) {
        Some(last) => merge(last, fragment),
        None => blocks.push(fragment),
    }
}

/// Fragments of a block have its type and index, and a text. What is encrypted comes whole.
fn is_more_of(block: &Value, fragment: &Value) -> bool {
    let has_pieces = IN_PIECES.iter().any(|key| block.get(key).is_some_and(Value::is_string));
    let is_same = |key| block.get(key) == fragment.get(key);
    has_pieces && is_same("type") && is_same("index")
}

fn merge(block: &mut Value, fragment: Value) {
    let (Value::Object(block), Value::Object(fragment)) = (block, fragment) else {
        return;
    };
    for (key, piece) in fragment {
        match (block.get_mut(&key), piece) {
            (_, Value::Null) => {}
            (Some(Value::String(text)), Value::String(piece))
                if IN_PIECES.contains(&key.as_str()) =>
            {
                text.push_str(&piece);
            }
            (_, piece) => {
                block.insert(key, piece);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fragments_become_the_blocks_they_were_cut_from() {
        let mut blocks = Vec::new();
        for fragment in [
            json!({"type": "reasoning.text", "index": 0, "format": "unknown", "text": "We"}),
            json!({"type": "reasoning.text", "index": 0, "text": " ask", "signature": null}),
            json!({"type": "reasoning.text", "index": 0, "text": ".", "signature": "s1"}),
            json!({"type": "reasoning.encrypted", "index": 1, "data": "AAAA"}),
            json!({"type": "reasoning.encrypted", "index": 1, "data": "BBBB"}),
            json!({"type": "reasoning.summary", "index": 2, "summary": "Ask"}),
            json!({"type": "reasoning.summary", "index": 2, "summary": "ed."}),
            json!("a surprise"),
        ] {
            add(&mut blocks, fragment);
        }
        let expected = [
            json!({
                "type": "reasoning.text", "index": 0, "format": "unknown", "text": "We ask.",
                "signature": "s1",
            }),
            json!({"type": "reasoning.encrypted", "index": 1, "data": "AAAA"}),
            json!({"type": "reasoning.encrypted", "index": 1, "data": "BBBB"}),
            json!({"type": "reasoning.summary", "index": 2, "summary": "Asked."}),
            json!("a surprise"),
        ];
        assert_eq!(blocks, expected);
    }
}
