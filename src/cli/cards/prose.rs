//! What the words of a card promise and its front matter does not keep: tools it does not have,
//! endpoints nobody serves, secrets that are written out.
//!
//! It looks at text. All of this may be meant, so that it warns.

use serde_json::Map;
use url::Url;

use super::named::Tools;
use crate::card::Card;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::hub::{self, Call};

/// The shortest run of letters and digits that may be a key.
const SHORTEST_KEY: usize = 32;

/// How requests begin.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Everything that is odd about the words of a card. `names` are those of its tools.
pub(super) fn check(card: &Card, text: &str, names: &[String], config: &Config) -> Vec<Diagnostic> {
    let tools = Tools::new(card, names, config);
    let mut functions = card.function_tools.iter();
    let has_hub = functions.any(|tool| tool.function == "hf_api_request");
    let mut found = Vec::new();
    let mut is_code = false;
    for (line, words) in (1..).zip(text.lines()) {
        let mut add = |code, at: usize, message: String, hint: Option<String>| {
            let column = words[..at].chars().count() + 1;
            let (place, file) = (Some(Place { line, column }), card.path.clone());
            found.push(Diagnostic { code, file, place, key: None, message, hint });
        };
        is_code ^= words.trim_start().starts_with("```");
        // Code may be an example of anything.
        for dead in if is_code { Vec::new() } else { tools.dead(words) } {
            let message = format!("the card has no tool `{}`", dead.name);
            add("dead-tool", dead.at, message, Some(dead.hint));
        }
        for (at, name) in spaced(words).filter(|(_, name)| !is_code && card.knows_placeholder(name))
        {
            let message =
                format!("`{{{{ {name} }}}}` is text: placeholders are written without spaces");
            add("unknown-placeholder", at, message, Some(format!("write `{{{{{name}}}}}`")));
        }
        // Where other servers are asked too, a path alone may be one of theirs.
        let is_alone = card.http_tools.is_empty() && card.mcp.is_empty();
        for (at, methods, endpoint) in endpoints(words).filter(|_| has_hub) {
            if (is_alone || methods.len() > 1) && !is_served(methods, endpoint) {
                let message = format!("`{endpoint}` is no endpoint `hf_api_request` can call");
                let hint = match methods {
                    [method] if !["GET", "POST"].contains(method) => {
                        format!("it sends GET and POST, and no {method}")
                    }
                    _ => "`/help hub` in a conversation lists those there are".to_owned(),
                };
                add("dead-endpoint", at, message, Some(hint));
            }
        }
        if let Some(at) = random(words) {
            let message = "this may be a key: it is long and random".to_owned();
            let hint = "a card names the variable that holds a key: `${NAME}`".to_owned();
            add("maybe-secret", at, message, Some(hint));
        }
    }
    found.sort_by_key(|odd| odd.place);
    found
}

/// What stands in double braces with space around it, which is text.
fn spaced(words: &str) -> impl Iterator<Item = (usize, &str)> {
    words.match_indices("{{").filter_map(|(at, opening)| {
        let (inner, _) = words[at + opening.len()..].split_once("}}")?;
        let is_text = !words[..at].ends_with('\\');
        // Space at the end of a path is part of it.
        let is_apart = inner.starts_with(' ') || (inner.ends_with(' ') && !inner.contains(':'));
        (is_text && is_apart).then_some((at, inner.trim()))
    })
}

