//! What was typed on a terminal before a line was asked for.
//!
//! It waits for nothing, edits nothing, and leaves a line that is not over to the line editor.

use std::io::{self, IsTerminal as _};

use rustix::io::{ioctl_fionread, read};

/// What was typed before it was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    Nothing,
    /// One whole line.
    Line(String),
    /// More than a line, as a paste is, or a line with keys in it that only a line editor knows. Whoever typed
    /// it is to see what was made of it.
    Text(String),
    /// It is not UTF-8.
    Broken,
}

/// Takes the whole lines that wait on the terminal. While no line is edited it has them ready one by
/// one, and counts only whole ones.
pub(super) fn typed() -> Ahead {
    let input = io::stdin();
    let mut bytes = Vec::new();
    let mut line = [0; 4096];
    while input.is_terminal() && ioctl_fionread(&input).is_ok_and(|waiting| waiting > 0) {
        match read(&input, &mut line) {
            Ok(length) if length > 0 => bytes.extend_from_slice(&line[..length]),
            _ => break,
        }
    }
    understood(bytes)
}

fn understood(bytes: Vec<u8>) -> Ahead {
    let Ok(text) = String::from_utf8(bytes) else { return Ahead::Broken };
    // Enter is this, until the line editor has given the terminal back.
    let text = text.replace('\r', "\n");
    let lines = text.trim_end_matches('\n');
    let is_key = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    match lines {
        "" => Ahead::Nothing,
        _ if lines.contains(|letter| letter == '\n' || is_key(letter)) || lines.ends_with('\\') => {
            Ahead::Text(text.replace(is_key, ""))
        }
        _ => Ahead::Line(lines.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one_and_more_is_a_text() {
        let line = |text: &str| Ahead::Line(text.to_owned());
        let text = |text: &str| Ahead::Text(text.to_owned());
        for (typed, expected) in [
            ("", Ahead::Nothing),
            ("\n\n", Ahead::Nothing),
            ("Who follows ada?\n", line("Who follows ada?")),
            ("a\tb\n\n", line("a\tb")),
            ("one\ntwo\n", text("one\ntwo\n")),
            ("one\rtwo\n", text("one\ntwo\n")),
            ("goes on\\\n", text("goes on\\\n")),
            ("up\u{1b}[A\n", text("up[A\n")),
        ] {
            assert_eq!(understood(typed.as_bytes().to_vec()), expected, "{typed:?}");
        }
        assert_eq!(understood(b"\xff\n".to_vec()), Ahead::Broken);
    }
}
