//! Tests of the tidy part.
