//! A place to practise: a Hub emulator and a stand-in for the model.

pub mod planner;
