//! Markdown as it streams in, set for a terminal: each line is written once and stays.
//!
//! What a line begins with is found here, a line at a time; its text and its tables are read by
//! pulldown-cmark. What comes out depends on the text alone and not on where it was cut on its way.
//! Nothing but our own colors gets out that a terminal would obey.

mod closed;
mod code;
mod highlight;
mod inline;
mod opening;
mod paint;
mod table;
mod tokens;
mod wrap;

#[cfg(test)]
mod tests;

use std::mem;

use anstyle::Style;
use pulldown_cmark::Parser;

use super::sanitize::sanitize;
use super::text::Coloring;
use code::Code;
use inline::Inline;
use opening::{Container, Extent, Leaf, Lists, Opening};
use paint::{Mark, Paint, width};
use table::Table;
use tokens::{Styled, tokens};
use wrap::{Margin, Wrap};

/// A window narrower than this is taken for one as wide.
const NARROWEST: usize = 10;

/// A line whose kind is not clear after as many bytes is waited for to its end.
const LONGEST_OPENING: usize = 1000;

/// A text in the making.
pub struct Markdown {
    paint: Paint,
    wrap: Wrap,
    width: usize,
    containers: Vec<Container>,
    block: Block,
    line: Line,
    /// Whether there was an empty line before this one.
    blank: bool,
    /// Whether anything was written.
    begun: bool,
}

/// What the line before this one is part of.
enum Block {
    Nothing,
    Paragraph(Inline),
    Table(String),
    Code(Code),
}

/// How far the current line is understood.
enum Line {
    /// It may become anything; this is what there is of it.
    Unclear(String),
    /// It is text, and what there is of it went to the paragraph.
    Text,
}

impl Markdown {
    /// Nothing yet, for a window of so many columns.
    pub fn new(width: usize, coloring: Coloring) -> Self {
        let width = width.max(NARROWEST);
        Self {
            paint: Paint(coloring),
            wrap: Wrap::new(width),
            width,
            containers: Vec::new(),
            block: Block::Nothing,
            line: Line::Unclear(String::new()),
            blank: false,
            begun: false,
        }
    }

    /// Takes in more of the text and writes what is certain.
    pub fn push(&mut self, text: &str, out: &mut String) {
        for part in sanitize(text).split_inclusive('\n') {
            let (part, extent) = match part.strip_suffix('\n') {
                Some(line) => (line, Extent::Whole),
                None => (part, Extent::Beginning),
            };
            self.part(part, extent, out);
        }
    }

    /// Takes the text for finished: writes all there is and ends the line.
    pub fn finish(&mut self, out: &mut String) {
        match &self.line {
            Line::Unclear(line) if line.is_empty() => {}
            Line::Unclear(_) | Line::Text => self.part("", Extent::Whole, out),
        }
        self.end_block(out);
        self.containers.clear();
        self.blank = false;
    }

    fn part(&mut self, part: &str, extent: Extent, out: &mut String) {
        let Line::Unclear(mut line) = mem::replace(&mut self.line, Line::Text) else {
            self.text(part, extent, out);
            return;
        };
        let was_long = line.len() > LONGEST_OPENING;
        line.push_str(part);
        let is_code = matches!(self.block, Block::Code(_));
        let opening = match extent {
            Extent::Whole if is_code && self.code(&line, out) => {
                self.line = Line::Unclear(String::new());
                return;
            }
            Extent::Beginning if is_code || was_long => None,
            _ => opening::read(&line, extent, &self.containers, self.lists()),
        };
        match opening {
            Some(opening) => self.open(opening, &line, extent, out),
            None => self.line = Line::Unclear(line),
        }
    }

    /// Which lists may begin with this line.
    fn lists(&self) -> Lists {
        let is_paragraph = matches!(self.block, Block::Paragraph(_));
        if is_paragraph && !self.blank && self.containers.is_empty() {
            Lists::FromOne
        } else {
            Lists::All
        }
    }

    /// A line of a block of code, unless the block is over because what it is in is over.
    fn code(&mut self, line: &str, out: &mut String) -> bool {
        let Block::Code(code) = &mut self.block else { return false };
        let mut inner = line;
        for container in &self.containers {
            if *container == Container::Quote {
                let Some(quoted) = inner.trim_start().strip_prefix('>') else {
                    self.end_block(out);
                    return false;
                };
                inner = quoted.strip_prefix(' ').unwrap_or(quoted);
            }
        }
        if code.fence.is_ended_by(inner) {
            self.block = Block::Nothing;
        } else {
            code.line(inner, &mut self.wrap, out);
        }
        true
    }

