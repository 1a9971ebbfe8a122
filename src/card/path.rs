//! The path from a card's top to one value: `request_params.temperature`, `function_tools[1]`.
//!
//! It does not know which paths exist.

use std::fmt;

use super::problem::shown;

/// The steps from the top of a document to a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPath(Vec<Step>);

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// To the value of a key. A key that is given twice has a second occurrence, counted from 0.
    Key(String, usize),
    /// To an entry of a list, counted from 0.
    Index(usize),
}

/// Which part of an entry a place is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// Its key.
    Key,
    /// Its value.
    Value,
}

impl KeyPath {
    /// The path of a top-level key.
    pub fn top(key: &str) -> Self {
        Self::default().key(key)
    }

    /// The path of a key below this one.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.occurrence(key, 0)
    }

    /// The path of a later occurrence of a key below this one.
    pub(super) fn occurrence(&self, key: &str, occurrence: usize) -> Self {
        self.step(Step::Key(key.to_owned(), occurrence))
    }

    /// The path of a list entry below this one.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// The path of the top-level key it begins with.
    pub(super) fn first(&self) -> Self {
        Self(self.0.iter().take(1).cloned().collect())
    }

    /// The steps, from the top.
    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    fn step(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key, _) if position == 0 => write!(f, "{}", shown(key))?,
                Step::Key(key, _) => write!(f, ".{}", shown(key))?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
