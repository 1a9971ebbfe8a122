//! Just enough reading of Rust source for the tidy rules: code apart from comments and strings, and
//! the paths that code names.
//!
//! It knows no rule.

/// A source file, split into what the compiler reads and what people read.
pub(super) struct Source {
    /// Where it is, from the package's root, with forward slashes.
    pub(super) path: String,
    /// As written.
    pub(super) text: String,
    /// The text with comments, string contents and test-only items blanked; lines stay lines.
    pub(super) code: String,
    /// The text with everything but comments blanked.
    pub(super) comments: String,
}

/// A path that code names, expanded: `use a::{b, c::d}` is `a::b` and `a::c::d`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamedPath {
    pub(super) line: usize,
    pub(super) segments: Vec<String>,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let (code, comments) = split(text);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: without_test_items(code),
            comments,
        }
    }

    /// Whether the whole file is test or benchmark code.
    pub(super) fn is_test(&self) -> bool {
        !self.path.starts_with("src/") || self.path.ends_with("/tests.rs")
    }

    /// The module path from the crate's root: `src/model/wire.rs` is `model`, `wire`.
    pub(super) fn module(&self) -> Vec<&str> {
        let path = self.path.strip_prefix("src/").unwrap_or(&self.path);
        path.strip_suffix(".rs").unwrap_or(path).split('/').collect()
    }

    /// Every path of more than one segment, and every `use` of one.
    pub(super) fn paths(&self) -> Vec<NamedPath> {
        let tokens = tokens(&self.code);
        let mut reader = PathReader { tokens: &tokens, at: 0, found: Vec::new() };
        reader.read_all();
        reader.found
    }

    /// The numbers of the code lines that contain `needle`.
    pub(super) fn lines_with(&self, needle: &str) -> Vec<usize> {
        lines_with(&self.code, needle)
    }
}

/// The numbers of the lines that contain `needle`, counted from 1.
pub(super) fn lines_with(text: &str, needle: &str) -> Vec<usize> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.contains(needle))
        .map(|(index, _)| index + 1)
        .collect()
}

/// The text between the brace at or after `from` and the one that closes it.
pub(super) fn braced(code: &str, from: usize) -> Option<(usize, usize)> {
    let open = from + code.get(from..)?.find('{')?;
    let mut depth = 0_usize;
    for (index, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some((open + 1, index)),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn split(text: &str) -> (String, String) {
    let bytes = text.as_bytes();
    let (mut code, mut comments) = (blank(bytes), blank(bytes));
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (length, target) = if rest.starts_with(b"//") {
            (find(rest, b"\n").unwrap_or(rest.len()), Some(&mut comments))
        } else if rest.starts_with(b"/*") {
            (block_comment(rest), Some(&mut comments))
        } else if let Some(length) = literal(bytes, at) {
            (length, None)
        } else {
            (1, Some(&mut code))
        };
        if let Some(target) = target {
            target[at..at + length].copy_from_slice(&rest[..length]);
        }
        at += length;
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(code), text(comments))
}

fn blank(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }).collect()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The length of the string or character literal that starts at `at`, if one does.
fn literal(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    match rest[0] {
        b'"' => Some(quoted(rest, b'"')),
        b'\'' if rest.get(1) == Some(&b'\\') => Some(quoted(rest, b'\'')),
        b'\'' => {
            // A lifetime has no closing quote right after its first character.
            let width = std::str::from_utf8(&rest[1..]).ok()?.chars().next()?.len_utf8();
            (rest.get(1 + width) == Some(&b'\'')).then_some(width + 2)
        }
        b'r' if at == 0 || !is_word(bytes[at - 1]) || matches!(bytes[at - 1], b'b' | b'c') => {
            let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
            let opening = 1 + hashes;
            if rest.get(opening) != Some(&b'"') {
                return None;
            }
            let closing = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
            let body = &rest[opening + 1..];
            Some(find(body, &closing).map_or(rest.len(), |end| opening + 1 + end + closing.len()))
        }
        _ => None,
    }
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn without_test_items(mut code: String) -> String {
    const MARK: &str = "#[cfg(test)]";
    while let Some(start) = code.find(MARK) {
        let semicolon = code[start..].find(';').map(|offset| start + offset);
        let block = braced(&code, start);
        let end = match (semicolon, block) {
            (Some(semicolon), Some((open, _))) if semicolon < open => semicolon,
            (_, Some((_, close))) => close,
            (Some(semicolon), None) => semicolon,
            (None, None) => code.len() - 1,
        };
        let blanked = String::from_utf8_lossy(&blank(&code.as_bytes()[start..=end])).into_owned();
        code.replace_range(start..=end, &blanked);
    }
    code
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Separator,
    Other(char),
}

fn tokens(code: &str) -> Vec<(usize, Token<'_>)> {
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let word = rest.bytes().take_while(|byte| is_word(*byte)).count();
            let (token, length) = if word > 0 {
                (Token::Word(&rest[..word]), word)
            } else if rest.starts_with("::") {
                (Token::Separator, 2)
            } else {
                (Token::Other(first), first.len_utf8())
            };
            if !first.is_whitespace() {
                found.push((index + 1, token));
            }
            rest = &rest[length..];
        }
    }
    found
}

