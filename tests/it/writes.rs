//! Writes: what a person is asked, what is sent, what is kept, what can be undone.

mod approvals;
mod matrix;
mod question;
mod rules;
