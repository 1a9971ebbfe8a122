//! The Hugging Face Hub: what may be asked of it, and asking.
//!
//! It knows no model, no tool and no person: what it is given is a call, and what it gives back is
//! a value or a text that says what was wrong.

pub mod body;
pub mod catalog;
pub mod client;
pub mod exchange;
mod find;
mod hint;
mod identity;
mod listing;
pub mod page;
pub mod params;
pub mod path;
pub mod perform;
mod present;
pub mod problem;
pub mod propose;
pub mod query;
pub mod read;
mod readback;
mod refuse;
mod retry;
pub mod route;
mod scan;
mod shape;
mod slice;
mod tally;
pub mod token;
mod words;
mod written;

pub use catalog::{Endpoint, Method};
pub use client::{Client, Patience, Reach, Settings, Shaping};
pub use exchange::{Notice, Watch};
pub use perform::Done;
pub use problem::{Effect, Problem};
pub use propose::{Declined, Proposal};
pub use query::Query;
pub use read::{Part, Reading, Want};
pub use route::{Call, Refusal, Route, resolve};
pub use token::TokenSource;
