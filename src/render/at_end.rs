//! A run of which no text is shown while it lasts.
//!
//! It does not know what the answer is; whoever reads the report shows that.

use std::io;

use super::Render;
use crate::event::Event;

/// Keeps text from a renderer and passes everything else on.
pub struct AtEnd<'r, R>(pub &'r mut R);

impl<R: Render> Render for AtEnd<'_, R> {
    fn event(&mut self, event: Event) {
        if !matches!(event, Event::Text(_)) {
            self.0.event(event);
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn tick(&mut self) -> io::Result<()> {
        self.0.tick()
    }

    fn is_animated(&self) -> bool {
        self.0.is_animated()
    }
}
