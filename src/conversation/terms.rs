//! The names and numbers of a text: what a conversation may not lose when it is made shorter.
//!
//! It errs on the side of taking a word for a name. What the names stand for it does not know.

use std::collections::HashSet;

use serde_json::Value;

use crate::message::{Arguments, Message};

/// The longest text without a space that counts as a name.
const LONGEST_NAME: usize = 96;

/// The plain words that are names in this conversation: those that stand alone in arguments and
/// results, and those somebody put between backticks.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// The names in a conversation.
    pub(super) fn of<'m>(messages: impl IntoIterator<Item = &'m Message>) -> Self {
        let mut names = Self::default();
        for message in messages {
            match message {
                Message::System { .. } => {}
                Message::User { content } => names.add_quoted(content),
                Message::Assistant(reply) => {
                    names.add_quoted(&reply.content);
                    for call in &reply.tool_calls {
                        for text in argument_texts(&call.arguments) {
                            names.add(&text);
                        }
                    }
                }
                Message::Tool(result) => {
                    for text in texts(&result.content) {
                        names.add(&text);
                    }
                }
            }
        }
        names
    }

    /// The names and numbers of a text, in order, as often as they stand there.
    pub(super) fn terms<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        tokens(text).filter(|token| has_shape(token) || self.0.contains(*token))
    }

    fn add(&mut self, text: &str) {
        if text.len() <= LONGEST_NAME && !text.contains(char::is_whitespace) {
            self.0.extend(text.split(['/', '?', '&', '=']).flat_map(tokens).map(str::to_owned));
        }
    }

    fn add_quoted(&mut self, text: &str) {
        for quoted in text.split('`').skip(1).step_by(2) {
            self.add(quoted);
        }
    }
}

/// The texts and numbers in a call's arguments.
pub(super) fn argument_texts(arguments: &Arguments) -> Vec<String> {
    let mut texts = Vec::new();
    match arguments {
        Arguments::Object(object) => object.values().for_each(|value| leaves(value, &mut texts)),
        Arguments::Malformed(text) => texts.push(text.clone()),
    }
    texts
}

/// The texts and numbers in a result: those of its JSON, or all of it.
pub(super) fn texts(content: &str) -> Vec<String> {
    let mut texts = Vec::new();
    match serde_json::from_str(content) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => leaves(&value, &mut texts),
        _ => texts.push(content.to_owned()),
    }
    texts
}

fn leaves(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => texts.push(number.to_string()),
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, texts)),
        Value::Object(object) => object.values().for_each(|item| leaves(item, texts)),
    }
}

/// Whether a word looks like a name or a number, whatever the conversation is about.
fn has_shape(token: &str) -> bool {
    let is_telling = |c: char| c.is_numeric() || c.is_uppercase() || JOINTS.contains(c);
    token.contains(is_telling)
}

/// What joins the parts of names, paths, times and addresses.
const JOINTS: &str = "_-./:@#%+~=&?";

/// The words of a text, without what stands around them.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let is_inside = move |(at, c): (usize, char)| {
        c.is_alphanumeric() || JOINTS.contains(c) || c == ',' && groups_digits(text, at)
    };
    let mut characters = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while characters.next_if(|next| !is_inside(*next)).is_some() {}
        let (start, first) = characters.next()?;
        let mut end = start + first.len_utf8();
        while let Some((at, c)) = characters.next_if(|next| is_inside(*next)) {
            end = at + c.len_utf8();
        }
        Some(text[start..end].trim_matches(|c: char| !c.is_alphanumeric()))
    })
    .filter(|token| !token.is_empty())
}

/// Whether the comma at this place stands within a number: `131,072`.
fn groups_digits(text: &str, at: usize) -> bool {
    let (before, after) = (&text.as_bytes()[..at], &text.as_bytes()[at + 1..]);
    let digits = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
    before.last().is_some_and(u8::is_ascii_digit) && digits == 3
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::message::{AssistantMessage, ToolCall};

    fn user(content: &str) -> Message {
        Message::User { content: content.to_owned() }
    }

    fn terms(names: &Names, text: &str) -> Vec<String> {
        names.terms(text).map(str::to_owned).collect()
    }

    #[test]
    fn what_looks_like_a_name_or_a_number_is_one() {
        let text = "the user ada-moreau, who wrote #7 on lumen-labs/aurora-7b (https://hf.co/x?p=2) \
                    at 10:05, has 131,072 stars and 1,2,3 more. Lumen is open.";
        let expected = [
            "ada-moreau",
            "7",
            "lumen-labs/aurora-7b",
            "https://hf.co/x?p=2",
            "10:05",
            "131,072",
            "1",
            "2",
            "3",
            "Lumen",
        ];
        assert_eq!(terms(&Names::default(), text), expected);
        assert_eq!(terms(&Names::default(), "what is it, and who?"), [""; 0]);
    }

    #[test]
    fn a_plain_word_is_a_name_where_it_was_used_as_one() {
        let arguments = json!({"endpoint": "/users/evalstate/overview"});
        let Value::Object(arguments) = arguments else { unreachable!() };
        let call = ToolCall {
            id: "1".to_owned(),
            name: "hf_api_request".to_owned(),
            arguments: Arguments::Object(arguments),
        };
        let reply = AssistantMessage { tool_calls: vec![call], ..AssistantMessage::default() };
        let result = crate::message::ToolMessage {
            call_id: "1".to_owned(),
            name: "hf_api_request".to_owned(),
            content: json!({"data": {"user": "julien", "bio": "likes cats"}}).to_string(),
        };
        let said = [user("who is `mishig`?"), Message::Assistant(reply), Message::Tool(result)];
        let names = Names::of(&said);
        let text = "evalstate knows julien and mishig, who likes cats";
        assert_eq!(terms(&names, text), ["evalstate", "julien", "mishig"]);
    }

    #[test]
    fn the_texts_of_json_are_read_without_its_escapes() {
        assert_eq!(texts(r#"{"a":["x\nAda",7,null],"b":true}"#), ["x\nAda", "7"]);
        assert_eq!(texts("plain"), ["plain"]);
        assert_eq!(texts("\"plain\""), ["\"plain\""]);
    }
}
