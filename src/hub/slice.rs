//! The part of a list that is shown, collected while the list goes by.
//!
//! It keeps what is shown and nothing else.

use serde_json::Value;

use super::scan::{Malformed, Visitor, Wish};

/// How much text one result may hold, as the Hub sent it; a single element may be longer. What a
/// model's context can take is less than what lists of long comments add up to.
pub(super) const MOST_BYTES: usize = 128 << 10;

/// Collects elements from an offset on.
#[derive(Debug)]
pub(super) struct Slice {
    offset: u64,
    limit: u64,
    seen: u64,
    bytes: usize,
    items: Vec<Value>,
}

impl Slice {
    /// Will show `limit` elements from `offset` on, of a list that is shown to it from `start` on.
    pub(super) fn new(start: u64, offset: u64, limit: u64) -> Self {
        Self { offset, limit, seen: start, bytes: 0, items: Vec::new() }
    }

    /// The elements and how many of the list have gone by, those before its start included.
    pub(super) fn finish(self) -> (Vec<Value>, u64) {
        (self.items, self.seen)
    }

    fn shown(&self) -> u64 {
        self.items.len() as u64
    }
}

impl Visitor for Slice {
    fn begin(&mut self) -> Wish {
        if self.full() {
            return Wish::Stop;
        }
        self.seen += 1;
        if self.seen > self.offset { Wish::Keep } else { Wish::Skip }
    }

    fn element(&mut self, text: &[u8]) -> Result<(), Malformed> {
        let value =
            serde_json::from_slice(text).map_err(|error| Malformed::Syntax(error.to_string()))?;
        self.bytes += text.len();
        self.items.push(value);
        Ok(())
    }

    fn full(&self) -> bool {
        self.shown() >= self.limit || self.bytes > MOST_BYTES
    }
}
