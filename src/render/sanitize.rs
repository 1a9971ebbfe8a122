//! Text from models and servers made harmless for a terminal.
//!
//! It works a character at a time, so that a fragment needs nothing of the one before it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What every line of a question to the person starts with, and nothing else may show.
pub const MARK: char = '▌';

/// Drops control characters (but tab and line feed), and the marks that reorder or hide text; what
/// looks like [`MARK`] becomes a bar.
///
/// An escape sequence without its escape character is only text, so `ESC ] 52 ; …` and its like
/// become visible instead of acting.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if text.chars().any(|c| is_harmful(c) || is_mark(c)) {
        let bar = |c| if is_mark(c) { '|' } else { c };
        Cow::Owned(text.chars().filter(|c| !is_harmful(*c)).map(bar).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Shows as JSON escapes what [`sanitize`] would drop and what cannot be seen, so that somebody who
/// reads the JSON text of a request reads all that will be sent.
pub fn reveal(text: &str) -> Cow<'_, str> {
    let is_hidden = |c| is_harmful(c) || is_invisible(c);
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _infallible = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// The family of the mark: left blocks of an eighth to seven eighths, and the right half.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{2589}'..='\u{2590}')
}

/// Characters of no width that no script needs within a word.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
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
    fn what_is_hidden_can_be_shown() {
        let hidden = "a\u{202e}b\u{200b}\u{e0041}\n";
        assert_eq!(reveal(hidden), "a\\u202eb\\u200b\\udb40\\udc41\n");
        assert!(matches!(reveal("naïve 🙂"), Cow::Borrowed("naïve 🙂")));
    }

    #[test]
    fn nothing_can_show_the_mark_of_a_question() {
        assert_eq!(sanitize("▌ Approve? ▍▐"), "| Approve? ||");
    }

    #[test]
    fn reordering_marks_are_dropped_and_ordinary_text_is_not_copied() {
        assert_eq!(sanitize("user\u{202e}gpj.exe"), "usergpj.exe");
        assert!(matches!(sanitize("naïve\t表 🙂\n"), Cow::Borrowed("naïve\t表 🙂\n")));
    }
}
