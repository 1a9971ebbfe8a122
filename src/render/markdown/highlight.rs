//! Code in color, by the grammars that come with syntect.
//!
//! They are loaded when the first block in a language they know is shown, and never before. The
//! colors are the terminal's own sixteen, so that they fit its background.

use std::sync::LazyLock;

use anstyle::{AnsiColor, Color, Style};
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

/// The grammars.
static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// The colors of scopes, the more special ones first.
const COLORS: &[(&str, AnsiColor)] = &[
    ("comment", AnsiColor::BrightBlack),
    ("string", AnsiColor::Green),
    ("constant", AnsiColor::Cyan),
    ("keyword", AnsiColor::Magenta),
    ("storage", AnsiColor::Magenta),
    ("entity.name.tag", AnsiColor::Blue),
    ("entity.name", AnsiColor::Blue),
    ("support", AnsiColor::Blue),
    ("variable.function", AnsiColor::Blue),
];

/// Colors the lines of one block.
pub(super) struct Highlighter {
    state: ParseState,
    scopes: ScopeStack,
    colors: Vec<(Scope, AnsiColor)>,
}

impl Highlighter {
    /// One for a language, by its name or the suffix of its files.
    pub(super) fn of(language: &str) -> Option<Self> {
        if language.is_empty() || matches!(language, "text" | "txt" | "plain" | "console") {
            return None;
        }
        let syntax = GRAMMARS.find_syntax_by_token(language)?;
        let colors =
            COLORS.iter().filter_map(|(scope, color)| Some((Scope::new(scope).ok()?, *color)));
        Some(Self {
            state: ParseState::new(syntax),
            scopes: ScopeStack::new(),
            colors: colors.collect(),
        })
    }

    /// The parts of a line, each in its style. What the grammar cannot take is left plain.
    pub(super) fn line<'a>(&mut self, line: &'a str) -> Vec<(Style, &'a str)> {
        let Ok(changes) = self.state.parse_line(&format!("{line}\n"), &GRAMMARS) else {
            return vec![(Style::new(), line)];
        };
        let mut parts: Vec<(Style, &str)> = Vec::new();
        let mut start = 0;
        for (at, change) in changes {
            let end = at.min(line.len());
            if end > start {
                parts.push((self.style(), &line[start..end]));
                start = end;
            }
            // A grammar that closes more than it opened colors wrongly, and that is all.
            let _misused = self.scopes.apply(&change);
        }
        parts.push((self.style(), &line[start..]));
        parts
    }

    fn style(&self) -> Style {
        let color = self.scopes.as_slice().iter().rev().find_map(|scope| {
            let matching = self.colors.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope));
            matching.map(|(_, color)| *color)
        });
        Style::new().fg_color(color.map(Color::Ansi))
    }
}
