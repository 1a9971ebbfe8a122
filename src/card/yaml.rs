//! A YAML document: its tree, and the place of everything in it.
//!
//! It does not know which keys a card has.

use std::fmt;
use std::sync::Arc;

use super::locate::fail_at;
use super::node::Node;
use super::path::{KeyPath, Spot};
use super::problem::{Problem, place_of, shown};
use crate::diagnostic::Place;

/// The most YAML that is read, in bytes.
const MOST_YAML: usize = 64 * 1024;

/// The most `[` and `{` in it. The parser looks at every open one again for every token, so that
/// 60 000 of them would keep it busy for seconds before it says that they nest too deeply.
const MOST_BRACKETS: usize = 4000;

/// A document and the file lines it stands on.
#[derive(Debug)]
pub(super) struct Document {
    front: Front,
    root: Node,
}

/// The YAML of a card as it was written: what stands where is looked up in it once somebody has to
/// be told, which most never have.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Front {
    text: Arc<str>,
    first_line: usize,
}

/// A value that can be found again: its place costs a reading of the document, which most values
/// are not worth.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Locator {
    front: Front,
    path: KeyPath,
}

impl Document {
    /// Reads the one document of a text; an empty text is a null.
    pub(super) fn read(text: &str, first_line: usize) -> Result<Self, Problem> {
        check_text(text, first_line)?;
        let mut documents = serde_yaml::Deserializer::from_str(text);
        let place = |error: &serde_yaml::Error| place_in(text, first_line, error);
        let root = match documents.next() {
            None => Node::Null,
            Some(document) => {
                Node::read(document).map_err(|error| unreadable(&error).at(place(&error)))?
            }
        };
        match documents.next().and_then(|second| fail_at(second, &[], Spot::Value)) {
            None => Ok(Self { front: Front { text: text.into(), first_line }, root }),
            Some(error) => {
                Err(Problem::new("a card holds one YAML document, and here a second begins")
                    .at(place(&error)))
            }
        }
    }

    /// The whole document.
    pub(super) fn root(&self) -> &Node {
        &self.root
    }

    /// Where a node, or the key it stands under, is.
    pub(super) fn place(&self, path: &KeyPath, spot: Spot) -> Option<Place> {
        self.front.place(path, spot)
    }

    /// The text of it.
    pub(super) fn front(&self) -> &Front {
        &self.front
    }

    /// What finds a value later.
    pub(super) fn locator(&self, path: &KeyPath) -> Locator {
        Locator { front: self.front.clone(), path: path.clone() }
    }
}

impl Front {
    /// Where a node, or the key it stands under, is.
    pub(super) fn place(&self, path: &KeyPath, spot: Spot) -> Option<Place> {
        let document = serde_yaml::Deserializer::from_str(&self.text).next()?;
        let error = fail_at(document, path.steps(), spot)?;
        place_in(&self.text, self.first_line, &error)
    }
}

impl Locator {
    /// Where the value is.
    pub(super) fn find(&self) -> Option<Place> {
        self.front.place(&self.path, Spot::Value)
    }
}

impl fmt::Debug for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from line {}", self.first_line)
    }
}

impl fmt::Debug for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.find().fmt(f)
    }
}

/// Checks what the parser could only refuse without saying where.
fn check_text(text: &str, first_line: usize) -> Result<(), Problem> {
    let place = |byte| offset(place_of(text, byte), first_line);
    if text.len() > MOST_YAML {
        let found = text.len();
        return Err(Problem::new(format!(
            "a card has at most {MOST_YAML} bytes of YAML, not {found}"
        ))
        .at(place(0)));
    }
    if text.matches(['[', '{']).count() > MOST_BRACKETS {
        return Err(Problem::new(format!(
            "a card opens at most {MOST_BRACKETS} brackets in its YAML"
        ))
        .at(place(0)));
    }
    match text.char_indices().find(|(_, character)| !may_stand(*character)) {
        Some((byte, character)) => {
            let code = u32::from(character);
            Err(Problem::new(format!("the character U+{code:04X} may not stand in YAML"))
                .at(place(byte)))
        }
        None => Ok(()),
    }
}

/// Whether YAML takes a character as it is (YAML 1.1, section 4.1, `c-printable`).
fn may_stand(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' => true,
        '\u{feff}' => false,
        _ => matches!(character, '\u{a0}'..='\u{fffd}' | '\u{10000}'..),
    }
}

fn offset(place: Place, first_line: usize) -> Place {
    Place { line: place.line + first_line - 1, ..place }
}

fn place_in(text: &str, first_line: usize, error: &serde_yaml::Error) -> Option<Place> {
    Some(offset(place_of(text, error.location()?.index()), first_line))
}

/// The parser's own words without the position, which is relative to the block.
fn unreadable(error: &serde_yaml::Error) -> Problem {
    let words = error.to_string();
    let words = words.split_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    // What trips most of those who write a sentence there, and says least to them.
    let is_colon = words.starts_with("mapping values are not allowed");
    let hint = is_colon.then(|| "a text with `: ` in it stands in quotes".to_owned());
    Problem::new(format!("the YAML cannot be read: {}", shown(words))).hint(hint)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Document;
    use crate::card::path::{KeyPath, Spot};

    /// The rest of the line at a place.
    fn at<'a>(text: &'a str, document: &Document, path: &KeyPath, spot: Spot) -> &'a str {
        let place = document.place(path, spot).unwrap();
        let line = text.split('\n').nth(place.line - 1).unwrap();
        let (byte, _) = line.char_indices().nth(place.column - 1).unwrap();
        &line[byte..]
    }

    proptest! {
        #[test]
        fn keys_and_values_are_found_where_they_are(
            keys in proptest::collection::btree_map("[a-m]{1,5}", "[n-zé]{1,5}", 1..6),
            (open, separator, close) in prop_oneof![
                Just(("", "\n", "")),
                Just(("\n  ", "\n  ", "")),
                Just(("\r\n  ", " # é\r\n\r\n  ", "")),
                Just(("{", ", ", "}")),
                Just(("{ # é\n ", "\n,\n ", "\n}")),
            ],
            quote in prop_oneof![Just(""), Just("'"), Just("\"")],
        ) {
            let entries: Vec<_> = keys
                .iter()
                .map(|(key, value)| format!("{quote}{key}{quote}: [\u{1F600}, {quote}{value}{quote}]"))
                .collect();
            let mapping = format!("{open}{}{close}", entries.join(separator));
            let nests = !open.is_empty();
            let text = if nests { format!("é: 1\ntop: {mapping}") } else { mapping };
            let document = Document::read(&text, 1).unwrap();
            let top = if nests { KeyPath::top("top") } else { KeyPath::default() };
            for (key, value) in &keys {
                let path = top.key(key);
                let (key, value) = (format!("{quote}{key}"), format!("{quote}{value}"));
                prop_assert!(at(&text, &document, &path, Spot::Key).starts_with(&key));
                let path_of_value = path.index(1);
                prop_assert!(at(&text, &document, &path_of_value, Spot::Value).starts_with(&value));
                prop_assert_eq!(document.place(&path.index(2), Spot::Value), None);
            }
        }
    }
}
