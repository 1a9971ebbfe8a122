//! The keys of a card as documentation, from the same tables that check them.
//!
//! It does not know where the documentation is kept.

use std::fmt::Write as _;

use super::keys::{FUNCTION_TOOL, KEYS, Key, REQUEST_PARAMS, Support};

/// Renders the keys a card may have as Markdown.
pub fn reference() -> String {
    let mut text = String::new();
    section(&mut text, "Keys of a card", KEYS);
    section(&mut text, "Keys of `request_params`", REQUEST_PARAMS);
    section(&mut text, "Keys of an entry of `function_tools`", FUNCTION_TOOL);
    text
}

fn section(text: &mut String, title: &str, table: &[Key]) {
    text.push_str("## ");
    text.push_str(title);
    text.push_str("\n\n| key | holds | acts | what it is |\n|---|---|---|---|\n");
    for Key { name, shape, support, about } in table {
        let acts = match support {
            Support::Now => "yes",
            Support::Later(_) => "not yet",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{name}` | {} | {acts} | {about} |", shape.words());
    }
    text.push('\n');
}
