//! A transcript as something else: Markdown for people, JSON for programs.
//!
//! What fast-agent reads is in `fast_agent`. Nothing is made harmless for a terminal here.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Id, RunEnded, Settings, Transcript, VERSION, fast_agent};
use crate::message::{Arguments, Message};

/// A transcript as one JSON document.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Document<'a> {
    pub(super) transcript: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Cow<'a, Id>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    directory: Option<Cow<'a, str>>,
    #[serde(flatten)]
    settings: Cow<'a, Settings>,
    pub(super) messages: Cow<'a, [Arc<Message>]>,
    #[serde(default)]
    runs: Cow<'a, [RunEnded]>,
}

impl Transcript {
    /// The whole of it as one JSON document, which can be imported again.
    pub fn to_json(&self) -> Value {
        let document = Document {
            transcript: VERSION,
            id: Some(Cow::Borrowed(&self.header.id)),
            created: Some(self.header.created),
            name: self.name.as_deref().map(Cow::Borrowed),
            directory: Some(Cow::Borrowed(&self.header.directory)),
            settings: Cow::Borrowed(&self.settings),
            messages: Cow::Borrowed(self.conversation.messages()),
            runs: Cow::Borrowed(&self.runs),
        };
        // There is no map in it whose keys are no strings, which is all that can fail.
        serde_json::to_value(document).unwrap_or_default()
    }

    /// The conversation as fast-agent reads it.
    pub fn to_fast_agent(&self) -> Value {
        fast_agent::written(&self.conversation)
    }

    /// The conversation as Markdown: questions as headings, answers as they were written, calls and
    /// their results in code blocks. The card's prompt is left out.
    pub fn to_markdown(&self) -> String {
        let header = &self.header;
        let mut text = format!("# {}\n\n", self.name.as_deref().unwrap_or(header.id.as_str()));
        let Settings { card, model, .. } = &self.settings;
        let made_of: Vec<&str> = [card, model].into_iter().flatten().map(String::as_str).collect();
        let created = header.created.strftime("%Y-%m-%d %H:%M UTC");
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{} · {created}", made_of.join(" · "));
        for message in self.conversation.messages() {
            match &**message {
                Message::System { .. } => {}
                Message::User { content } => {
                    let _infallible = write!(text, "\n## {}\n", content.trim_end());
                }
                Message::Assistant(reply) => {
                    for call in &reply.tool_calls {
                        let arguments = match &call.arguments {
                            Arguments::Object(map) => serde_json::to_string(map),
                            Arguments::Malformed(text) => Ok(text.clone()),
                        };
                        let call = format!("{} {}", call.name, arguments.unwrap_or_default());
                        block(&mut text, &call);
                    }
                    if !reply.content.trim().is_empty() {
                        let _infallible = write!(text, "\n{}\n", reply.content.trim());
                    }
                }
                Message::Tool(result) => block(&mut text, &result.content),
            }
        }
        text
    }
}

/// Appends a code block, fenced so that nothing in it ends it.
fn block(text: &mut String, content: &str) {
    let mut fence = "```".to_owned();
    while content.contains(&fence) {
        fence.push('`');
    }
    // Writing to a string cannot fail.
    let _infallible = write!(text, "\n{fence}\n{}\n{fence}\n", content.trim_end());
}
