//! What is known since the question was asked: the calls made and what each came to.
//!
//! A plan asks it for results by call. What is not there yet stops the plan with the calls to make;
//! the next time around they have been made. It knows no question.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::call::{Call, TOOL, is_write};
use super::outcome::{self, Answered, Extent, Failure, List, Outcome};
use crate::message::{Arguments, Message};
use crate::model::Prompt;

/// The longest list that is read to its end, in calls and in items of each.
const PAGES: usize = 10;
const PAGE: u64 = 100;

/// The question and what was learned since.
#[derive(Debug, Default)]
pub(super) struct Known<'a> {
    question: &'a str,
    results: Vec<(&'a Map<String, Value>, Outcome)>,
    counting: Counting,
}

/// Whether the tool counts by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Counting {
    /// It takes `count_by`.
    ByTool,
    /// Its lists have to be read and counted.
    #[default]
    ByHand,
}

/// Why a plan cannot go on.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stop {
    /// These calls come first, all at once.
    Ask(Vec<Call>),
    /// The answer is settled already.
    Tell(String),
}

impl<'a> Known<'a> {
    /// Reads a conversation from its last question on.
    pub(super) fn since_question(prompt: Prompt<'a>) -> Self {
        let mut known = Self { counting: Counting::of(prompt), ..Self::default() };
        let asked = prompt.messages.iter().rposition(|message| is_question(message));
        let since = asked.and_then(|asked| prompt.messages.get(asked..)).unwrap_or_default();
        let mut calls: Vec<(&str, &Map<String, Value>)> = Vec::new();
        for message in since.iter().map(Arc::as_ref) {
            match message {
                Message::System { .. } => {}
                Message::User { content } => known.question = content,
                Message::Assistant(reply) => {
                    calls.extend(reply.tool_calls.iter().filter_map(
                        |call| match &call.arguments {
                            Arguments::Object(arguments) => Some((call.id.as_str(), arguments)),
                            Arguments::Malformed(_) => None,
                        },
                    ));
                }
                Message::Tool(result) => {
                    let call = calls.iter().find(|(id, _)| *id == result.call_id);
                    known.results.extend(
                        call.map(|(_, arguments)| (*arguments, outcome::read(&result.content))),
                    );
                }
            }
        }
        known
    }

    /// The question, as typed.
    pub(super) fn question(&self) -> &'a str {
        self.question
    }

    /// Whether the tool counts by itself.
    pub(super) fn counting(&self) -> Counting {
        self.counting
    }

    /// What a call came to, or the need to make it.
    pub(super) fn get(&self, call: Call) -> Result<&Outcome, Stop> {
        match self.results.iter().find(|(made, _)| **made == call.0) {
            Some((_, outcome)) => Ok(outcome),
            None => Err(Stop::Ask(vec![call])),
        }
    }

    /// What a write came to, or the need to make it.
    ///
    /// A question asks for one write at most, so whatever write was made for it is that one, and it
    /// is not made again even if its call should have been changed on its way.
    pub(super) fn write(&self, call: Call) -> Result<&Outcome, Stop> {
        match self.results.iter().find(|(made, _)| is_write(made)) {
            Some((_, outcome)) => Ok(outcome),
            None => Err(Stop::Ask(vec![call])),
        }
    }

    /// A list read to its end, or to a limit, beyond which nothing is said about it. `list` finds it
    /// in a result, `failed` says what a failure comes to.
    pub(super) fn read_on(
        &self,
        call: &Call,
        list: fn(&Answered) -> Result<List<'_>, Failure>,
        failed: impl Fn(&Failure) -> String,
    ) -> Result<List<'_>, Stop> {
        let stop = |failure: &Failure| Stop::Tell(failed(failure));
        let mut all = List { items: Vec::new(), extent: Extent::Unsaid };
        let mut offset = 0;
        for _ in 0..PAGES {
            let outcome = self.get(call.clone().page(PAGE, offset))?;
            let answered = outcome.as_ref().map_err(stop)?;
            let part = list(answered).map_err(|failure| stop(&failure))?;
            all.items.extend(part.items);
            match answered.next_offset() {
                Some(next) if next > offset => offset = next,
                Some(_) | None => {
                    if part.extent == Extent::Whole {
                        all.extent = Extent::Whole;
                    }
                    break;
                }
            }
        }
        Ok(all)
    }
}

fn is_question(message: &Message) -> bool {
    matches!(message, Message::User { .. })
}

impl Counting {
    fn of(prompt: Prompt<'_>) -> Self {
        let counts = prompt.tools.iter().any(|tool| {
            tool.name == TOOL && tool.parameters.tree().pointer("/properties/count_by").is_some()
        });
        if counts { Self::ByTool } else { Self::ByHand }
    }
}

/// Both results, or all the calls that either of them needs.
pub(super) fn both<A, B>(a: Result<A, Stop>, b: Result<B, Stop>) -> Result<(A, B), Stop> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(Stop::Ask(mut calls)), Err(Stop::Ask(more))) => {
            for call in more {
                if !calls.contains(&call) {
                    calls.push(call);
                }
            }
            Err(Stop::Ask(calls))
        }
        (Err(ask @ Stop::Ask(_)), _) | (_, Err(ask @ Stop::Ask(_))) => Err(ask),
        (Err(tell), _) | (_, Err(tell)) => Err(tell),
    }
}

/// Every result in order, or all the calls that any of them needs.
pub(super) fn together<T>(
    parts: impl IntoIterator<Item = Result<T, Stop>>,
) -> Result<Vec<T>, Stop> {
    let mut all = Ok(Vec::new());
    for part in parts {
        all = both(all, part).map(|(mut all, part)| {
            all.push(part);
            all
        });
    }
    all
}
