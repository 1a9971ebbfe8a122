//! Text from models and servers made harmless for a terminal.
//!
//! It works a character at a time, so that a fragment needs nothing of the one before it.

use std::borrow::Cow;

/// Drops control characters (but tab and line feed), and the marks that reorder or hide text.
///
/// An escape sequence without its escape character is only text, so `ESC ] 52 ; …` and its like
/// become visible instead of acting.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_harmful) {
        Cow::Owned(text.chars().filter(|c| !is_harmful(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_harmful(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Bidirectional embeddings, overrides and isolates (Unicode TR 36, section 3.3), line and
        // paragraph separators, and the invisible tag characters.
        '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{e0000}'..='\u{e007f}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_lose_what_makes_them_act() {
        assert_eq!(sanitize("\x1b]52;c;cm0gLXJm\x07done\x1b[2J"), "]52;c;cm0gLXJmdone[2J");
        assert_eq!(sanitize("a\u{9b}31mb"), "a31mb");
    }

    #[test]
    fn reordering_marks_are_dropped_and_ordinary_text_is_not_copied() {
        assert_eq!(sanitize("user\u{202e}gpj.exe"), "usergpj.exe");
        assert!(matches!(sanitize("naïve\t表 🙂\n"), Cow::Borrowed("naïve\t表 🙂\n")));
    }
}
