//! Tests of the writes part.
