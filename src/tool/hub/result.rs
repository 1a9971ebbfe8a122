//! The result as a model reads it: one line of compact JSON, its keys always in the same order.

use serde_json::{Map, Value, json};

use super::{foreign, table};
use crate::hub::{Done, Part, Problem, Reading, Shaping};
use crate::tool::{OutputKind, ToolOutput};

/// A call that worked, for the person of this name, if it is known.
pub(super) fn success(
    reading: Reading,
    repaired: &[String],
    shaping: Shaping,
    own: Option<&str>,
) -> ToolOutput {
    let mut summary = reading.status.to_string();
    let foreign = foreign::excerpt(&reading.data, own);
    let mut result = Map::new();
    result.insert("url".to_owned(), json!(reading.url));
    result.insert("status".to_owned(), json!(reading.status));
    let data = match shaping {
        Shaping::Compact => table::fold_lists(reading.data),
        Shaping::Raw => reading.data,
    };
    result.insert("data".to_owned(), data);
    if let Some(part) = &reading.part {
        summary.push_str(", ");
        summary.push_str(&shown(part));
        result.insert("page".to_owned(), page(part));
    }
    if !reading.left_out.is_empty() {
        result.insert("left_out".to_owned(), json!(reading.left_out));
    }
    if !repaired.is_empty() {
        result.insert("repaired".to_owned(), json!(repaired));
    }
    ToolOutput { content: compact(&result), summary, kind: OutputKind::Success, foreign }
}

/// A write that happened.
pub(super) fn written(done: Done) -> ToolOutput {
    let mut result = Map::new();
    result.insert("url".to_owned(), json!(done.url));
    if let Some(status) = done.status {
        result.insert("status".to_owned(), json!(status));
    }
    result.insert("data".to_owned(), done.data);
    if !done.left_out.is_empty() {
        result.insert("left_out".to_owned(), json!(done.left_out));
    }
    if let Some(note) = done.note {
        result.insert("note".to_owned(), json!(note));
    }
    let summary = done.status.map_or_else(|| "it happened".to_owned(), |status| status.to_string());
    ToolOutput { content: compact(&result), summary, kind: OutputKind::Success, foreign: None }
}

/// A call that did not.
pub(super) fn failure(problem: &Problem) -> ToolOutput {
    ToolOutput {
        content: problem.to_json().to_string(),
        summary: problem.summary(),
        kind: OutputKind::Failure,
        foreign: None,
    }
}

/// As JSON; half of what `to_string` takes, which writes piece by piece through a formatter.
fn compact(result: &Map<String, Value>) -> String {
    // What is made of JSON can be written as JSON.
    serde_json::to_string(result).unwrap_or_default()
}

fn page(part: &Part) -> Value {
    let mut page = Map::new();
    page.insert("shown".to_owned(), json!(part.shown));
    page.insert("offset".to_owned(), json!(part.offset));
    if let Some(total) = part.total {
        page.insert("total".to_owned(), json!(total));
    }
    page.insert("complete".to_owned(), json!(part.complete));
    if let Some(next) = part.next {
        page.insert("next_offset".to_owned(), json!(next));
    }
    if let Some(scanned) = part.scanned {
        page.insert("scanned".to_owned(), json!(scanned));
    }
    if let Some(reason) = &part.gave_up {
        page.insert("stopped".to_owned(), json!(reason));
    }
    Value::Object(page)
}

fn shown(part: &Part) -> String {
    let shown = match part.total {
        Some(total) => format!("{} of {total} shown", part.shown),
        None => format!("{} shown, there are more", part.shown),
    };
    match part.scanned {
        Some(scanned) => format!("{shown}, {scanned} read"),
        None => shown,
    }
}
