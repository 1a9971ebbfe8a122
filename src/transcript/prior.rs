//! The messages a conversation begins with: fast-agent's JSON, or text with a line before each.
//!
//! It reads no file. What is wrong is told with its line.

use std::sync::Arc;

use serde_json::Value;
use serde_json::value::RawValue;

use super::import::{Importing, NotImported, document};
use crate::message::{AssistantMessage, Message};

/// How prior messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriorForm {
    /// A JSON document with `messages`.
    Json,
    /// Text, in which the lines `---USER`, `---ASSISTANT` and `---RESOURCE` begin a part each; without
    /// any, all of it is the person's.
    Delimited,
}

/// Why prior messages cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotPrior {
    /// The line it is about, counted from 1, where that is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// Reads the messages a conversation begins with. Calls in them that were never answered are
/// answered by saying so.
pub fn prior(text: &str, form: PriorForm) -> Result<Vec<Arc<Message>>, NotPrior> {
    let messages = match form {
        PriorForm::Json => json(text),
        PriorForm::Delimited => delimited(text),
    }?;
    if messages.iter().any(|message| matches!(**message, Message::System { .. })) {
        let message = "it holds a system prompt, and the card has its own".to_owned();
        return Err(NotPrior { line: None, message });
    }
    Ok(messages)
}

fn json(text: &str) -> Result<Vec<Arc<Message>>, NotPrior> {
    let value: Value = serde_json::from_str(text).map_err(|error| NotPrior {
        line: Some(error.line()),
        message: format!("it is no JSON document: {error}"),
    })?;
    let imported = document(text, &value).map(Importing::messages);
    imported.map_err(|error| at_message(text, &error))
}

/// Says on which line the message begins that something is wrong with.
fn at_message(text: &str, error: &NotImported) -> NotPrior {
    #[derive(serde::Deserialize)]
    struct Document<'a> {
        #[serde(borrow)]
        messages: Vec<&'a RawValue>,
    }
    let line = error.number.and_then(|number| {
        let Document { messages } = serde_json::from_str(text).ok()?;
        let mut from = 0;
        let mut start = 0;
        for message in messages.get(..number)? {
            start = from + text[from..].find(message.get())?;
            from = start + message.get().len();
        }
        Some(text[..start].matches('\n').count() + 1)
    });
    NotPrior { line, message: error.to_string() }
}

/// A part of a text with delimiters.
struct Part<'t> {
    kind: Kind,
    /// The line of its delimiter.
    line: usize,
    text: Vec<&'t str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Assistant,
    Resource,
}

fn delimited(text: &str) -> Result<Vec<Arc<Message>>, NotPrior> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parts = vec![Part { kind: Kind::User, line: 1, text: Vec::new() }];
    for (line, words) in (1..).zip(text.lines()) {
        let kind = match words.trim() {
            "---USER" => Kind::User,
            "---ASSISTANT" => Kind::Assistant,
            "---RESOURCE" => Kind::Resource,
            _ => {
                if let Some(part) = parts.last_mut() {
                    part.text.push(words);
                }
                continue;
            }
        };
        parts.push(Part { kind, line, text: Vec::new() });
    }
    let mut messages: Vec<Message> = Vec::new();
    for part in &parts {
        let said = part.text.join("\n").trim().to_owned();
        match part.kind {
            Kind::Resource => attach(&mut messages, &resource(part, &said)?),
            _ if said.is_empty() => {}
            Kind::User => messages.push(Message::User { content: said }),
            Kind::Assistant => {
                let reply = AssistantMessage { content: said, ..AssistantMessage::default() };
                messages.push(Message::Assistant(reply));
            }
        }
    }
    Ok(messages.into_iter().map(Arc::new).collect())
}

/// The text of a resource, which is written as an MCP content block.
fn resource(part: &Part<'_>, written: &str) -> Result<String, NotPrior> {
    let block = serde_json::from_str::<Value>(written).ok();
    let text = block.as_ref().and_then(|block| {
        let text = block.pointer("/resource/text").or_else(|| block.get("text"));
        text.and_then(Value::as_str)
    });
    text.map(str::to_owned).ok_or_else(|| NotPrior {
        line: Some(part.line),
        message: "the resource that begins here is no JSON with a `text`".to_owned(),
    })
}

/// A resource belongs to the message before it.
fn attach(messages: &mut Vec<Message>, text: &str) {
    match messages.last_mut() {
        Some(Message::User { content } | Message::Assistant(AssistantMessage { content, .. })) => {
            content.push_str("\n\n");
            content.push_str(text);
        }
        Some(Message::System { .. } | Message::Tool(_)) | None => {
            messages.push(Message::User { content: text.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, form: PriorForm) -> Result<Vec<String>, NotPrior> {
        let words = |message: Arc<Message>| match &*message {
            Message::System { content } => format!("system: {content}"),
            Message::User { content } => format!("user: {content}"),
            Message::Assistant(reply) => format!("assistant: {}", reply.content),
            Message::Tool(result) => format!("{}: {}", result.name, result.content),
        };
        prior(text, form).map(|messages| messages.into_iter().map(words).collect())
    }

    #[test]
    fn text_without_a_delimiter_is_the_persons() {
        let text = "\u{feff}\nHello.\n\n--- USER\n";
        assert_eq!(said(text, PriorForm::Delimited).unwrap(), ["user: Hello.\n\n--- USER"]);
    }

    #[test]
    fn each_delimiter_begins_a_message_and_a_resource_belongs_to_the_one_before() {
        let resource = r#"{"type":"resource","resource":{"uri":"file:///a","text":"A."}}"#;
        let text = format!(
            "---USER\r\nOne\n  two\n---RESOURCE\n{resource}\n---ASSISTANT\n\nThree\n---USER\n"
        );
        assert_eq!(
            said(&text, PriorForm::Delimited).unwrap(),
            ["user: One\n  two\n\nA.", "assistant: Three"]
        );
        let error = said("---USER\nx\n---RESOURCE\nnotes.md", PriorForm::Delimited).unwrap_err();
        assert_eq!(error.line, Some(3));
    }

    #[test]
    fn json_is_read_as_it_is_imported_and_what_is_wrong_has_its_line() {
        let text = r#"{"messages": [
            {"role": "user", "content": {"type": "text", "text": "Who?"}},
            {"role": "assistant", "content": [], "tool_calls": {"c1": {"params": {"name": "f"}}}}
        ]}"#;
        let open = "f: This call was not finished.";
        assert_eq!(said(text, PriorForm::Json).unwrap(), ["user: Who?", "assistant: ", open]);
        for (text, line) in [
            ("{\n\"messages\": [\n}", Some(3)),
            (
                "{\"messages\": [\n\n{\"role\": \"user\", \"content\": \"a\"},\n{\"role\": \"dog\"}]}",
                Some(4),
            ),
            (
                "{\"messages\": [{\"role\": \"user\"},\n{\"role\": \"user\"},\n{\"role\": \"system\", \"content\": \"x\"}]}",
                None,
            ),
            ("{}", None),
        ] {
            let error = said(text, PriorForm::Json).unwrap_err();
            assert_eq!(error.line, line, "{error}");
        }
    }
}
