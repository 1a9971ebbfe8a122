//! What the words of a card promise and its front matter does not keep: tools it does not have,
//! endpoints nobody serves, secrets that are written out.
//!
//! It looks at text. All of this may be meant, so that it warns.

use std::path::Path;

use serde_json::Map;
use url::Url;

use crate::diagnostic::{Diagnostic, Place};
use crate::hub::{self, Call};

/// The shortest run of letters and digits that may be a key.
const SHORTEST_KEY: usize = 32;

/// Everything that is odd about the words of a card. `tools` are the names of those it has.
pub(super) fn check(path: &Path, text: &str, tools: &[String]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (line, words) in (1..).zip(text.lines()) {
        let mut add = |code, at: usize, message: String, hint: Option<String>| {
            let column = words[..at].chars().count() + 1;
            let place = Some(Place { line, column });
            let file = path.to_owned();
            found.push(Diagnostic { code, file, place, key: None, message, hint });
        };
        for (at, name) in called(words) {
            if !tools.iter().any(|tool| tool == name) {
                let hint = match tools {
                    [] => "it has no tools".to_owned(),
                    tools => format!("it has {}", tools.join(", ")),
                };
                let message = format!("the card has no tool `{name}`");
                add("dead-tool", at, message, Some(hint));
            }
        }
        if tools.iter().any(|tool| tool == "hf_api_request") {
            for (at, endpoint) in endpoints(words).filter(|(_, endpoint)| !is_served(endpoint)) {
                let message = format!("`{endpoint}` is no endpoint `hf_api_request` can call");
                add("dead-endpoint", at, message, None);
            }
        }
        if let Some(at) = random(words) {
            let message = "this may be a key: it is long and random".to_owned();
            let hint = "a card names the variable that holds a key: `${NAME}`".to_owned();
            add("maybe-secret", at, message, Some(hint));
        }
    }
    found
}

/// The names that are called with named arguments, as tools are: `name_of_tool(argument=`.
fn called(words: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    words.match_indices('(').filter_map(move |(open, _)| {
        let start = words[..open]
            .rfind(|c| !is_letter(c))
            .map_or(0, |before| before + words[before..].chars().next().map_or(1, char::len_utf8));
        let name = &words[start..open];
        let after = &words[open + 1..];
        let argument = &after[..after.find(|c| !is_letter(c))?];
        let is_call = after[argument.len()..].starts_with('=') && !argument.is_empty();
        let is_method = words[..start].ends_with('.');
        (name.contains('_') && is_call && !is_method).then_some((start, name))
    })
}

/// What is written as `endpoint="…"`, as far as it is more than a hint at one.
fn endpoints(words: &str) -> impl Iterator<Item = (usize, &str)> {
    const OPENING: &str = "endpoint=\"";
    words.match_indices(OPENING).filter_map(|(at, _)| {
        let start = at + OPENING.len();
        let endpoint = words[start..].split('"').next()?;
        (!endpoint.is_empty() && !endpoint.contains("...")).then_some((start, endpoint))
    })
}

/// Whether there is an endpoint of this form, to be read or to be written.
fn is_served(template: &str) -> bool {
    let Ok(origin) = Url::parse("https://huggingface.co") else { return true };
    let params = Map::new();
    let serves = |endpoint: &str| {
        ["GET", "POST"].into_iter().any(|method| {
            hub::resolve(&Call { endpoint, method, params: &params }, &origin).is_ok()
        })
    };
    // What a placeholder stands for is guessed: a name, a number, an id.
    ["x", "1", "0123456789abcdef01234567", "a/b"]
        .into_iter()
        .any(|other| serves(&filled(template, other)))
}

/// A template with examples in its places.
fn filled(template: &str, other: &str) -> String {
    let template = template.replace('<', "{").replace('>', "}");
    let mut text = String::new();
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        text.push_str(before);
        text.push_str(match name {
            "repo_type" => "model",
            "repo_id" => "a/b",
            "num" | "number" => "1",
            "namespace" | "username" | "organization" | "user" | "org" => "x",
            _ if name.ends_with("comment_id") => "0123456789abcdef01234567",
            _ => other,
        });
        rest = behind;
    }
    text + rest
}

/// Where a long run of letters and digits begins that no word looks like.
fn random(words: &str) -> Option<usize> {
    let mut start = 0;
    words.split(|c: char| !c.is_ascii_alphanumeric()).find_map(|run| {
        let at = start + words[start..].find(run).unwrap_or(0);
        start = at + run.len();
        let count = |is: fn(&u8) -> bool| run.bytes().filter(is).count();
        let kinds = [
            count(u8::is_ascii_digit),
            count(u8::is_ascii_uppercase),
            count(u8::is_ascii_lowercase),
        ];
        (run.len() >= SHORTEST_KEY && kinds.iter().all(|count| *count >= 5)).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str, tools: &[&str]) -> Vec<(&'static str, usize)> {
        let tools: Vec<String> = tools.iter().map(|tool| (*tool).to_owned()).collect();
        let found = check(Path::new("a.md"), text, &tools);
        found.iter().map(|found| (found.code, found.place.unwrap().column)).collect()
    }

    #[test]
    fn tools_and_endpoints_that_are_not_there_are_told() {
        let tools = ["hf_api_request"];
        assert_eq!(codes("Use hf_api_request(endpoint=\"/whoami-v2\").", &tools), []);
        assert_eq!(codes("é get_file(path=\"a\") or print(x=1)", &tools), [("dead-tool", 3)]);
        assert_eq!(
            codes("hf_api_request(endpoint=\"/jobs/{username}/all\")", &tools),
            [("dead-endpoint", 26)]
        );
        assert_eq!(codes("hf_api_request(endpoint=\"/.../comment\")", &tools), []);
        assert_eq!(codes("os.make_dirs(name=1) json.dump_all(x)", &tools), []);
    }

    #[test]
    fn a_long_random_word_may_be_a_key() {
        assert_eq!(codes("id: aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE", &[]), [("maybe-secret", 5)]);
        assert_eq!(codes(&"a1b2c3d4".repeat(5), &[]), []);
        assert_eq!(codes("ThisIsALongNameWithoutAnyDigitsInItAtAll", &[]), []);
    }
}
