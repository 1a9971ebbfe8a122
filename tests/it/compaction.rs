//! What holds for every conversation that is made shorter, and what a person and a script see of it.

mod invariants;
mod runs;
