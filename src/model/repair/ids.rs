//! Call ids: one for each call of a conversation.
//!
//! Providers send empty ones (Cerebras, Ollama) and the same one twice, and a result that answers
//! two calls answers neither.

use std::collections::HashSet;

use super::Repair;
use crate::model::Prompt;

/// The ids a conversation has used up.
pub(super) struct Ids(HashSet<String>);

impl Ids {
    /// Collects the ids of the calls so far.
    pub(super) fn of(prompt: Prompt<'_>) -> Self {
        Self(prompt.call_ids().map(str::to_owned).collect())
    }

    /// The id itself if nobody has it, else a new one.
    pub(super) fn unique(&mut self, id: String, repairs: &mut Vec<Repair>) -> String {
        if !id.is_empty() && self.0.insert(id.clone()) {
            return id;
        }
        let mut free = (self.0.len()..).map(|count| format!("call_{count}"));
        let fresh = free.find(|fresh| self.0.insert(fresh.clone())).unwrap_or_default();
        let detail = if id.is_empty() {
            format!("a call came without id; it is {fresh} now")
        } else {
            format!("call id {id:?} came a second time; it is {fresh} now")
        };
        repairs.push(Repair::new("call_id", detail));
        fresh
    }
}
