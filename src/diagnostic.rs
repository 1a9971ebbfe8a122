//! A complaint about a file somebody wrote: where, what, and the way out.
//!
//! Cards and configuration both speak in these. Printing them is for the edge.

use std::fmt;
use std::path::PathBuf;

pub use crate::suggest::did_you_mean;

/// One problem in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem it is, a stable word: `unknown-key`.
    pub code: &'static str,
    /// The file, as the person named it.
    pub file: PathBuf,
    /// Where in it, where that is known.
    pub place: Option<Place>,
    /// The key it is about: `request_params.temperature`.
    pub key: Option<String>,
    /// What is wrong, and what was expected.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A position in a text file, both counted from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": ")?;
        if let Some(key) = &self.key {
            write!(f, "`{key}`: ")?;
        }
        write!(f, "{}", self.message)
    }
}
