//! Taking a text in the harmony format apart into its messages. What they mean is not known here.

use super::leading_object;

/// A message: what it says about itself, and what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Segment {
    /// `assistant commentary to=functions.x json`, without the tokens; empty for bare text.
    pub(super) header: String,
    pub(super) body: String,
}

/// The longest control token.
const LONGEST_TOKEN: usize = 32;

/// The words a header is made of, besides its recipient.
const HEADER_WORDS: &[&str] =
    &["assistant", "analysis", "commentary", "final", "code", "json", "functions"];

impl Segment {
    fn new(header: impl Into<String>, body: impl Into<String>) -> Self {
        Self { header: header.into(), body: body.into() }
    }

    /// Whether a word is in the header.
    pub(super) fn says(&self, word: &str) -> bool {
        self.header.split_whitespace().any(|part| part == word)
    }

    /// Whom it is addressed to, without the namespace.
    pub(super) fn recipient(&self) -> Option<&str> {
        let name = self.header.split_whitespace().find_map(|part| part.strip_prefix("to="))?;
        Some(name.strip_prefix("functions.").unwrap_or(name))
    }
}

/// The messages of a text; none if nothing of the format is in it.
pub(super) fn segments(text: &str) -> Vec<Segment> {
    let pieces = pieces(text);
    if pieces.len() > 1 { marked(&pieces) } else { unmarked(text) }
}

/// A text in pieces, each behind the name of a control token; the first behind none.
pub(super) fn pieces(text: &str) -> Vec<(&str, &str)> {
    let mut pieces = Vec::new();
    let (mut token, mut start) = ("", 0);
    for (at, _) in text.match_indices("<|") {
        let rest = &text[at + 2..];
        let Some(length) = rest.bytes().take(LONGEST_TOKEN).position(|byte| byte == b'|') else {
            continue;
        };
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if length > 0 && rest[length..].starts_with("|>") && rest[..length].bytes().all(is_name) {
            pieces.push((token, &text[start..at]));
            (token, start) = (&rest[..length], at + 2 + length + 2);
        }
    }
    pieces.push((token, &text[start..]));
    pieces
}

/// The messages of a text with tokens.
fn marked(pieces: &[(&str, &str)]) -> Vec<Segment> {
    let mut segments = Vec::new();
    // The header that is being read, and the one of the message that is being read.
    let (mut header, mut current): (Option<String>, String) = (None, String::new());
    for (token, text) in pieces {
        match *token {
            "start" | "channel" | "constrain" => header.get_or_insert_default().push(' '),
            "message" => {
                current = header.take().unwrap_or_default();
                // What is no header is text that went astray.
                if !is_header(&current) {
                    segments.push(Segment::new("", current.trim_start()));
                    current.clear();
                }
            }
            "end" | "call" | "return" => {
                segments.extend(header.take().map(headless));
                current.clear();
            }
            _ => {}
        }
        match (&mut header, text.find('{')) {
            // Some messages go over to their body without a token.
            (Some(open), Some(at))
                if is_header(&text[..at]) && leading_object(&text[at..]).is_some() =>
            {
                open.push_str(&text[..at]);
                segments.push(Segment::new(std::mem::take(open), &text[at..]));
                header = None;
            }
            (Some(open), _) => open.push_str(text),
            (None, _) => segments.push(Segment::new(current.as_str(), *text)),
        }
    }
    segments.extend(header.map(headless));
    segments.retain(|segment| !segment.body.is_empty() || segment.recipient().is_some());
    segments
}

/// A header that no body followed: what is no header in it is its body.
fn headless(text: String) -> Segment {
    if is_header(&text) {
        return Segment::new(text, "");
    }
    let body = text.trim_start();
    let word = HEADER_WORDS.iter().find_map(|word| Some((*word, body.strip_prefix(word)?)));
    match word {
        Some((word, rest)) if rest.starts_with(char::is_whitespace) => {
            Segment::new(word, rest.trim_start())
        }
        _ => Segment::new("", body),
    }
}

/// The message of a text from which the server took the tokens: `assistantcode{…}`,
/// `to=functions.x {…}`.
///
/// Only a text that begins so is one. Further behind it may be a quotation, and what is quoted may
/// come from a stranger.
fn unmarked(text: &str) -> Vec<Segment> {
    let text = text.trim_start();
    let marks = ["assistant", "commentary", "analysis", "to="];
    let is_marked = marks.iter().any(|mark| text.starts_with(mark));
    match text.find('{').map(|brace| text.split_at(brace)) {
        Some((header, body)) if is_marked && leading_object(body).is_some() => {
            spaced(header).map(|header| Segment::new(header, body)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a text consists of header words and recipients, and of nothing else.
fn is_header(text: &str) -> bool {
    let is_name = |word: &str| word.starts_with("to=") || word.starts_with("functions.");
    text.split_whitespace().all(|word| is_name(word) || HEADER_WORDS.contains(&word))
}

/// Words of a header that have run together, apart; none if there are other words.
fn spaced(mut text: &str) -> Option<String> {
    let mut words = Vec::new();
    while !text.trim_start().is_empty() {
        text = text.trim_start();
        let length = if text.starts_with("to=") {
            text.find(char::is_whitespace).unwrap_or(text.len())
        } else {
            HEADER_WORDS.iter().find(|word| text.starts_with(**word))?.len()
        };
        words.push(&text[..length]);
        text = &text[length..];
    }
    Some(words.join(" "))
}
