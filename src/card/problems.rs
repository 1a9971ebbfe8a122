//! Gathers what is wrong with a card, with the place of each.
//!
//! It does not know what is wrong. A place costs a reading of the front matter, so only so many
//! problems get one; the rest are counted.

use std::path::Path;

use super::path::{KeyPath, Spot};
use super::problem::Problem;
use super::yaml::{Document, Locator};
use crate::diagnostic::{Diagnostic, Place};

/// How many problems of one card are listed.
const MOST_LISTED: usize = 25;

/// What was found in a card.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What keeps it from running.
    pub(super) errors: Vec<Diagnostic>,
    /// What is odd.
    pub(super) warnings: Vec<Diagnostic>,
}

/// The problems of one card.
#[derive(Debug)]
pub(super) struct Problems<'a> {
    document: &'a Document,
    listed: Vec<Problem>,
    more: usize,
    warnings: Vec<Problem>,
}

impl<'a> Problems<'a> {
    /// Starts with none.
    pub(super) fn new(document: &'a Document) -> Self {
        Self { document, listed: Vec::new(), more: 0, warnings: Vec::new() }
    }

    /// Adds one, which is only made if it is going to be listed.
    pub(super) fn add(&mut self, problem: impl FnOnce() -> Problem) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.listed.push(problem());
        }
    }

    /// Adds one about a key.
    pub(super) fn at_key(&mut self, path: &KeyPath, problem: Problem) {
        self.locate(path, Spot::Key, problem);
    }

    /// Adds one about the value of a key.
    pub(super) fn at_value(&mut self, path: &KeyPath, problem: Problem) {
        self.locate(path, Spot::Value, problem);
    }

    /// Adds something that is odd and keeps nothing from running.
    pub(super) fn warn(&mut self, problem: Problem) {
        if self.warnings.len() < MOST_LISTED {
            self.warnings.push(problem);
        }
    }

    /// Adds something odd about the value of a key.
    pub(super) fn warn_at_value(&mut self, path: &KeyPath, problem: Problem) {
        self.warn_at(path, Spot::Value, problem);
    }

    /// Adds something odd about a key.
    pub(super) fn warn_at_key(&mut self, path: &KeyPath, problem: Problem) {
        self.warn_at(path, Spot::Key, problem);
    }

    fn warn_at(&mut self, path: &KeyPath, spot: Spot, problem: Problem) {
        if self.warnings.len() < MOST_LISTED {
            let place = self.document.place(path, spot);
            self.warn(problem.about(path.to_string()).at(place));
        }
    }

    /// Where a key or a value is, as long as somebody will read it.
    pub(super) fn place(&self, path: &KeyPath, spot: Spot) -> Option<Place> {
        if self.is_full() { None } else { self.document.place(path, spot) }
    }

    /// What finds a value later, if it turns out to be wrong where the card is used.
    pub(super) fn locator(&self, path: &KeyPath) -> Locator {
        self.document.locator(path)
    }

    /// What is wrong, in the order of the file, and what is odd.
    pub(super) fn into_diagnostics(self, file: &Path) -> Found {
        let Self { mut listed, more, warnings, .. } = self;
        match more {
            0 => {}
            1 => listed.push(Problem::new("and one more problem")),
            _ => listed.push(Problem::new(format!("and {more} more problems"))),
        }
        let in_order = |problems: Vec<Problem>| {
            let diagnostics = problems.into_iter().map(|problem| problem.in_file(file));
            let mut diagnostics: Vec<Diagnostic> = diagnostics.collect();
            diagnostics.sort_by_key(|diagnostic| (diagnostic.place.is_none(), diagnostic.place));
            diagnostics
        };
        Found { errors: in_order(listed), warnings: in_order(warnings) }
    }

    fn locate(&mut self, path: &KeyPath, spot: Spot, problem: Problem) {
        let place = self.place(path, spot);
        self.add(|| problem.about(path.to_string()).at(place));
    }

    fn is_full(&self) -> bool {
        self.listed.len() >= MOST_LISTED
    }
}
