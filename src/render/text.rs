//! A run as text: the answer to one writer, progress and warnings to another.
//!
//! It knows what an event means to a person and nothing of where the writers lead.

mod answer;
mod progress;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::mem;

use anstyle::{AnsiColor, Color, Style};

use super::Render;
use super::question;
use super::sanitize::sanitize;
use crate::event::{Code, Event};
use answer::Answer;
use progress::{Progress, call_line};

/// How much is said beside the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// The answer and failures.
    Quiet,
    /// Progress on a terminal; retries and warnings everywhere.
    Normal,
    /// Every call, its result and the tokens, on a terminal or not.
    Verbose,
}

/// What the progress writer leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// A terminal where lines can be taken back.
    Terminal,
    /// A file, a pipe or a dumb terminal.
    Plain,
}

/// Whether color is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coloring {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// As it comes, whatever a terminal would make of it.
    Raw,
    /// As it comes, made harmless.
    Plain,
    /// As Markdown, set for a terminal.
    Set {
        /// The columns of the window.
        width: usize,
        /// Whether color is wanted there.
        coloring: Coloring,
    },
}

/// How a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// How much is said beside the answer.
    pub verbosity: Verbosity,
    /// What progress is shown on.
    pub screen: Screen,
    /// The columns of that screen.
    pub width: usize,
    /// Whether progress is in color.
    pub coloring: Coloring,
    /// How the answer is written.
    pub page: Page,
}

const DIM: Style = Style::new().dimmed();
const WARN: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));

/// Shows a run as text.
pub struct Text<O, E> {
    out: O,
    err: E,
    look: Look,
    pending: Pending,
    reasoning: Reasoning,
    /// Whether the last that was shown is reasoning, whose line is still open.
    thought: Thought,
    progress: Progress,
    answer: Answer,
    /// Warnings that came in the middle of a line of the answer, to be shown when it has ended.
    late: Vec<String>,
    /// What happened while a question is open, to be shown after it.
    held: Option<Vec<Event>>,
}

/// What was not written yet.
#[derive(Default)]
struct Pending(Vec<(Sink, String)>);

/// Which of the two writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sink {
    Answer,
    Progress,
}

/// Whether the chain of thought is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reasoning {
    /// It is not.
    Hidden,
    /// It is, beside the answer.
    Shown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thought {
    Closed,
    Open,
}

impl Pending {
    /// Where text for a writer gathers. What goes to the other one stays before or behind it, since
    /// both may lead to the same screen.
    fn sink(&mut self, sink: Sink) -> &mut String {
        // What stayed empty comes between nothing.
        self.0.pop_if(|(_, text)| text.is_empty());
        if self.0.last().is_none_or(|(last, _)| *last != sink) {
            self.0.push((sink, String::new()));
        }
        let last = self.0.len() - 1;
        &mut self.0[last].1
    }

    fn answer(&mut self) -> &mut String {
        self.sink(Sink::Answer)
    }

    fn progress(&mut self) -> &mut String {
        self.sink(Sink::Progress)
    }
}

impl<O: Write, E: Write> Text<O, E> {
    /// Shows answers on `out` and everything else on `err`.
    pub fn new(out: O, err: E, look: Look) -> Self {
        Self {
            out,
            err,
            look,
            pending: Pending::default(),
            reasoning: Reasoning::Hidden,
            thought: Thought::Closed,
            progress: Progress::new(look),
            answer: Answer::new(look.page),
            late: Vec::new(),
            held: None,
        }
    }

    /// Shows the chain of thought, or does not.
    #[must_use]
    pub fn reasoning(mut self, reasoning: Reasoning) -> Self {
        self.reasoning = reasoning;
        self
    }

    /// Says so while the first turn waits for the servers of tools.
    #[must_use]
    pub fn starting_servers(mut self) -> Self {
        self.progress.await_servers();
        self
    }

    /// Ends the answer with a line feed, if it has any text.
    pub fn end(&mut self) -> io::Result<()> {
        self.progress.stop(self.pending.progress());
        self.answer.end_line(self.pending.answer());
        self.warn_late();
        self.flush()
    }

    fn thought(&mut self, text: &str) {
        self.interject();
        self.thought = Thought::Open;
        let style = self.style(DIM);
        let text = sanitize(text);
        // Writing to a string cannot fail.
        let _infallible = write!(self.pending.progress(), "{style}{text}{style:#}");
    }

    fn close_thought(&mut self) {
        if self.thought == Thought::Open {
            self.pending.progress().push('\n');
            self.thought = Thought::Closed;
        }
    }

    fn text(&mut self, text: &str) {
        self.progress.stop(self.pending.progress());
        self.answer.text(text, self.pending.answer());
    }

    /// Makes place beside the answer, of which a new paragraph comes next.
    fn interject(&mut self) {
        self.progress.stop(self.pending.progress());
        self.answer.end_paragraph(self.pending.answer());
        self.warn_late();
    }

