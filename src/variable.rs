//! `${NAME}` and `${NAME:default}` in a text, which stand for variables of the environment.
//!
//! It does not know where they may stand, nor what they stand for.

use std::ops::Range;

/// The words of a variable's name that say that it holds a secret.
const SECRET_WORDS: &[&str] =
    &["TOKEN", "KEY", "APIKEY", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "CREDENTIALS"];

/// A variable in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable<'t> {
    /// Its name: letters, digits and `_`.
    pub name: &'t str,
    /// What it stands for where it is not set.
    pub default: Option<&'t str>,
    /// Where in the text it is written, in bytes.
    pub span: Range<usize>,
}

/// Finds the variables in a text, in their order. None is in another one.
pub fn variables(text: &str) -> impl Iterator<Item = Variable<'_>> {
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
            return Some(Variable { name, default, span: start..end });
        }
    })
}

/// Whether a variable's name says that it holds a secret.
pub fn is_secret(name: &str) -> bool {
    name.split('_').any(|word| SECRET_WORDS.contains(&word.to_ascii_uppercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(&str, Option<&str>)> {
        variables(text).map(|variable| (variable.name, variable.default)).collect()
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
