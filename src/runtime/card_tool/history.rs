//! What a child has read when its run begins, and who reads what was said when it has ended.
//!
//! It keeps nothing: what children remember is part of the conversation they were called in.

use std::sync::Arc;

use crate::card::{Children, HistorySource, MergeTarget};
use crate::conversation::{Change, Conversation};
use crate::message::Message;
use crate::runtime::{Blueprint, prior};
use crate::tool::{Caller, Leavings, Left, Reader};

/// Where the messages of an agent's children come from, and where they go.
#[derive(Clone, Copy)]
pub(super) struct History {
    source: HistorySource,
    target: MergeTarget,
}

impl History {
    /// What the card of a caller says.
    pub(super) fn of(parent: &Blueprint) -> Self {
        let Children { source, merge_target: target, .. } = parent.card.children;
        Self { source, target }
    }

    /// Whether a child needs to know the conversation it is called in.
    pub(super) fn listens(self) -> bool {
        matches!(self.source, HistorySource::Child | HistorySource::Caller)
    }

    /// Begins the conversation of a child.
    pub(super) fn begin(self, conversation: &mut Conversation, child: &Blueprint, caller: &Caller) {
        let said: &[Arc<Message>] = match self.source {
            HistorySource::Nobody => return,
            HistorySource::Messages => {
                prior::begin(conversation, &child.prior);
                return;
            }
            HistorySource::Child => {
                prior::begin(conversation, &child.prior);
                caller.asides.get(&child.card.name).map(Vec::as_slice).unwrap_or_default()
            }
            HistorySource::Caller => {
                &caller.messages[usize::from(caller.system_prompt().is_some())..]
            }
        };
        for message in said {
            conversation.apply(Change::Added(Arc::clone(message)));
        }
    }

    /// Leaves what was said to whoever is to read it.
    pub(super) fn end(self, said: Vec<Arc<Message>>, child: &str, leavings: &Leavings) {
        let reader = match self.target {
            MergeTarget::Nobody => return,
            MergeTarget::Child => Reader::Agent(child.to_owned()),
            MergeTarget::Caller => Reader::Caller,
        };
        leavings.leave(Left { reader, messages: said });
    }
}
