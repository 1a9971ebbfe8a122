//! A run as JSON: one document at its end, or a line for each event.
//!
//! It writes to whatever it is given and keeps to the shapes of `document`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Instant;

use serde::Serialize;

use super::Render;
use super::document::{Document, LastLine, Line, milliseconds};
use crate::event::Event;

/// Which JSON is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One document when all is over.
    Document,
    /// A line for each event, the document being the last.
    Lines,
}

/// Writes a run as JSON.
pub struct Json<W> {
    out: W,
    form: Form,
    gathered: Vec<u8>,
    started: Option<Instant>,
    first_text_ms: Option<f64>,
    repairs: BTreeMap<&'static str, u32>,
}

impl<W: Write> Json<W> {
    /// Writes to `out`. The clock starts with the first turn.
    pub fn new(out: W, form: Form) -> Self {
        let (gathered, repairs) = (Vec::new(), BTreeMap::new());
        Self { out, form, gathered, started: None, first_text_ms: None, repairs }
    }

    /// Writes the one terminal event, or the document.
    pub fn end(&mut self, mut document: Document) -> io::Result<()> {
        document.timings.first_text_ms = self.first_text_ms;
        document.repairs = std::mem::take(&mut self.repairs);
        match self.form {
            Form::Document => {
                serde_json::to_writer_pretty(&mut self.gathered, &document)?;
                self.gathered.push(b'\n');
            }
            Form::Lines => {
                self.line(&LastLine::from(document))?;
            }
        }
        self.flush()
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.gathered, line)?;
        self.gathered.push(b'\n');
        Ok(())
    }
}

impl<W: Write> Render for Json<W> {
    fn event(&mut self, event: Event) {
        match event {
            Event::TurnStarted { .. } => _ = self.started.get_or_insert_with(Instant::now),
            Event::Text(_) if self.first_text_ms.is_none() => {
                self.first_text_ms = self.started.map(|started| milliseconds(started.elapsed()));
            }
            Event::Repaired { kind, .. } => *self.repairs.entry(kind).or_default() += 1,
            _ => {}
        }
        match self.form {
            Form::Document => {}
            Form::Lines => {
                // Strings and numbers can always be written.
                let _infallible = self.line(&Line::from(event));
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        self.out.write_all(&self.gathered)?;
        self.gathered.clear();
        self.out.flush()
    }
}
