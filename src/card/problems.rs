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

/// The problems of one card.
#[derive(Debug)]
pub(super) struct Problems<'a> {
    document: &'a Document,
    listed: Vec<Problem>,
    more: usize,
}

impl<'a> Problems<'a> {
    /// Starts with none.
    pub(super) fn new(document: &'a Document) -> Self {
        Self { document, listed: Vec::new(), more: 0 }
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

    /// Where a key or a value is, as long as somebody will read it.
    pub(super) fn place(&self, path: &KeyPath, spot: Spot) -> Option<Place> {
        if self.is_full() { None } else { self.document.place(path, spot) }
    }

    /// What finds a value later, if it turns out to be wrong where the card is used.
    pub(super) fn locator(&self, path: &KeyPath) -> Locator {
        self.document.locator(path)
    }

    /// The diagnostics in the order of the file, or `None` if there are none.
    pub(super) fn into_diagnostics(self, file: &Path) -> Option<Vec<Diagnostic>> {
        let Self { mut listed, more, .. } = self;
        match more {
            0 => {}
            1 => listed.push(Problem::new("and one more problem")),
            _ => listed.push(Problem::new(format!("and {more} more problems"))),
        }
        let mut diagnostics: Vec<Diagnostic> =
            listed.into_iter().map(|problem| problem.in_file(file)).collect();
        diagnostics.sort_by_key(|diagnostic| (diagnostic.place.is_none(), diagnostic.place));
        (!diagnostics.is_empty()).then_some(diagnostics)
    }

    fn locate(&mut self, path: &KeyPath, spot: Spot, problem: Problem) {
        let place = self.place(path, spot);
        self.add(|| problem.about(path.to_string()).at(place));
    }

    fn is_full(&self) -> bool {
        self.listed.len() >= MOST_LISTED
    }
}
