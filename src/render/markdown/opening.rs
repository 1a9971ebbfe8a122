//! How a line begins: what it is inside of, and what kind of block it belongs to.
//!
//! It follows `CommonMark` 0.31, a line at a time: no indented code, no headings underlined by the next
//! line, and an item may be indented by two columns whatever its parent's number is long. The text
//! of the line is not its business.

/// What a line can be inside of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Container {
    /// A quotation.
    Quote,
    /// An item of a list.
    Item {
        /// The column its marker stands in.
        column: usize,
        /// The marker as it is shown: `•` or `2.`.
        marker: String,
    },
}

/// How a line begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opening {
    /// How many of the containers that are open go on.
    pub(super) kept: usize,
    /// The containers it opens.
    pub(super) new: Vec<Container>,
    /// What it is.
    pub(super) leaf: Leaf,
    /// Where, in bytes, its own text begins.
    pub(super) at: usize,
}

/// What a line is, containers apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Leaf {
    /// Nothing.
    Blank,
    /// Part of a paragraph.
    Text,
    /// A heading.
    Heading,
    /// A line across.
    Rule,
    /// The beginning of a block of code.
    Fence(Fence),
    /// What may be a row of a table.
    Row,
}

/// What a block of code begins and ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fence {
    /// A backtick or a tilde.
    pub(super) mark: char,
    /// How many of them.
    pub(super) length: usize,
    /// The column it stands in.
    pub(super) column: usize,
    /// The first word behind it.
    pub(super) language: String,
}

/// Whether more may come of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// It is all there.
    Whole,
    /// It may go on.
    Beginning,
}

/// Which lists may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    /// All.
    All,
    /// Those that count from 1, if they count: a paragraph goes on with a year more likely than with
    /// a list.
    FromOne,
}

/// The end of what there is of a line came before this was certain.
struct Uncertain;

type Certainly<T> = Result<T, Uncertain>;

/// More containers than this are text.
const DEEPEST: usize = 12;

/// Reads how a line begins, as soon as that is certain. `open` are the containers of the line before.
pub(super) fn read(
    line: &str,
    extent: Extent,
    open: &[Container],
    lists: Lists,
) -> Option<Opening> {
    Cursor { line, extent, at: 0, column: 0 }.read(open, lists).ok()
}

/// A place in a line.
struct Cursor<'a> {
    line: &'a str,
    extent: Extent,
    at: usize,
    column: usize,
}

impl Cursor<'_> {
    fn read(mut self, open: &[Container], lists: Lists) -> Certainly<Opening> {
        let mut kept = 0;
        for container in open {
            self.skip_spaces();
            let goes_on = match container {
                Container::Quote => self.take_quote()?,
                Container::Item { column, .. } => {
                    self.peek()?.is_none() || self.column >= column + 2
                }
            };
            if !goes_on {
                break;
            }
            kept += 1;
        }
        let mut new = Vec::new();
        let leaf = loop {
            self.skip_spaces();
            if kept + new.len() >= DEEPEST {
                break Leaf::Text;
            }
            if let Some(leaf) = self.leaf()? {
                break leaf;
            }
            let lists = if new.is_empty() { lists } else { Lists::All };
            if self.take_quote()? {
                new.push(Container::Quote);
            } else if let Some(item) = self.take_item(lists)? {
                new.push(item);
            } else {
                break Leaf::Text;
            }
        };
        Ok(Opening { kept, new, leaf, at: self.at })
    }

    fn rest(&self) -> &str {
        &self.line[self.at..]
    }

    /// The next character; at the end of the line there is none.
    fn peek(&self) -> Certainly<Option<char>> {
        self.certainly(self.rest().chars().next())
    }

    /// What stands somewhere; that nothing does is certain at the end of the line.
    fn certainly(&self, c: Option<char>) -> Certainly<Option<char>> {
        match (c, self.extent) {
            (None, Extent::Beginning) => Err(Uncertain),
            (c, _) => Ok(c),
        }
    }

    fn advance(&mut self, bytes: usize) {
        for c in self.line[self.at..self.at + bytes].chars() {
            self.column += if c == '\t' { 4 - self.column % 4 } else { 1 };
        }
        self.at += bytes;
    }

    fn skip_spaces(&mut self) {
        let spaces = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
        self.advance(spaces);
    }

    fn take_quote(&mut self) -> Certainly<bool> {
        if self.peek()? != Some('>') {
            return Ok(false);
        }
        self.advance(1);
        if self.peek()? == Some(' ') {
            self.advance(1);
        }
        Ok(true)
    }

    /// An item's marker and the space behind it.
    fn take_item(&mut self, lists: Lists) -> Certainly<Option<Container>> {
        let rest = self.rest();
        let after = |length: usize| self.certainly(rest[length..].chars().next());
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let length = if rest.starts_with(['-', '*', '+']) {
            1
        } else if (1..=9).contains(&digits) && matches!(after(digits)?, Some('.' | ')')) {
            digits + 1
        } else {
            return Ok(None);
        };
        if !matches!(after(length)?, None | Some(' ' | '\t')) {
            return Ok(None);
        }
        let marker = match digits {
            0 => "•".to_owned(),
            _ if lists == Lists::FromOne && &rest[..digits] != "1" => return Ok(None),
            _ => rest[..length].to_owned(),
        };
        let column = self.column;
        self.advance(length);
        Ok(Some(Container::Item { column, marker }))
    }

    /// What the rest is, unless it is or may be in a container, or is plain text.
    fn leaf(&self) -> Certainly<Option<Leaf>> {
        let Some(first) = self.peek()? else { return Ok(Some(Leaf::Blank)) };
        let rest = self.rest();
        let run = rest.chars().take_while(|c| *c == first).count();
        let after = || self.certainly(rest.chars().nth(run));
        let is_rule = || rest.chars().all(|c| c == first || c == ' ' || c == '\t');
        let leaf = match first {
            '|' => Leaf::Row,
            '#' if run <= 6 && matches!(after()?, None | Some(' ' | '\t')) => Leaf::Heading,
            '`' | '~' if run >= 3 => self.fence(first, run),
            '`' | '~' => return after().map(|_| None),
            '-' | '*' | '_' if is_rule() => {
                if self.extent == Extent::Whole && rest.matches(first).count() < 3 {
                    return Ok(None);
                }
                Leaf::Rule
            }
            _ => return Ok(None),
        };
        match self.extent {
            Extent::Whole => Ok(Some(leaf)),
            // Each of these is decided by the end of the line.
            Extent::Beginning => Err(Uncertain),
        }
    }

    fn fence(&self, mark: char, length: usize) -> Leaf {
        let info = self.rest()[length..].trim();
        if mark == '`' && info.contains('`') {
            return Leaf::Text;
        }
        let language = info.split([' ', ',', '{', '\t']).next().unwrap_or_default().to_lowercase();
        Leaf::Fence(Fence { mark, length, column: self.column, language })
    }
}

impl Fence {
    /// Whether a line of the block, its containers taken off, ends it.
    pub(super) fn is_ended_by(&self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.chars().all(|c| c == self.mark)
    }
}
