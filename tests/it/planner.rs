//! Tests of the planner part.
