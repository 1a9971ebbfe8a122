//! A YAML value in which nothing is lost or coerced.
//!
//! It does not know which values a card may hold.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Value, json};

/// The most memory a tree may take, in bytes.
const MOST_TREE: usize = 8 * 1024 * 1024;

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
    /// Reads a document.
    pub(super) fn read(document: serde_yaml::Deserializer<'_>) -> Result<Self, serde_yaml::Error> {
        NodeSeed { budget: &Cell::new(MOST_TREE) }.deserialize(document)
    }

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

    /// What a string, a number or a boolean says; nothing says an empty text.
    pub(super) fn scalar(&self) -> Option<String> {
        match self {
            Self::Null => Some(String::new()),
            Self::Flag(flag) => Some(flag.to_string()),
            Self::Integer(integer) => Some(integer.to_string()),
            Self::Float(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::List(_) | Self::Mapping(_) => None,
        }
    }

    /// The same as JSON; what JSON cannot say is a null.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Flag(flag) => Value::Bool(*flag),
            Self::Integer(integer) => match i64::try_from(*integer) {
                Ok(integer) => json!(integer),
                Err(_) => json!(u64::try_from(*integer).ok()),
            },
            Self::Float(number) => json!(number),
            Self::Text(text) => Value::String(text.clone()),
            Self::List(list) => list.iter().map(Self::json).collect(),
            Self::Mapping(mapping) => Value::Object(
                mapping.iter().map(|(key, node)| (key.clone(), node.json())).collect(),
            ),
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
        f.write_str("a value")
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

    fn visit_i128<E: Error>(self, integer: i128) -> Result<Node, E> {
        self.spend(0).map(|()| Node::Integer(integer))
    }

    fn visit_u128<E: Error>(self, integer: u128) -> Result<Node, E> {
        self.visit_i128(i128::try_from(integer).map_err(E::custom)?)
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

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Node, A::Error> {
        Err(A::Error::custom("tags such as `!name` are not supported"))
    }
}

/// A key, which has to be text.
pub(super) struct Key(pub(super) String);

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
