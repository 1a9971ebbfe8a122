//! Conversations in the format of fast-agent: messages of MCP content blocks, calls and results by
//! their ids.
//!
//! It reads what fast-agent writes today, what it wrote before, and the MCP prompts it reads.

use serde_json::{Map, Value, json};

use super::import::{Importing, NotImported};
use crate::conversation::Conversation;
use crate::message::{
    Arguments, AssistantMessage, Message, Reasoning, ReasoningField, ToolCall, ToolMessage,
};

/// A conversation as fast-agent reads it. The system prompt is not part of one.
pub(super) fn written(conversation: &Conversation) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    let mut has_results = false;
    for message in conversation.messages() {
        let is_result = matches!(**message, Message::Tool(_));
        match &**message {
            Message::System { .. } => {}
            Message::User { content } => {
                messages.push(json!({"role": "user", "content": blocks(content)}));
            }
            Message::Assistant(reply) => messages.push(assistant(reply)),
            Message::Tool(result) => {
                // The results of one turn are one message.
                if !has_results {
                    messages.push(json!({"role": "user", "content": [], "tool_results": {}}));
                }
                if let Some(last) = messages.last_mut() {
                    let is_error = result.content.starts_with("Error");
                    last["tool_results"][&result.call_id] =
                        json!({"content": blocks(&result.content), "isError": is_error});
                }
            }
        }
        has_results = is_result;
    }
    for message in &mut messages {
        message["is_template"] = json!(false);
    }
    json!({"messages": messages})
}

fn assistant(reply: &AssistantMessage) -> Value {
    let mut message = json!({"role": "assistant", "content": blocks(&reply.content)});
    let mut calls = Map::new();
    for ToolCall { id, name, arguments } in &reply.tool_calls {
        let arguments = match arguments {
            Arguments::Object(map) => map.clone(),
            Arguments::Malformed(_) => Map::new(),
        };
        let params = json!({"name": name, "arguments": arguments});
        calls.insert(id.clone(), json!({"method": "tools/call", "params": params}));
    }
    let stop = if calls.is_empty() { "endTurn" } else { "toolUse" };
    if !calls.is_empty() {
        message["tool_calls"] = Value::Object(calls);
    }
    if let Some(reasoning) = &reply.reasoning {
        message["channels"] = json!({"reasoning": blocks(&reasoning.text)});
    }
    message["stop_reason"] = json!(stop);
    message
}

fn blocks(text: &str) -> Value {
    if text.is_empty() { json!([]) } else { json!([{"type": "text", "text": text}]) }
}

/// Reads the messages of such a document.
pub(super) fn read(messages: &[Value], importing: &mut Importing) -> Result<(), NotImported> {
    for (index, message) in messages.iter().enumerate() {
        let number = index + 1;
        let text = text(message.get("content"), importing);
        match message.get("role").and_then(Value::as_str) {
            Some("user") => {
                let results = message.get("tool_results").and_then(Value::as_object);
                for (id, result) in results.into_iter().flatten() {
                    let content = self::text(result.get("content"), importing);
                    let name = importing.called(id, number)?;
                    let result = ToolMessage { call_id: id.clone(), name, content };
                    importing.add(Message::Tool(result), number)?;
                }
                if !text.is_empty() {
                    importing.add(Message::User { content: text }, number)?;
                }
            }
            Some("assistant") => {
                let reply = reply(message, text, importing);
                importing.add(Message::Assistant(reply), number)?;
            }
            Some("system") => importing.add(Message::System { content: text }, number)?,
            other => {
                let role = other.unwrap_or("none");
                return Err(NotImported::message(number, &format!("its role is {role}")));
            }
        }
    }
    Ok(())
}

fn reply(message: &Value, content: String, importing: &mut Importing) -> AssistantMessage {
    let reasoning = text(message.pointer("/channels/reasoning"), importing);
    let calls = message.get("tool_calls").and_then(Value::as_object);
    let call = |(id, call): (&String, &Value)| {
        let arguments = call.pointer("/params/arguments").and_then(Value::as_object);
        ToolCall {
            id: id.clone(),
            name: call
                .pointer("/params/name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            arguments: Arguments::Object(arguments.cloned().unwrap_or_default()),
        }
    };
    AssistantMessage {
        content,
        reasoning: (!reasoning.is_empty()).then_some(Reasoning {
            field: ReasoningField::Reasoning,
            text: reasoning,
            details: Vec::new(),
        }),
        tool_calls: calls.into_iter().flatten().map(call).collect(),
    }
}

/// The text of content: blocks, one block, or a plain string.
fn text(content: Option<&Value>, importing: &mut Importing) -> String {
    let blocks = match content {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => return text.clone(),
        Some(Value::Array(blocks)) => blocks.as_slice(),
        Some(block) => std::slice::from_ref(block),
    };
    let mut texts = Vec::new();
    for block in blocks {
        let text = block.get("text").or_else(|| block.pointer("/resource/text"));
        match text.and_then(Value::as_str) {
            Some(text) => texts.push(text),
            None => importing.left_out += 1,
        }
    }
    texts.join("\n")
}
