//! Tests of hostile and broken input.
