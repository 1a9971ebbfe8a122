//! The answer as it is written: as it comes, or as Markdown set for a terminal.
//!
//! It knows where the answer stands, and nothing of what is written beside it.

use super::Page;
use crate::render::markdown::Markdown;
use crate::render::sanitize::sanitize;

/// An answer in the making.
pub(super) struct Answer {
    form: Form,
    written: Written,
}

enum Form {
    Raw,
    Plain,
    Set(Box<Markdown>),
}

/// How far the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Nothing,
    MidLine,
    WholeLines,
    /// Text stood before tool calls; the next text is a new paragraph.
    Paragraph,
}

impl Answer {
    /// Nothing yet.
    pub(super) fn new(page: Page) -> Self {
        let form = match page {
            Page::Raw => Form::Raw,
            Page::Plain => Form::Plain,
            Page::Set { width, coloring } => Form::Set(Box::new(Markdown::new(width, coloring))),
        };
        Self { form, written: Written::Nothing }
    }

    /// Goes on with this.
    pub(super) fn text(&mut self, text: &str, out: &mut String) {
        let Some(last) = text.chars().next_back() else { return };
        if self.written == Written::Paragraph {
            out.push('\n');
        }
        self.written = if last == '\n' { Written::WholeLines } else { Written::MidLine };
        match &mut self.form {
            Form::Raw => out.push_str(text),
            Form::Plain => out.push_str(&sanitize(text)),
            Form::Set(markdown) => {
                markdown.push(text, out);
                // A line that has ended may go on with the next one.
                self.written = Written::MidLine;
            }
        }
    }

    /// Whether more may come on the line that was begun.
    pub(super) fn is_mid_line(&self) -> bool {
        self.written == Written::MidLine
    }

    /// A reply that is whole needs no more of its line.
    pub(super) fn end_line(&mut self, out: &mut String) {
        if self.written == Written::MidLine {
            match &mut self.form {
                Form::Raw | Form::Plain => out.push('\n'),
                Form::Set(markdown) => markdown.finish(out),
            }
            self.written = Written::WholeLines;
        }
    }

    /// Text before tool calls is a paragraph of its own.
    pub(super) fn end_paragraph(&mut self, out: &mut String) {
        self.end_line(out);
        if self.written == Written::WholeLines {
            self.written = Written::Paragraph;
        }
    }
}
