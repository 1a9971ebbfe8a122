//! Hearing a reply out: fragments are shown as they come, the whole is judged at the end.
//!
//! It knows neither where chunks come from nor what is done about a reply that is none.

use super::Prompt;
use super::assemble::{Assembler, Marker};
use super::fault::Fault;
use super::repair::{self, Family, Gate, Mended};
use super::settings::Delivery;
use super::wire::Chunk;
use crate::event::{Event, Events};

/// How long a reply may get, in bytes of text, reasoning and arguments. No model writes as much.
const LONGEST: usize = 8 << 20;

/// A reply that is being heard.
pub(super) struct Listener<'e> {
    family: Family,
    assembler: Assembler,
    text: Gate,
    thought: Gate,
    delivery: Delivery,
    events: &'e Events,
}

impl<'e> Listener<'e> {
    /// Starts to hear a model of this family.
    pub(super) fn new(family: Family, delivery: Delivery, events: &'e Events) -> Self {
        let (text, thought) = (Gate::new(family), Gate::new(family));
        Self { family, assembler: Assembler::default(), text, thought, delivery, events }
    }

    /// Takes a chunk in and shows what of it can be shown.
    pub(super) fn hear(&mut self, mut chunk: Chunk) -> Result<(), Fault> {
        if let Some(error) = chunk.take_error() {
            return Err(Fault::Interruption(error));
        }
        self.assembler.add(chunk);
        think(self.thought.pass(self.assembler.reasoning()), self.events);
        if self.delivery == Delivery::Streamed {
            show(self.text.pass(self.assembler.content()), self.events);
        }
        if self.assembler.size() > LONGEST { Err(Fault::Endless(LONGEST)) } else { Ok(()) }
    }

    /// Whether the provider said why the reply ended.
    pub(super) fn has_heard_the_end(&self) -> bool {
        self.assembler.has_finished()
    }

    /// Whether a part of the answer is out.
    pub(super) fn has_shown_text(&self) -> bool {
        self.text.has_shown()
    }

    /// Judges what was heard until the end, or until a fault.
    pub(super) fn conclude(
        self,
        heard: Result<Marker, Fault>,
        prompt: Prompt<'_>,
    ) -> Result<Mended, Fault> {
        let (mended, repairs) = match heard {
            Ok(marker) => repair::mend(self.assembler.finish(marker)?, prompt, self.family),
            Err(fault) => repair::rescue(fault, self.assembler, prompt, self.family)?,
        };
        for repair in repairs {
            repair.report(self.events);
        }
        if let Mended::Reply(reply) = &mended {
            let message = &reply.message;
            if let Some(reasoning) = &message.reasoning {
                think(self.thought.rest(&reasoning.text), self.events);
            }
            show(self.text.rest(&message.content), self.events);
        }
        Ok(mended)
    }
}

fn think(text: &str, events: &Events) {
    if !text.is_empty() {
        events.send(Event::Reasoning(text.to_owned()));
    }
}

fn show(text: &str, events: &Events) {
    if !text.is_empty() {
        events.send(Event::Text(text.to_owned()));
    }
}
