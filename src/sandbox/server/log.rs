//! What the emulator was asked, for tests to look at. It never keeps a token.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::ask::Caller;
use crate::sandbox::world::TokenRole;

/// How many requests are kept.
const KEPT: usize = 1000;

/// A request the emulator got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its method.
    pub method: String,
    /// Its path and query, as sent.
    pub path: String,
    /// Who sent it.
    pub sender: Sender,
    /// Its body; empty if it had none.
    pub body: String,
}

/// Who sent a request, as far as its `Authorization` header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// There was no such header.
    Anonymous,
    /// There was one that the emulator does not accept.
    Unknown,
    /// There was a token of this kind.
    Token(TokenRole),
}

impl Sender {
    /// Reads what is known about the header.
    pub(super) fn of(present: bool, caller: Option<&Caller>) -> Self {
        match caller.map(Caller::token) {
            Some(Ok(token)) => Self::Token(token.role),
            _ if present => Self::Unknown,
            _ => Self::Anonymous,
        }
    }
}

/// The requests so far.
#[derive(Debug, Default)]
pub(super) struct Log(Mutex<VecDeque<Logged>>);

impl Log {
    /// Adds one and forgets the oldest of too many.
    pub(super) fn add(&self, logged: Logged) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() == KEPT {
            entries.pop_front();
        }
        entries.push_back(logged);
    }

    /// All that are kept, oldest first.
    pub(super) fn entries(&self) -> Vec<Logged> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
