//! Words set into lines of a width.
//!
//! What is written stays: no line is ever taken back. It knows nothing of Markdown.

use std::fmt::Write as _;
use std::mem;

use anstyle::Style;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::paint::{Span, width};

/// What stands before the text of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Margin {
    /// The text, with its escape sequences.
    pub(super) text: String,
    /// The columns it takes.
    pub(super) width: usize,
}

/// The lines so far, of which only the last is known.
#[derive(Debug)]
pub(super) struct Wrap {
    width: usize,
    /// How far the last line is written; nothing if it is not begun.
    column: Option<usize>,
    /// Whether a space stands before the next word, if that comes onto the same line.
    gap: bool,
    first: Option<Margin>,
    rest: Margin,
}

impl Wrap {
    /// No lines yet.
    pub(super) fn new(width: usize) -> Self {
        Self { width, column: None, gap: false, first: None, rest: Margin::default() }
    }

    /// The columns there are beside the margin.
    pub(super) fn room(&self) -> usize {
        self.width - self.rest.width
    }

    /// Sets what stands before the next line, and before those after it.
    pub(super) fn margin(&mut self, first: Margin, rest: Margin) {
        self.first = Some(first);
        self.rest = rest;
    }

    /// Whether the next word begins a line, so that it stands there however long it becomes.
    pub(super) fn is_at_start(&self) -> bool {
        self.column.is_none()
    }

    /// A space before the next word.
    pub(super) fn gap(&mut self) {
        self.gap = true;
    }

    /// Makes place for a word of this width: on this line if it fits, else on the next.
    pub(super) fn place(&mut self, width: usize, out: &mut String) {
        let gap = usize::from(mem::take(&mut self.gap));
        match self.column {
            None => self.begin(out),
            Some(column) if column + gap + width > self.width => {
                self.end(out);
                self.begin(out);
            }
            Some(column) if gap == 1 => {
                out.push(' ');
                self.column = Some(column + 1);
            }
            Some(_) => {}
        }
    }

    /// Writes on, where the last text ended. What is wider than the line is broken anywhere.
    pub(super) fn write(&mut self, Span { style, text }: &Span, out: &mut String) {
        if text.is_empty() {
            return;
        }
        let mut run = String::new();
        for grapheme in text.graphemes(true) {
            let wide = grapheme.width();
            if self.column.is_some_and(|column| column + wide > self.width) {
                paint(*style, &mem::take(&mut run), out);
                self.end(out);
            }
            if self.column.is_none() {
                self.begin(out);
            }
            run.push_str(grapheme);
            self.column = self.column.map(|column| column + wide);
        }
        paint(*style, &run, out);
    }

    /// Writes a line that was made to fit.
    pub(super) fn line(&mut self, line: &str, out: &mut String) {
        self.begin(out);
        out.push_str(line);
        self.end(out);
    }

    /// Ends the line, if one is begun.
    pub(super) fn end(&mut self, out: &mut String) {
        if self.column.take().is_some() {
            out.push('\n');
        }
        self.gap = false;
    }

    fn begin(&mut self, out: &mut String) {
        let margin = self.first.take();
        let margin = margin.as_ref().unwrap_or(&self.rest);
        out.push_str(&margin.text);
        self.column = Some(margin.width);
    }
}

fn paint(style: Style, text: &str, out: &mut String) {
    if !text.is_empty() {
        // Writing to a string cannot fail.
        let _infallible = write!(out, "{style}{text}{style:#}");
    }
}

/// The columns a text takes that may hold our own escape sequences.
pub(super) fn visible(text: &str) -> usize {
    let mut parts = text.split('\u{1b}');
    let plain = parts.next().map_or(0, width);
    plain + parts.map(|part| part.split_once('m').map_or(0, |(_, text)| width(text))).sum::<usize>()
}
