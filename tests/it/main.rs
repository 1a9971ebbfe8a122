//! The integration tests: one binary, one file per part of the product.

mod agent;
mod ask;
mod bad_input;
mod card;
mod config;
mod hub;
mod model;
mod planner;
mod sandbox;
mod support;
mod tidy;
mod writes;
