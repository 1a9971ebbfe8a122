//! Mending what models and their servers get wrong about a reply.
//!
//! Pure functions on what was received; each repair is reported, none is silent. What cannot be
//! mended without guessing is asked for again. Nothing here runs on what a tool returned.

mod arguments;
#[cfg(any(test, fuzzing))]
pub(super) mod checks;
mod harmony;
mod ids;
mod names;
mod refused;

use super::Prompt;
use super::assemble::{Draft, Source};
use crate::event::{Event, Events};
use crate::message::{AssistantMessage, Reply, StopReason, ToolCall, ToolSpec, Usage};

pub(super) use harmony::Gate;
pub(super) use refused::rescue;

use arguments::Ending;
use harmony::{Part, Reading};

/// How many characters of an unusable reply are shown.
const MOST_SHOWN: usize = 200;

/// What was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repair {
    /// A stable word.
    pub(super) kind: &'static str,
    /// What was done, for people.
    pub(super) detail: String,
}

impl Repair {
    /// Names a repair.
    pub(super) fn new(kind: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// Reports it.
    pub(super) fn report(self, events: &Events) {
        events.send(Event::Repaired { kind: self.kind, detail: self.detail });
    }
}

/// Whose habits to expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// It writes the harmony format, which servers do not always take apart.
    GptOss,
    /// Any other model: its text is taken as it is.
    Other,
}

impl Family {
    /// Tells the family by the model's id, since every server of gpt-oss has the same troubles.
    pub(super) fn of(model: &str) -> Self {
        if model.to_ascii_lowercase().contains("gpt-oss") { Self::GptOss } else { Self::Other }
    }
}

/// A draft after mending.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mended {
    /// A reply the loop can use.
    Reply(Reply),
    /// Nothing usable, and asking again in these words may help.
    Nudge(Nudge),
    /// Neither text nor calls nor reasoning, although it ended for this reason.
    Empty(StopReason),
}

/// What is added to the conversation for one further request, and to nobody's record.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Nudge {
    /// Why.
    pub(super) kind: Misstep,
    /// Why, for people.
    pub(super) problem: String,
    /// What the model said.
    pub(super) said: AssistantMessage,
    /// What it is told.
    pub(super) ask: String,
    /// The tokens it used up for nothing.
    pub(super) usage: Usage,
}

/// What makes a reply unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misstep {
    /// It is written like a call and is none.
    NoCall,
    /// It is all reasoning.
    Empty,
    /// Its provider refused what the model wrote as a call.
    ToolUseFailed,
}

impl Misstep {
    /// The stable word for it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::NoCall => "call_without_tool",
            Self::Empty => "empty_reply",
            Self::ToolUseFailed => "tool_use_failed",
        }
    }
}

impl Nudge {
    /// Why there is no reply, where asking again did not help. Reasoning is no part of it.
    pub(super) fn verdict(self) -> String {
        let said = self.said.content.trim();
        if said.is_empty() {
            return self.problem;
        }
        let shown: String = said.chars().take(MOST_SHOWN).collect();
        format!("{}; the model wrote: {shown}", self.problem.trim_end_matches('.'))
    }
}

/// Turns a draft into a reply, as far as that takes no guessing.
pub(super) fn mend(mut draft: Draft, prompt: Prompt<'_>, family: Family) -> (Mended, Vec<Repair>) {
    let mut repairs = Vec::new();
    if family == Family::GptOss {
        let text = take_text_apart(&mut draft, prompt.tools, &mut repairs);
        take_reasoning_apart(&mut draft, prompt.tools, &mut repairs);
        if text == Text::CallWithoutTool {
            return (Mended::Nudge(call_without_tool(draft)), repairs);
        }
    }
    if draft.content.trim().is_empty() && draft.calls.is_empty() {
        let has_thought = draft.reasoning.as_ref().is_some_and(|thought| !thought.text.is_empty());
        let mended = match draft.stop {
            StopReason::Done | StopReason::Other(_) if has_thought => {
                Mended::Nudge(empty_reply(draft))
            }
            stop => Mended::Empty(stop),
        };
        return (mended, repairs);
    }
    let (tool_calls, recovered) = calls(&mut draft, prompt, &mut repairs);
    let Draft { content, reasoning, usage, stop, .. } = draft;
    let message = AssistantMessage { content, reasoning, tool_calls };
    (Mended::Reply(Reply { message, usage, stop, recovered }), repairs)
}

