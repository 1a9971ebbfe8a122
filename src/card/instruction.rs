//! The system prompt of a card: where it comes from, and what may not be in it.
//!
//! It does not know the rest of the card.

use jiff::civil::Date;

use super::path::KeyPath;
use super::placeholder::{Expanded, Unsupported, expand};
use super::problem::{Problem, place_of, shown};
use super::problems::Problems;
use crate::diagnostic::Place;

/// The prompt of a card that gives none.
const DEFAULT: &str = "You are a helpful AI Agent.\n\n\
    Mermaid diagrams between code fences are supported.\n\n\
    The current date is {{currentDate}}.";

/// Lines that would begin a saved message; a body holds none.
const MESSAGE_LINES: &[&str] = &["---USER", "---ASSISTANT", "---RESOURCE"];

/// A part of a file, which knows where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passage<'a> {
    file: &'a str,
    text: &'a str,
    start: usize,
}

impl<'a> Passage<'a> {
    /// What follows a byte of a file.
    pub(super) fn after(file: &'a str, start: usize) -> Self {
        Self { file, text: &file[start..], start }
    }

    /// The prompt in a body: white space around it does not count, nor does a first line that says
    /// it is the system's.
    fn prompt(self) -> Self {
        let body = self.trim();
        match body.text.split_once('\n') {
            Some((first, rest)) if first.trim() == "---SYSTEM" => {
                Self { text: rest, start: body.start + first.len() + 1, ..body }.trim()
            }
            None if body.text == "---SYSTEM" => Self { text: "", ..body },
            _ => body,
        }
    }

    fn trim(self) -> Self {
        let text = self.text.trim_start();
        Self { text: text.trim_end(), start: self.start + self.text.len() - text.len(), ..self }
    }

    fn place(self, byte: usize) -> Place {
        place_of(self.file, self.start + byte)
    }
}

/// Resolves the prompt from a body or an `instruction`, whichever is given.
pub(super) fn resolve(
    body: Option<Passage<'_>>,
    instruction: Option<String>,
    today: fn() -> Date,
    problems: &mut Problems<'_>,
) -> String {
    let body = body.map(Passage::prompt).filter(|body| !body.text.is_empty());
    let key = KeyPath::top("instruction");
    let expanded = match (body, instruction) {
        (Some(body), instruction) => {
            if instruction.is_some() {
                let both = Problem::new("the card has a body too, and only one can be the prompt");
                problems.at_key(
                    &key,
                    both.kind("two-prompts").hint("keep the one or the other".to_owned()),
                );
            }
            expand_body(body, today, problems)
        }
        (None, Some(instruction)) => {
            let expanded = expand(&instruction, today);
            for Unsupported { placeholder, .. } in &expanded.unsupported {
                problems.at_value(&key, not_yet(placeholder));
            }
            expanded
        }
        (None, None) => expand(DEFAULT, today),
    };
    // A checkout with other line ends must not be another prompt.
    if expanded.text.contains('\r') { expanded.text.replace("\r\n", "\n") } else { expanded.text }
}

fn expand_body(body: Passage<'_>, today: fn() -> Date, problems: &mut Problems<'_>) -> Expanded {
    let (mut start, bytes) = (0, body.text.as_bytes());
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        let line = &body.text[start..end];
        if MESSAGE_LINES.contains(&line.trim()) {
            problems.add(|| {
                Problem::new(format!("a body holds no messages, as `{}` begins", line.trim()))
                    .kind("messages-in-body")
                    .at(body.place(start))
            });
        }
        start = end + 1;
    }
    let expanded = expand(body.text, today);
    for Unsupported { placeholder, start } in &expanded.unsupported {
        problems.add(|| not_yet(placeholder).at(body.place(*start)));
    }
    expanded
}

fn not_yet(placeholder: &str) -> Problem {
    Problem::new(format!("`{}` is not supported yet", shown(placeholder)))
        .kind("unsupported-placeholder")
        .hint(format!("write `\\{}` if it is meant as text", shown(placeholder)))
}
