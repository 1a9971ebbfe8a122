//! Fills `${NAME}` and `${NAME:default}` in front matter in from the environment.
//!
//! It reads no environment: what a name stands for is told by whoever loads the card.

use std::borrow::Cow;

use super::node::Node;
use super::path::{KeyPath, Step};
use super::problem::{Problem, shown};
use super::problems::Problems;

/// What the variables of a card may take together, in bytes.
const MOST: usize = 1024 * 1024;

/// The keys below which a variable that holds a secret may stand. What stands anywhere else is shown
/// to a model, to a person or to a server.
const SECRET_PLACES: &[&str] = &["api_key", "headers", "env", "auth", "access_token"];

/// The words of a variable's name that say that it holds a secret.
const SECRET_WORDS: &[&str] =
    &["TOKEN", "KEY", "APIKEY", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "CREDENTIALS"];

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
        Node::Text(text) => references(text).next().is_some(),
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
        for Reference { name, default, start, end } in references(text) {
            whole = start == 0 && end == text.len();
            filled.push_str(&text[rest..start]);
            filled.push_str(&self.value(path, name, default, &text[start..end]));
            rest = end;
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

fn is_secret(name: &str) -> bool {
    name.split('_').any(|word| SECRET_WORDS.contains(&word.to_ascii_uppercase().as_str()))
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

/// `${NAME}` or `${NAME:default}` in a text.
#[derive(Debug, PartialEq, Eq)]
struct Reference<'t> {
    name: &'t str,
    default: Option<&'t str>,
    start: usize,
    end: usize,
}

fn references(text: &str) -> impl Iterator<Item = Reference<'_>> {
    let is_letter = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find("${")?;
            let inner = start + 2;
            from = inner;
            let after = text[inner..].find(|c| !is_letter(c)).map(|length| inner + length)?;
            let name = &text[inner..after];
            let (default, end) = match text[after..].chars().next()? {
                '}' if !name.is_empty() => (None, after + 1),
                ':' if !name.is_empty() => {
                    // Without a closing brace from here on, none of the later ones has one either.
                    let length = text[after..].find('}')?;
                    (Some(&text[after + 1..after + length]), after + length + 1)
                }
                _ => continue,
            };
            from = end;
            return Some(Reference { name, default, start, end });
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(&str, Option<&str>)> {
        references(text).map(|reference| (reference.name, reference.default)).collect()
    }

    #[test]
    fn a_variable_has_a_name_and_a_closing_brace() {
        assert_eq!(names("a ${HOME} b ${OTHER}"), [("HOME", None), ("OTHER", None)]);
        assert_eq!(names("${A:some default}${B:}"), [("A", Some("some default")), ("B", Some(""))]);
        assert_eq!(names("${} ${:x} ${not one} $HOME {A} ${${B}"), [("B", None)]);
        for text in ["${A", "${A:x", "costs 5$"] {
            assert_eq!(names(text), []);
        }
    }

    #[test]
    fn many_openings_are_looked_at_once_each() {
        let text = "${".repeat(500_000);
        assert_eq!(names(&text), []);
        assert_eq!(names(&format!("{text}}}")), []);
        assert_eq!(names(&"${A:".repeat(250_000)), []);
    }

    #[test]
    fn what_holds_a_secret_says_so_in_a_word_of_its_name() {
        for name in ["HF_TOKEN", "OPENAI_API_KEY", "my_password", "SECRET"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["KEYBOARD", "HOME", "TOKENIZER_PATH", "MONKEY"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
