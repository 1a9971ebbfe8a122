//! Names: of tools, as a model sees them, and the patterns by which a card chooses among them.

use std::collections::HashSet;

/// The longest name providers take.
const LONGEST: usize = 64;

/// The names tools were given so far: each is given once.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// The name of a server's tool: `server__tool`, of characters and of a length that providers
    /// take. What would be the same is numbered.
    pub(super) fn give(&mut self, server: &str, tool: &str) -> String {
        let wanted = sendable(&format!("{server}__{tool}"));
        let mut name: String = wanted.chars().take(LONGEST).collect();
        let mut number = 2;
        while self.0.contains(&name) {
            let suffix = format!("_{number}");
            name = wanted.chars().take(LONGEST - suffix.len()).collect();
            name.push_str(&suffix);
            number += 1;
        }
        self.0.insert(name.clone());
        name
    }
}

/// Whether a tool of this name may be one of this server, as far as the name goes.
pub(super) fn is_of(name: &str, server: &str) -> bool {
    name.strip_prefix(&sendable(server)).is_some_and(|own| own.starts_with("__"))
}

/// A text of characters only that providers take in names.
fn sendable(text: &str) -> String {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    text.chars().map(|c| if is_allowed(c) { c } else { '_' }).collect()
}

/// Which names are chosen: all, or those that match one of some patterns.
///
/// In a pattern `*` is any text, `?` any character, `[abc]` and `[a-z]` one of these and `[!a]` any
/// other, as in a shell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter(Option<Vec<String>>);

impl Filter {
    /// Everything.
    pub fn all() -> Self {
        Self(None)
    }

    /// What matches one of these patterns.
    pub fn matching(patterns: Vec<String>) -> Self {
        Self(Some(patterns))
    }

    /// Whether a name is chosen.
    pub fn takes(&self, name: &str) -> bool {
        let Some(patterns) = &self.0 else { return true };
        let name: Vec<char> = name.chars().collect();
        patterns.iter().any(|pattern| {
            let pattern: Vec<char> = pattern.chars().collect();
            matches(&pattern, &name)
        })
    }
}

/// Whether a pattern matches all of a name. It goes back to the last `*` alone, so that it takes at
/// most the product of both lengths.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut taken) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while taken < name.len() {
        match single(&pattern[at..], name[taken]) {
            Some(length) => {
                at += length;
                taken += 1;
            }
            None if pattern.get(at) == Some(&'*') => {
                at += 1;
                star = Some((at, taken));
            }
            None => {
                let Some((after, begun)) = star else { return false };
                (at, taken) = (after, begun + 1);
                star = Some((after, begun + 1));
            }
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

/// How much of a pattern's beginning takes this one character; nothing if it does not.
fn single(pattern: &[char], c: char) -> Option<usize> {
    match pattern {
        ['?', ..] => Some(1),
        ['[', rest @ ..] => match class(rest) {
            Some((length, set, is_negated)) => (holds(set, c) != is_negated).then_some(length + 1),
            None => (c == '[').then_some(1),
        },
        ['*', ..] | [] => None,
        [first, ..] => (*first == c).then_some(1),
    }
}

/// The set behind a `[`: how long it is with its `]`, what it holds, and whether it means the rest.
fn class(rest: &[char]) -> Option<(usize, &[char], bool)> {
    let is_negated = rest.first() == Some(&'!');
    let start = usize::from(is_negated);
    // A `]` that comes first is one of the set.
    let end = rest.iter().skip(start + 1).position(|c| *c == ']')? + start + 1;
    Some((end + 1, &rest[start..end], is_negated))
}

fn holds(set: &[char], c: char) -> bool {
    match set {
        [low, '-', high, rest @ ..] => (*low..=*high).contains(&c) || holds(rest, c),
        [one, rest @ ..] => *one == c || holds(rest, c),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_named_after_its_server() {
        let mut names = Names::default();
        assert_eq!(names.give("time", "get_current_time"), "time__get_current_time");
        assert_eq!(names.give("my server", "files/read.all"), "my_server__files_read_all");
        assert_eq!(names.give("my server", "files.read.all"), "my_server__files_read_all_2");
        let long = "x".repeat(100);
        assert_eq!(names.give("s", &long), format!("s__{}", "x".repeat(61)));
        assert_eq!(names.give("s", &format!("{long}y")), format!("s__{}_2", "x".repeat(59)));
    }

    #[test]
    fn patterns_are_those_of_a_shell() {
        let takes =
            |pattern: &str, name: &str| Filter::matching(vec![pattern.to_owned()]).takes(name);
        for (pattern, name) in [
            ("echo", "echo"),
            ("*", ""),
            ("get_*", "get_sum"),
            ("*_time", "get_current_time"),
            ("g*t*e", "get_current_time"),
            ("get_?", "get_a"),
            ("[a-c]x", "bx"),
            ("[!a-c]x", "dx"),
            ("[]]", "]"),
            ("a[b", "a[b"),
            ("größe*", "größer"),
        ] {
            assert!(takes(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("echo", "echos"),
            ("get_?", "get_"),
            ("[a-c]x", "dx"),
            ("[!a]", "a"),
            ("", "a"),
            ("*b", "a"),
        ] {
            assert!(!takes(pattern, name), "{pattern} {name}");
        }
        assert!(Filter::all().takes("anything"));
        assert!(!Filter::matching(Vec::new()).takes("anything"));
        let nasty = format!("{}b", "a*".repeat(40));
        assert!(!takes(&nasty, &"a".repeat(2_000)));
    }
}
