//! The keys `subagents` and `subagent_model`: whether an agent may start clones of itself.
//!
//! It does not know how one runs.

use super::prompt::{Piece, Prompt};
use super::values::Values;

/// The word that says the same as the key, on a line of its own in a prompt.
const WORD: &str = "fast-agent-subagents";

/// A card's wish for clones of the agent that work on parts of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subagents {
    /// Their model, as written; the agent's own, or what a call asks for, if not given.
    pub model: Option<String>,
    /// Their prompt, if it is not the agent's own.
    pub instruction: Option<Box<Prompt>>,
}

/// What the keys say.
#[derive(Debug, Default)]
pub(super) struct Wish {
    given: Option<bool>,
    model: Option<String>,
}

/// Reads the keys. `usual` is what leaving out the first means, if it means something.
pub(super) fn read(values: Values<'_>, usual: Option<bool>) -> Wish {
    Wish { given: values.flag("subagents").or(usual), model: values.text("subagent_model") }
}

impl Wish {
    /// What the card wants after all: a line or a block of the prompt counts where the key is not
    /// given, and is taken out in any case. What a block holds is read by the agent and by no clone.
    pub(super) fn settle(self, prompt: &mut Prompt) -> Option<Subagents> {
        let Split { whole, cut, found } = split(&prompt.pieces);
        let is_wanted = self.given.unwrap_or(found != Found::Nothing);
        let mut instruction = None;
        match (found, is_wanted) {
            (Found::Nothing, _) => {}
            (Found::Block, true) => {
                let mut for_clones = prompt.clone();
                for_clones.pieces = cut;
                instruction = Some(Box::new(for_clones));
                prompt.pieces = whole;
            }
            (Found::Block | Found::Line, _) => prompt.pieces = cut,
        }
        is_wanted.then_some(Subagents { model: self.model, instruction })
    }
}

/// What of a prompt says that its agent may have clones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    Nothing,
    /// Lines that are nothing else.
    Line,
    /// Lines that begin a comment, which ends further down.
    Block,
}

/// A prompt without these lines.
struct Split {
    /// With what stands in blocks.
    whole: Vec<Piece>,
    /// Without that.
    cut: Vec<Piece>,
    found: Found,
}

/// A piece of a prompt, or what of a line is in one.
enum Part<'a> {
    /// Text to the end of its line or of its piece, and whether the line begins with it and ends.
    Text {
        text: &'a str,
        begins: bool,
        ends: bool,
    },
    Other(&'a Piece),
}

fn parts(pieces: &[Piece]) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let Piece::Text(text) = piece else {
            parts.push(Part::Other(piece));
            continue;
        };
        let is_last = index + 1 == pieces.len();
        parts.extend(text.split_inclusive('\n').enumerate().map(|(number, text)| Part::Text {
            text,
            begins: number > 0 || index == 0,
            ends: text.ends_with('\n') || is_last,
        }));
    }
    parts
}

fn split(pieces: &[Piece]) -> Split {
    let parts = parts(pieces);
    let mut split = Split { whole: Vec::new(), cut: Vec::new(), found: Found::Nothing };
    let mut is_inside = false;
    for (index, part) in parts.iter().enumerate() {
        match *part {
            Part::Other(piece) => {
                split.whole.push(piece.clone());
                if !is_inside {
                    split.cut.push(piece.clone());
                }
            }
            Part::Text { text, begins: true, ends: true } if !is_inside && is_meant(text) => {
                split.found = split.found.max(Found::Line);
            }
            Part::Text { text, begins: true, ends: true }
                if !is_inside
                    && opens(text)
                    && parts[index + 1..].iter().any(|part| closed(part).is_some()) =>
            {
                split.found = Found::Block;
                is_inside = true;
            }
            Part::Text { text, .. } if is_inside => match closed(part) {
                Some(before) => {
                    is_inside = false;
                    if !before.trim().is_empty() {
                        push(&mut split.whole, before);
                        push(&mut split.whole, "\n");
                    }
                }
                None => push(&mut split.whole, text),
            },
            Part::Text { text, .. } => {
                push(&mut split.whole, text);
                push(&mut split.cut, text);
            }
        }
    }
    if split.found != Found::Nothing {
        trim(&mut split.whole);
        trim(&mut split.cut);
    }
    split
}

