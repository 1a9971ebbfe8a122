//! Tables: columns as wide as they need, narrower ones with cells of several lines, or, where not
//! even that fits, one line for each cell.
//!
//! It reads rows once all of them are there.

use anstyle::Style;
use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd};

use super::inline::set;
use super::paint::{Mark, Paint, Span};
use super::tokens::{Styled, Token};
use super::wrap::{Wrap, visible};

/// What stands between two columns.
const BETWEEN: &str = "  ";

/// A column with cells of several lines is no narrower than this.
const NARROWEST: usize = 8;

/// A table that was read. Its first row is the head.
pub(super) struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<Vec<Token>>>,
}

impl Table {
    /// Reads rows, if they are a table.
    pub(super) fn parse(rows: &str, paint: Paint) -> Option<Self> {
        let mut table = Self { alignments: Vec::new(), rows: Vec::new() };
        let head = paint.style(Style::new(), Mark::Strong);
        let mut styled = Styled::new(paint, head);
        for event in Parser::new_ext(rows, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            match event {
                Event::Start(Tag::Table(alignments)) => table.alignments = alignments,
                Event::Start(Tag::TableHead | Tag::TableRow) => table.rows.push(Vec::new()),
                Event::End(TagEnd::TableHead) => styled = Styled::new(paint, Style::new()),
                Event::End(TagEnd::TableCell) => {
                    table.rows.last_mut()?.push(styled.take());
                }
                event => styled.event(event),
            }
        }
        (!table.rows.is_empty()).then_some(table)
    }

    /// Shows it.
    pub(super) fn show(self, paint: Paint, wrap: &mut Wrap, out: &mut String) {
        match self.widths(wrap.room()) {
            Some(widths) => self.grid(&widths, paint, wrap, out),
            None => self.list(wrap, out),
        }
    }

    /// The widths of the columns, the widest of which give way until all fit.
    fn widths(&self, room: usize) -> Option<Vec<usize>> {
        let count = self.alignments.len();
        let room = room.checked_sub(BETWEEN.len() * (count - 1))?;
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.flat_map(|cell| lines(cell, usize::MAX)).map(|line| visible(&line)).max()
        };
        let natural: Vec<usize> = (0..count).map(|column| width(column).unwrap_or(0)).collect();
        let fits =
            |widest: usize| natural.iter().map(|width| *width.min(&widest)).sum::<usize>() <= room;
        let widest = natural.iter().copied().max().filter(|widest| fits(*widest));
        let widest = widest.or_else(|| (NARROWEST..=room).rev().find(|widest| fits(*widest)))?;
        Some(natural.into_iter().map(|width| width.min(widest)).collect())
    }

    fn grid(&self, widths: &[usize], paint: Paint, wrap: &mut Wrap, out: &mut String) {
        for (index, row) in self.rows.iter().enumerate() {
            let cells: Vec<Vec<String>> =
                row.iter().zip(widths).map(|(cell, width)| lines(cell, *width)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for line in 0..height.max(1) {
                let parts = cells.iter().zip(widths).zip(&self.alignments);
                let parts: Vec<String> = parts
                    .map(|((cell, width), alignment)| {
                        aligned(cell.get(line).map_or("", String::as_str), *width, *alignment)
                    })
                    .collect();
                wrap.line(parts.join(BETWEEN).trim_end(), out);
            }
            if index == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
                wrap.line(&paint.paint(Mark::Line, &rules.join(BETWEEN)), out);
            }
        }
    }

    /// Each cell on a line of its own, behind the head of its column.
    fn list(mut self, wrap: &mut Wrap, out: &mut String) {
        let head = self.rows.remove(0);
        if self.rows.is_empty() {
            self.rows.push(vec![Vec::new(); head.len()]);
        }
        for (index, row) in self.rows.into_iter().enumerate() {
            if index > 0 {
                wrap.line("", out);
            }
            for (name, cell) in head.iter().zip(row) {
                set(name.clone(), wrap, out);
                set(colon(), wrap, out);
                set(cell, wrap, out);
                wrap.end(out);
            }
        }
    }
}

/// A cell in lines of a width.
fn lines(cell: &[Token], width: usize) -> Vec<String> {
    let mut text = String::new();
    let mut wrap = Wrap::new(width);
    set(cell.to_vec(), &mut wrap, &mut text);
    text.lines().map(str::to_owned).collect()
}

fn aligned(text: &str, width: usize, alignment: Alignment) -> String {
    let missing = width.saturating_sub(visible(text));
    let before = match alignment {
        Alignment::Right => missing,
        Alignment::Center => missing / 2,
        Alignment::None | Alignment::Left => 0,
    };
    format!("{}{text}{}", " ".repeat(before), " ".repeat(missing - before))
}

fn colon() -> Vec<Token> {
    vec![Token::Text(Span::new(Style::new(), ":")), Token::Gap]
}
