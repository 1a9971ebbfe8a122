//! `${NAME}` and `${NAME:default}`, which stand for variables of the environment.
//!
//! It does not know where they may stand.

use std::ops::Range;

use super::Environment;

/// A variable in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variable<'a> {
    span: Range<usize>,
    name: &'a str,
    default: Option<&'a str>,
}

/// The variables in a text.
pub(super) fn variables(text: &str) -> impl Iterator<Item = Variable<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find("${")?;
            let inner = start + 2;
            // Without a closing brace from here on, none of the later openings has one either.
            let end = inner + text[inner..].find('}')?;
            let (name, default) = match text[inner..end].split_once(':') {
                Some((name, default)) => (name, Some(default)),
                None => (&text[inner..end], None),
            };
            if !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
                from = end + 1;
                return Some(Variable { span: start..end + 1, name, default });
            }
            from = inner;
        }
    })
}

/// Puts the variables of the environment into a text. One that is not set and has no default stays
/// as it is written.
pub(super) fn expand(text: &str, environment: &Environment) -> String {
    let mut expanded = String::new();
    let mut from = 0;
    for Variable { span, name, default } in variables(text) {
        expanded.push_str(&text[from..span.start]);
        match (environment.get(name), default) {
            (Some(value), _) => expanded.push_str(&value),
            (None, Some(default)) => expanded.push_str(default),
            (None, None) => expanded.push_str(&text[span.clone()]),
        }
        from = span.end;
    }
    expanded.push_str(&text[from..]);
    expanded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_where_they_are_set() {
        let environment = Environment::fixed([("A", "1"), ("B_2", "two")]);
        let expand = |text: &str| expand(text, &environment);
        assert_eq!(expand("x ${A} y ${B_2:other}"), "x 1 y two");
        assert_eq!(expand("${C} ${C:} ${C:d:e}|"), "${C}  d:e|");
        assert_eq!(expand("${} ${not one} $A ${${A}} ${A"), "${} ${not one} $A ${1} ${A");
    }
}
