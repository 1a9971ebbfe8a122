//! How an agent runs those it calls.
//!
//! It does not know which those are.

use std::time::Duration;

use super::values::Values;

/// How an agent runs those it calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Children {
    /// How many run at once; as many as are called if not given.
    pub max_parallel: Option<u32>,
    /// How long one may take.
    pub timeout: Option<Duration>,
}

/// Reads the keys about them.
pub(super) fn read(values: Values<'_>) -> Children {
    Children {
        max_parallel: values.count("max_parallel"),
        timeout: values.seconds("child_timeout_sec"),
    }
}
