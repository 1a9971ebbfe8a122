//! The keys of a card as documentation, from the same tables that check them.
//!
//! It does not know where the documentation is kept.

use super::keys::{FUNCTION_TOOL, KEYS, Key, REQUEST_PARAMS, Support};

/// Renders the keys a card may have as Markdown.
pub fn reference() -> String {
    [
        section("Keys of a card", KEYS),
        section("Keys of `request_params`", REQUEST_PARAMS),
        section("Keys of an entry of `function_tools`", FUNCTION_TOOL),
    ]
    .join("\n")
}

fn section(title: &str, table: &[Key]) -> String {
    let head = format!("## {title}\n\n| key | holds | acts | what it is |\n|---|---|---|---|\n");
    table.iter().fold(head, |text, Key { name, shape, support, about }| {
        let acts = match support {
            Support::Now => "yes",
            Support::Later(_) => "not yet",
        };
        text + &format!("| `{name}` | {} | {acts} | {about} |\n", shape.words())
    })
}
