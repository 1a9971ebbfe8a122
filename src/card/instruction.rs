//! The system prompt of a card: where it comes from, and what may not be in it.
//!
//! It does not know the rest of the card.

use super::Origin;
use super::path::KeyPath;
use super::problem::{Problem, place_of, start_of};
use super::problems::Problems;
use super::prompt::{Escapes, Piece, Placeholder, Prompt, PromptValue, Refused, read, refusal};
use crate::diagnostic::Place;

/// The prompt of a card that gives none.
const DEFAULT: &str = "You are a helpful AI Agent.\n\n\
    {{serverInstructions}}\n{{agentSkills}}\n{{file_silent:AGENTS.md}}\n{{env}}\n\n\
    Mermaid diagrams between code fences are supported.\n\n{{model_specific}}\n\n\
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
    origin: Origin,
    problems: &mut Problems<'_>,
) -> Prompt {
    let body = body.map(Passage::prompt).filter(|body| !body.text.is_empty());
    let key = KeyPath::top("instruction");
    let prompt = match (body, instruction) {
        (Some(body), instruction) => {
            if instruction.is_some() {
                let both = Problem::new("the card has a body too, and only one can be the prompt");
                problems.at_key(
                    &key,
                    both.kind("two-prompts").hint("keep the one or the other".to_owned()),
                );
            }
            read_body(body, problems)
        }
        (None, Some(instruction)) => {
            let mut refused = |Refused { problem, .. }: Refused| problems.at_value(&key, problem);
            let prompt = read(&instruction, start_of(), Escapes::Honored, &mut refused);
            prompt.under(problems.locator(&key))
        }
        (None, None) => return default(origin),
    };
    if origin == Origin::Remote
        && let Some(Piece::Placeholder { place, .. }) =
            prompt.pieces.iter().find(|piece| Prompt::is_file(piece))
    {
        let message = "a card from elsewhere includes no files of this machine";
        let place = place.or_else(|| prompt.place());
        problems.add(|| Problem::new(message).kind("remote-card").at(place));
    }
    prompt
}

/// Finds `{{agents}}`, which stands for something in the cards alone that plan for others.
pub(super) fn check_agents(prompt: &Prompt, problems: &mut Problems<'_>) {
    for piece in &prompt.pieces {
        if let Piece::Placeholder { placeholder, place } = piece
            && *placeholder == Placeholder::Value(PromptValue::Agents)
        {
            let why = "is for cards of type `orchestrator` alone";
            let problem = refusal(&placeholder.to_string(), why);
            match place {
                Some(place) => problems.add(|| problem.at(*place)),
                None => problems.at_value(&KeyPath::top("instruction"), problem),
            }
        }
    }
}

/// The usual prompt; of a card from elsewhere, without the file of this machine.
fn default(origin: Origin) -> Prompt {
    let read = |text| read(text, start_of(), Escapes::Honored, &mut |_| {});
    match origin {
        Origin::Local => read(DEFAULT),
        Origin::Remote => read(&DEFAULT.replace("{{file_silent:AGENTS.md}}\n", "")),
    }
}

fn read_body(body: Passage<'_>, problems: &mut Problems<'_>) -> Prompt {
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
    let mut refused = |Refused { problem, place }: Refused| problems.add(|| problem.at(place));
    read(body.text, body.place(0), Escapes::Honored, &mut refused)
}
