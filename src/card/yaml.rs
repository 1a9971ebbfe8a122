//! A YAML document as a tree in which nothing is lost or coerced, and the place of every node.
//!
//! It does not know which keys a card has. `serde_yaml` gives positions only in errors, so a place
//! is found by reading the document again and failing on purpose at the node in question: that way
//! one parser decides both what a document says and where.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::path::{KeyPath, Spot, Step};
use super::problem::{Problem, place_of};
use crate::diagnostic::Place;

/// The most memory a tree may take, in bytes.
const MOST_TREE: usize = 8 * 1024 * 1024;

/// A document and the file lines it stands on.
#[derive(Debug)]
pub(super) struct Document<'a> {
    text: &'a str,
    first_line: usize,
    root: Node,
}

/// A YAML value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// An integer.
    Integer(i128),
    /// A number that is no integer, possibly `.nan` or `.inf`.
    Float(f64),
    /// A string.
    Text(String),
    /// A sequence.
    List(Vec<Self>),
    /// A mapping in the order of the file; a key that is given twice is in it twice.
    Mapping(Vec<(String, Self)>),
}

impl Node {
    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Flag(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Mapping(_) => "a mapping",
        }
    }

    /// Its text, if it is a string that is not blank.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    /// Its value, if it is a finite number of reasonable size.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(integer) => i32::try_from(*integer).ok().map(f64::from),
            Self::Float(number) => number.is_finite().then_some(*number),
            _ => None,
        }
    }
}

impl<'a> Document<'a> {
    /// Reads the one document of a text; an empty text is a null.
    pub(super) fn read(text: &'a str, first_line: usize) -> Result<Self, Problem> {
        let mut documents = serde_yaml::Deserializer::from_str(text);
        let place = |error: &serde_yaml::Error| place_in(text, first_line, error);
        let root = match documents.next() {
            None => Node::Null,
            Some(document) => NodeSeed { budget: &Cell::new(MOST_TREE) }
                .deserialize(document)
                .map_err(|error| unreadable(&error).at(place(&error)))?,
        };
        match documents.next().map(Failing::deserialize) {
            None | Some(Ok(Failing)) => Ok(Self { text, first_line, root }),
            Some(Err(error)) => {
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
        let document = serde_yaml::Deserializer::from_str(self.text).next()?;
        let probe = Probe { steps: path.steps(), spot };
        let error = probe.deserialize(document).err()?;
        place_in(self.text, self.first_line, &error)
    }
}

fn place_in(text: &str, first_line: usize, error: &serde_yaml::Error) -> Option<Place> {
    let character = error.location()?.index();
    let byte = text.char_indices().nth(character).map_or(text.len(), |(byte, _)| byte);
    let Place { line, column } = place_of(text, byte);
    Some(Place { line: line + first_line - 1, column })
}

/// The parser's own words without the position, which is relative to the block.
fn unreadable(error: &serde_yaml::Error) -> Problem {
    let words = error.to_string();
    let words = words.split_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    Problem::new(format!("this is not YAML that can be read: {words}"))
}

/// Reads a node as long as the budget lasts: aliases can make a small text stand for a huge tree.
#[derive(Clone, Copy)]
struct NodeSeed<'b> {
    budget: &'b Cell<usize>,
}

impl NodeSeed<'_> {
    fn spend<E: Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.budget.get().checked_sub(bytes + size_of::<Node>());
        let left = left.ok_or_else(|| E::custom("its aliases make it too large"))?;
        self.budget.set(left);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("plain YAML without tags")
    }

    fn visit_none<E: Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        self.spend(0).map(|()| Node::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Node, E> {
        self.spend(0).map(|()| Node::Flag(flag))
    }

    fn visit_i64<E: Error>(self, integer: i64) -> Result<Node, E> {
        self.spend(0).map(|()| Node::Integer(integer.into()))
    }

    fn visit_u64<E: Error>(self, integer: u64) -> Result<Node, E> {
        self.spend(0).map(|()| Node::Integer(integer.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Node, E> {
        self.spend(0).map(|()| Node::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        self.spend(text.len()).map(|()| Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        self.spend(0)?;
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element_seed(self)? {
            list.push(entry);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        self.spend(0)?;
        let mut mapping = Vec::new();
        while let Some(Key(key)) = entries.next_key()? {
            self.spend::<A::Error>(key.len())?;
            mapping.push((key, entries.next_value_seed(self)?));
        }
        Ok(Node::Mapping(mapping))
    }
}

/// A key, which has to be text.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key that is text")
            }

            fn visit_str<E: Error>(self, key: &str) -> Result<Key, E> {
                Ok(Key(key.to_owned()))
            }
        }
        deserializer.deserialize_any(KeyVisitor)
    }
}

/// Fails at whatever it meets, so that the error says where that is.
struct Failing;

impl<'de> Deserialize<'de> for Failing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FailingVisitor;
        impl Visitor<'_> for FailingVisitor {
            type Value = Failing;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("to fail here")
            }
        }
        deserializer.deserialize_any(FailingVisitor)
    }
}

/// Walks down a path and fails at its end; it succeeds only where the path leads nowhere.
struct Probe<'p> {
    steps: &'p [Step],
    spot: Spot,
}

impl<'de> DeserializeSeed<'de> for Probe<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.steps.is_empty() {
            Failing::deserialize(deserializer).map(|Failing| ())
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Probe<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the next step of a path")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut position = 0;
        loop {
            let found = match self.steps.split_first() {
                Some((Step::Index(index), rest)) if *index == position => {
                    entries.next_element_seed(Probe { steps: rest, spot: self.spot })?
                }
                _ => entries.next_element::<IgnoredAny>()?.map(|IgnoredAny| ()),
            };
            if found.is_none() {
                return Ok(());
            }
            position += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Some((Step::Key(wanted, occurrence), rest)) = self.steps.split_first() else {
            return Ok(());
        };
        let at_key = rest.is_empty() && self.spot == Spot::Key;
        let mut passed = 0;
        loop {
            let fail = at_key && passed == *occurrence;
            let Some(Key(key)) = entries.next_key_seed(KeyProbe { wanted, fail })? else {
                return Ok(());
            };
            if key == *wanted && passed == *occurrence {
                return entries.next_value_seed(Probe { steps: rest, spot: self.spot });
            }
            passed += usize::from(key == *wanted);
            entries.next_value::<IgnoredAny>()?;
        }
    }
}

/// Reads a key, and fails at the wanted one if asked to.
struct KeyProbe<'p> {
    wanted: &'p str,
    fail: bool,
}

impl<'de> DeserializeSeed<'de> for KeyProbe<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for KeyProbe<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Key, E> {
        if self.fail && key == self.wanted {
            return Err(E::custom("here"));
        }
        Ok(Key(key.to_owned()))
    }
}
