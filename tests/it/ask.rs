//! Tests of the ask part.
