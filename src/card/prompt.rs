//! A prompt as it is written: text, and placeholders that stand for other text.
//!
//! It reads no clock and no file: what a placeholder stands for is found where the agent is made.

use std::fmt;

use super::placeholder::{Found, begins};
pub use super::placeholder::{Missing, Placeholder, PromptValue};
use super::problem::{Problem, shown, start_of};
use super::yaml::Locator;
use crate::diagnostic::Place;

/// A prompt with the placeholders that are in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prompt {
    /// What it is made of, in order.
    pub pieces: Vec<Piece>,
    /// The key it stands under, if it stands under one.
    key: Option<Locator>,
}

/// A piece of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stays as it is, with `\n` line ends.
    Text(String),
    /// Something that stands for other text.
    Placeholder {
        /// What.
        placeholder: Placeholder,
        /// Where in its file, unless it stands in YAML.
        place: Option<Place>,
    },
}

/// How the backslash of a template is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// `\{{` and `\}}` stand for the braces themselves.
    Honored,
    /// A backslash is a backslash.
    Ignored,
}

/// A placeholder that cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// What it is called, and why not.
    pub(super) problem: Problem,
    /// Where in the text.
    pub(super) place: Place,
}

impl Prompt {
    /// Reads a text that a prompt includes, as a card's prompt is read, but for backslashes.
    /// Placeholders that cannot be filled in stay as they are.
    pub fn included(text: &str) -> Self {
        read(text, start_of(), Escapes::Ignored, &mut |_| {})
    }

    /// Whether it says where skills are listed.
    pub fn lists_skills(&self) -> bool {
        let skills = Placeholder::Value(PromptValue::AgentSkills);
        self.pieces.iter().any(|piece| {
            matches!(piece, Piece::Placeholder { placeholder, .. } if *placeholder == skills)
        })
    }

    /// Where a piece stands that does not know its place, which takes reading the YAML again.
    pub fn place(&self) -> Option<Place> {
        self.key.as_ref().and_then(Locator::find)
    }

    /// The names in it that stand for nothing, and so stay as they are.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (&str, Option<Place>)> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Placeholder { placeholder: Placeholder::Named(name), place } => {
                Some((name.as_str(), *place))
            }
            _ => None,
        })
    }

    /// Says that it stands under a key: its pieces have no places of their own.
    pub(super) fn under(mut self, key: Locator) -> Self {
        for piece in &mut self.pieces {
            if let Piece::Placeholder { place, .. } = piece {
                *place = None;
            }
        }
        Self { key: Some(key), ..self }
    }

    /// Whether a piece is a file of this machine.
    pub(super) fn is_file(piece: &Piece) -> bool {
        matches!(piece, Piece::Placeholder { placeholder: Placeholder::File { .. }, .. })
    }

    fn push_text(&mut self, text: &str) {
        // A checkout with other line ends must not be another prompt.
        let text = if text.contains('\r') { &text.replace("\r\n", "\n") } else { text };
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ if text.is_empty() => {}
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }
}

/// Reads a template that begins at a place of its file.
pub(super) fn read(
    template: &str,
    start: Place,
    escapes: Escapes,
    refused: &mut dyn FnMut(Refused),
) -> Prompt {
    let mut prompt = Prompt::default();
    let mut cursor = Cursor { text: template, byte: 0, place: start };
    let mut plain = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'{', b'\\', &template.as_bytes()[at..]) {
        at += found;
        let special = &template[at..];
        if let Some(braces) = escaped(special).filter(|_| escapes == Escapes::Honored) {
            prompt.push_text(&template[plain..at]);
            prompt.push_text(braces);
            at += 1 + braces.len();
            plain = at;
        } else if let Some((found, length)) = begins(special) {
            match found {
                Found::Placeholder(placeholder) => {
                    prompt.push_text(&template[plain..at]);
                    let place = Some(cursor.go(at));
                    prompt.pieces.push(Piece::Placeholder { placeholder, place });
                    plain = at + length;
                }
                Found::Refused(why) => {
                    let problem = refusal(&special[..length], why);
                    refused(Refused { problem, place: cursor.go(at) });
                }
            }
            at += length;
        } else {
            at += 1;
        }
    }
    prompt.push_text(&template[plain..]);
    prompt
}

