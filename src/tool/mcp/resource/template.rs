//! Which URIs a template stands for: `file:///notes/{name}`.
//!
//! It fills none in, and reads of the syntax what decides how far a variable reaches.

/// What ends a variable, unless it says that it holds more.
const DELIMITERS: [char; 3] = ['/', '?', '#'];

/// How the names of variables begin that hold more.
const WIDE: [char; 7] = ['+', '#', '.', '/', ';', '?', '&'];

/// Whether a template stands for a URI. It takes at most the product of both lengths.
pub(super) fn fits(template: &str, uri: &str) -> bool {
    // Where in the URI what was read of the template may end.
    let mut ends = vec![false; uri.len() + 1];
    ends[0] = true;
    let mut rest = template;
    loop {
        let (literal, variable) = match rest.split_once('{') {
            Some((literal, variable)) => (literal, Some(variable)),
            None => (rest, None),
        };
        ends = behind(literal, uri, &ends);
        let Some((name, behind)) = variable.and_then(|variable| variable.split_once('}')) else {
            return variable.is_none() && ends[uri.len()];
        };
        ends = reached(name.starts_with(WIDE), uri, &ends);
        rest = behind;
    }
}

/// Where a literal ends that begins at one of these places.
fn behind(literal: &str, uri: &str, starts: &[bool]) -> Vec<bool> {
    let mut ends = vec![false; starts.len()];
    for (start, _) in starts.iter().enumerate().filter(|(_, is_start)| **is_start) {
        if uri[start..].starts_with(literal) {
            ends[start + literal.len()] = true;
        }
    }
    ends
}

/// Where a variable may end that begins at one of these places.
fn reached(is_wide: bool, uri: &str, starts: &[bool]) -> Vec<bool> {
    let mut ends = starts.to_vec();
    for (at, c) in uri.char_indices() {
        if ends[at] && (is_wide || !DELIMITERS.contains(&c)) {
            ends[at + c.len_utf8()] = true;
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_stands_for_what_it_can_be_filled_to() {
        for (template, uri) in [
            ("note:///all", "note:///all"),
            ("note:///{name}", "note:///größe"),
            ("note:///{name}", "note:///"),
            ("note:///{year}/{name}.md", "note:///2026/a.b.md"),
            ("note:///{+path}", "note:///a/b/c"),
            ("note:///all{?page}", "note:///all?page=2"),
        ] {
            assert!(fits(template, uri), "{template} {uri}");
        }
        for (template, uri) in [
            ("note:///all", "note:///all/"),
            ("note:///{name}", "note:///a/b"),
            ("note:///{name}", "note:///a?all"),
            ("note:///{name}", "note:///../secret"),
            ("note:///{name}", "file:///a"),
            ("note:///{year}/{name}.md", "note:///2026/a/b.md"),
            ("note:///{name", "note:///a"),
        ] {
            assert!(!fits(template, uri), "{template} {uri}");
        }
    }
}