    fn warn_late(&mut self) {
        for warning in mem::take(&mut self.late) {
            self.line(WARN, &warning);
        }
    }

    fn show(&mut self, event: Event) {
        if !matches!(event, Event::Reasoning(_)) {
            self.close_thought();
        }
        match event {
            Event::Reasoning(text) if self.reasoning == Reasoning::Shown => self.thought(&text),
            Event::TurnStarted { turn } => self.progress.turn(turn),
            Event::Text(text) => self.text(&text),
            Event::ReplyEnded { usage } => {
                if self.look.verbosity == Verbosity::Verbose {
                    self.answer.end_line(self.pending.answer());
                    let (read, written) = (usage.input_tokens, usage.output_tokens);
                    self.line(DIM, &format!("· {read} tokens read, {written} written"));
                }
            }
            Event::CallStarted { id, name, arguments, code, showing } => {
                self.answer.end_paragraph(self.pending.answer());
                self.warn_late();
                if let Some(code) = code.filter(|_| self.look.verbosity == Verbosity::Verbose) {
                    self.code(&name, &code);
                }
                self.progress.started(id, call_line(&name, &arguments), showing);
                self.progress.start();
            }
            Event::CallEnded(ended) => {
                if let Some(line) = self.progress.ended(&ended) {
                    self.line(DIM, &line);
                }
                if self.progress.is_idle() {
                    if let Some(line) = self.progress.counted() {
                        self.line(DIM, &line);
                    }
                    self.progress.start();
                }
            }
            Event::Retry { attempt, wait, reason } if self.look.verbosity > Verbosity::Quiet => {
                let seconds = wait.as_secs_f64();
                let reason = sanitize(&reason).into_owned();
                self.line(WARN, &format!("retry {attempt} in {seconds:.1} s: {reason}"));
            }
            Event::Warning(message) if self.look.verbosity > Verbosity::Quiet => {
                self.late.push(format!("warning: {}", sanitize(&message)));
                if !self.answer.is_mid_line() {
                    self.warn_late();
                }
            }
            Event::Repaired { kind, detail } if self.look.verbosity == Verbosity::Verbose => {
                let detail = sanitize(&detail).into_owned();
                self.line(DIM, &format!("repaired {kind}: {detail}"));
            }
            Event::Printed { by, text } if self.look.verbosity == Verbosity::Verbose => {
                self.line(DIM, &format!("{by} | {}", sanitize(&text)));
            }
            Event::ApprovalAsked { question, .. } => self.asked(&question),
            Event::Reasoning(_)
            | Event::ApprovalEnded { .. }
            | Event::Retry { .. }
            | Event::Warning(_)
            | Event::Repaired { .. }
            | Event::Printed { .. } => {}
        }
    }

    fn asked(&mut self, text: &str) {
        self.interject();
        self.pending.progress().push_str(&question::framed(text, self.look.coloring));
        self.held = Some(Vec::new());
    }

    fn answered(&mut self, held: Vec<Event>, choice: Option<&str>) {
        if choice.is_none() {
            // The person typed no line feed.
            self.pending.progress().push('\n');
        }
        for event in held {
            self.event(event);
        }
        self.progress.start();
    }

    fn code(&mut self, name: &str, code: &Code) {
        self.line(DIM, &format!("{} runs {}:", sanitize(name), sanitize(&code.language)));
        for line in sanitize(&code.text).lines() {
            self.line(DIM, &format!("  {line}"));
        }
    }

    fn style(&self, style: Style) -> Style {
        match self.look.coloring {
            Coloring::On => style,
            Coloring::Off => Style::new(),
        }
    }

    fn line(&mut self, style: Style, text: &str) {
        let style = self.style(style);
        let out = self.pending.progress();
        self.progress.pause(out);
        // Writing to a string cannot fail.
        let _infallible = writeln!(out, "{style}{text}{style:#}");
    }
}

impl<O: Write, E: Write> Render for Text<O, E> {
    fn event(&mut self, event: Event) {
        match (self.held.take(), event) {
            (Some(held), Event::ApprovalEnded { choice }) => self.answered(held, choice),
            (Some(mut held), event) => {
                held.push(event);
                self.held = Some(held);
            }
            (None, event) => self.show(event),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        for (sink, text) in self.pending.0.drain(..) {
            match sink {
                Sink::Progress => self.err.write_all(text.as_bytes())?,
                Sink::Answer => {
                    self.out.write_all(text.as_bytes())?;
                    self.out.flush()?;
                }
            }
        }
        Ok(())
    }

    fn tick(&mut self) -> io::Result<()> {
        self.progress.tick(self.pending.progress());
        self.flush()
    }

    fn is_animated(&self) -> bool {
        self.progress.is_moving()
    }
}
