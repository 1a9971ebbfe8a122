//! The integration tests: one binary, one file per part of the product.
//!
//! `#[cfg(test)]` tells the lints that helpers here are tests too.

#[cfg(test)]
mod agent;
#[cfg(test)]
mod ask;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod card;
#[cfg(test)]
mod card_tools;
#[cfg(test)]
mod cards;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod compaction;
#[cfg(test)]
mod compat;
#[cfg(test)]
mod config;
#[cfg(test)]
mod decks;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod http_tools;
#[cfg(test)]
mod hub;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod live;
#[cfg(test)]
mod mcp;
#[cfg(test)]
mod model;
#[cfg(test)]
mod network;
#[cfg(test)]
mod planner;
#[cfg(test)]
mod prompt;
#[cfg(test)]
mod python;
#[cfg(test)]
mod repl;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod scripts;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod transcripts;
#[cfg(test)]
mod writes;
