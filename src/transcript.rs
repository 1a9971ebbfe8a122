//! Transcripts: conversations kept as JSON Lines, a file for each, written as they happen.
//!
//! The files are the truth; there is no index beside them. It knows no terminal, no card and no
//! model, and decides nothing about what is said.

mod export;
mod fast_agent;
mod id;
mod import;
mod load;
mod prior;
mod record;
mod recorder;
mod search;
mod store;
mod writer;

pub use id::Id;
pub use import::{Imported, NotImported, import};
#[cfg(any(test, fuzzing))]
pub use load::check;
pub use load::{LoadError, Transcript};
pub use prior::{NotPrior, PriorForm, prior};
pub use record::{Header, Record, RunEnded, Settings, VERSION};
pub use recorder::Recorder;
pub use search::Hit;
pub use store::{FindError, Opened, Store};
