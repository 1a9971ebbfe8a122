//! Where a setting came from, kept beside its value so that a message can say so.
//!
//! It does not know which settings there are.

use std::fmt;
use std::path::PathBuf;

use crate::diagnostic::Place;

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Who set it.
    pub origin: Origin,
}

/// Who set a value, weakest first. The card stands where it does in one ordering only: it names a
/// model more strongly than environment and files do, and more weakly than a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody: it is the built-in default.
    Default,
    /// A configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// Where in it.
        place: Place,
    },
    /// An environment variable, by name.
    Environment(&'static str),
    /// The card.
    Card,
    /// A flag, as it is typed: `--model`.
    Flag(&'static str),
}

/// A setting that is not the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its key, as a configuration file writes it: `limits.turns`.
    pub key: &'static str,
    /// Its value, for people.
    pub value: String,
    /// Who set it.
    pub origin: Origin,
}

/// Something odd in the configuration that changes no outcome anybody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is about.
    pub origin: Origin,
    /// What is odd and what was done instead.
    pub message: String,
}

impl<T> Sourced<T> {
    /// A value nobody set.
    pub const fn by_default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// A value from an environment variable.
    pub const fn from_environment(value: T, name: &'static str) -> Self {
        Self { value, origin: Origin::Environment(name) }
    }

    /// A value from a flag.
    pub const fn from_flag(value: T, name: &'static str) -> Self {
        Self { value, origin: Origin::Flag(name) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(f, "the default"),
            Self::File { path, place: Place { line, column } } => {
                write!(f, "{}:{line}:{column}", path.display())
            }
            Self::Environment(name) | Self::Flag(name) => write!(f, "{name}"),
            Self::Card => write!(f, "the card"),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}
