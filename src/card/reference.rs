//! The keys of a card as documentation, from the same tables that check them.
//!
//! It does not know where the documentation is kept.

use super::keys::{
    COMMAND, FUNCTION_TOOL, HTTP_TOOL, KEYS, Key, MCP_SERVER, REQUEST_PARAMS, Support,
};
use super::workflow;

/// Renders the keys a card may have as Markdown.
pub fn reference() -> String {
    [
        section("Keys of a card", KEYS),
        section("Keys of `request_params`", REQUEST_PARAMS),
        section("Keys of an entry of `function_tools`", FUNCTION_TOOL),
        section("Keys of an entry of `mcp_connect`", MCP_SERVER),
        section("Keys of an entry of `http_tools`", HTTP_TOOL),
        section("Keys of an entry of `commands`", COMMAND),
        other_types(),
    ]
    .join("\n")
}

/// The keys of cards that are no agents, which are checked and do not act yet.
fn other_types() -> String {
    let head = "## Keys of other types\n\n| type | key | holds | needed | what it is |\n\
                |---|---|---|---|---|\n";
    workflow::own_keys().fold(head.to_owned(), |text, (kind, key, is_needed)| {
        let Key { name, shape, about, .. } = key;
        let needed = if is_needed { "yes" } else { "" };
        text + &format!("| {kind} | `{name}` | {} | {needed} | {about} |\n", shape.words())
    })
}

fn section(title: &str, table: &[Key]) -> String {
    let head = format!("## {title}\n\n| key | holds | acts | what it is |\n|---|---|---|---|\n");
    table.iter().fold(head, |text, Key { name, shape, support, about }| {
        let acts = match support {
            Support::Now => "yes",
            Support::Never => "no",
        };
        text + &format!("| `{name}` | {} | {acts} | {about} |\n", shape.words())
    })
}
