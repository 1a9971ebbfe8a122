//! What functions print: reported line by line, and the last of it kept.
//!
//! A function that prints without end costs no more than one that prints a page.

use crate::event::{Event, Events};

/// How many lines of a call are reported, and how many characters of each.
const MOST_LINES: usize = 200;
const MOST_CHARACTERS: usize = 500;

/// How many bytes are looked at for the end of a line.
const MOST_BYTES: usize = 4 * MOST_CHARACTERS;

/// What was printed so far.
#[derive(Debug, Default)]
pub(super) struct Printed {
    events: Option<Events>,
    reported: usize,
    /// The line that has no end yet.
    unfinished: Vec<u8>,
    last: Option<String>,
}

impl Printed {
    /// What is printed from now on is reported here, or to nobody.
    pub(super) fn belongs_to(&mut self, events: Option<Events>) {
        self.events = events;
        self.reported = 0;
    }

    /// Takes note of bytes as they come.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = MOST_BYTES - self.unfinished.len();
            self.unfinished.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.unfinished);
                self.line(&line);
            }
        }
    }

    /// The last line that was not empty.
    pub(super) fn last(&self) -> Option<String> {
        let unfinished = text(&self.unfinished);
        if unfinished.is_empty() { self.last.clone() } else { Some(unfinished) }
    }

    fn line(&mut self, line: &[u8]) {
        let text = text(line);
        if text.is_empty() {
            return;
        }
        self.reported += 1;
        if let Some(events) = &self.events
            && self.reported <= MOST_LINES
        {
            let is_last = self.reported == MOST_LINES;
            let text = if is_last { "what follows is not shown" } else { &text };
            events.send(Event::Printed { by: "python".to_owned(), text: text.to_owned() });
        }
        self.last = Some(text);
    }
}

fn text(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    text.trim_end().chars().take(MOST_CHARACTERS).collect()
}
