//! Configuration: defaults, files, environment and flags, merged in that order.
