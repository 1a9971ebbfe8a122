//! What was said in calls of other agents, and is kept with the conversation they were made in.
//!
//! It does not know who reads it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::message::{AssistantMessage, Message, ToolCall, ToolMessage};

/// What agents remember of the calls that were made of them, by their names.
pub type Asides = BTreeMap<String, Vec<Arc<Message>>>;

/// Messages as they may stand in one conversation with others: calls whose ids are taken there get
/// other ones.
pub(super) fn told_apart(messages: &[Arc<Message>], others: &[Arc<Message>]) -> Vec<Arc<Message>> {
    let mut taken: HashSet<String> =
        others.iter().flat_map(calls).map(|call| call.id.clone()).collect();
    let mut renamed = HashMap::new();
    for ToolCall { id, .. } in messages.iter().flat_map(calls) {
        if !taken.insert(id.clone()) {
            let mut free = (2..).map(|count| format!("{id}-{count}"));
            let fresh = free.find(|fresh| taken.insert(fresh.clone())).unwrap_or_default();
            renamed.insert(id.clone(), fresh);
        }
    }
    messages.iter().map(|message| with_ids(message, &renamed)).collect()
}

fn calls(message: &Arc<Message>) -> &[ToolCall] {
    match &**message {
        Message::Assistant(reply) => &reply.tool_calls,
        Message::System { .. } | Message::User { .. } | Message::Tool(_) => &[],
    }
}

/// A message with other ids in the place of some.
fn with_ids(message: &Arc<Message>, renamed: &HashMap<String, String>) -> Arc<Message> {
    match &**message {
        Message::Assistant(reply)
            if reply.tool_calls.iter().any(|it| renamed.contains_key(&it.id)) =>
        {
            let renamed = |call: &ToolCall| {
                let id = renamed.get(&call.id).unwrap_or(&call.id).clone();
                ToolCall { id, ..call.clone() }
            };
            let tool_calls = reply.tool_calls.iter().map(renamed).collect();
            Arc::new(Message::Assistant(AssistantMessage { tool_calls, ..reply.clone() }))
        }
        Message::Tool(result) => match renamed.get(&result.call_id) {
            Some(id) => {
                Arc::new(Message::Tool(ToolMessage { call_id: id.clone(), ..result.clone() }))
            }
            None => Arc::clone(message),
        },
        Message::System { .. } | Message::User { .. } | Message::Assistant(_) => {
            Arc::clone(message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Arguments;

    fn called(id: &str) -> Vec<Arc<Message>> {
        let call = |id: &str| ToolCall {
            id: id.to_owned(),
            name: "x".to_owned(),
            arguments: Arguments::Object(serde_json::Map::new()),
        };
        let reply = AssistantMessage { tool_calls: vec![call(id)], ..AssistantMessage::default() };
        let result =
            ToolMessage { call_id: id.to_owned(), name: "x".to_owned(), content: "ok".to_owned() };
        vec![Arc::new(Message::Assistant(reply)), Arc::new(Message::Tool(result))]
    }

    #[test]
    fn a_call_and_its_result_get_another_id_where_theirs_is_taken() {
        let there = [called("a"), called("a-2")].concat();
        assert_eq!(told_apart(&called("a"), &there), called("a-3"));
        let free = called("b");
        assert!(
            told_apart(&free, &there).iter().zip(&free).all(|(new, old)| Arc::ptr_eq(new, old))
        );
    }
}
