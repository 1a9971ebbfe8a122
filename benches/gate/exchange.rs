//! The exchanges that are measured, and what each must come to.
//!
//! A name travels in the path of the model's base URL, so that the servers need no state.

use std::time::Duration;

/// How long the Hub sits on each of the four slow calls.
pub(crate) const SLOW_CALL: Duration = Duration::from_millis(200);
/// How many calls the model asks for at once in [`Exchange::Parallel`].
pub(crate) const PARALLEL_CALLS: usize = 4;
/// How long the model falls silent after its first word in [`Exchange::FirstText`].
pub(crate) const SILENCE: Duration = Duration::from_millis(40);
/// How long after `[DONE]` the body of a reply ends in [`Exchange::LateEnd`], as over a network.
pub(crate) const LATE: Duration = Duration::from_millis(5);
/// The answer of every exchange but the long one.
pub(crate) const ANSWER: &str = "ada-moreau is a member of lumen-labs.";
/// One token of the long answer.
pub(crate) const TOKEN: &str = " word";

/// One thing an agent is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// So many tool calls, one after the other, then the answer.
    Rounds(usize),
    /// The same, and the program keeps its transcript as it does unless told otherwise. The floor
    /// keeps none, and neither does the program in the other exchanges, so that both do the same.
    Kept(usize),
    /// An answer of so many tokens.
    Stream(usize),
    /// Four slow tool calls at once, then the answer.
    Parallel,
    /// The first word, a silence, the rest.
    FirstText,
    /// So many tool calls; each reply's body ends a little after its last event.
    LateEnd(usize),
    /// An answer of the default card in a folder of so many.
    Folder(usize),
    /// So many calls of another agent at once, each of which takes as long as a slow call, then the
    /// answer.
    Children(usize),
}

impl Exchange {
    /// The path segment: `rounds-10`.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Rounds(calls) => format!("rounds-{calls}"),
            Self::Kept(calls) => format!("kept-{calls}"),
            Self::Stream(tokens) => format!("stream-{tokens}"),
            Self::Parallel => "parallel-0".to_owned(),
            Self::FirstText => "first-0".to_owned(),
            Self::LateEnd(calls) => format!("late-{calls}"),
            Self::Folder(cards) => format!("folder-{cards}"),
            Self::Children(calls) => format!("children-{calls}"),
        }
    }

    /// Reads a path segment back.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (kind, count) = name.split_once('-')?;
        let count = count.parse().ok()?;
        match kind {
            "rounds" => Some(Self::Rounds(count)),
            "kept" => Some(Self::Kept(count)),
            "stream" => Some(Self::Stream(count)),
            "parallel" => Some(Self::Parallel),
            "first" => Some(Self::FirstText),
            "late" => Some(Self::LateEnd(count)),
            "folder" => Some(Self::Folder(count)),
            "children" => Some(Self::Children(count)),
            _ => None,
        }
    }

    /// What must stand on stdout, but for white space around it.
    pub(crate) fn answer(self) -> String {
        match self {
            Self::Stream(tokens) => TOKEN.repeat(tokens).trim().to_owned(),
            Self::Rounds(_)
            | Self::Kept(_)
            | Self::Parallel
            | Self::FirstText
            | Self::LateEnd(_)
            | Self::Folder(_)
            | Self::Children(_) => ANSWER.to_owned(),
        }
    }
}
