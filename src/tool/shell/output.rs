//! What a command writes, kept within bounds: the beginning, the end, and how much is lost.
//!
//! It does not know who writes or who reads.

use std::collections::VecDeque;
use std::fmt::Write as _;

/// How much is kept of the beginning and of the end.
const KEPT: usize = 256 * 1024;

/// The longest line that is kept together.
const LONGEST_LINE: usize = 64 * 1024;

/// What was written so far.
#[derive(Debug, Default)]
pub(super) struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    written: u64,
}

impl Output {
    /// Adds what was written.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.written += bytes.len() as u64;
        let (head, rest) = bytes.split_at(bytes.len().min(KEPT - self.head.len()));
        self.head.extend_from_slice(head);
        let rest = &rest[rest.len().saturating_sub(KEPT)..];
        let surplus = (self.tail.len() + rest.len()).saturating_sub(KEPT);
        self.tail.drain(..surplus);
        self.tail.extend(rest);
    }

    /// How many bytes were written.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// All that is kept.
    pub(super) fn text(&self) -> String {
        let mut text = String::from_utf8_lossy(&self.head).into_owned();
        let lost = self.written - (self.head.len() + self.tail.len()) as u64;
        if lost > 0 {
            // Writing to a string cannot fail.
            let _written = write!(text, "\n[{lost} bytes were not kept]\n");
        }
        let (front, back) = self.tail.as_slices();
        text.push_str(&String::from_utf8_lossy(&[front, back].concat()));
        text
    }
}

/// Cuts a stream into lines with a mark before each, so that two streams mix line by line.
#[derive(Debug)]
pub(super) struct Lines {
    mark: &'static [u8],
    partial: Vec<u8>,
}

impl Lines {
    /// Lines with this mark.
    pub(super) fn new(mark: &'static str) -> Self {
        Self { mark: mark.as_bytes(), partial: Vec::new() }
    }

    /// The lines that are whole now.
    pub(super) fn whole(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut whole = Vec::with_capacity(bytes.len() + self.partial.len());
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.partial.len() > LONGEST_LINE {
                self.take(&mut whole);
            }
        }
        whole
    }

    /// What is left when the stream is over, as a line.
    pub(super) fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        if !self.partial.is_empty() {
            self.take(&mut rest);
        }
        rest
    }

    fn take(&mut self, into: &mut Vec<u8>) {
        into.extend_from_slice(self.mark);
        into.append(&mut self.partial);
        if !into.ends_with(b"\n") {
            into.push(b'\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_keeps_its_ends() {
        let mut output = Output::default();
        output.push(b"first\n");
        for _ in 0..100 {
            output.push(&vec![b'x'; 50_000]);
        }
        output.push(b"\nlast\n");
        let text = output.text();
        assert!(text.starts_with("first\nxxx") && text.ends_with("xxx\nlast\n"));
        let lost = 6 + 5_000_000 + 6 - 2 * KEPT;
        assert!(text.contains(&format!("\n[{lost} bytes were not kept]\n")));
        assert_eq!(output.written(), 5_000_012);
    }

    #[test]
    fn streams_mix_line_by_line() {
        let mut lines = Lines::new("[stderr] ");
        assert_eq!(lines.whole(b"one"), b"");
        assert_eq!(lines.whole(b" more\ntwo\nth"), b"[stderr] one more\n[stderr] two\n");
        assert_eq!(lines.rest(), b"[stderr] th\n");
        assert_eq!(Lines::new("").rest(), b"");
    }
}