/// What is wrong with a placeholder.
pub(super) fn refusal(placeholder: &str, why: &str) -> Problem {
    Problem::new(format!("`{}` {why}", shown(placeholder)))
        .kind("unsupported-placeholder")
        .hint(format!("write `\\{}` if it is meant as text", shown(placeholder)))
}

fn escaped(text: &str) -> Option<&'static str> {
    let braces = text.strip_prefix('\\')?;
    ["{{", "}}"].into_iter().find(|pair| braces.starts_with(pair))
}

/// Walks through a text, counting lines and columns once for all.
struct Cursor<'t> {
    text: &'t str,
    byte: usize,
    place: Place,
}

impl Cursor<'_> {
    /// The place of a byte that is no earlier than the last.
    fn go(&mut self, byte: usize) -> Place {
        let passed = &self.text[self.byte..byte];
        let lines = memchr::memchr_iter(b'\n', passed.as_bytes()).count();
        let line_start = passed.rfind('\n').map_or(0, |newline| newline + 1);
        let columns = passed[line_start..].chars().count();
        let column = if lines == 0 { self.place.column } else { 1 };
        self.place = Place { line: self.place.line + lines, column: column + columns };
        self.byte = byte;
        self.place
    }
}

impl fmt::Display for Prompt {
    /// As it is written, escapes aside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Placeholder { placeholder, .. } => placeholder.fmt(f),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(template: &str) -> (Prompt, Vec<Refused>) {
        let mut refusals = Vec::new();
        let prompt =
            read(template, start_of(), Escapes::Honored, &mut |refused| refusals.push(refused));
        (prompt, refusals)
    }

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    fn date(line: usize, column: usize) -> Piece {
        Piece::Placeholder {
            placeholder: Placeholder::Value(PromptValue::CurrentDate),
            place: Some(Place { line, column }),
        }
    }

    #[test]
    fn a_prompt_is_text_and_placeholders_with_their_places() {
        let (prompt, refused) = own("{{{currentDate}}}, é\r\n\n é{{currentDate}}");
        let pieces = [text("{"), date(1, 2), text("}, é\n\n é"), date(3, 3)];
        assert_eq!((prompt.pieces.as_slice(), refused.as_slice()), (&pieces[..], &[][..]));
    }

    #[test]
    fn what_is_no_placeholder_stays_as_it_is() {
        let template = "{{ currentDate }} {{agents }} {{}} }} {{file:a\n}} \\{ {{";
        assert_eq!(own(template).0.pieces, [text(template)]);
    }

    #[test]
    fn a_backslash_makes_braces_text_in_the_cards_own_words() {
        let template = "\\{{currentDate\\}} \\\\{{nope\\}}";
        assert_eq!(own(template).0.pieces, [text("{{currentDate}} \\{{nope}}")]);
        assert_eq!(Prompt::included(template).to_string(), template);
    }

    #[test]
    fn what_cannot_be_filled_in_is_named_with_its_place() {
        let (_, refused) = own("é{{agentInternalResources}}\n{{file:}} {{internal:x}}");
        let places = refused.iter().map(|refused| (refused.place.line, refused.place.column));
        assert_eq!(places.collect::<Vec<_>>(), [(1, 2), (2, 1), (2, 11)]);
    }

    #[test]
    fn names_nobody_knows_are_told() {
        let (prompt, _) = own("{{a}} {{b}} {{env}} {{Miss}}");
        let unknown: Vec<_> = prompt.unknown().map(|(name, _)| name).collect();
        assert_eq!(unknown, ["a", "b", "Miss"]);
        assert!(own("{{file_silent:a}}").0.pieces.iter().all(Prompt::is_file));
        let missing = Missing::Empty;
        let file = Placeholder::File { path: "a".to_owned(), missing };
        assert_eq!(file.to_string(), "{{file_silent:a}}");
    }
}
