//! What holds for every stream, argument text and leaked call there can be: for fuzzers and tests.
//!
//! It mends nothing and is not part of the program. What it is given to read, a fuzzer wrote.

use std::sync::Arc;

use serde_json::{Value, json};

use super::assemble::Marker;
use super::encode::Encoder;
use super::fault::Fault;
use super::listen::Listener;
use super::repair::{Family, Gate, Mended, checks};
use super::settings::Delivery;
use super::sse::Framer;
use super::wire::Chunk;
use super::{ModelError, Prompt};
use crate::event::{Event, Events};
use crate::message::{Message, Reply, ToolSpec};

/// What became of a stream, and what was said meanwhile.
#[derive(Debug, PartialEq)]
pub(super) struct Heard {
    /// What it was mended to, or why it was no reply.
    pub(super) outcome: Result<Mended, ModelError>,
    /// What was reported, in order.
    pub(super) events: Vec<Event>,
}

/// Checks a stream of server-sent events: where the network cuts it changes nothing, no control
/// token gets through, and a provider would take the reply back.
pub fn stream(bytes: &[u8]) {
    let tools = tools();
    for family in [Family::GptOss, Family::Other] {
        let whole = hear([bytes], &tools, family);
        // Where it is cut depends on the bytes, so that a find can be played again.
        let size = bytes.first().map_or(1, |byte| usize::from(*byte % 13) + 1);
        assert_eq!(whole, hear(bytes.chunks(size), &tools, family));
        if let Ok(Mended::Reply(reply)) = &whole.outcome {
            sound(reply, &whole.events, &tools, family);
        }
    }
}

/// Checks the repair of a call: the first line is its name, the rest are its arguments.
pub fn repair(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (name, arguments) = text.split_once('\n').unwrap_or(("", &text));
    checks::arguments(arguments, &tools());
    checks::name(name, arguments, &tools());
}

/// Checks the reading of a text in which a call may have been left.
pub fn harmony(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    checks::harmony(&text, &tools());
    let (mut gate, mut shown) = (Gate::new(Family::GptOss), String::new());
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    for end in ends {
        shown.push_str(gate.pass(&text[..end]));
    }
    assert!(text.starts_with(&shown), "{shown:?} is shown of {text:?}");
    assert!(!checks::has_token(&shown), "{shown:?} is shown of {text:?}");
}

/// Hears a stream out as it comes in pieces.
pub(super) fn hear<'b>(
    pieces: impl IntoIterator<Item = &'b [u8]>,
    tools: &[ToolSpec],
    family: Family,
) -> Heard {
    let (events, mut seen) = Events::channel();
    let prompt = Prompt { messages: &[], tools, schema: None };
    let mut listener = Listener::new(family, Delivery::Streamed, &events);
    let heard = pieces_heard(pieces, &mut listener);
    let outcome = listener.conclude(heard, prompt).map_err(|fault| fault.into_error(""));
    Heard { outcome, events: std::iter::from_fn(|| seen.try_recv().ok()).collect() }
}

fn pieces_heard<'b>(
    pieces: impl IntoIterator<Item = &'b [u8]>,
    listener: &mut Listener<'_>,
) -> Result<Marker, Fault> {
    let mut framer = Framer::default();
    for piece in pieces {
        framer.push(piece).map_err(|error| Fault::CutOff(error.to_string()))?;
        events_heard(&mut framer, listener)?;
    }
    framer.finish();
    events_heard(&mut framer, listener)?;
    let cut = || Marker::Missing(Fault::CutOff("it ended".to_owned()));
    Ok(if framer.is_done() { Marker::Done } else { cut() })
}

fn events_heard(framer: &mut Framer, listener: &mut Listener<'_>) -> Result<(), Fault> {
    while let Some(event) = framer.next_event() {
        let chunk: Chunk =
            serde_json::from_str(&event).map_err(|error| Fault::NoChunk(error.to_string()))?;
        listener.hear(chunk)?;
    }
    Ok(())
}

/// A reply that is fit to be shown, kept and sent back.
fn sound(reply: &Reply, events: &[Event], tools: &[ToolSpec], family: Family) {
    let (mut text, mut thought) = (String::new(), String::new());
    for event in events {
        match event {
            Event::Text(piece) => text.push_str(piece),
            Event::Reasoning(piece) => thought.push_str(piece),
            _ => {}
        }
    }
    let message = &reply.message;
    assert_eq!(text, message.content, "what is shown is what is kept");
    let kept_thought = message.reasoning.as_ref().map_or("", |reasoning| &reasoning.text);
    assert_eq!(thought, kept_thought, "what is shown is what is kept");
    if family == Family::GptOss {
        assert!(!checks::has_token(&text), "{text:?}");
        assert!(!checks::has_token(&thought), "{thought:?}");
    }
    let mut ids: Vec<&str> = message.tool_calls.iter().map(|call| call.id.as_str()).collect();
    assert!(ids.iter().all(|id| !id.is_empty()), "{ids:?}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), message.tool_calls.len(), "ids are unique");
    let mut encoder = Encoder::new(family);
    let messages = [Arc::new(Message::Assistant(message.clone()))];
    encoder.encode(Prompt { messages: &messages, tools, schema: None }, &[]).unwrap_or_default();
    let sent: Value = serde_json::from_str(encoder.messages()[0][0].get()).unwrap_or_default();
    assert!(sent["content"].is_string(), "{sent}");
    for call in sent["tool_calls"].as_array().into_iter().flatten() {
        let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
        assert!(serde_json::from_str::<serde_json::Map<String, Value>>(arguments).is_ok());
        assert_ne!(call["function"]["name"], "", "{sent}");
    }
}

/// A tool with every kind of parameter, and one whose name is easily misspelled.
pub(super) fn tools() -> Vec<ToolSpec> {
    let request = json!({"type": "object", "required": ["endpoint"], "properties": {
        "endpoint": {"type": "string"},
        "method": {"type": ["string", "null"]},
        "max_results": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "json_body": {"anyOf": [{"type": "object", "properties": {
            "title": {"type": "string"}, "pullRequest": {"type": "boolean"},
        }}, {"type": "null"}]},
        "ids": {"type": "array", "items": {"type": "integer"}},
    }});
    let path = json!({"type": "object", "properties": {"path": {"type": "string"}}});
    [("hf_api_request", request), ("open-file", path)]
        .map(|(name, parameters)| ToolSpec {
            name: name.to_owned(),
            description: String::new(),
            parameters: parameters.into(),
        })
        .into()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Every stream of the fixtures, which `tests/it` plays over HTTP, cut in two everywhere.
    #[test]
    fn where_a_stream_is_cut_in_two_changes_nothing() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gpt-oss");
        let folders = fs::read_dir(fixtures).unwrap().map(|folder| folder.unwrap().path());
        let files =
            folders.filter(|path| path.is_dir()).flat_map(|path| fs::read_dir(path).unwrap());
        let files = files.map(|file| file.unwrap().path());
        let streams: Vec<Vec<u8>> = files
            .filter(|path| path.extension().is_some_and(|kind| kind == "sse"))
            .map(|path| fs::read(path).unwrap())
            .collect();
        assert!(streams.len() > 60, "{} streams", streams.len());
        let tools = tools();
        for bytes in streams {
            let whole = hear([&bytes[..]], &tools, Family::GptOss);
            for at in 0..=bytes.len() {
                let (head, tail) = bytes.split_at(at);
                assert_eq!(hear([head, tail], &tools, Family::GptOss), whole, "cut at {at}");
            }
        }
    }
}
