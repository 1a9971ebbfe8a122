//! The keys `shell` and `cwd`: whether an agent may run commands, and where.
//!
//! It does not know whether there is such a directory.

use super::node::Node;
use super::path::KeyPath;
use super::problems::Problems;
use super::values::Values;
use super::yaml::Locator;
use crate::diagnostic::Place;

/// A card's wish for a shell and for files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// The directory commands run in, as written; the one the program is started in if not given.
    pub directory: Option<String>,
    /// Which of its tools the card takes, in their order.
    pub tools: Vec<ShellTool>,
    place: Locator,
}

/// A part of what a shell and files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShellTool {
    /// Running commands and looking after those that take long.
    Commands,
    /// Reading files.
    Read,
    /// Writing whole files.
    Write,
    /// Changing passages of files.
    Edit,
}

impl ShellTool {
    /// All of them.
    const ALL: [Self; 4] = [Self::Commands, Self::Read, Self::Write, Self::Edit];
}

impl Shell {
    /// Where the card says the directory, or that it wants a shell.
    pub fn place(&self) -> Option<Place> {
        self.place.find()
    }

    /// One without any tools yet, where the program is started.
    pub(super) fn alone(place: Locator) -> Self {
        Self { directory: None, tools: Vec::new(), place }
    }

    /// Takes one tool more.
    pub(super) fn add(&mut self, tool: ShellTool) {
        if !self.tools.contains(&tool) {
            self.tools.push(tool);
            self.tools.sort_unstable();
        }
    }
}

/// Reads `shell` and `cwd`. The latter has no meaning without the former.
pub(super) fn read(values: Values<'_>, problems: &Problems<'_>) -> Option<Shell> {
    if values.get("shell") != Some(&Node::Flag(true)) {
        return None;
    }
    let directory = values.text("cwd");
    let key = if directory.is_some() { "cwd" } else { "shell" };
    let place = problems.locator(&KeyPath::top(key));
    Some(Shell { directory, tools: ShellTool::ALL.to_vec(), place })
}
