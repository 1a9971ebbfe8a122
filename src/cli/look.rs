//! How output looks, from settings, switches and what it leads to.

use std::io::{self, IsTerminal};

use super::args::OutputArgs;
use crate::config::{Color, Config, Origin};
use crate::render::text::{Coloring, Look, Screen, Verbosity};

/// How progress and failures look on standard error.
pub(super) fn of(config: &Config, output: &OutputArgs) -> Look {
    let is_terminal = io::stderr().is_terminal();
    // A terminal that was found too simple for color takes no line back either.
    let is_simple = config.color.origin == Origin::Environment("TERM");
    Look {
        verbosity: match (output.quiet, output.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Normal,
        },
        screen: if is_terminal && !is_simple { Screen::Terminal } else { Screen::Plain },
        coloring: match config.color.value {
            Color::Always => Coloring::On,
            Color::Auto if is_terminal => Coloring::On,
            Color::Auto | Color::Never => Coloring::Off,
        },
    }
}

/// How a command looks that has no such switches.
pub(super) fn plain(config: &Config) -> Look {
    of(config, &OutputArgs::default())
}