fn call_without_tool(draft: Draft) -> Nudge {
    let problem = "the reply is written like a call, of no tool there is or without an object";
    let ask = "That was written like a tool call, but it names no tool there is, or its arguments \
               are no whole JSON object. Call a tool by its name through the tool interface, or \
               give the final answer.";
    draft.into_nudge(Misstep::NoCall, problem, ask)
}

fn empty_reply(draft: Draft) -> Nudge {
    let problem = "the reply has reasoning and neither text nor calls";
    let ask = "Your reply was empty. Give the final answer now, or call a tool.";
    draft.into_nudge(Misstep::Empty, problem, ask)
}

impl Draft {
    fn into_nudge(self, kind: Misstep, problem: &str, ask: &str) -> Nudge {
        let Self { content, reasoning, usage, .. } = self;
        let said = AssistantMessage { content, reasoning, tool_calls: Vec::new() };
        Nudge { kind, problem: problem.to_owned(), said, ask: ask.to_owned(), usage }
    }
}

/// What is left of a text once the harmony format is out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Clean,
    /// It is a call that nobody can carry out.
    CallWithoutTool,
}

/// Takes a call and control tokens out of the text, where the server left them in.
fn take_text_apart(draft: &mut Draft, tools: &[ToolSpec], repairs: &mut Vec<Repair>) -> Text {
    match harmony::read(&draft.content, Part::Content, tools) {
        Reading::Plain => {}
        Reading::Text(text) => {
            repairs.push(Repair::new("control_tokens", "took control tokens out of the text"));
            draft.content = text;
        }
        Reading::Call { preface, call } => {
            draft.content = preface;
            // A call that did come through counts; the one in the text is its shadow.
            if draft.calls.is_empty() {
                let detail = format!("the call of {} was in the text", call.name);
                repairs.push(Repair::new("harmony_call", detail));
                draft.calls.push(call);
            } else {
                repairs.push(Repair::new("control_tokens", "left out a call in the text"));
            }
        }
        Reading::CallWithoutTool { .. } if draft.calls.is_empty() => {
            if let Some(text) = harmony::without_tokens(&draft.content) {
                draft.content = text;
            }
            return Text::CallWithoutTool;
        }
        Reading::CallWithoutTool { text } => {
            repairs.push(Repair::new("control_tokens", "left out a call in the text"));
            draft.content = text;
        }
    }
    Text::Clean
}

/// Takes control tokens out of the reasoning, and a call if there is nothing else in the reply.
fn take_reasoning_apart(draft: &mut Draft, tools: &[ToolSpec], repairs: &mut Vec<Repair>) {
    let Some(reasoning) = draft.reasoning.as_mut() else { return };
    let is_all = draft.content.trim().is_empty() && draft.calls.is_empty();
    match harmony::read(&reasoning.text, Part::Reasoning, tools) {
        Reading::Call { preface, call } if is_all => {
            let detail = format!("the call of {} was in the reasoning", call.name);
            repairs.push(Repair::new("harmony_call", detail));
            draft.calls.push(call);
            reasoning.text = preface;
        }
        Reading::Plain => {}
        _ => {
            if let Some(text) = harmony::without_tokens(&reasoning.text) {
                let detail = "took control tokens out of the reasoning";
                repairs.push(Repair::new("control_tokens", detail));
                reasoning.text = text;
            }
        }
    }
}

/// The calls, each fit to be carried out or refused, and the ids of those that were recovered.
fn calls(
    draft: &mut Draft,
    prompt: Prompt<'_>,
    repairs: &mut Vec<Repair>,
) -> (Vec<ToolCall>, Vec<String>) {
    if draft.calls.is_empty() {
        return Default::default();
    }
    let mut ids = ids::Ids::of(prompt);
    let mut recovered = Vec::new();
    let last = draft.calls.len().saturating_sub(1);
    let calls = std::mem::take(&mut draft.calls).into_iter().enumerate().map(|(at, call)| {
        let ending = match draft.stop {
            StopReason::Length if at == last => Ending::MaybeCut,
            _ => Ending::Whole,
        };
        let read = arguments::read(&call.arguments, ending, repairs);
        let name = names::resolve(&call.name, prompt.tools, &read, repairs);
        let schema =
            prompt.tools.iter().find(|tool| tool.name == name).map(|tool| &tool.parameters);
        let arguments = arguments::coerced(read, schema, repairs);
        let id = ids.unique(call.id, repairs);
        if call.source == Source::Text || name != call.name && names::is_guess(&call.name) {
            recovered.push(id.clone());
        }
        ToolCall { id, name, arguments }
    });
    (calls.collect(), recovered)
}
