//! Tests of the model part.
