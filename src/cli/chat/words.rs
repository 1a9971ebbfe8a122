//! What a line may be completed with: paths of the Hub, and names that were mentioned.
//!
//! It reads a conversation for names and knows nothing of how a line is completed.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::hub::catalog::ENDPOINTS;
use crate::hub::path::Piece;
use crate::message::{Arguments, Message};
use crate::repl::{Seen, Stage};

/// More names than this help nobody.
const MOST_NAMES: usize = 2000;

/// The keys under which the Hub says what something or somebody is called.
const NAMES: [&str; 5] = ["name", "user", "author", "id", "owner"];

/// The paths of the Hub, with `{…}` for each segment that differs.
pub(super) fn endpoints() -> Vec<String> {
    let mut paths = BTreeSet::new();
    for endpoint in ENDPOINTS {
        for kind in ["models", "datasets", "spaces"] {
            let segments = endpoint.path.0.iter().map(|piece| match piece {
                Piece::RepoType => kind.to_owned(),
                Piece::RepoId => "{namespace}/{repo}".to_owned(),
                Piece::Slug => "{namespace}/{slug}".to_owned(),
                piece => piece.to_string(),
            });
            paths.insert(segments.fold(String::new(), |path, segment| path + "/" + &segment));
        }
    }
    paths.into_iter().collect()
}

/// How far a conversation is.
pub(super) fn stage(messages: &[Arc<Message>]) -> Stage {
    messages.iter().map(|message| stage_of(message)).max().unwrap_or_default()
}

fn stage_of(message: &Message) -> Stage {
    match message {
        Message::Assistant(reply) if !reply.content.is_empty() => Stage::Answered,
        Message::User { .. } => Stage::Asked,
        Message::System { .. } | Message::Assistant(_) | Message::Tool(_) => Stage::Fresh,
    }
}

/// Notes what messages name: in questions and answers whatever is written as a name or has the form
/// of a repository's, in calls and results what the Hub calls so.
pub(super) fn note(messages: &[Arc<Message>], seen: &mut Seen) {
    for message in messages {
        match &**message {
            Message::System { .. } => {}
            Message::User { content } => in_text(content, &mut seen.names),
            Message::Assistant(reply) => {
                in_text(&reply.content, &mut seen.names);
                for call in &reply.tool_calls {
                    if let Arguments::Object(arguments) = &call.arguments
                        && let Some(Value::String(path)) = arguments.get("endpoint")
                    {
                        in_path(path, &mut seen.names);
                    }
                }
            }
            Message::Tool(result) => {
                if let Ok(value) = serde_json::from_str(&result.content) {
                    in_json(&value, &mut seen.names);
                }
            }
        }
    }
}

fn in_text(text: &str, names: &mut BTreeSet<String>) {
    for (index, quoted) in text.split('`').enumerate() {
        if index % 2 == 1 {
            add(quoted, names);
        }
    }
    for word in text.split(|c: char| !is_of_names(c) && c != '/') {
        let word = word.trim_matches(['.', '-', '/']);
        if word.contains('/') || word.contains(['-', '_']) {
            add(word, names);
        }
    }
}

fn in_path(path: &str, names: &mut BTreeSet<String>) {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match segments.as_slice() {
        ["users" | "organizations", name, ..] => add(name, names),
        ["models" | "datasets" | "spaces", namespace, repo, ..] => {
            add(namespace, names);
            add(&format!("{namespace}/{repo}"), names);
        }
        _ => {}
    }
}

fn in_json(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(name) if NAMES.contains(&key.as_str()) => add(name, names),
                    value => in_json(value, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| in_json(item, names)),
        _ => {}
    }
}

/// Adds what can be a name of the Hub.
fn add(name: &str, names: &mut BTreeSet<String>) {
    let is_name = (2..=193).contains(&name.len())
        && name.split('/').count() <= 2
        && name.split('/').all(|part| !part.is_empty() && part.chars().all(is_of_names))
        && name.contains(|c: char| c.is_ascii_alphabetic());
    if is_name && names.len() < MOST_NAMES {
        names.insert(name.to_owned());
    }
}

fn is_of_names(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::ToolMessage;

    #[test]
    fn names_are_found_wherever_they_are_said() {
        let content = r#"{"url":"/x","data":[{"author":"bob","title":"not this"}]}"#.to_owned();
        let result = ToolMessage { call_id: "1".into(), name: "t".into(), content };
        let question =
            "Compare lumen-labs/aurora-7b with `carol` and either/or, please.".to_owned();
        let messages = [Message::User { content: question }, Message::Tool(result)].map(Arc::new);
        let mut seen = Seen::default();
        note(&messages, &mut seen);
        let names: Vec<_> = seen.names.iter().map(String::as_str).collect();
        assert_eq!(names, ["bob", "carol", "either/or", "lumen-labs/aurora-7b"]);
        assert_eq!(stage(&messages), Stage::Asked);
    }

    #[test]
    fn endpoints_have_a_segment_for_each_name() {
        let endpoints = endpoints();
        assert!(endpoints.contains(&"/datasets/{namespace}/{repo}/discussions/{num}".to_owned()));
        assert!(endpoints.iter().all(|path| !path.contains("repo_type")));
    }
}
