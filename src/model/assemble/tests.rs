//! Tests of assembling: streams as providers send them, and chunks nobody would.

use std::collections::HashSet;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::message::{Arguments, AssistantMessage, Message, Reply, ToolCall};
use crate::model::Prompt;
use crate::model::repair::{self, Family, Mended};
use crate::model::sse::Framer;

const STREAMS: &[(&str, &[u8])] = &[
    ("groq", include_bytes!("../../../tests/fixtures/streams/groq-two-calls.sse")),
    ("llama.cpp", include_bytes!("../../../tests/fixtures/streams/llama-cpp-pieces.sse")),
    ("ollama", include_bytes!("../../../tests/fixtures/streams/ollama-call.sse")),
    ("openrouter", include_bytes!("../../../tests/fixtures/streams/openrouter-answer.sse")),
    ("together", include_bytes!("../../../tests/fixtures/streams/together-call.sse")),
    ("cerebras", include_bytes!("../../../tests/fixtures/streams/cerebras-call.sse")),
];

/// Frames, parses and assembles a stream that arrives in these pieces.
fn assembled(pieces: &[&[u8]]) -> Reply {
    let mut framer = Framer::default();
    let mut assembler = Assembler::default();
    for piece in pieces {
        framer.push(piece).unwrap();
    }
    framer.finish();
    while let Some(event) = framer.next_event() {
        assembler.add(serde_json::from_str(&event).unwrap());
    }
    let cut_off = Fault::CutOff("no end".to_owned());
    let draft = assembler.finish(Marker::Missing(cut_off)).unwrap();
    mended(draft, &[]).unwrap()
}

fn mended(draft: Draft, messages: &[Arc<Message>]) -> Option<Reply> {
    match repair::mend(draft, Prompt { messages, tools: &[], schema: None }, Family::Other).0 {
        Mended::Reply(reply) => Some(reply),
        Mended::Nudge(_) | Mended::Empty(_) => None,
    }
}

/// Assembles these chunks; the stream ends well.
fn draft(chunks: impl IntoIterator<Item = Value>) -> Result<Draft, Fault> {
    let mut assembler = Assembler::default();
    for chunk in chunks {
        assembler.add(serde_json::from_value(chunk).unwrap());
    }
    assembler.finish(Marker::Done)
}

/// The reply of these chunks, behind a turn that used up an id.
fn reply(chunks: impl IntoIterator<Item = Value>) -> Option<Reply> {
    let call = ToolCall {
        id: "call_taken".to_owned(),
        name: "t".to_owned(),
        arguments: Arguments::Object(serde_json::Map::new()),
    };
    let earlier = AssistantMessage { tool_calls: vec![call], ..AssistantMessage::default() };
    mended(draft(chunks).unwrap(), &[Arc::new(Message::Assistant(earlier))])
}

fn call_delta(call: &Value) -> Value {
    json!({"choices": [{"delta": {"tool_calls": [call]}}]})
}

/// The calls these fragments come to, as `id name arguments`.
fn calls(fragments: &[Value]) -> Vec<String> {
    let reply = reply(fragments.iter().map(call_delta)).unwrap();
    let calls = reply.message.tool_calls.into_iter().map(|call| {
        let arguments = match call.arguments {
            Arguments::Object(object) => Value::Object(object).to_string(),
            Arguments::Malformed(text) => format!("malformed {text}"),
        };
        format!("{} {} {arguments}", call.id, call.name)
    });
    calls.collect()
}

