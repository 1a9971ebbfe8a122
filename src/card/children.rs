//! How an agent runs those it calls.
//!
//! It does not know which those are.

use std::time::Duration;

use super::values::Values;

/// Whose messages a child may read, as cards say it.
pub(super) const SOURCES: &[&str] = &["none", "messages", "child", "orchestrator"];
/// Who may get its messages, as cards say it.
pub(super) const TARGETS: &[&str] = &["none", "child", "orchestrator"];

/// How many calls of other agents are shown to a person for each reply, if a card does not say.
pub const MOST_SHOWN: u32 = 20;

/// How an agent runs those it calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Children {
    /// What they read besides what they are told.
    pub source: HistorySource,
    /// Who reads what was said while they ran.
    pub merge_target: MergeTarget,
    /// How many run at once; as many as are called if not given.
    pub max_parallel: Option<u32>,
    /// How long one may take.
    pub timeout: Option<Duration>,
    /// How many of the calls of one reply are shown to a person.
    pub most_shown: Option<u32>,
}

/// Whose messages a child begins with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HistorySource {
    /// Nobody's.
    #[default]
    Nobody,
    /// Those its card begins with.
    Messages,
    /// Those, and what it remembers of earlier calls.
    Child,
    /// Its caller's.
    Caller,
}

/// Who gets the messages of a call when it is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MergeTarget {
    /// Nobody.
    #[default]
    Nobody,
    /// The child, for its next call.
    Child,
    /// Its caller.
    Caller,
}

/// Reads the keys about them.
pub(super) fn read(values: Values<'_>) -> Children {
    Children {
        source: match values.text("history_source").as_deref() {
            Some("messages") => HistorySource::Messages,
            Some("child") => HistorySource::Child,
            Some("orchestrator") => HistorySource::Caller,
            _ => HistorySource::Nobody,
        },
        merge_target: match values.text("history_merge_target").as_deref() {
            Some("child") => MergeTarget::Child,
            Some("orchestrator") => MergeTarget::Caller,
            _ => MergeTarget::Nobody,
        },
        max_parallel: values.count("max_parallel"),
        timeout: values.seconds("child_timeout_sec"),
        most_shown: values.count("max_display_instances"),
    }
}
