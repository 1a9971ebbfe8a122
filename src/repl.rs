//! What a person types in a conversation: lines, and the commands among them.
//!
//! It reads and understands; carrying commands out and running the agent is not its business.

pub mod command;
mod complete;
mod editor;

pub use command::{Command, Guest, Input, Stage, help, is_own, parse};
pub use complete::{Seen, Words};
pub use editor::{Edit, Editor, Typed};
