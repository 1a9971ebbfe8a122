//! A conversation made shorter: old results become digests, old questions and answers a summary.
//!
//! The same conversation always gives the same one, no model is asked, and nothing is made up. It
//! does not know how long a conversation may be, nor when it is too long.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::terms::{Names, argument_texts, texts};
use super::weight::{weigh, weight};
use crate::message::{Arguments, Message, ToolMessage};

/// How many of the last turns stay as they are, byte for byte.
pub const KEPT_TURNS: usize = 2;

/// How a summary begins, by which it is known when it is summed up again.
pub(super) const OPENING: &str = "[The beginning of this conversation, shortened to save room. Long answers \
                       are cut, and the names and numbers of what was cut are listed.]\n";

/// A result of at most this many bytes is no longer than its digest would be.
const SHORT_RESULT: usize = 600;
/// A member of a result of at most this many bytes is kept in its digest.
const SHORT_MEMBER: usize = 200;
/// How many bytes of a question and of an answer a summary repeats.
const LONGEST_QUOTE: usize = 600;
/// How many bytes of a call's arguments a summary repeats, and how many calls of one question.
const LONGEST_CALL: usize = 160;
const MOST_CALLS: usize = 10;

/// What became of a conversation.
#[derive(Debug, Clone)]
pub struct Compacted {
    /// What it consists of now. It is valid: each call is answered, and each answer has its question.
    pub messages: Vec<Arc<Message>>,
    /// Whether it is as short as it was to be.
    pub fit: Fit,
    /// How many results became digests.
    pub shortened: usize,
    /// How many questions went into the summary.
    pub folded: usize,
}

/// Whether a conversation is as short as it was to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It is.
    Fits,
    /// It cannot be made so short; what there is is the shortest there is.
    TooLong,
}

/// Makes a conversation shorter, the oldest first, until it has at most this many bytes.
///
/// The system prompt, every question that is not summed up, and the last [`KEPT_TURNS`] turns are
/// kept as they are. Names and numbers of questions, answers and kept messages are all still there.
pub fn compact(messages: &[Arc<Message>], most: usize) -> Compacted {
    let mut work = Work::new(messages);
    work.shorten(most);
    let folded = work.fold(most);
    let fit = if weigh(&work.messages) <= most { Fit::Fits } else { Fit::TooLong };
    let pairs = messages.iter().rev().zip(work.messages.iter().rev());
    let is_result = |message: &Message| matches!(message, Message::Tool(_));
    let shortened = pairs.filter(|(old, new)| !Arc::ptr_eq(old, new) && is_result(new)).count();
    Compacted { messages: work.messages, fit, shortened, folded }
}

struct Work {
    messages: Vec<Arc<Message>>,
    /// Where the turns begin that stay as they are.
    kept: usize,
    names: Names,
    /// Names and numbers that something still refers to.
    referred: HashSet<String>,
}

impl Work {
    fn new(messages: &[Arc<Message>]) -> Self {
        let names = Names::of(messages.iter().map(|message| &**message));
        let replies = (0..messages.len()).rev().filter(|at| is_reply(&messages[*at]));
        let kept = replies.take(KEPT_TURNS).last().unwrap_or(0);
        let mut referred = HashSet::new();
        for (at, message) in messages.iter().enumerate() {
            for text in referring(message, at >= kept) {
                referred.extend(names.terms(&text).map(str::to_owned));
            }
        }
        Self { messages: messages.to_vec(), kept, names, referred }
    }

    /// Shortens one message after the other, until all of them fit.
    fn shorten(&mut self, most: usize) {
        let mut size = weigh(&self.messages);
        for at in 0..self.kept {
            if size <= most {
                return;
            }
            if let Some(shorter) = self.shorter(&self.messages[at]) {
                size = size - weight(&self.messages[at]) + weight(&shorter);
                self.messages[at] = Arc::new(shorter);
            }
        }
    }

    fn shorter(&self, message: &Message) -> Option<Message> {
        let shorter = match message {
            Message::Tool(result) if result.content.len() > SHORT_RESULT => {
                Message::Tool(ToolMessage {
                    content: self.digest(&result.content)?,
                    ..result.clone()
                })
            }
            Message::Assistant(reply) if reply.reasoning.is_some() => {
                let mut reply = reply.clone();
                reply.reasoning = None;
                Message::Assistant(reply)
            }
            Message::System { .. }
            | Message::User { .. }
            | Message::Assistant(_)
            | Message::Tool(_) => {
                return None;
            }
        };
        (weight(&shorter) < weight(message)).then_some(shorter)
    }

