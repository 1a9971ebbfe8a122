//! Variables of the environment in what a file says.
//!
//! It does not know where they may stand.

use crate::variable::{Variable, variables};

/// Puts variables into a text. One that stands for nothing and has no default stays as it is written.
pub(super) fn expand(text: &str, lookup: impl Fn(&str) -> Option<String>) -> String {
    let mut expanded = String::new();
    let mut from = 0;
    for Variable { name, default, span } in variables(text) {
        expanded.push_str(&text[from..span.start]);
        match (lookup(name), default) {
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
    use super::super::Environment;
    use super::*;

    #[test]
    fn variables_are_replaced_where_they_are_set() {
        let environment = Environment::fixed([("A", "1"), ("B_2", "two")]);
        let expand = |text: &str| expand(text, |name| environment.get(name));
        assert_eq!(expand("x ${A} y ${B_2:other}"), "x 1 y two");
        assert_eq!(expand("${C} ${C:} ${C:d:e}|"), "${C}  d:e|");
        assert_eq!(expand("${} ${not one} $A ${${A}} ${A"), "${} ${not one} $A ${1} ${A");
    }
}
