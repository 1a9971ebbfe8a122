//! What holds for every repair: for fuzzers and tests. It mends nothing.

use serde_json::{Map, Value};

use super::arguments::{self, Ending};
use super::harmony::{self, Part, Reading};
use super::names;
use crate::message::{Arguments, ToolSpec};

/// Whether a control token is in a text.
pub(in crate::model) fn has_token(text: &str) -> bool {
    harmony::split_at_tokens(text).nth(1).is_some()
}

/// Nothing that was cut off is completed, and what was read reads the same again.
pub(in crate::model) fn arguments(text: &str, tools: &[ToolSpec]) {
    let read = |text: &str| arguments::read(text, Ending::MaybeCut, &mut Vec::new());
    let Arguments::Object(whole) = read(text) else { return };
    let written = Value::Object(whole.clone()).to_string();
    assert_eq!(read(&written), Arguments::Object(whole.clone()), "{text:?}");
    // Each is read whole, so that a long text takes for ever.
    let stride = text.len() / 512 + 1;
    for (end, _) in text.char_indices().step_by(stride) {
        match read(&text[..end]) {
            Arguments::Object(part) => assert_eq!(part, whole, "{:?} of {text:?}", &text[..end]),
            Arguments::Malformed(_) => {}
        }
    }
    for tool in tools {
        let mut repairs = Vec::new();
        let schema = Some(&tool.parameters);
        let once = arguments::coerced(Arguments::Object(whole.clone()), schema, &mut repairs);
        let twice = arguments::coerced(once.clone(), schema, &mut Vec::new());
        assert_eq!(once, twice, "{text:?}");
    }
}

/// A name is a declared one or can at least be sent back, and is read as itself the next time.
pub(in crate::model) fn name(written: &str, text: &str, tools: &[ToolSpec]) {
    let arguments = arguments::read(text, Ending::Whole, &mut Vec::new());
    let name = names::resolve(written, tools, &arguments, &mut Vec::new());
    let is_sendable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    assert!(!name.is_empty() && name.len() <= 64 && name.chars().all(is_sendable), "{name:?}");
    let none = Arguments::Object(Map::new());
    assert_eq!(names::resolve(&name, tools, &none, &mut Vec::new()), name, "{written:?}");
}

/// A call is found where it is written, for a declared tool and with an object, or not at all; no
/// control token is left in a text.
pub(in crate::model) fn harmony(text: &str, tools: &[ToolSpec]) {
    for part in [Part::Content, Part::Reasoning] {
        match harmony::read(text, part, tools) {
            Reading::Plain => assert!(!has_token(text), "{text:?}"),
            Reading::Text(kept) | Reading::CallWithoutTool { text: kept } => {
                assert!(!has_token(&kept), "{kept:?} of {text:?}");
            }
            Reading::Call { preface, call } => {
                assert!(!has_token(&preface), "{preface:?} of {text:?}");
                assert!(tools.iter().any(|tool| tool.name == call.name), "{call:?}");
                assert!(text.contains(&call.arguments), "{call:?} of {text:?}");
                assert!(serde_json::from_str::<Map<String, Value>>(&call.arguments).is_ok());
            }
        }
    }
    if let Some(kept) = harmony::without_tokens(text) {
        assert!(!has_token(&kept), "{kept:?} of {text:?}");
    }
}
