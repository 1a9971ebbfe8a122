//! Finds `${NAME}` in front matter, which will one day stand for a variable of the environment.
//!
//! It reads no environment.

use super::problem::{Problem, shown};

/// The name of the first `${NAME}` or `${NAME:default}` in a text.
pub(super) fn find(text: &str) -> Option<&str> {
    let is_letter = |c: char| c == '_' || c.is_ascii_alphanumeric();
    for (start, opening) in text.match_indices("${") {
        let inner = text.get(start + opening.len()..)?;
        let name = inner.find(|c| !is_letter(c))?;
        match inner.get(name..)?.chars().next()? {
            '}' if name > 0 => return inner.get(..name),
            // Without a closing brace from here on, none of the later openings has one either.
            ':' if name > 0 => return inner.find('}').and_then(|_| inner.get(..name)),
            _ => {}
        }
    }
    None
}

/// What to say about it. A default is not repeated: it may be a secret.
pub(super) fn not_yet(name: &str) -> Problem {
    Problem::new(format!("variables such as `${{{}}}` are not supported yet", shown(name)))
        .kind("unsupported-variable")
        .hint("write the value itself".to_owned())
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_variable_has_a_name_and_a_closing_brace() {
        assert_eq!(find("a ${HOME} b ${OTHER}"), Some("HOME"));
        assert_eq!(find("${A:some default}"), Some("A"));
        assert_eq!(find("${A:}"), Some("A"));
        assert_eq!(find("${} ${:x} ${not one} $HOME {A} ${${B}"), Some("B"));
        assert_eq!(find("${A"), None);
        assert_eq!(find("${A:x"), None);
        assert_eq!(find("costs 5$"), None);
    }

    #[test]
    fn many_openings_are_looked_at_once_each() {
        let text = "${".repeat(500_000);
        assert_eq!(find(&text), None);
        assert_eq!(find(&format!("{text}}}")), None);
        assert_eq!(find(&"${A:".repeat(250_000)), None);
    }
}