#[test]
fn each_providers_stream_comes_to_its_reply() {
    let replies = STREAMS.iter().map(|(provider, stream)| {
        let Reply { message, usage, stop, .. } = assembled(&[stream]);
        let calls = message
            .tool_calls
            .iter()
            .map(|call| format!("\n  {} {} {}", call.id, call.name, json!(call.arguments)));
        let calls: String = calls.collect();
        let reasoning = message.reasoning.unwrap();
        format!(
            "{provider}: {stop:?}, {}/{}/{}/{} tokens\n  {:?} {:?}\n  {:?}{calls}\n",
            usage.input_tokens,
            usage.cached_tokens,
            usage.output_tokens,
            usage.reasoning_tokens,
            reasoning.field,
            reasoning.text,
            message.content,
        )
    });
    insta::assert_snapshot!(replies.collect::<String>(), @r#"
    groq: Done, 1204/1024/52/19 tokens
      Reasoning "We need both."
      ""
      fc_a1 hf_api_request {"endpoint":"/users/évalstate/overview","max_results":20}
      fc_b2 hf_api_request {"endpoint":"/whoami-v2"}
    llama.cpp: Done, 139/0/41/0 tokens
      ReasoningContent "The user asks."
      ""
      tNkZIM2wWGCzRoFv hf_api_request {"endpoint":"/users/évalstate/overview","max_results":20}
    ollama: Done, 95/0/33/0 tokens
      Reasoning "Look it up."
      ""
      call_k3v hf_api_request {"endpoint":"/users/évalstate/overview","max_results":20}
    openrouter: Done, 88/0/12/4 tokens
      Reasoning "Easy"
      "You are évalstate."
    together: Done, 70/0/21/0 tokens
      ReasoningContent "Ask."
      ""
      call_x9 hf_api_request {"endpoint":"/users/évalstate/overview","max_results":20}
    cerebras: Done, 66/0/18/0 tokens
      Reasoning "Ask the Hub."
      ""
      call_0 hf_api_request {"endpoint":"/users/évalstate/overview","max_results":20}
    "#);
}

proptest! {
    #[test]
    fn where_the_network_cuts_a_stream_changes_nothing(
        which in 0..STREAMS.len(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 1..8),
    ) {
        let stream = STREAMS[which].1;
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len())).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &stream[pair[0]..pair[1]]).collect();
        prop_assert_eq!(assembled(&pieces), assembled(&[stream]));
    }

    #[test]
    fn no_sequence_of_chunks_panics_or_repeats_an_id(chunks in proptest::collection::vec(chunk(), 0..12)) {
        if let Some(reply) = draft(chunks.clone()).ok().and_then(|_| reply(chunks)) {
            let calls = reply.message.tool_calls;
            let ids: HashSet<&str> = calls.iter().map(|call| call.id.as_str()).collect();
            prop_assert_eq!(ids.len(), calls.len());
            prop_assert!(!ids.contains("") && !ids.contains("call_taken"));
        }
    }
}

/// Something that parses as a chunk.
fn chunk() -> impl Strategy<Value = Value> {
    let id = prop_oneof![
        Just(json!(null)),
        Just(json!("")),
        Just(json!("a")),
        Just(json!("call_taken")),
        Just(json!(7)),
    ];
    let index = prop_oneof![Just(json!(null)), Just(json!(0)), Just(json!(1.0)), Just(json!("x"))];
    let name = prop_oneof![Just(json!(null)), Just(json!("")), Just(json!("tool"))];
    let call = (id, index, name, "[{}\":a1]{0,6}").prop_map(|(id, index, name, arguments)| {
        json!({"id": id, "index": index, "function": {"name": name, "arguments": arguments}})
    });
    let text = prop_oneof![
        Just(json!(null)),
        Just(json!("é")),
        Just(json!([{"text": "x"}])),
        Just(json!(true))
    ];
    let finish = prop_oneof![
        Just(json!(null)),
        Just(json!("stop")),
        Just(json!("length")),
        Just(json!({"a": []}))
    ];
    (proptest::collection::vec(call, 0..3), text, finish).prop_map(|(calls, text, finish)| {
        json!({"choices": [{"delta": {"content": text, "tool_calls": calls}, "finish_reason": finish}]})
    })
}

/// A fragment that names its call.
fn named(id: &str, index: impl Into<Value>, arguments: &str) -> Value {
    let index = index.into();
    json!({"id": id, "index": index, "function": {"name": "t", "arguments": arguments}})
}

/// A fragment that only goes on.
fn piece(mut place: Value, arguments: &str) -> Value {
    place["function"] = json!({"arguments": arguments});
    place
}

