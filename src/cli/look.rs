//! How output looks, from settings, switches and what it leads to.

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;

use super::args::OutputArgs;
use crate::config::{Color, Config, Terminal};
use crate::render::text::{Coloring, Look, Page, Screen, Verbosity};

/// The columns of a terminal that does not say how many it has.
const COLUMNS: usize = 80;

/// How answers look on standard output, and everything else on standard error.
pub(super) fn of(config: &Config, output: &OutputArgs) -> Look {
    let is_terminal = io::stderr().is_terminal();
    let is_capable = config.terminal == Terminal::Capable;
    let coloring = |is_terminal: bool| match config.color.value {
        Color::Always => Coloring::On,
        Color::Auto if is_terminal => Coloring::On,
        Color::Auto | Color::Never => Coloring::Off,
    };
    Look {
        verbosity: match (output.quiet, output.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Normal,
        },
        screen: if is_terminal && is_capable { Screen::Terminal } else { Screen::Plain },
        width: columns(io::stderr()),
        coloring: coloring(is_terminal),
        page: if output.raw_output {
            Page::Raw
        } else if io::stdout().is_terminal() && is_capable {
            Page::Set { width: columns(io::stdout()), coloring: coloring(true) }
        } else {
            Page::Plain
        },
    }
}

/// The same look in the window as it is at this moment.
pub(super) fn resized(look: Look) -> Look {
    let page = match look.page {
        Page::Set { coloring, .. } => Page::Set { width: columns(io::stdout()), coloring },
        page @ (Page::Raw | Page::Plain) => page,
    };
    Look { width: columns(io::stderr()), page, ..look }
}

/// The columns of the window at this moment.
fn columns(terminal: impl AsFd) -> usize {
    let size = tcgetwinsize(terminal).ok();
    size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0).unwrap_or(COLUMNS)
}

/// How a command looks that has no such switches.
pub(super) fn plain(config: &Config) -> Look {
    of(config, &OutputArgs::default())
}
