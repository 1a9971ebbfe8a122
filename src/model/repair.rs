//! Mending what models write wrong. Pure functions; each says what it mended.

use serde_json::{Map, Value};

use crate::message::Arguments;

/// Whether a text may lack its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The model ended it.
    Whole,
    /// The token limit may have cut it off.
    MaybeCut,
}

/// Reads a call's arguments. No text at all means no arguments, unless the text may be cut off.
pub(super) fn arguments(text: &str, ending: Ending) -> Arguments {
    if text.trim().is_empty() && ending == Ending::Whole {
        return Arguments::Object(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Arguments::Object(object),
        Ok(_) | Err(_) => Arguments::Malformed(text.to_owned()),
    }
}