    /// Begins a line whose kind is known.
    fn open(&mut self, opening: Opening, line: &str, extent: Extent, out: &mut String) {
        let Opening { kept, new, leaf, at } = opening;
        let rest = &line[at..];
        let goes_on = new.is_empty() && !self.blank;
        self.line = match extent {
            Extent::Whole => Line::Unclear(String::new()),
            Extent::Beginning => Line::Text,
        };
        match (&leaf, &mut self.block) {
            // Where its containers are not repeated, it goes on all the same (CommonMark 5.1).
            (Leaf::Text, Block::Paragraph(_)) if goes_on => return self.text(rest, extent, out),
            (Leaf::Row, Block::Table(rows)) if goes_on && kept == self.containers.len() => {
                rows.push_str(rest);
                rows.push('\n');
                return;
            }
            _ => self.end_block(out),
        }
        self.containers.truncate(kept);
        if leaf == Leaf::Blank && new.is_empty() {
            self.blank = true;
            return;
        }
        self.separate(out);
        self.containers.extend(new);
        let indentation = match leaf {
            Leaf::Fence(_) => indentation(self.width),
            _ => "",
        };
        self.set_margins(kept, indentation);
        self.begin(leaf, rest, extent, out);
    }

    /// Begins a block.
    fn begin(&mut self, leaf: Leaf, rest: &str, extent: Extent, out: &mut String) {
        match leaf {
            Leaf::Blank => {
                self.wrap.place(0, out);
                self.wrap.end(out);
            }
            Leaf::Text => {
                self.block = Block::Paragraph(Inline::default());
                self.text(rest, extent, out);
            }
            Leaf::Heading => self.heading(rest, out),
            Leaf::Rule => {
                let rule = "─".repeat(self.wrap.room());
                self.wrap.line(&self.paint.paint(Mark::Line, &rule), out);
            }
            Leaf::Fence(fence) => self.block = Block::Code(Code::new(fence, self.paint)),
            Leaf::Row => self.block = Block::Table(format!("{rest}\n")),
        }
    }

    fn text(&mut self, text: &str, extent: Extent, out: &mut String) {
        if let Block::Paragraph(inline) = &mut self.block {
            inline.push(text, self.paint, &mut self.wrap, out);
            if extent == Extent::Whole {
                inline.end_line(self.paint, &mut self.wrap, out);
                self.line = Line::Unclear(String::new());
            }
        }
    }

    fn heading(&mut self, line: &str, out: &mut String) {
        let mark = Mark::Heading(line.chars().take_while(|c| *c == '#').count());
        let style = self.paint.style(Style::new(), mark);
        let mut styled = Styled::new(self.paint, style);
        let sign = self.paint.sign(mark);
        if !sign.is_empty() {
            styled.text(&format!("{sign} "));
        }
        for event in Parser::new(line) {
            styled.event(event);
        }
        inline::set(styled.take(), &mut self.wrap, out);
        self.wrap.end(out);
    }

    fn end_block(&mut self, out: &mut String) {
        if let Block::Table(rows) = mem::replace(&mut self.block, Block::Nothing) {
            match Table::parse(&rows, self.paint) {
                Some(table) => table.show(self.paint, &mut self.wrap, out),
                None => self.rows(&rows, out),
            }
        }
        self.wrap.end(out);
    }

    /// Rows that are no table: lines with bars in them.
    fn rows(&mut self, rows: &str, out: &mut String) {
        for row in rows.lines() {
            inline::set(tokens(row, self.paint), &mut self.wrap, out);
            self.wrap.end(out);
        }
    }

    /// One empty line between blocks that had any between them.
    fn separate(&mut self, out: &mut String) {
        if mem::take(&mut self.blank) && self.begun {
            out.push_str(self.margin_of(self.containers.len()).text.trim_end());
            out.push('\n');
        }
        self.begun = true;
    }

    /// Sets the margins for a block whose line opened all containers but the first `kept`.
    fn set_margins(&mut self, kept: usize, indentation: &str) {
        let mut margins = [self.margin_of(kept), self.margin_of(usize::MAX)];
        for margin in &mut margins {
            margin.text.push_str(indentation);
            margin.width += indentation.len();
        }
        let [first, rest] = margins;
        self.wrap.margin(first, rest);
    }

    /// What stands before a line that goes on with the first `kept` containers and opens the others.
    /// In a narrow window the outermost are left out, so that half of it is left for text.
    fn margin_of(&self, kept: usize) -> Margin {
        let mut margin = Margin::default();
        for (index, container) in self.containers.iter().enumerate().rev() {
            let (text, columns) = match container {
                Container::Quote => (self.paint.paint(Mark::Line, "│") + " ", 2),
                Container::Item { marker, .. } if index < kept => {
                    (" ".repeat(width(marker) + 1), width(marker) + 1)
                }
                Container::Item { marker, .. } => (format!("{marker} "), width(marker) + 1),
            };
            if margin.width + columns > self.width / 2 {
                break;
            }
            margin.text.insert_str(0, &text);
            margin.width += columns;
        }
        margin
    }
}

/// What code is indented by.
fn indentation(width: usize) -> &'static str {
    if width < 40 { "  " } else { "    " }
}