#[test]
fn fragments_find_their_call_by_id_then_index_then_order() {
    let by_index = [
        named("a", 0, "{\"x\":"),
        named("b", 1, "{\"y\":"),
        piece(json!({"index": 0}), "1}"),
        piece(json!({"index": 1}), "2}"),
    ];
    assert_eq!(calls(&by_index), [r#"a t {"x":1}"#, r#"b t {"y":2}"#]);

    let by_id = [
        named("a", Value::Null, "{\"x\":"),
        named("b", Value::Null, "{}"),
        piece(json!({"id": "a"}), "1}"),
    ];
    assert_eq!(calls(&by_id), [r#"a t {"x":1}"#, "b t {}"]);

    let by_order =
        [named("", Value::Null, "{\"x\":"), piece(json!({}), "1}"), named("", Value::Null, "{}")];
    assert_eq!(calls(&by_order), [r#"call_1 t {"x":1}"#, "call_2 t {}"]);
}

#[test]
fn odd_fragments_still_make_the_calls_that_were_meant() {
    let cases = [
        (
            "all at index 0",
            vec![named("a", 0, "{}"), named("b", 0, "{}")],
            vec!["a t {}", "b t {}"],
        ),
        (
            "one id for two calls",
            vec![named("a", 0, "{}"), named("a", 1, "{\"x\":1}")],
            vec!["a t {}", r#"call_2 t {"x":1}"#],
        ),
        (
            "a new id on every piece",
            vec![named("a", 0, "{\"x\":"), piece(json!({"id": "b", "index": 0}), "1}")],
            vec![r#"a t {"x":1}"#],
        ),
        (
            "the name on every piece",
            vec![named("a", 0, "{\"x\":"), named("a", 0, "1}")],
            vec![r#"a t {"x":1}"#],
        ),
        ("an id of an earlier turn", vec![named("call_taken", 0, "{}")], vec!["call_1 t {}"]),
        (
            "arguments as an object",
            vec![json!({"id": "a", "function": {"name": "t", "arguments": {"x": 1}}})],
            vec![r#"a t {"x":1}"#],
        ),
        ("no arguments", vec![json!({"id": "a", "function": {"name": "t"}})], vec!["a t {}"]),
        (
            "arguments that are no object",
            vec![named("a", 0, "[1]"), named("b", 1, "{\"x\"")],
            vec!["a t malformed [1]", "b t malformed {\"x\""],
        ),
    ];
    for (case, fragments, expected) in cases {
        assert_eq!(calls(&fragments), expected, "{case}");
    }
}

#[test]
fn a_reply_cut_off_by_the_token_limit_runs_no_half_call() {
    let finish = json!({"choices": [{"delta": {}, "finish_reason": "length"}]});
    let whole = json!({"index": 0, "id": "a", "function": {"name": "t", "arguments": "{}"}});
    for written in ["", "{\"x\":", "{\"x\":1"] {
        let half = json!({"index": 1, "id": "b", "function": {"name": "t", "arguments": written}});
        let reply = reply([call_delta(&whole), call_delta(&half), finish.clone()]).unwrap();
        assert_eq!(reply.stop, StopReason::Length);
        let arguments: Vec<_> =
            reply.message.tool_calls.into_iter().map(|call| call.arguments).collect();
        let expected =
            [Arguments::Object(serde_json::Map::new()), Arguments::Malformed(written.to_owned())];
        assert_eq!(arguments, expected);
    }
}

#[test]
fn how_a_reply_ended_is_understood() {
    let ended = |finish: &str| {
        draft([json!({"choices": [{"delta": {"content": "x"}, "finish_reason": finish}]})])
            .map(|draft| draft.stop)
            .map_err(|fault| format!("{fault:?}"))
    };
    for (finish, expected) in [
        ("stop", Ok(StopReason::Done)),
        ("tool_calls", Ok(StopReason::Done)),
        ("eos", Ok(StopReason::Done)),
        ("", Ok(StopReason::Done)),
        ("length", Ok(StopReason::Length)),
        ("content_filter", Ok(StopReason::Filtered)),
        ("tired", Ok(StopReason::Other("tired".to_owned()))),
        ("error", Err("Failure".to_owned())),
    ] {
        assert_eq!(ended(finish), expected, "{finish:?}");
    }
}

#[test]
fn reasoning_that_comes_under_two_names_is_taken_once() {
    let both = json!({"choices": [{"delta": {"reasoning": "We", "reasoning_content": "We"}}]});
    let other = json!({"choices": [{"delta": {"reasoning": "We"}}]});
    let text = json!({"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]});
    let reasoning = draft([both, other, text]).unwrap().reasoning;
    let field = ReasoningField::ReasoningContent;
    assert_eq!(reasoning, Some(Reasoning { field, text: "We".to_owned(), details: Vec::new() }));
}
