//! A block of code: its lines as they are, indented, in color where the language is known.
//!
//! Where it begins and ends is decided by others.

use anstyle::Style;

use super::super::text::Coloring;
use super::highlight::Highlighter;
use super::opening::Fence;
use super::paint::{Paint, Span};
use super::wrap::Wrap;

/// What a tab is shown as.
const TAB: &str = "    ";

/// A block of code that has begun.
pub(super) struct Code {
    /// What ends it.
    pub(super) fence: Fence,
    highlighter: Option<Highlighter>,
}

impl Code {
    /// A block that begins with this.
    pub(super) fn new(fence: Fence, paint: Paint) -> Self {
        let highlighter = match paint.0 {
            Coloring::On => Highlighter::of(&fence.language),
            Coloring::Off => None,
        };
        Self { fence, highlighter }
    }

    /// Shows one line, without its end.
    pub(super) fn line(&mut self, line: &str, wrap: &mut Wrap, out: &mut String) {
        let line = self.unindented(line).replace('\t', TAB);
        wrap.place(0, out);
        match &mut self.highlighter {
            Some(highlighter) => {
                for (style, text) in highlighter.line(&line) {
                    wrap.write(&Span::new(style, text), out);
                }
            }
            None => wrap.write(&Span::new(Style::new(), &line), out),
        }
        wrap.end(out);
    }

    /// A line without the indentation that its fence has too.
    fn unindented<'a>(&self, line: &'a str) -> &'a str {
        let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
        &line[spaces.min(self.fence.column)..]
    }
}
