//! Tests of the card part.
