//! Writes: what a person is asked, what is sent, what is kept, what can be undone.

mod approvals;
mod commands;
mod matrix;
mod question;
mod recovered;
mod rules;
mod terminal;
mod undo;
