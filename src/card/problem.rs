//! A problem in a card before it is tied to a file: where, which key, what and the way out.
//!
//! It does not know how problems are found or shown.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Place, did_you_mean};

/// One thing that is wrong with a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    code: &'static str,
    place: Option<Place>,
    key: Option<String>,
    message: String,
    hint: Option<String>,
}

impl Problem {
    /// States what is wrong.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { code: "unreadable", place: None, key: None, message: message.into(), hint: None }
    }

    /// Says what kind of problem it is, with a stable word; `unreadable` otherwise.
    pub(super) fn kind(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// Says where.
    pub(super) fn at(self, place: impl Into<Option<Place>>) -> Self {
        Self { place: place.into(), ..self }
    }

    /// Says which key it is about.
    pub(super) fn about(self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self }
    }

    /// Says what to do.
    pub(super) fn hint(self, hint: impl Into<Option<String>>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// Ties it to the file it was found in.
    pub(super) fn in_file(self, file: &Path) -> Diagnostic {
        let Self { code, place, key, message, hint } = self;
        Diagnostic { code, file: file.to_owned(), place, key, message, hint }
    }
}

/// The beginning of a text.
pub(super) fn start_of() -> Place {
    Place { line: 1, column: 1 }
}

/// The place of a byte of a text; the byte must be at a character boundary.
pub(super) fn place_of(text: &str, byte: usize) -> Place {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Place {
        line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

/// A text from a card as a message may show it: cut short, and without characters that would move
/// the cursor or turn the direction of what follows.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 120;
    let mut shown: String = text.chars().take(MOST).map(printable).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

fn printable(character: char) -> String {
    match character {
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            character.escape_unicode().to_string()
        }
        _ if character.is_control() => character.escape_default().to_string(),
        _ => character.to_string(),
    }
}

/// A hint at the word that was probably meant.
pub(super) fn suggestion<'a>(
    written: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    did_you_mean(written, words).map(|word| format!("did you mean `{word}`?"))
}
