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
    place: Locator,
}

impl Shell {
    /// Where the card says the directory, or that it wants a shell.
    pub fn place(&self) -> Option<Place> {
        self.place.find()
    }
}

/// Reads `shell` and `cwd`. The latter has no meaning without the former.
pub(super) fn read(values: Values<'_>, problems: &Problems<'_>) -> Option<Shell> {
    if values.get("shell") != Some(&Node::Flag(true)) {
        return None;
    }
    let directory = values.text("cwd");
    let key = if directory.is_some() { "cwd" } else { "shell" };
    Some(Shell { directory, place: problems.locator(&KeyPath::top(key)) })
}