/// Whether a line begins a block.
fn opens(line: &str) -> bool {
    line.trim().strip_prefix("<!--").is_some_and(|rest| rest.trim() == WORD)
}

/// What stands before the end of a block, if it ends with this line.
fn closed<'a>(part: &Part<'a>) -> Option<&'a str> {
    let Part::Text { text, ends: true, begins } = *part else { return None };
    if begins && is_meant(text) {
        return None;
    }
    let text = text.trim_end();
    text.strip_suffix("-->").or_else(|| text.strip_suffix("--!>")).map(str::trim_end)
}

fn push(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(last)) => last.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

fn trim(pieces: &mut [Piece]) {
    if let Some(Piece::Text(text)) = pieces.last_mut() {
        text.truncate(text.trim_end().len());
    }
}

fn is_meant(line: &str) -> bool {
    let line = line.trim();
    let comment = line.strip_prefix("<!--");
    let comment = comment.and_then(|it| it.strip_suffix("-->").or_else(|| it.strip_suffix("--!>")));
    comment.unwrap_or(line).trim() == WORD
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::problem::start_of;
    use crate::card::prompt::{Escapes, read};

    fn settled(given: Option<bool>, template: &str) -> (bool, String) {
        let mut prompt = read(template, start_of(), Escapes::Honored, &mut |_| {});
        let wish = Wish { given, model: None };
        (wish.settle(&mut prompt).is_some(), prompt.to_string())
    }

    #[test]
    fn a_line_of_the_prompt_says_the_same_as_the_key() {
        let line = "<!-- fast-agent-subagents -->";
        let lead = |wanted: bool| (wanted, "You lead.".to_owned());
        assert_eq!(settled(None, "You lead."), lead(false));
        assert_eq!(settled(Some(true), "You lead."), lead(true));
        assert_eq!(settled(None, &format!("{line}\nYou lead.")), lead(true));
        assert_eq!(settled(None, "You lead.\n\n  fast-agent-subagents  "), lead(true));
        assert_eq!(settled(Some(false), &format!("You lead.\n{line}")), lead(false));
        let within = (true, "{{env}}\nYou lead {{agentName}}".to_owned());
        assert_eq!(
            settled(None, &format!("{{{{env}}}}\n{line}\nYou lead {{{{agentName}}}}")),
            within
        );
        let part = format!("Write {line} for it.");
        assert_eq!(settled(None, &part), (false, part.clone()));
    }

    #[test]
    fn what_a_block_holds_is_for_the_agent_alone() {
        let split = |given: Option<bool>, template: &str| {
            let mut prompt = read(template, start_of(), Escapes::Honored, &mut |_| {});
            let wanted = Wish { given, model: None }.settle(&mut prompt);
            let for_clones = wanted.map(|it| it.instruction.map(|it| it.to_string()));
            (prompt.to_string(), for_clones)
        };
        let open = "<!-- fast-agent-subagents";
        let both = |whole: &str, cut: &str| (whole.to_owned(), Some(Some(cut.to_owned())));
        assert_eq!(
            split(None, &format!("You lead.\n{open}\nShare {{{{env}}}} out.\n-->\nBe brief.")),
            both("You lead.\nShare {{env}} out.\nBe brief.", "You lead.\nBe brief.")
        );
        assert_eq!(
            split(None, &format!("You lead.\n{open}\nShare.\nAll of it. --!>\n")),
            both("You lead.\nShare.\nAll of it.", "You lead.")
        );
        assert_eq!(
            split(Some(false), &format!("You lead.\n{open}\nShare.\n-->\n")),
            ("You lead.".to_owned(), None)
        );
        let unclosed = format!("You lead.\n{open}\nShare.");
        assert_eq!(split(None, &unclosed), (unclosed.clone(), None));
    }
}
