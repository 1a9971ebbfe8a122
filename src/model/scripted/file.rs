//! Replies from a JSON file, for card authors who test without a language model.
//!
//! It parses text; whoever names a file reads it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Author, ScriptedReply};
use crate::model::Prompt;

/// The author of `builtin.scripted`: says what a file says, reply after reply.
///
/// The file is a JSON list with an object for each reply, all keys optional:
///
/// ```json
/// [
///   {"reasoning": "Look it up.", "calls": [{"name": "lookup", "arguments": {"id": 7}}]},
///   {"content": "It is seven."},
///   {"error": "the provider is down"}
/// ]
/// ```
///
/// A reply that is asked for beyond the last one is an error.
#[derive(Debug, Clone)]
pub struct FileScript {
    replies: Vec<ScriptedReply>,
    played: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    reasoning: String,
    #[serde(default)]
    content: String,
    #[serde(default)]
    calls: Vec<Call>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    name: String,
    #[serde(default)]
    arguments: Map<String, Value>,
}

impl FileScript {
    /// Parses a script. The error names line and column.
    pub fn parse(text: &str) -> serde_json::Result<Self> {
        let entries: Vec<Entry> = serde_json::from_str(text)?;
        let replies = entries.into_iter().map(|entry| ScriptedReply {
            reasoning: entry.reasoning,
            content: entry.content,
            calls: entry.calls.into_iter().map(|call| (call.name, call.arguments)).collect(),
            error: entry.error,
        });
        Ok(Self { replies: replies.collect(), played: 0 })
    }
}

impl Author for FileScript {
    fn next(&mut self, _: Prompt<'_>) -> ScriptedReply {
        let reply = self.replies.get(self.played).cloned();
        self.played += 1;
        reply.unwrap_or_else(|| {
            let (asked, held) = (self.played, self.replies.len());
            let error = format!("reply {asked} was asked for, and the script holds {held}");
            ScriptedReply { error: Some(error), ..ScriptedReply::default() }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Prompt<'_> = Prompt { messages: &[], tools: &[], schema: None };

    #[test]
    fn replies_come_in_the_files_order_and_then_an_error() {
        let text = r#"[
            {"reasoning": "Look.", "calls": [{"name": "lookup", "arguments": {"id": 7}}]},
            {"content": "Seven."}
        ]"#;
        let mut script = FileScript::parse(text).unwrap();
        let arguments = serde_json::from_str(r#"{"id": 7}"#).unwrap();
        let expected = ScriptedReply {
            reasoning: "Look.".to_owned(),
            calls: vec![("lookup".to_owned(), arguments)],
            ..ScriptedReply::default()
        };
        assert_eq!(script.next(NOTHING), expected);
        assert_eq!(script.next(NOTHING).content, "Seven.");
        let error = script.next(NOTHING).error;
        assert_eq!(error.as_deref(), Some("reply 3 was asked for, and the script holds 2"));
    }

    #[test]
    fn a_script_with_an_unknown_key_is_refused_with_its_place() {
        let error = FileScript::parse("[\n  {\"contents\": \"x\"}\n]").unwrap_err().to_string();
        let expected = "unknown field `contents`, expected one of `reasoning`, `content`, `calls`, \
                        `error` at line 2 column 13";
        assert_eq!(error, expected);
    }
}
