//! The messages with which the conversations of a card begin.
//!
//! It finds the files; how messages are written in them is told elsewhere.

use std::path::Path;
use std::sync::Arc;

use super::SetupError;
use super::files::{self, Files, Refusal};
use crate::card::{Card, KeyPath};
use crate::conversation::{Change, Conversation};
use crate::diagnostic::{Diagnostic, Place};
use crate::message::Message;
use crate::transcript::{NotPrior, PriorForm, prior};

/// The messages a card names, file after file, or all that is wrong with them.
pub(super) fn resolve(card: &Card, directory: &Path) -> Result<Vec<Arc<Message>>, Vec<SetupError>> {
    if card.messages.is_empty() {
        return Ok(Vec::new());
    }
    let card_directory = directory.join(&card.path);
    let card_directory = card_directory.parent().unwrap_or(directory);
    let files = Files::new(card_directory, directory);
    let mut messages = Vec::new();
    let mut errors = Vec::new();
    for (index, written) in card.messages.iter().enumerate() {
        match load(&files, written) {
            Ok(loaded) => messages.extend(loaded),
            Err(Unloaded::File(Refusal { code, message })) => {
                let key = KeyPath::top("messages").index(index);
                let message = format!("`{written}` {message}");
                errors.push(SetupError::Card(Box::new(card.complaint(code, &key, message))));
            }
            Err(Unloaded::Messages(complaint)) => errors.push(SetupError::Card(complaint)),
        }
    }
    if errors.is_empty() { Ok(messages) } else { Err(errors) }
}

/// Begins a conversation with the messages of a card.
pub(super) fn begin(conversation: &mut Conversation, messages: &[Arc<Message>]) {
    for message in messages {
        conversation.apply(Change::Added(Arc::clone(message)));
    }
    if messages.iter().any(|message| matches!(**message, Message::Tool(_))) {
        conversation.note_foreign("the messages the card begins with".to_owned());
    }
}

/// Why a file brings no messages.
enum Unloaded {
    /// It cannot be had.
    File(Refusal),
    /// They are not what they should be.
    Messages(Box<Diagnostic>),
}

fn load(files: &Files<'_>, written: &str) -> Result<Vec<Arc<Message>>, Unloaded> {
    let found = files.find(written).map_err(Unloaded::File)?;
    let found = found.ok_or_else(|| Unloaded::File(files.missing(written)))?;
    let text = files::read(&found.path).map_err(Unloaded::File)?;
    let is_json = found.path.extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("json"));
    let form = if is_json { PriorForm::Json } else { PriorForm::Delimited };
    prior(&text, form).map_err(|NotPrior { line, message }| {
        Unloaded::Messages(Box::new(Diagnostic {
            code: "bad-messages",
            file: files.shown(&found.path),
            place: line.map(|line| Place { line, column: 1 }),
            key: None,
            message,
            hint: None,
        }))
    })
}
