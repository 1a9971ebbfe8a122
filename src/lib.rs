//! `agentcard` runs agent cards: Markdown files whose front matter names a model and its tools and
//! whose body is the system prompt.
//!
//! Start reading at [`agent`], which is the loop; `ARCHITECTURE.md` is the map.

pub mod agent;
pub mod audit;
pub mod card;
pub mod cli;
pub mod config;
pub mod conversation;
pub mod diagnostic;
pub mod event;
pub mod failure;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod hub;
pub mod message;
pub mod model;
pub mod model_spec;
pub mod net;
pub mod policy;
pub mod process;
pub mod render;
pub mod repl;
pub mod runtime;
pub mod sandbox;
pub mod schema;
pub mod secret;
pub mod suggest;
pub mod tool;
pub mod transcript;
pub mod trust;
pub mod variable;
