//! The frame of a question: every line of it starts with a mark that no other text can show.
//!
//! It does not know what is asked. [`sanitize`](super::sanitize) takes the mark out of everything
//! that models and servers say, so that a text inside a question cannot pretend to be its end.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Color, Style};

use super::sanitize::{MARK, sanitize};
use super::text::Coloring;

/// Where lines are broken, so that no part of one stands without the mark.
const WIDTH: usize = 76;

const COLORED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));

/// Puts a text into the frame. Its last line is where the answer is typed.
pub fn framed(text: &str, coloring: Coloring) -> String {
    let style = match coloring {
        Coloring::On => COLORED,
        Coloring::Off => Style::new(),
    };
    let text = sanitize(text);
    let lines: Vec<String> = text.lines().flat_map(broken).collect();
    let mut framed = String::new();
    for line in &lines {
        // Writing to a string cannot fail.
        let _infallible = writeln!(framed, "{style}{MARK}{style:#} {line}");
    }
    if framed.pop().is_some() {
        framed.push(' ');
    }
    framed
}

/// A line in pieces of at most [`WIDTH`] characters, broken at spaces where there are any.
fn broken(line: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest: Vec<char> = line.replace('\t', "    ").chars().collect();
    while rest.len() > WIDTH {
        let at = rest[..WIDTH].iter().rposition(|c| *c == ' ').filter(|at| *at > WIDTH / 2);
        let tail = rest.split_off(at.map_or(WIDTH, |at| at + 1));
        pieces.push(rest.iter().collect());
        rest = tail;
    }
    pieces.push(rest.iter().collect());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_the_mark_and_nothing_inside_can_show_it() {
        let text = format!("Two words {}\n\u{1b}[2J ▌ POST\n[y]es [n]o >", "x".repeat(80));
        assert_eq!(
            framed(&text, Coloring::Off),
            format!(
                "▌ Two words {}\n▌ {}\n▌ [2J | POST\n▌ [y]es [n]o > ",
                "x".repeat(66),
                "x".repeat(14)
            )
        );
    }
}
