//! Conversations from elsewhere: a JSON document of this program, or fast-agent's format.
//!
//! An import brings messages and never settings: a file from a stranger decides about no card, no
//! model and no server.

use std::sync::Arc;

use serde_json::Value;

use super::export::Document;
use super::{VERSION, fast_agent};
use crate::conversation::Conversation;
use crate::message::Message;

/// A conversation that was read from a file.
#[derive(Debug, Default)]
pub struct Imported {
    /// The conversation. All of it counts as what other people wrote.
    pub conversation: Conversation,
    /// How many pieces of content were no text and are not in it.
    pub left_out: usize,
}

/// Why a file is not imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct NotImported {
    what: String,
    /// The message it is about, counted from 1.
    pub(super) number: Option<usize>,
}

impl NotImported {
    /// Something is wrong with a message, counted from 1.
    pub(super) fn message(number: usize, what: &str) -> Self {
        Self { what: format!("message {number}: {what}"), number: Some(number) }
    }

    fn of(what: String) -> Self {
        Self { what, number: None }
    }
}

/// Reads a document.
pub fn import(text: &str) -> Result<Imported, NotImported> {
    let document: Value = serde_json::from_str(text)
        .map_err(|error| NotImported::of(format!("it is no JSON document: {error}")))?;
    self::document(text, &document)?.end()
}

/// Reads the messages of a document, which is also given as its text.
pub(super) fn document(text: &str, document: &Value) -> Result<Importing, NotImported> {
    let Some(messages) = document.get("messages").and_then(Value::as_array) else {
        return Err(NotImported::of("it holds no `messages`".to_owned()));
    };
    let mut importing = Importing::default();
    match document.get("transcript").and_then(Value::as_u64) {
        Some(version) if version > u64::from(VERSION) => {
            let message =
                format!("it is of version {version}; this program knows versions up to {VERSION}");
            return Err(NotImported::of(message));
        }
        Some(_) => {
            // From the text, so that numbers keep their form.
            let document: Document<'_> =
                serde_json::from_str(text).map_err(|error| NotImported::of(error.to_string()))?;
            for (index, message) in document.messages.iter().enumerate() {
                importing.add(Message::clone(message), index + 1)?;
            }
        }
        None => fast_agent::read(messages, &mut importing)?,
    }
    Ok(importing)
}

/// An import under way.
#[derive(Debug, Default)]
pub(super) struct Importing {
    conversation: Conversation,
    /// Calls that have no result yet: id and name.
    open: Vec<(String, String)>,
    pub(super) left_out: usize,
}

impl Importing {
    /// The tool of a call that has no result yet.
    pub(super) fn called(&self, id: &str, number: usize) -> Result<String, NotImported> {
        let call = self.open.iter().find(|(open, _)| open == id);
        let what = || format!("it is the result of `{id}`, which nobody asked for before it");
        call.map(|(_, name)| name.clone()).ok_or_else(|| NotImported::message(number, &what()))
    }

    /// Adds a message. Calls that were never answered are answered before the next one, since
    /// providers refuse a call without a result and a result without a call.
    pub(super) fn add(&mut self, message: Message, number: usize) -> Result<(), NotImported> {
        if let Message::Tool(result) = &message {
            self.called(&result.call_id, number)?;
            self.open.retain(|(id, _)| *id != result.call_id);
        } else {
            self.close();
        }
        if let Message::Assistant(reply) = &message {
            let calls = reply.tool_calls.iter();
            self.open = calls.map(|call| (call.id.clone(), call.name.clone())).collect();
        }
        let there = self.conversation.messages().len();
        self.conversation.replace(there..there, vec![Arc::new(message)]);
        Ok(())
    }

    /// The messages there are.
    pub(super) fn messages(mut self) -> Vec<Arc<Message>> {
        self.close();
        self.conversation.messages().to_vec()
    }

    fn close(&mut self) {
        self.conversation.answer_open_calls("This call was not finished.");
        self.open.clear();
    }

    fn end(mut self) -> Result<Imported, NotImported> {
        self.close();
        let messages = self.conversation.messages();
        if !messages.iter().any(|message| matches!(**message, Message::User { .. })) {
            return Err(NotImported::of("nobody asks anything in it".to_owned()));
        }
        self.conversation.note_foreign("an imported conversation".to_owned());
        Ok(Imported { conversation: self.conversation, left_out: self.left_out })
    }
}
