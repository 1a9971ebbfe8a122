//! What a server answered, as a model reads it.
//!
//! Nothing is cut without saying so, and what a model cannot read is named.

use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

use crate::tool::clip::excerpt;
use crate::tool::{OutputKind, ToolError, ToolOutput};

/// The most bytes of a result a model gets: a server may answer with any amount.
const MOST: usize = 50_000;

/// The most bytes of what it says of an error.
const MOST_OF_AN_ERROR: usize = 2_000;

/// Whether a server's answers may hold what anybody wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum World {
    /// They may.
    Open,
    /// They may not.
    Closed,
}

/// The result of a call. Structured content says all the text says, and more.
pub(super) fn output(result: &CallToolResult, world: World) -> ToolOutput {
    let text = match &result.structured_content {
        Some(structured) => structured.to_string(),
        None => result.content.iter().map(block).collect::<Vec<_>>().join("\n"),
    };
    let kind = match result.is_error {
        Some(true) => OutputKind::Failure,
        _ => OutputKind::Success,
    };
    made(text, kind, world)
}

/// A failure in our own words.
pub(super) fn failure(error: &ToolError) -> ToolOutput {
    made(format!("Error: {error}"), OutputKind::Failure, World::Closed)
}

/// A result of this text.
pub(super) fn made(text: String, kind: OutputKind, world: World) -> ToolOutput {
    let summary = match kind {
        OutputKind::Success => "answered",
        OutputKind::Failure => "failed",
    };
    let foreign = excerpt(&text).filter(|_| world == World::Open);
    ToolOutput { content: bounded(text, MOST), summary: summary.to_owned(), kind, foreign }
}

pub(super) fn block(block: &ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text.clone(),
        ContentBlock::Image(image) => unreadable("image", Some(&image.mime_type), image.data.len()),
        ContentBlock::Audio(audio) => unreadable("sound", Some(&audio.mime_type), audio.data.len()),
        ContentBlock::Resource(embedded) => contents(&embedded.resource),
        ContentBlock::ResourceLink(link) => match &link.description {
            Some(description) => format!("{} ({}): {description}", link.uri, link.name),
            None => format!("{} ({})", link.uri, link.name),
        },
        _ => "(something this program cannot show)".to_owned(),
    }
}

/// What a resource holds.
pub(super) fn contents(resource: &ResourceContents) -> String {
    match resource {
        ResourceContents::TextResourceContents { text, .. } => text.clone(),
        ResourceContents::BlobResourceContents { uri, mime_type, blob, .. } => {
            unreadable(&format!("file {uri}"), mime_type.as_deref(), blob.len())
        }
        _ => "(something this program cannot show)".to_owned(),
    }
}

/// Bytes in base64 are nothing to read.
fn unreadable(what: &str, mime_type: Option<&str>, encoded: usize) -> String {
    let bytes = encoded / 4 * 3;
    match mime_type {
        Some(mime_type) => format!("({what}, {mime_type}, about {bytes} bytes: not shown)"),
        None => format!("({what}, about {bytes} bytes: not shown)"),
    }
}

/// What a server says of an error, for the model and for people.
pub(super) fn brief(text: String) -> String {
    bounded(text, MOST_OF_AN_ERROR)
}

fn bounded(mut text: String, most: usize) -> String {
    let total = text.len();
    if total > most {
        text.truncate(text.floor_char_boundary(most));
        return format!("{text}\n(cut here: {} of {total} bytes are shown)", text.len());
    }
    text
}
