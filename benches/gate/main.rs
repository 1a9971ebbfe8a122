//! The speed gate: the program against a floor that does the same exchanges with as little as
//! possible, both measured as whole processes.
//!
//! `cargo bench --bench gate` fails when a ratio is above its target; `-- --report` prints the table
//! of the README, and `-- --turns` measures a conversation of a thousand turns, `-- --decks` folders of cards and agents that call
//! others. It knows the program by its command line only. The servers and the floor are this
//! same binary started again in another role, so that nobody's work is counted for another's.

mod decks;
mod exchange;
mod floor;
mod gate;
mod hub;
mod measure;
mod model;
mod report;
mod serve;
mod turns;

use std::error::Error;
use std::process::ExitCode;

/// What anything here comes to; a benchmark has no better use for an error than to show it.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["serve-model"] => serve::run(model::reply),
        ["serve-hub"] => serve::run(hub::reply),
        ["floor", model, hub, card, question] => floor::run(model, hub, card, question),
        flags => gate::run(flags),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            report::complain(&*error);
            ExitCode::FAILURE
        }
    }
}