struct PathReader<'a> {
    tokens: &'a [(usize, Token<'a>)],
    at: usize,
    found: Vec<NamedPath>,
}

impl<'a> PathReader<'a> {
    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).map(|(_, token)| *token)
    }

    fn read_all(&mut self) {
        let mut shortest = 2;
        while let Some(token) = self.peek() {
            match token {
                Token::Word("use") => {
                    shortest = 1;
                    self.at += 1;
                }
                Token::Word(_) => {
                    self.read_path(Vec::new(), shortest);
                    shortest = 2;
                }
                Token::Separator | Token::Other(_) => self.at += 1,
            }
        }
    }

    fn read_path(&mut self, mut segments: Vec<&'a str>, shortest: usize) {
        let line = self.tokens[self.at].0;
        while let Some(Token::Word(word)) = self.peek() {
            self.at += 1;
            if word != "self" || segments.is_empty() {
                segments.push(word);
            }
            if self.peek() != Some(Token::Separator) {
                break;
            }
            self.at += 1;
            if self.peek() == Some(Token::Other('{')) {
                self.at += 1;
                self.read_group(&segments);
                return;
            }
        }
        if segments.len() >= shortest {
            let segments = segments.into_iter().map(str::to_owned).collect();
            self.found.push(NamedPath { line, segments });
        }
    }

    fn read_group(&mut self, prefix: &[&'a str]) {
        while let Some(token) = self.peek() {
            match token {
                Token::Other('}') => {
                    self.at += 1;
                    return;
                }
                Token::Word("as") => self.at += 2,
                Token::Word(_) => self.read_path(prefix.to_vec(), 1),
                Token::Separator | Token::Other(_) => self.at += 1,
            }
        }
    }
}

#[test]
fn paths_are_expanded_and_strings_comments_and_tests_are_no_code() {
    let source = Source::new(
        "src/model/wire.rs",
        r##"//! use crate::comment::A;
use std::{env as e, fmt::{self, Write}};
/* crate::block::B /* nested */ crate::block::C */
fn f<'a>(x: &'a str) -> char { crate::tool::set::go::<super::T>("crate::text::D"); 'x' }
const R: &str = r#"crate::raw::"E"#;
#[cfg(test)]
mod tests { use crate::cli::F; fn g() {} }
const Q: char = '"'; const S: u8 = b'\''; use clap;
"##,
    );
    let found: Vec<String> =
        source.paths().iter().map(|it| format!("{} {}", it.line, it.segments.join("::"))).collect();
    assert_eq!(
        found,
        [
            "2 std::env",
            "2 std::fmt",
            "2 std::fmt::Write",
            "4 crate::tool::set::go",
            "4 super::T",
            "8 clap"
        ]
    );
}
