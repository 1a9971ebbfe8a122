//! Fills `${NAME}` and `${NAME:default}` in front matter in from the environment.
//!
//! It reads no environment: what a name stands for is told by whoever loads the card.

use std::borrow::Cow;

use super::node::Node;
use super::path::{KeyPath, Step};
use super::problem::{Problem, shown};
use super::problems::Problems;
use crate::variable::{Variable, is_secret, variables};

/// What the variables of a card may take together, in bytes.
const MOST: usize = 1024 * 1024;

/// The keys below which a variable that holds a secret may stand. What stands anywhere else is shown
/// to a model, to a person or to a server.
const SECRET_PLACES: &[&str] = &["api_key", "headers", "env", "auth", "access_token"];

/// What a variable stands for.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Fills the variables of a tree in, or says that there are none.
pub(super) fn fill(root: &Node, lookup: Lookup<'_>, problems: &mut Problems<'_>) -> Option<Node> {
    let mut filling = Filling { lookup, left: MOST, problems };
    let path = KeyPath::default();
    contains(root).then(|| filling.node(&path, root))
}

/// Says of a tree from elsewhere that its variables are not filled in.
pub(super) fn leave(root: &Node, problems: &mut Problems<'_>) {
    if contains(root) {
        let message = "variables such as `${NAME}` are not filled in for a card from elsewhere";
        problems.warn(Problem::new(message).kind("unset-variable"));
    }
}

fn contains(node: &Node) -> bool {
    match node {
        Node::Text(text) => variables(text).next().is_some(),
        Node::List(list) => list.iter().any(contains),
        Node::Mapping(mapping) => mapping.iter().any(|(_, value)| contains(value)),
        Node::Null | Node::Flag(_) | Node::Integer(_) | Node::Float(_) => false,
    }
}

struct Filling<'a, 'p, 'd> {
    lookup: Lookup<'a>,
    /// How many bytes more there may be.
    left: usize,
    problems: &'p mut Problems<'d>,
}

impl Filling<'_, '_, '_> {
    fn node(&mut self, path: &KeyPath, node: &Node) -> Node {
        match node {
            Node::Text(text) => self.text(path, text),
            Node::List(list) => {
                let entries = list.iter().enumerate();
                Node::List(entries.map(|(at, entry)| self.node(&path.index(at), entry)).collect())
            }
            Node::Mapping(mapping) => {
                let entry =
                    |(key, value): &(String, Node)| (key.clone(), self.node(&path.key(key), value));
                Node::Mapping(mapping.iter().map(entry).collect())
            }
            Node::Null | Node::Flag(_) | Node::Integer(_) | Node::Float(_) => node.clone(),
        }
    }

    fn text(&mut self, path: &KeyPath, text: &str) -> Node {
        let mut filled = String::new();
        let mut rest = 0;
        let mut whole = false;
        for Variable { name, default, span } in variables(text) {
            whole = span == (0..text.len());
            filled.push_str(&text[rest..span.start]);
            filled.push_str(&self.value(path, name, default, &text[span.clone()]));
            rest = span.end;
            if filled.len() > self.left {
                let message = format!("its variables come to more than {MOST} bytes");
                self.problems.at_value(path, Problem::new(message).kind("large-variable"));
                return Node::Text(text.to_owned());
            }
        }
        filled.push_str(&text[rest..]);
        self.left = self.left.saturating_sub(filled.len());
        // Only there are numbers and booleans that come as text taken for what they say.
        let in_params = matches!(
            path.steps().first(), Some(Step::Key(key, _)) if key == "request_params"
        );
        if whole && in_params { scalar(filled) } else { Node::Text(filled) }
    }

    fn value<'t>(
        &mut self,
        path: &KeyPath,
        name: &str,
        default: Option<&'t str>,
        written: &'t str,
    ) -> Cow<'t, str> {
        if is_secret(name) && !may_hold_a_secret(path) {
            let name = shown(name);
            let message = format!("`{name}` holds a secret, which does not belong here");
            let hint = format!("a secret may stand below {}", SECRET_PLACES.join(", "));
            self.problems.at_value(path, Problem::new(message).kind("secret-variable").hint(hint));
            return written.into();
        }
        match ((self.lookup)(name), default) {
            (Some(value), _) => value.into(),
            (None, Some(default)) => default.into(),
            (None, None) => {
                let name = shown(name);
                let message = format!("`{name}` is not set; `${{{name}}}` stays as it is");
                let hint = format!("set it, or give a default: `${{{name}:…}}`");
                let problem = Problem::new(message).kind("unset-variable").hint(hint);
                self.problems.warn_at_value(path, problem);
                written.into()
            }
        }
    }
}

fn may_hold_a_secret(path: &KeyPath) -> bool {
    path.steps().iter().any(
        |step| matches!(step, Step::Key(key, _) if SECRET_PLACES.contains(&key.to_lowercase().as_str())),
    )
}

fn scalar(text: String) -> Node {
    match text.as_str() {
        "true" => Node::Flag(true),
        "false" => Node::Flag(false),
        _ => {
            let integer = text.parse().ok().map(Node::Integer);
            let number = || text.parse().ok().filter(|n: &f64| n.is_finite()).map(Node::Float);
            integer.or_else(number).unwrap_or(Node::Text(text))
        }
    }
}