/// The endpoints of a line, as far as they are more than a hint at one, and how each is asked:
/// `endpoint="…"`, and a path behind a method.
fn endpoints(words: &str) -> impl Iterator<Item = (usize, &[&str], &str)> {
    const OPENING: &str = "endpoint=\"";
    let arguments = words.match_indices(OPENING).filter_map(|(at, _)| {
        let start = at + OPENING.len();
        let endpoint = words[start..].split('"').next()?;
        Some((start, &METHODS[..2], endpoint))
    });
    let requests = METHODS.iter().flat_map(move |method| {
        words.match_indices(method).filter_map(move |(at, _)| {
            let start = at + method.len() + 1;
            let path =
                words.get(start - 1..)?.strip_prefix(' ').filter(|path| path.starts_with('/'))?;
            let is_whole = !words[..at].ends_with(|c: char| c.is_alphanumeric());
            let end = path.find(|c: char| c.is_whitespace() || "`\"'),;|".contains(c));
            let path = path[..end.unwrap_or(path.len())].trim_end_matches(['.', ':']);
            is_whole.then_some((start, std::slice::from_ref(method), path))
        })
    });
    arguments
        .chain(requests)
        .filter(|(.., endpoint)| endpoint.len() > 1 && !endpoint.contains("..."))
}

/// Whether there is an endpoint of this form that is asked in one of these ways.
fn is_served(methods: &[&str], template: &str) -> bool {
    let Ok(origin) = Url::parse("https://huggingface.co") else { return true };
    let params = Map::new();
    let serves = |endpoint: &str| {
        methods.iter().any(|method| {
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
    use std::path::Path;

    use super::*;
    use crate::card::{self, Origin};

    fn codes(text: &str) -> Vec<(&'static str, usize)> {
        let front = "---\nfunction_tools: hf_api_tool.py:hf_api_request\n---\n";
        let path = Path::new("a.md");
        let card = card::parse(path, front.as_bytes(), Origin::Local, &|_| None).unwrap();
        let names = ["hf_api_request".to_owned()];
        let found = check(&card, text, &names, &Config::default());
        found.iter().map(|found| (found.code, found.place.unwrap().column)).collect()
    }

    #[test]
    fn tools_and_endpoints_that_are_not_there_are_told() {
        assert_eq!(codes("Use hf_api_request(endpoint=\"/whoami-v2\")."), []);
        assert_eq!(codes("é get_file(path=\"a\") or print(x=1)"), [("dead-tool", 3)]);
        assert_eq!(
            codes("hf_api_request(endpoint=\"/jobs/{username}/all\")"),
            [("dead-endpoint", 26)]
        );
        assert_eq!(codes("hf_api_request(endpoint=\"/.../comment\")"), []);
        assert_eq!(codes("os.make_dirs(name=1) json.dump_all(x)"), []);
        assert_eq!(codes("```python\nmake_it(name=1)\n```\nmake_it(name=1)"), [("dead-tool", 1)]);
    }

    #[test]
    fn a_placeholder_with_spaces_is_told() {
        let codes = |text| codes(text).into_iter().map(|(_, column)| column).collect::<Vec<_>>();
        assert_eq!(
            codes("In {{ env }} and {{file: }} and {{ file:a.md }}, {{env }}."),
            [4, 33, 50]
        );
        assert_eq!(codes("In {{env}}, \\{{ env }}, {{ user }} and { env }."), [0_usize; 0]);
        assert_eq!(codes("```\n{{ env }}\n```"), [0_usize; 0]);
    }

    #[test]
    fn a_path_behind_a_method_is_an_endpoint() {
        assert_eq!(codes("- `GET /users/{username}/overview`, then GET /whoami-v2."), []);
        assert_eq!(
            codes("Then POST /whoami-v2 or GET /jobs/x."),
            [("dead-endpoint", 11), ("dead-endpoint", 29)]
        );
        assert_eq!(codes("`DELETE /repos/x`"), [("dead-endpoint", 9)]);
        assert_eq!(codes("Never send PATCH/DELETE; WIDGET /x; GET / or TARGET."), []);
    }

    #[test]
    fn a_long_random_word_may_be_a_key() {
        assert_eq!(codes("id: aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE"), [("maybe-secret", 5)]);
        assert_eq!(codes(&"a1b2c3d4".repeat(5)), []);
        assert_eq!(codes("ThisIsALongNameWithoutAnyDigitsInItAtAll"), []);
    }
}
