//! Server-sent events: a provider's bytes in, whole events out.
//!
//! It mends what providers get wrong about the framing and knows nothing of what the events say.

use std::collections::VecDeque;

/// The longest line or event that is taken.
const LIMIT: usize = 8 << 20;

/// The byte order mark, in UTF-8.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Cuts a byte stream into events: the data of each, whole.
///
/// Comments and the other fields are dropped, since nothing in a chat completion depends on them.
/// A line of bare JSON, which some servers send for an error, becomes an event of its own.
#[derive(Debug, Default)]
pub(super) struct Framer {
    at: Position,
    /// The line that is not yet ended.
    line: Vec<u8>,
    /// The data of the event that is not yet ended.
    event: String,
    /// Whole events nobody has taken yet.
    events: VecDeque<String>,
    done: bool,
}

/// Where in the stream the next byte is.
#[derive(Debug, Default, PartialEq, Eq)]
enum Position {
    #[default]
    FirstLine,
    Anywhere,
    /// Behind a carriage return, which a line feed may complete.
    BehindReturn,
}

/// A line or an event grew beyond what any provider sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of more than {} MiB", LIMIT >> 20)]
pub(super) struct TooLong;

impl Framer {
    /// Holds one event that came whole, and no more.
    pub(super) fn of_whole(event: String) -> Self {
        Self { events: VecDeque::from([event]), done: true, ..Self::default() }
    }

    /// Takes bytes as they come.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), TooLong> {
        while !self.done && !bytes.is_empty() {
            if self.at == Position::BehindReturn {
                self.at = Position::Anywhere;
                bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
                continue;
            }
            let Some(end) = memchr::memchr2(b'\n', b'\r', bytes) else {
                self.line.extend_from_slice(bytes);
                break;
            };
            let (line, rest) = bytes.split_at(end);
            self.end_line(line);
            self.at = match rest.first() {
                Some(b'\r') => Position::BehindReturn,
                _ => Position::Anywhere,
            };
            bytes = &rest[1..];
        }
        if self.line.len() > LIMIT || self.event.len() > LIMIT { Err(TooLong) } else { Ok(()) }
    }

    /// Ends the stream: what lacks its last line end or blank line counts all the same.
    pub(super) fn finish(&mut self) {
        if !self.done {
            self.end_line(b"");
            self.end_event();
        }
    }

    /// Whether there is a whole event to take.
    pub(super) fn has_event(&self) -> bool {
        !self.events.is_empty()
    }

    /// The data of the next event.
    pub(super) fn next_event(&mut self) -> Option<String> {
        self.events.pop_front()
    }

    /// Whether `[DONE]` was seen. What comes behind it is ignored.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    fn end_line(&mut self, tail: &[u8]) {
        if self.line.is_empty() {
            self.read_line(tail);
        } else {
            let mut line = std::mem::take(&mut self.line);
            line.extend_from_slice(tail);
            self.read_line(&line);
            line.clear();
            self.line = line;
        }
    }

    fn read_line(&mut self, mut line: &[u8]) {
        if self.at == Position::FirstLine {
            line = line.strip_prefix(BOM).unwrap_or(line);
        }
        if line.is_empty() {
            self.end_event();
        } else if let Some(data) = line.strip_prefix(b"data:") {
            match data.trim_ascii() {
                b"" => {}
                b"[DONE]" => {
                    self.end_event();
                    self.done = true;
                }
                data => self.add_data(data),
            }
        } else if line.starts_with(b"{") {
            self.end_event();
            self.add_data(line);
            self.end_event();
        }
    }

    fn add_data(&mut self, data: &[u8]) {
        if !self.event.is_empty() {
            self.event.push('\n');
        }
        match str::from_utf8(data) {
            Ok(data) => self.event.push_str(data),
            Err(_) => self.event.push_str(&String::from_utf8_lossy(data)),
        }
    }

    fn end_event(&mut self) {
        if !self.event.is_empty() {
            self.events.push_back(std::mem::take(&mut self.event));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The events, and `[DONE]` where it was seen.
    fn framed(pieces: &[&[u8]]) -> Vec<String> {
        let mut framer = Framer::default();
        for piece in pieces {
            framer.push(piece).unwrap();
        }
        framer.finish();
        let mut events: Vec<String> = std::iter::from_fn(|| framer.next_event()).collect();
        events.extend(framer.is_done().then(|| "[DONE]".to_owned()));
        events
    }

    #[test]
    fn framing_is_mended() {
        for (sent, expected) in [
            ("data: {}\n\n", &["{}"] as &[&str]),
            ("data:{}\r\n\r\ndata:{}\r\n\r\n", &["{}", "{}"]),
            ("data: {}\r\rdata: {}\r\r", &["{}", "{}"]),
            ("\u{feff}data: {}\n\n", &["{}"]),
            ("data: {}", &["{}"]),
            ("data: {}\n", &["{}"]),
            ("data: {\ndata: }\n\n", &["{\n}"]),
            (": keep-alive\n\ndata: {}\n\n", &["{}"]),
            ("event: error\nid: 7\nretry: 1\ndata: {}\n\n", &["{}"]),
            ("data:\n\ndata: \n\n", &[]),
            ("data: [DONE] \n\ndata: {}\n\n", &["[DONE]"]),
            ("data: {}\ndata: [DONE]", &["{}", "[DONE]"]),
            ("{\"error\":1}\n", &["{\"error\":1}"]),
        ] {
            assert_eq!(framed(&[sent.as_bytes()]), expected, "{sent:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_utf8_are_replaced() {
        assert_eq!(framed(&[b"data: {\"a\":\"\xFF\"}\n\n"]), ["{\"a\":\"\u{fffd}\"}"]);
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut framer = Framer::default();
        let megabyte = vec![b'x'; 1 << 20];
        let pushed = (0..9).try_for_each(|_| framer.push(&megabyte));
        assert_eq!(pushed, Err(TooLong));
    }

    proptest! {
        #[test]
        fn where_the_network_cuts_the_bytes_changes_nothing(
            text in "(data: ?|: |\\{|\\}|\\[DONE\\]|é|\u{feff}|\r|\n|\r\n){0,24}",
            cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(framed(&pieces), framed(&[bytes]));
        }
    }
}
