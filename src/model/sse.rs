//! Server-sent events: a provider's bytes in, clean whole events out.
//!
//! It mends what providers get wrong about the framing and knows nothing of what the events say.

use bytes::Bytes;

/// The longest line or event that is taken.
const LIMIT: usize = 8 << 20;

/// The byte order mark, in UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Cuts a byte stream into events and writes them anew: `data: …` lines and a blank one, only `\n`.
///
/// Comments and the other fields are dropped, since nothing in a chat completion depends on them.
/// A line of bare JSON, which some servers send for an error, becomes an event of its own.
#[derive(Debug, Default)]
pub(super) struct Framer {
    at: Position,
    /// The line that is not yet ended.
    line: Vec<u8>,
    /// The `data` lines of the event that is not yet ended.
    event: Vec<u8>,
    /// Whole events nobody has taken yet.
    out: Vec<u8>,
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
    /// Takes bytes as they come and gives the events they complete, if any.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<Bytes, TooLong> {
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
        if self.line.len() > LIMIT || self.event.len() > LIMIT {
            return Err(TooLong);
        }
        Ok(self.take())
    }

    /// Ends the stream: what lacks its last line end or blank line counts all the same.
    pub(super) fn finish(&mut self) -> Bytes {
        if !self.done {
            self.end_line(b"");
            self.end_event();
        }
        self.take()
    }

    /// Whether `[DONE]` was seen. What comes behind it is ignored.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    fn take(&mut self) -> Bytes {
        Bytes::from(std::mem::take(&mut self.out))
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
                    self.out.extend_from_slice(b"data: [DONE]\n\n");
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
        self.event.extend_from_slice(b"data: ");
        match str::from_utf8(data) {
            Ok(_) => self.event.extend_from_slice(data),
            Err(_) => self.event.extend_from_slice(String::from_utf8_lossy(data).as_bytes()),
        }
        self.event.push(b'\n');
    }

    fn end_event(&mut self) {
        if !self.event.is_empty() {
            self.out.append(&mut self.event);
            self.out.push(b'\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(pieces: &[&[u8]]) -> String {
        let mut framer = Framer::default();
        let mut out = Vec::new();
        for piece in pieces {
            out.extend_from_slice(&framer.push(piece).unwrap());
        }
        out.extend_from_slice(&framer.finish());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn framing_is_mended() {
        for (sent, expected) in [
            ("data: {}\n\n", "data: {}\n\n"),
            ("data:{}\r\n\r\ndata:{}\r\n\r\n", "data: {}\n\ndata: {}\n\n"),
            ("data: {}\r\rdata: {}\r\r", "data: {}\n\ndata: {}\n\n"),
            ("\u{feff}data: {}\n\n", "data: {}\n\n"),
            ("data: {}", "data: {}\n\n"),
            ("data: {}\n", "data: {}\n\n"),
            ("data: {\ndata: }\n\n", "data: {\ndata: }\n\n"),
            (": keep-alive\n\ndata: {}\n\n", "data: {}\n\n"),
            ("event: error\nid: 7\nretry: 1\ndata: {}\n\n", "data: {}\n\n"),
            ("data:\n\ndata: \n\n", ""),
            ("data: [DONE] \n\ndata: {}\n\n", "data: [DONE]\n\n"),
            ("data: {}\ndata: [DONE]", "data: {}\n\ndata: [DONE]\n\n"),
            ("{\"error\":1}\n", "data: {\"error\":1}\n\n"),
        ] {
            assert_eq!(framed(&[sent.as_bytes()]), expected, "{sent:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_utf8_are_replaced() {
        assert_eq!(framed(&[b"data: {\"a\":\"\xFF\"}\n\n"]), "data: {\"a\":\"\u{fffd}\"}\n\n");
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut framer = Framer::default();
        let megabyte = vec![b'x'; 1 << 20];
        let pushed = (0..9).map(|_| framer.push(&megabyte)).collect::<Result<Vec<_>, _>>();
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
