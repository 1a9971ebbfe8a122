//! Tests of the config part.
