//! Calls that lead nowhere: tools that do not exist, and the same call over and over.
//!
//! gpt-oss does both, and each costs a request. It knows no tool by name.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::dispatch::Dispatched;
use crate::tool::ToolSet;

/// Calls in a row of tools that do not exist, after which a run ends.
const MOST_UNKNOWN: u32 = 3;

/// How often one call may come back with one result before the model is told so; once more ends
/// the run.
const MOST_SAME: u32 = 3;

/// What a model keeps doing although it leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stuck {
    /// It calls tools that do not exist, this one last.
    UnknownTools(String),
    /// It makes the same call of this tool again and again, and the result is the same.
    SameCall(String),
}

/// The calls of a run, as far as repeating them matters.
#[derive(Default)]
pub(super) struct Repeats {
    hasher: RandomState,
    /// Calls of unknown tools since the last of a known one.
    unknown: u32,
    /// The last result of each call and how often it came.
    results: HashMap<u64, (u64, u32)>,
}

impl Repeats {
    /// Takes note of a call that came back, tells the model where it goes round in circles, and
    /// says whether that must end.
    pub(super) fn after(&mut self, call: &mut Dispatched, tools: &ToolSet) -> Option<Stuck> {
        let name = || call.record.name.clone();
        self.unknown = if tools.contains(&call.record.name) { 0 } else { self.unknown + 1 };
        if self.unknown == MOST_UNKNOWN {
            return Some(Stuck::UnknownTools(name()));
        }
        let times = self.times(call);
        if times > MOST_SAME {
            return Some(Stuck::SameCall(name()));
        }
        let content = &mut call.message.content;
        if times == MOST_SAME {
            content.push_str(
                "\n(This call has now come back with this result three times. It will not change: \
                 change the approach, or answer with what is known.)",
            );
        } else if matches!(content.trim(), "" | "[]" | "{}" | "null") {
            content.push_str("\n(no matches; do not repeat this call)");
        }
        None
    }

    /// How often this call has come back with this result.
    fn times(&mut self, call: &Dispatched) -> u32 {
        let arguments = serde_json::to_string(&call.record.arguments).unwrap_or_default();
        let asked = self.hasher.hash_one((&call.record.name, arguments));
        let came = self.hasher.hash_one(&call.message.content);
        let (last, times) = self.results.entry(asked).or_insert((came, 0));
        *times = if *last == came { *times + 1 } else { 1 };
        *last = came;
        *times
    }
}
