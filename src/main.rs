//! The `agentcard` program.

fn main() {}
