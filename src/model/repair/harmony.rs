//! The harmony format of gpt-oss, where a server left it in the text.
//!
//! `<|start|>assistant<|channel|>commentary to=functions.x <|constrain|>json<|message|>{…}<|call|>`
//! is how the model writes a call. Servers that fail to take it apart pass all of it, or what is
//! left without the tokens, as content. Only the model's own text is ever read here.

mod gate;
mod segment;

use serde_json::{Deserializer, Value};

use crate::message::ToolSpec;
use crate::model::assemble::Call;
use segment::Segment;

pub(in crate::model) use gate::Gate;

/// Which part of a reply a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What people are shown, of which the analysis channel is none.
    Content,
    /// The chain of thought.
    Reasoning,
}

/// What a text turns out to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// Nothing of the format is in it.
    Plain,
    /// Text, with the format taken out.
    Text(String),
    /// A call of a declared tool, and the text before it.
    Call { preface: String, call: Call },
    /// A call that names no declared tool, and the other text.
    CallWithoutTool { text: String },
}

/// Reads a text. A call is found only where its recipient is a declared tool and its arguments are
/// a JSON object.
pub(super) fn read(text: &str, part: Part, tools: &[ToolSpec]) -> Reading {
    let segments = segment::segments(text);
    if segments.is_empty() {
        return Reading::Plain;
    }
    let mut kept = String::new();
    let mut is_call_without_tool = false;
    for segment in segments {
        if let Some(call) = call(&segment, tools) {
            return Reading::Call { preface: token_free(kept), call };
        }
        if segment.recipient().is_some() || is_unaddressed_call(&segment) {
            is_call_without_tool = true;
        } else if part == Part::Reasoning || !segment.says("analysis") {
            kept.push_str(&segment.body);
        }
    }
    let text = token_free(kept);
    if is_call_without_tool { Reading::CallWithoutTool { text } } else { Reading::Text(text) }
}

fn call(segment: &Segment, tools: &[ToolSpec]) -> Option<Call> {
    let name = segment.recipient()?;
    let tool = tools.iter().find(|tool| tool.name == name)?;
    let arguments = leading_object(&segment.body)?.to_owned();
    Some(Call::in_text(tool.name.clone(), arguments))
}

/// Whether an object stands on the channel for calls and is addressed to nobody.
fn is_unaddressed_call(segment: &Segment) -> bool {
    (segment.says("commentary") || segment.says("code")) && leading_object(&segment.body).is_some()
}

/// The JSON object a text begins with, as it is written.
fn leading_object(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    let is_object = matches!(values.next(), Some(Ok(Value::Object(_))));
    is_object.then(|| &text[..values.byte_offset()])
}

/// A text without its control tokens; none if it has none.
pub(super) fn without_tokens(text: &str) -> Option<String> {
    let pieces: Vec<&str> = split_at_tokens(text).collect();
    (pieces.len() > 1).then(|| token_free(pieces.concat()))
}

/// What stood on both sides of a token may make up another one: that is broken.
fn token_free(text: String) -> String {
    let has_token = split_at_tokens(&text).nth(1).is_some();
    if has_token { text.replace("<|", "< |") } else { text }
}

/// The pieces of a text between its control tokens.
pub(super) fn split_at_tokens(text: &str) -> impl Iterator<Item = &str> {
    segment::pieces(text).into_iter().map(|(_, piece)| piece)
}

#[cfg(test)]
mod tests;
