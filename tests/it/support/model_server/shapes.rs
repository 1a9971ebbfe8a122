//! Responses in the shapes real providers send.
//!
//! Each constructor says what is peculiar to its provider; the facts are from recorded traffic.

use serde_json::{Value, json};

use super::Response;

/// The call every one-call shape makes, in Groq's words: whole, in one chunk.
fn call_chunk(index: u32, id: &str, name: &str, arguments: &Value) -> Value {
    delta(&json!({"tool_calls": [{
        "id": id, "type": "function", "index": index,
        "function": {"name": name, "arguments": arguments.to_string()},
    }]}))
}

impl Response {
    /// A stream of these events, in one write, with `[DONE]` at the end.
    pub(crate) fn events(events: impl IntoIterator<Item = Value>) -> Self {
        Self::open(events).then("data: [DONE]\n\n")
    }

    /// A stream of these events that ends without `[DONE]`.
    pub(crate) fn open(events: impl IntoIterator<Item = Value>) -> Self {
        let events = events.into_iter().map(|event| event.to_string());
        let body: String =
            events.flat_map(|event| ["data: ".to_owned(), event, "\n\n".to_owned()]).collect();
        Self::new(200, "text/event-stream", body)
    }

    /// A stream from `tests/fixtures/streams`, kept as its provider sends it.
    pub(crate) fn recorded(name: &str) -> Self {
        let path = format!("{}/tests/fixtures/streams/{name}", env!("CARGO_MANIFEST_DIR"));
        let kind = match name.rsplit_once('.') {
            Some((_, "json")) => "application/json",
            _ => "text/event-stream",
        };
        Self::new(200, kind, std::fs::read(path).unwrap())
    }

    /// An error body.
    pub(crate) fn error(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// An answer as Groq streams it: a role chunk, reasoning on the analysis channel, text.
    pub(crate) fn text(answer: &str) -> Self {
        let mut events = groq_opening();
        events.extend(answer.split_inclusive(' ').map(|word| delta(&json!({"content": word}))));
        events.extend(groq_end("stop"));
        Self::events(events)
    }

    /// A call as Groq streams it: whole in one chunk; usage three times in the stream.
    pub(crate) fn groq_call(name: &str, arguments: &Value) -> Self {
        Self::groq_calls(&[(name, arguments.clone())])
    }

    /// Several calls as Groq streams them: a chunk for each, ids `fc_0`, `fc_1`, ….
    pub(crate) fn groq_calls(calls: &[(&str, Value)]) -> Self {
        let mut events = groq_opening();
        for (index, (name, arguments)) in (0..).zip(calls) {
            events.push(call_chunk(index, &format!("fc_{index}"), name, arguments));
        }
        events.extend(groq_end("tool_calls"));
        Self::events(events)
    }

    /// A call as llama.cpp streams it: `reasoning_content`, then the arguments in pieces of four
    /// characters, id and name only on the first.
    pub(crate) fn llama_cpp_call(name: &str, arguments: &Value) -> Self {
        let mut events = vec![
            delta(&json!({"role": "assistant", "content": null})),
            delta(&json!({"reasoning_content": "Ask"})),
            delta(&json!({"reasoning_content": " the Hub."})),
            delta(&json!({"tool_calls": [{
                "index": 0, "id": "call_1", "type": "function",
                "function": {"name": name, "arguments": ""},
            }]})),
        ];
        let arguments: Vec<char> = arguments.to_string().chars().collect();
        events.extend(arguments.chunks(4).map(|piece| {
            let piece: String = piece.iter().collect();
            delta(&json!({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}))
        }));
        events.push(finish("tool_calls"));
        events.push(json!({"choices": [], "timings": {"predicted_ms": 1.5}, "usage": {
            "prompt_tokens": 90, "completion_tokens": 9, "total_tokens": 99,
        }}));
        Self::events(events)
    }
}

impl Response {
    /// An answer that is not streamed.
    pub(crate) fn whole_text(answer: &str) -> Self {
        Self::whole(
            &json!({"role": "assistant", "content": answer, "reasoning": "We ask."}),
            "stop",
        )
    }

    /// A call in a reply that is not streamed.
    pub(crate) fn whole_call(name: &str, arguments: &Value) -> Self {
        let function = json!({"name": name, "arguments": arguments.to_string()});
        let call = json!({"id": "call_w1", "type": "function", "function": function});
        Self::whole(
            &json!({"role": "assistant", "content": null, "tool_calls": [call]}),
            "tool_calls",
        )
    }

    /// A reply of this message, not streamed.
    pub(crate) fn whole(message: &Value, finish_reason: &str) -> Self {
        let reply = json!({
            "id": "chatcmpl-1", "object": "chat.completion", "model": "openai/gpt-oss-20b",
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "usage": {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150},
        });
        Self::new(200, "application/json", reply.to_string())
    }
}

/// One chunk with this delta.
fn delta(delta: &Value) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_785_000_000,
        "model": "openai/gpt-oss-20b", "service_tier": "on_demand",
        "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": null}],
    })
}

/// The chunk that says why the reply ended.
fn finish(reason: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

fn groq_opening() -> Vec<Value> {
    vec![
        delta(&json!({"role": "assistant", "content": ""})),
        delta(&json!({"reasoning": "We", "channel": "analysis"})),
        delta(&json!({"reasoning": " ask.", "channel": "analysis"})),
    ]
}

/// Groq counts three times: twice on the finishing chunk and once more without choices.
fn groq_end(reason: &str) -> [Value; 2] {
    let usage = json!({
        "queue_time": 0.01, "prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 8},
    });
    let mut finish = finish(reason);
    finish["x_groq"] = json!({"id": "req_1", "usage": usage});
    finish["usage"] = usage.clone();
    [finish, json!({"choices": [], "usage": usage, "service_tier": "on_demand"})]
}
