//! Typed access to the entries of a mapping that was checked against its table.
//!
//! It reports nothing: a value of the wrong shape reads as not given, and whoever checked the
//! mapping has said so already.

use std::collections::BTreeMap;
use std::time::Duration;

use super::keys::camel_case;
use super::node::Node;

/// The entries of a mapping.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'a>(pub(super) &'a [(String, Node)]);

impl<'a> Values<'a> {
    /// Those of a node, which is a mapping if all is well.
    pub(super) fn of(node: Option<&'a Node>) -> Self {
        match node {
            Some(Node::Mapping(entries)) => Self(entries),
            _ => Self(&[]),
        }
    }

    /// The value of a key under either spelling, unless it is null.
    pub(super) fn get(self, key: &str) -> Option<&'a Node> {
        let (_, node) = self.entry(key)?;
        (*node != Node::Null).then_some(node)
    }

    /// How a key is spelled here.
    pub(super) fn written(self, key: &'a str) -> &'a str {
        self.entry(key).map_or(key, |(written, _)| written)
    }

    fn entry(self, key: &str) -> Option<&'a (String, Node)> {
        self.0.iter().find(|(name, _)| *name == key || camel_case(key).eq(name.chars()))
    }

    /// A string that is not blank.
    pub(super) fn text(self, key: &str) -> Option<String> {
        self.get(key).and_then(Node::text).map(str::to_owned)
    }

    /// A boolean.
    pub(super) fn flag(self, key: &str) -> Option<bool> {
        match self.get(key) {
            Some(Node::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// A count.
    pub(super) fn count(self, key: &str) -> Option<u32> {
        match self.get(key) {
            Some(Node::Integer(integer)) => u32::try_from(*integer).ok(),
            _ => None,
        }
    }

    /// A number.
    pub(super) fn number(self, key: &str) -> Option<f64> {
        self.get(key).and_then(Node::number)
    }

    /// A time given in seconds.
    pub(super) fn seconds(self, key: &str) -> Option<Duration> {
        self.number(key).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }

    /// A mapping to strings, numbers and booleans, as what they say; empty if it is not given.
    pub(super) fn values(self, key: &str) -> BTreeMap<String, String> {
        match self.get(key) {
            Some(Node::Mapping(mapping)) => {
                let value = |(key, node): &(String, Node)| Some((key.clone(), node.scalar()?));
                mapping.iter().filter_map(value).collect()
            }
            _ => BTreeMap::new(),
        }
    }

    /// A list of strings, or one; empty if it is not given.
    pub(super) fn texts(self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Node::List(list)) => {
                list.iter().filter_map(Node::text).map(str::to_owned).collect()
            }
            Some(Node::Text(text)) if !text.trim().is_empty() => vec![text.clone()],
            _ => Vec::new(),
        }
    }
}