    /// A result without its long members, and with what is still referred to of them. None if it is
    /// a digest already.
    fn digest(&self, content: &str) -> Option<String> {
        let note = format!(
            "this result of {} bytes was shortened to save room; the same call reads it again, but \
             no write must be repeated for that",
            content.len()
        );
        let texts = texts(content);
        let mut known = HashSet::new();
        let referred = texts.iter().flat_map(|text| self.names.terms(text));
        let referred = referred.filter(|term| self.referred.contains(*term) && known.insert(*term));
        let referred: Vec<&str> = referred.collect();
        let Ok(Value::Object(members)) = serde_json::from_str(content) else {
            let start = start(content, SHORT_MEMBER);
            return Some(format!("{start}…\n[{note}]\nstill referred to: {}", referred.join(", ")));
        };
        if members.contains_key("shortened") {
            return None;
        }
        let is_short = |value: &Value| value.to_string().len() <= SHORT_MEMBER;
        let mut digest: Map<String, Value> =
            members.into_iter().filter(|(_, value)| is_short(value)).collect();
        digest.insert("shortened".to_owned(), json!(note));
        digest.insert("still_referred_to".to_owned(), json!(referred));
        Some(Value::Object(digest).to_string())
    }

    /// Puts as few of the oldest questions into a summary as make the rest fit, or as many as there
    /// are; and says how many. The answer to the last of them stays and answers the summary.
    fn fold(&mut self, most: usize) -> usize {
        let questions: Vec<usize> = (0..=self.kept)
            .filter(|at| self.messages.get(*at).is_some_and(|m| is_question(m)))
            .collect();
        let mut best = (weigh(&self.messages), self.messages.clone(), 0);
        for (folded, end) in questions.iter().enumerate().skip(1) {
            if best.0 <= most {
                break;
            }
            if !is_answer(&self.messages[end - 1]) {
                continue;
            }
            let summary = self.summary(questions[0]..end - 1);
            let before = self.messages[..questions[0]].iter().cloned();
            let after = self.messages[end - 1..].iter().cloned();
            let messages: Vec<_> = before.chain([Arc::new(summary)]).chain(after).collect();
            if weigh(&messages) < best.0 {
                best = (weigh(&messages), messages, folded);
            }
        }
        self.messages = best.1;
        best.2
    }

    /// What was asked, called and answered in these messages, which begin with a question.
    fn summary(&self, range: Range<usize>) -> Message {
        let mut text = OPENING.to_owned();
        let mut calls = Vec::new();
        for message in &self.messages[range] {
            match &**message {
                Message::System { .. } | Message::Tool(_) => {}
                Message::User { content } => {
                    list_calls(&mut text, &mut calls);
                    match content.strip_prefix(OPENING) {
                        Some(earlier) => text.push_str(earlier),
                        None => self.quote(&mut text, "\nAsked", content),
                    }
                }
                Message::Assistant(reply) => {
                    for call in &reply.tool_calls {
                        let arguments = match &call.arguments {
                            Arguments::Object(object) => Value::Object(object.clone()).to_string(),
                            Arguments::Malformed(text) => text.clone(),
                        };
                        calls.push(format!("{} {}", call.name, start(&arguments, LONGEST_CALL)));
                    }
                    if !reply.content.is_empty() {
                        list_calls(&mut text, &mut calls);
                        self.quote(&mut text, "Answered", &reply.content);
                    }
                }
            }
        }
        list_calls(&mut text, &mut calls);
        Message::User { content: text }
    }

    /// Repeats the beginning of what somebody said, and the names and numbers of all of it.
    fn quote(&self, text: &mut String, word: &str, said: &str) {
        let begins = start(said, LONGEST_QUOTE);
        // Writing to a string cannot fail.
        let _infallible = write!(text, "{word}: {begins}");
        if begins.len() < said.len() {
            let mut known: HashSet<&str> = self.names.terms(begins).collect();
            let terms: Vec<&str> =
                self.names.terms(said).filter(|term| known.insert(*term)).collect();
            let _infallible = write!(text, "… (cut; further on: {})", terms.join(", "));
        }
        text.push('\n');
    }
}

/// The texts of a message by which it refers to something. A result does only where it is kept.
fn referring(message: &Message, is_kept: bool) -> Vec<String> {
    match message {
        Message::User { content } => vec![content.clone()],
        Message::Assistant(reply) => {
            let mut texts = vec![reply.content.clone()];
            texts.extend(reply.tool_calls.iter().flat_map(|call| argument_texts(&call.arguments)));
            texts
        }
        Message::Tool(result) if is_kept => texts(&result.content),
        Message::System { .. } | Message::Tool(_) => Vec::new(),
    }
}

fn list_calls(text: &mut String, calls: &mut Vec<String>) {
    let more = calls.len().saturating_sub(MOST_CALLS);
    for call in calls.drain(..).take(MOST_CALLS) {
        let _infallible = writeln!(text, "Called: {call}");
    }
    if more > 0 {
        let _infallible = writeln!(text, "Called: {more} more");
    }
}

/// The beginning of a text, of at most this many bytes, whole words where there are any.
fn start(text: &str, most: usize) -> &str {
    let start = &text[..text.floor_char_boundary(most)];
    let words = start.rfind(char::is_whitespace).filter(|at| text.len() > most && *at > most / 2);
    &start[..words.unwrap_or(start.len())]
}

fn is_reply(message: &Message) -> bool {
    matches!(message, Message::Assistant(_))
}

fn is_question(message: &Message) -> bool {
    matches!(message, Message::User { .. })
}

fn is_answer(message: &Message) -> bool {
    matches!(message, Message::Assistant(reply) if reply.tool_calls.is_empty())
}

#[cfg(test)]
mod tests;
