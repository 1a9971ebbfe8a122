//! The text of one line: words and their marks, given on as soon as nothing can change them.
//!
//! Which marks mean what is decided by pulldown-cmark, to which a line is given in pieces. A piece
//! ends at a space outside all marks, so that where a text is cut on its way never matters.

use std::mem;

use anstyle::Style;
use unicode_width::UnicodeWidthChar as _;

use super::closed::is_closed;
use super::paint::{Paint, Span};
use super::tokens::{Token, tokens};
use super::wrap::Wrap;

/// A mark that is not closed within as many bytes is none.
const LONGEST_PIECE: usize = 2000;

/// The piece that has not ended yet.
#[derive(Debug, Default)]
pub(super) struct Inline {
    piece: String,
    /// How much of the piece is on the screen already.
    shown: usize,
    /// The spaces just before the end of what came.
    spaces: usize,
}

impl Inline {
    /// Takes in text of a line, without its end.
    pub(super) fn push(&mut self, text: &str, paint: Paint, wrap: &mut Wrap, out: &mut String) {
        for c in text.chars() {
            if matches!(c, ' ' | '\t') {
                self.space(paint, wrap, out);
            } else {
                if self.piece.chars().next_back().is_some_and(|last| may_break(last, c))
                    && self.is_ripe()
                {
                    self.release(paint, wrap, out);
                }
                self.spaces = 0;
                self.piece.push(c);
            }
        }
        // Where a word begins a line it stands there however it ends, so that it need not wait.
        if (self.shown > 0 || wrap.is_at_start()) && is_plain(&self.piece) {
            if self.shown == 0 {
                wrap.place(0, out);
            }
            let new = Span::new(Style::new(), &self.piece[self.shown..]);
            wrap.write(&new, out);
            self.shown = self.piece.len();
        }
    }

    /// The line ends. Two spaces or a backslash before its end keep the end.
    pub(super) fn end_line(&mut self, paint: Paint, wrap: &mut Wrap, out: &mut String) {
        let mut is_kept = self.spaces >= 2;
        if self.piece.ends_with('\\') && !self.piece.ends_with("\\\\") {
            self.piece.pop();
            is_kept = true;
        }
        self.release(paint, wrap, out);
        self.spaces = 0;
        if is_kept {
            wrap.end(out);
        } else {
            wrap.gap();
        }
    }

    fn space(&mut self, paint: Paint, wrap: &mut Wrap, out: &mut String) {
        self.spaces += 1;
        if self.piece.is_empty() {
            wrap.gap();
        } else if self.is_ripe() {
            self.release(paint, wrap, out);
            wrap.gap();
        } else if self.spaces == 1 {
            self.piece.push(' ');
        }
    }

    fn is_ripe(&self) -> bool {
        self.piece.len() > LONGEST_PIECE || is_closed(&self.piece)
    }

    fn release(&mut self, paint: Paint, wrap: &mut Wrap, out: &mut String) {
        let piece = mem::take(&mut self.piece);
        let word = Word { spans: Vec::new(), shown: mem::take(&mut self.shown) };
        word.set_with(tokens(piece.trim_end(), paint), wrap, out);
    }
}

/// Sets tokens of which nothing is on the screen yet.
pub(super) fn set(tokens: Vec<Token>, wrap: &mut Wrap, out: &mut String) {
    Word::default().set_with(tokens, wrap, out);
}

/// A word of a piece.
#[derive(Default)]
struct Word {
    spans: Vec<Span>,
    /// How much of it is on the screen already.
    shown: usize,
}

impl Word {
    fn set_with(mut self, tokens: Vec<Token>, wrap: &mut Wrap, out: &mut String) {
        for token in tokens {
            match token {
                Token::Text(span) => self.spans.push(span),
                Token::Gap => {
                    self.set(wrap, out);
                    wrap.gap();
                }
                Token::Break => {
                    self.set(wrap, out);
                    wrap.end(out);
                }
            }
        }
        self.set(wrap, out);
    }

    fn set(&mut self, wrap: &mut Wrap, out: &mut String) {
        let spans = mem::take(&mut self.spans);
        let mut shown = mem::take(&mut self.shown);
        if shown == 0 && !spans.is_empty() {
            wrap.place(spans.iter().map(Span::width).sum(), out);
        }
        for mut span in spans {
            let known = shown.min(span.text.len());
            span.text = span.text.split_off(known);
            shown -= known;
            wrap.write(&span, out);
        }
    }
}

/// Whether no character of a piece can change how those before it look.
fn is_plain(piece: &str) -> bool {
    !piece.is_empty()
        && piece.chars().all(|c| c.is_ascii_alphanumeric() || "'\"(),-./:;?".contains(c))
}

/// Whether a line may be broken between these two, though there is no space: in scripts that have
/// none, but not before what closes.
fn may_break(last: char, next: char) -> bool {
    let is_closing = "、。，．！？：；）」』】〉》〕］｝ー々ゝ゛゜・…‥”’%)]},.!?:;".contains(next);
    let is_opening = "（「『【〈《〔［｛“‘([{".contains(last);
    let is_joined = next.width() == Some(0);
    (is_spaceless(last) || is_spaceless(next)) && !is_closing && !is_opening && !is_joined
}

fn is_spaceless(c: char) -> bool {
    matches!(
        c,
        '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe4f}'
            | '\u{ff00}'..='\u{ff60}'
            | '\u{20000}'..='\u{3fffd}'
    )
}
