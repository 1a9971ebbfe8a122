//! What marks mean on the screen: styles where color is wanted, the marks themselves where it is not.
//!
//! It knows no Markdown beyond the names of its marks.

use anstyle::{AnsiColor, Color, Style};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

use super::super::sanitize::sanitize;
use super::super::text::Coloring;

/// Text in one style, harmless and without line feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// Its style.
    pub(super) style: Style,
    /// The text.
    pub(super) text: String,
}

/// Something that is said of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// `**strong**`.
    Strong,
    /// `*emphasis*`.
    Emphasis,
    /// `~~gone~~`.
    Struck,
    /// `` `code` ``.
    Code,
    /// A heading of this level.
    Heading(usize),
    /// Where a link leads.
    Target,
    /// The bar beside a quotation, and other lines that are drawn.
    Line,
}

/// How marks look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(pub(super) Coloring);

impl Paint {
    /// A style with this added.
    pub(super) fn style(self, style: Style, mark: Mark) -> Style {
        if self.0 == Coloring::Off {
            return style;
        }
        match mark {
            Mark::Emphasis => style.italic(),
            Mark::Struck => style.strikethrough(),
            Mark::Code => style.fg_color(Some(Color::Ansi(AnsiColor::Cyan))),
            Mark::Heading(1) => style.bold().underline(),
            Mark::Strong | Mark::Heading(_) => style.bold(),
            Mark::Target | Mark::Line => style.dimmed(),
        }
    }

    /// What is written around the text instead.
    pub(super) fn sign(self, mark: Mark) -> &'static str {
        if self.0 == Coloring::On {
            return "";
        }
        match mark {
            Mark::Strong => "**",
            Mark::Emphasis => "*",
            Mark::Struck => "~~",
            Mark::Code => "`",
            Mark::Heading(level) => &"######"[..level.min(6)],
            Mark::Target | Mark::Line => "",
        }
    }

    /// A text said so and no more.
    pub(super) fn paint(self, mark: Mark, text: &str) -> String {
        let style = self.style(Style::new(), mark);
        format!("{style}{text}{style:#}")
    }
}

impl Span {
    /// Text of anybody's making.
    pub(super) fn new(style: Style, text: &str) -> Self {
        // Markdown can spell any character as a number, so that what was harmless need not be now.
        Self { style, text: sanitize(text).replace(['\n', '\t'], " ") }
    }

    /// The columns it takes.
    pub(super) fn width(&self) -> usize {
        width(&self.text)
    }
}

/// The columns a text takes, as the sum over what a person sees as its characters, since a line may
/// be broken between any of them.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.graphemes(true).map(UnicodeWidthStr::width).sum()
    }
}
