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
    /// What the card wants after all: a line of the prompt counts where the key is not given, and
    /// is taken out in any case.
    pub(super) fn settle(self, prompt: &mut Prompt) -> Option<Subagents> {
        let is_said = take_line(prompt);
        self.given.unwrap_or(is_said).then_some(Subagents { model: self.model })
    }
}

/// Takes the line out, and says whether there was one.
fn take_line(prompt: &mut Prompt) -> bool {
    let last = prompt.pieces.len().saturating_sub(1);
    let mut is_found = false;
    for (index, piece) in prompt.pieces.iter_mut().enumerate() {
        let Piece::Text(text) = piece else { continue };
        if !text.contains(WORD) {
            continue;
        }
        let lines = text.split_inclusive('\n').enumerate();
        let (taken, kept): (Vec<_>, Vec<_>) = lines.partition(|(number, line)| {
            let is_whole = (*number > 0 || index == 0) && (line.ends_with('\n') || index == last);
            is_whole && is_meant(line)
        });
        if !taken.is_empty() {
            is_found = true;
            *text = kept.into_iter().map(|(_, line)| line).collect();
        }
    }
    if is_found && let Some(Piece::Text(text)) = prompt.pieces.last_mut() {
        text.truncate(text.trim_end().len());
    }
    is_found
}

fn is_meant(line: &str) -> bool {
    let line = line.trim();
    let comment = line.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
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
}
