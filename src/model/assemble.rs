//! Putting the fragments of a streamed reply together.
//!
//! Pure: chunks in, a reply out. Nothing is final before the stream ends, because arguments that
//! parse can still be the beginning of longer ones.

use std::collections::HashSet;

use super::fault::Fault;
use super::repair::{self, Ending};
use super::wire::{CallDelta, Chunk, Delta};
use crate::event::{Event, Events};
use crate::message::{
    AssistantMessage, Reasoning, ReasoningField, Reply, StopReason, ToolCall, Usage,
};

/// A reply in the making.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    content: String,
    reasoning: Option<Reasoning>,
    calls: Vec<Call>,
    usage: Usage,
    finish: String,
}

/// A tool call in the making.
#[derive(Debug)]
struct Call {
    id: String,
    index: Option<u64>,
    name: String,
    arguments: String,
}

/// What a chunk added that can be shown at once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fresh {
    pub(super) reasoning: String,
    pub(super) text: String,
}

impl Fresh {
    /// Reports it, text and reasoning apart.
    pub(super) fn show(self, events: &Events) {
        if !self.reasoning.is_empty() {
            events.send(Event::Reasoning(self.reasoning));
        }
        if !self.text.is_empty() {
            events.send(Event::Text(self.text));
        }
    }
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
    /// Takes a chunk in and says what is new.
    pub(super) fn add(&mut self, chunk: Chunk) -> Fresh {
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
        let Some(choice) = chunk.choices.into_iter().next() else {
            return Fresh::default();
        };
        if !choice.finish_reason.0.is_empty() {
            self.finish = choice.finish_reason.0;
        }
        self.add_delta(choice.message.unwrap_or(choice.delta))
    }

    fn add_delta(&mut self, delta: Delta) -> Fresh {
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
        let reasoning = fresh.map_or_else(String::new, |(field, text)| {
            let so_far = self.reasoning.get_or_insert(Reasoning { field, text: String::new() });
            so_far.text.push_str(&text);
            text
        });
        self.content.push_str(&delta.content.0);
        for call in delta.tool_calls {
            self.add_call(call);
        }
        Fresh { reasoning, text: delta.content.0 }
    }

    fn add_call(&mut self, delta: CallDelta) {
        let (id, name) = (delta.id.0, delta.function.name.0);
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

    /// Ends the reply. Ids that are missing, or taken by an earlier call of the conversation, are
    /// replaced.
    pub(super) fn finish<'a>(
        self,
        marker: Marker,
        taken: impl IntoIterator<Item = &'a str>,
    ) -> Result<Reply, Fault> {
        if self.finish.is_empty()
            && let Marker::Missing(fault) = marker
        {
            return Err(fault);
        }
        let stop = match self.finish.as_str() {
            "error" => return Err(Fault::Failure),
            "" | "stop" | "tool_calls" | "function_call" | "eos" | "end_turn" => StopReason::Done,
            "length" | "max_tokens" => StopReason::Length,
            "content_filter" => StopReason::Filtered,
            _ => StopReason::Other(self.finish),
        };
        if self.content.trim().is_empty() && self.calls.is_empty() {
            return Err(Fault::Empty(stop));
        }
        let message = AssistantMessage {
            content: self.content,
            reasoning: self.reasoning,
            tool_calls: finished(self.calls, &stop, taken.into_iter().map(str::to_owned).collect()),
        };
        Ok(Reply { message, usage: self.usage, stop })
    }
}

fn finished(calls: Vec<Call>, stop: &StopReason, mut taken: HashSet<String>) -> Vec<ToolCall> {
    let last = calls.len().saturating_sub(1);
    let finished = calls.into_iter().enumerate().map(|(at, call)| {
        let ending = match stop {
            StopReason::Length if at == last => Ending::MaybeCut,
            _ => Ending::Whole,
        };
        ToolCall {
            id: unique(call.id, &mut taken),
            name: call.name,
            arguments: repair::arguments(&call.arguments, ending),
        }
    });
    finished.collect()
}

fn unique(id: String, taken: &mut HashSet<String>) -> String {
    if !id.is_empty() && taken.insert(id.clone()) {
        return id;
    }
    let fresh = (taken.len()..).map(|count| format!("call_{count}"));
    fresh.into_iter().find(|fresh| taken.insert(fresh.clone())).unwrap_or_default()
}

#[cfg(test)]
mod tests;
