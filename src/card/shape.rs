//! What a value of a card may be, and what to say when it is something else.
//!
//! It does not know which key a value belongs to.

use super::node::Node;
use super::path::KeyPath;
use super::problem::{Problem, shown, suggestion};

/// What a key holds. Nothing is ever coerced: `"3"` is no number and `yes` is no boolean.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A string that is not blank.
    Text,
    /// A boolean.
    Flag,
    /// An integer within limits.
    Integer { least: i64, most: i64 },
    /// A number within limits.
    Number { least: f64, most: f64 },
    /// One of some words.
    Choice(&'static [&'static str]),
    /// A list of strings.
    Texts,
    /// A string or a list of them.
    TextOrTexts,
    /// A mapping.
    Mapping,
    /// A mapping to strings, numbers and booleans.
    Values,
    /// A mapping to strings.
    TextByName,
    /// The same, of moments to functions; which there are is looked at elsewhere.
    Hooks(&'static [&'static str]),
    /// A mapping to lists of strings.
    TextsByName,
    /// That, or what names tools: a string or a list of them.
    Tools,
    /// An entry or a list of entries, which are looked at elsewhere.
    FunctionTools,
    /// A list of entries with their own table of keys, which are looked at elsewhere.
    HttpTools,
    /// A mapping with its own table of keys.
    RequestParams,
    /// A mapping or a list of servers, which are looked at elsewhere.
    McpServers,
    /// A mapping to entries with their own table of keys, which are looked at elsewhere.
    Commands,
    /// Whatever YAML can say.
    Anything,
}

impl Shape {
    /// A time in seconds, at most a day.
    pub(super) const SECONDS: Self = Self::Number { least: 1.0, most: 86_400.0 };

    /// Checks a value; what is wrong comes back with the path of the part that is.
    pub(super) fn check(self, path: &KeyPath, node: &Node) -> Vec<(KeyPath, Problem)> {
        match (self, node) {
            (Self::Texts | Self::TextOrTexts | Self::Tools, Node::List(list)) => list
                .iter()
                .enumerate()
                .flat_map(|(index, entry)| Self::Text.check(&path.index(index), entry))
                .collect(),
            (Self::TextOrTexts | Self::Tools, Node::Text(_)) => Self::Text.check(path, node),
            (Self::TextByName | Self::Hooks(_), Node::Mapping(mapping)) => mapping
                .iter()
                .flat_map(|(name, entry)| Self::Text.check(&path.key(name), entry))
                .collect(),
            (Self::Values, Node::Mapping(mapping)) => mapping
                .iter()
                .filter(|(_, entry)| entry.scalar().is_none())
                .map(|(name, entry)| (path.key(name), Self::misfit_value(entry)))
                .collect(),
            (Self::TextsByName | Self::Tools, Node::Mapping(mapping)) => mapping
                .iter()
                .flat_map(|(name, entry)| Self::Texts.check(&path.key(name), entry))
                .collect(),
            _ if self.fits(node) => Vec::new(),
            _ => vec![(path.clone(), self.misfit(node))],
        }
    }

    /// Whether a value is of this shape, parts of lists and mappings aside.
    fn fits(self, node: &Node) -> bool {
        match (self, node) {
            (Self::Text, Node::Text(text)) => !text.trim().is_empty(),
            (Self::Integer { least, most }, Node::Integer(integer)) => {
                (i128::from(least)..=i128::from(most)).contains(integer)
            }
            (Self::Number { least, most }, _) => {
                node.number().is_some_and(|number| (least..=most).contains(&number))
            }
            (Self::Choice(words), Node::Text(text)) => words.contains(&text.as_str()),
            (Self::FunctionTools, Node::Text(_) | Node::List(_))
            | (Self::McpServers, Node::Mapping(_) | Node::List(_))
            | (Self::HttpTools, Node::List(_))
            | (Self::Flag, Node::Flag(_))
            | (Self::Mapping | Self::RequestParams | Self::Commands, Node::Mapping(_))
            | (Self::Anything, _) => true,
            _ => false,
        }
    }

    fn misfit_value(node: &Node) -> Problem {
        let message = format!("must be text, a number or a boolean, not {}", node.kind());
        Problem::new(message).kind("wrong-type")
    }

    fn misfit(self, node: &Node) -> Problem {
        let found = match (self, node) {
            (Self::Choice(_), Node::Text(text)) => format!("`{}`", shown(text)),
            (_, Node::Text(text)) if text.trim().is_empty() => "empty text".to_owned(),
            (Self::Integer { .. } | Self::Number { .. }, Node::Integer(integer)) => {
                integer.to_string()
            }
            (Self::Number { .. }, Node::Float(number)) => number.to_string(),
            _ => node.kind().to_owned(),
        };
        let hint = match (self, node) {
            (Self::Choice(words), Node::Text(text)) => suggestion(text, words.iter().copied()),
            (Self::Text, Node::Flag(_) | Node::Integer(_) | Node::Float(_)) => {
                Some("put it in quotes".to_owned())
            }
            (Self::Flag, Node::Text(_)) => {
                Some("only `true` and `false`, without quotes, are booleans".to_owned())
            }
            (Self::Integer { .. } | Self::Number { .. }, Node::Text(text))
                if text.parse::<f64>().is_ok() =>
            {
                Some("write it without quotes".to_owned())
            }
            (Self::Texts, Node::Text(_)) => Some("write it as a list of one".to_owned()),
            _ => None,
        };
        Problem::new(format!("must be {}, not {found}", self.words())).kind("wrong-type").hint(hint)
    }

    /// What is expected, for messages and documentation.
    pub(super) fn words(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Integer { least, most } if least == most => format!("the integer {least}"),
            Self::Integer { least, most } => format!("an integer from {least} to {most}"),
            Self::Number { least, most } => format!("a number from {least} to {most}"),
            Self::Choice([word]) => format!("`{word}`"),
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                format!("one of {}", words.join(", "))
            }
            Self::Texts => "a list of texts".to_owned(),
            Self::TextOrTexts => "text or a list of texts".to_owned(),
            Self::Mapping | Self::RequestParams => "a mapping".to_owned(),
            Self::Values => "a mapping to values".to_owned(),
            Self::TextByName | Self::Hooks(_) => "a mapping to texts".to_owned(),
            Self::TextsByName => "a mapping to lists of texts".to_owned(),
            Self::Tools => "a mapping to lists of texts, or names of tools".to_owned(),
            Self::FunctionTools => "a list of functions".to_owned(),
            Self::McpServers => "a mapping or a list of servers".to_owned(),
            Self::HttpTools => "a list of requests".to_owned(),
            Self::Commands => "a mapping to commands".to_owned(),
            Self::Anything => "a value".to_owned(),
        }
    }
}
