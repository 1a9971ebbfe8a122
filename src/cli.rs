//! The command line: what was typed, carried out.
//!
//! It puts the parts together and knows the terminal; how a run works is not decided here.

pub mod approve;
pub mod args;
pub mod outcome;
pub mod prompt;
