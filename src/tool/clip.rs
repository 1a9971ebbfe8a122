//! Long texts cut to what a model can use, never without saying so.
//!
//! It does not know where a text comes from.

/// The most bytes of a text that are shown.
pub(super) const MOST_BYTES: usize = 16_000;

/// The beginning and the end of a text that is longer than [`MOST_BYTES`], with what is missing
/// said between them. Cuts fall on ends of lines where there are some.
pub(super) fn clip(text: &str, hint: &str) -> String {
    if text.len() <= MOST_BYTES {
        return text.to_owned();
    }
    let head = head(text, MOST_BYTES / 2);
    let tail = tail(text, MOST_BYTES / 2);
    let missing = text.len() - head.len() - tail.len();
    format!(
        "{head}{}[{missing} of {} bytes left out here. {hint}]\n{tail}",
        if head.ends_with('\n') { "" } else { "\n" },
        text.len()
    )
}

/// The most characters that are kept of what others may have written.
const EXCERPT: usize = 400;

/// The beginning of a text that others may have written, for whoever approves what follows from it;
/// nothing of a text without words.
pub(super) fn excerpt(text: &str) -> Option<String> {
    let text = text.trim();
    let mut shown: String = text.chars().take(EXCERPT).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    (!shown.is_empty()).then_some(shown)
}

/// At most this many bytes from the beginning.
pub(super) fn head(text: &str, most: usize) -> &str {
    let cut = &text[..text.floor_char_boundary(most)];
    match cut.rfind('\n') {
        Some(end) if end > most / 2 => &cut[..=end],
        _ => cut,
    }
}

/// At most this many bytes from the end.
fn tail(text: &str, most: usize) -> &str {
    let cut = &text[text.ceil_char_boundary(text.len().saturating_sub(most))..];
    match cut.find('\n') {
        Some(end) if end < most / 2 => &cut[end + 1..],
        _ => cut,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_keeps_its_ends_and_says_what_is_missing() {
        assert_eq!(clip("short\n", "Ask for less."), "short\n");
        let lines: Vec<String> = (1..=5000).map(|number| format!("line {number}\n")).collect();
        let lines = lines.concat();
        let clipped = clip(&lines, "Ask for less.");
        assert!(clipped.len() < MOST_BYTES + 100);
        assert!(clipped.starts_with("line 1\nline 2\n") && clipped.ends_with("\nline 5000\n"));
        let note = clipped.lines().find(|line| line.starts_with('[')).unwrap();
        let missing = lines.len() - (clipped.len() - note.len() - 1);
        assert_eq!(
            note,
            format!("[{missing} of {} bytes left out here. Ask for less.]", lines.len())
        );
    }

    #[test]
    fn a_text_without_lines_is_cut_between_characters() {
        let clipped = clip(&"ä".repeat(20_000), "");
        assert!(clipped.starts_with('ä') && clipped.ends_with('ä'));
        assert!(clipped.contains("\n[24000 of 40000 bytes left out here. ]\n"), "{clipped:.200}");
    }
}
