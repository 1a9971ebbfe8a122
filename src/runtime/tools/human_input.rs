//! The question to the person, for cards that want it.
//!
//! It does not know who is asked.

use std::sync::Arc;

use super::Source;
use crate::card::Card;
use crate::tool::Tool;
use crate::tool::human_input::HumanInput;

pub(super) use crate::tool::human_input::spec;

/// The tool, if the card wants it.
pub(super) fn resolve(card: &Card) -> Option<Source> {
    card.human_input.then_some(Source::HumanInput)
}

/// The tool itself.
pub(super) fn connect() -> Vec<Arc<dyn Tool>> {
    vec![Arc::new(HumanInput::new())]
}
