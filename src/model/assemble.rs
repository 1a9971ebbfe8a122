//! Putting the fragments of a streamed reply together.
//!
//! Pure: chunks in, a draft out. Nothing is final before the stream ends, because arguments that
//! parse can still be the beginning of longer ones. What is wrong with a draft is mended elsewhere.

mod details;

use serde_json::Value;

use super::fault::Fault;
use super::wire::{CallDelta, Chunk, Delta};
use crate::message::{Reasoning, ReasoningField, StopReason, Usage};

/// A reply in the making.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    content: String,
    reasoning: Option<Reasoning>,
    calls: Vec<Call>,
    usage: Usage,
    finish: String,
    /// Bytes of everything that is kept.
    size: usize,
}

/// A tool call, as far as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) index: Option<u64>,
    pub(super) name: String,
    pub(super) arguments: String,
    pub(super) source: Source,
}

impl Call {
    /// A call that was found in a text.
    pub(super) fn in_text(name: String, arguments: String) -> Self {
        Self { id: String::new(), index: None, name, arguments, source: Source::Text }
    }
}

/// Where a call was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Where calls belong.
    Wire,
    /// In a text: the content, the reasoning, or what a provider refused.
    Text,
}

/// Everything a provider sent of a reply, in one piece and not yet judged.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub(super) content: String,
    pub(super) reasoning: Option<Reasoning>,
    pub(super) calls: Vec<Call>,
    pub(super) usage: Usage,
    pub(super) stop: StopReason,
}

/// Whether the provider said that it had sent everything.
#[derive(Debug)]
pub(super) enum Marker {
    /// `[DONE]` came.
    Done,
    /// The stream just ended; this is what is wrong unless a finish reason came before.
    Missing(Fault),
}

impl Assembler {
    /// Takes a chunk in.
    pub(super) fn add(&mut self, chunk: Chunk) {
        // Groq sends usage three times in a stream: the latest counts, they are not added up.
        let groq = chunk.x_groq.and_then(|groq| groq.usage);
        if let Some(usage) = chunk.usage.or(groq) {
            self.usage = Usage {
                input_tokens: usage.prompt_tokens.0,
                cached_tokens: usage.prompt_tokens_details.cached_tokens.0,
                output_tokens: usage.completion_tokens.0,
                reasoning_tokens: usage.completion_tokens_details.reasoning_tokens.0,
            };
        }
        let Some(choice) = chunk.choices.into_iter().next() else { return };
        if !choice.finish_reason.0.is_empty() {
            self.finish = choice.finish_reason.0;
        }
        self.add_delta(choice.message.unwrap_or(choice.delta));
    }

    fn add_delta(&mut self, delta: Delta) {
        let fields = [
            (ReasoningField::ReasoningContent, delta.reasoning_content.0),
            (ReasoningField::Reasoning, delta.reasoning.0),
            (ReasoningField::ReasoningText, delta.reasoning_text.0),
        ];
        // Some providers send the same text under two names; whichever came first stays.
        let known = self.reasoning.as_ref().map(|reasoning| reasoning.field);
        let fresh = fields
            .into_iter()
            .find(|(field, text)| !text.is_empty() && known.is_none_or(|known| known == *field));
        if let Some((field, text)) = fresh {
            self.size += text.len();
            self.reasoning_in(field).text.push_str(&text);
        }
        if let Value::Array(fragments) = delta.reasoning_details {
            for fragment in fragments {
                self.size += fragment.to_string().len();
                details::add(&mut self.reasoning_in(ReasoningField::Reasoning).details, fragment);
            }
        }
        self.size += delta.content.0.len();
        self.content.push_str(&delta.content.0);
        for call in delta.tool_calls {
            self.add_call(call);
        }
    }

    /// The reasoning so far; if it is the first, it came in this field.
    fn reasoning_in(&mut self, field: ReasoningField) -> &mut Reasoning {
        let (text, details) = (String::new(), Vec::new());
        self.reasoning.get_or_insert(Reasoning { field, text, details })
    }

    fn add_call(&mut self, delta: CallDelta) {
        let (id, name) = (delta.id.0, delta.function.name.0);
        self.size += id.len() + name.len() + delta.function.arguments.0.len();
        match self.position(&id, delta.index.0, &name) {
            Some(at) => {
                let call = &mut self.calls[at];
                if call.id.is_empty() {
                    call.id = id;
                }
                // Some providers repeat the name on each fragment.
                if call.name != name {
                    call.name.push_str(&name);
                }
                call.arguments.push_str(&delta.function.arguments.0);
            }
            None => self.calls.push(Call {
                id,
                index: delta.index.0,
                name,
                arguments: delta.function.arguments.0,
                source: Source::Wire,
            }),
        }
    }

    /// Which call a fragment belongs to: by id, else by index, else the latest; none if it starts
    /// a new one.
    fn position(&self, id: &str, index: Option<u64>, name: &str) -> Option<usize> {
        let same_index = |call: &Call| index.is_some() && call.index == index;
        if id.is_empty() {
            return match index {
                Some(_) => self.calls.iter().rposition(same_index),
                None => self.calls.len().checked_sub(1).filter(|_| name.is_empty()),
            };
        }
        let other_index = |call: &Call| matches!((call.index, index), (Some(a), Some(b)) if a != b);
        self.calls
            .iter()
            .rposition(|call| call.id == id && !other_index(call))
            // A new id without a name cannot start a call.
            .or_else(|| {
                self.calls
                    .iter()
                    .rposition(same_index)
                    .filter(|at| name.is_empty() || self.calls[*at].id.is_empty())
            })
    }

    /// How much there is, in bytes.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether a reason for the end came.
    pub(super) fn has_finished(&self) -> bool {
        !self.finish.is_empty()
    }

    /// The text so far.
    pub(super) fn content(&self) -> &str {
        &self.content
    }

    /// The chain of thought so far.
    pub(super) fn reasoning(&self) -> &str {
        self.reasoning.as_ref().map_or("", |reasoning| &reasoning.text)
    }

    /// Ends the reply.
    pub(super) fn finish(self, marker: Marker) -> Result<Draft, Fault> {
        let stop = match self.finish.as_str() {
            "error" => return Err(Fault::Failure),
            "" => match marker {
                Marker::Done => StopReason::Done,
                Marker::Missing(fault) => return Err(fault),
            },
            "stop" | "tool_calls" | "function_call" | "eos" | "end_turn" => StopReason::Done,
            "length" | "max_tokens" => StopReason::Length,
            "content_filter" => StopReason::Filtered,
            other => StopReason::Other(other.to_owned()),
        };
        Ok(self.ended(stop))
    }

    /// Ends the reply with a call its provider refused, which is all of it.
    pub(super) fn finish_with(mut self, call: Option<Call>) -> Draft {
        self.calls = call.into_iter().collect();
        self.ended(StopReason::Done)
    }

    fn ended(self, stop: StopReason) -> Draft {
        let Self { content, reasoning, calls, usage, .. } = self;
        Draft { content, reasoning, calls, usage, stop }
    }
}

#[cfg(test)]
mod tests;
