//! A place to practise: a Hub emulator and a stand-in for the model.
//!
//! Nothing here speaks to anything but 127.0.0.1.

pub mod faults;
pub mod planner;
pub mod server;
pub mod world;
