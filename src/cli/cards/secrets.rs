//! Secrets that are written out in a card.
//!
//! It knows them by how they begin, or by how long and random they are.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Place};

/// How secrets begin; at least [`SHORTEST`] letters and digits follow.
const BEGINNINGS: &[&str] = &["hf_", "sk-", "gsk_", "ghp_", "github_pat_", "AKIA"];

const SHORTEST: usize = 16;

/// Tokens and keys in a card.
pub(super) fn check(path: &Path, text: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (line, words) in (1..).zip(text.lines()) {
        for prefix in BEGINNINGS {
            let is_secret = |(at, _): &(usize, &str)| {
                let rest = words[at + prefix.len()..].bytes();
                let is_inside = words[..*at].ends_with(|c: char| c.is_ascii_alphanumeric());
                let length = rest.take_while(u8::is_ascii_alphanumeric).count();
                !is_inside && length >= SHORTEST
            };
            if let Some((at, _)) = words.match_indices(prefix).find(is_secret) {
                found.push(Diagnostic {
                    code: "secret",
                    file: path.to_owned(),
                    place: Some(Place { line, column: words[..at].chars().count() + 1 }),
                    key: None,
                    message: format!("this looks like a secret (`{prefix}…`)"),
                    hint: Some(
                        "take it out and revoke it; a card names the variable that holds a key"
                            .to_owned(),
                    ),
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_and_names_that_begin_like_one_are_not() {
        let text =
            "Call hf_api_request.\nToken: hf_abcdefghijklmnopqrstuv\nask-abcdefghijklmnopqrst";
        let found = check(Path::new("a.md"), text);
        let places: Vec<_> = found.iter().map(|secret| secret.place).collect();
        assert_eq!(places, [Some(Place { line: 2, column: 8 })]);
    }
}
