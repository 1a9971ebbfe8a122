//! A run as text: the answer to one writer, progress and warnings to another.
//!
//! It knows what an event means to a person and nothing of where the writers lead.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Instant;

use anstyle::{AnsiColor, Color, Style};
use serde_json::{Map, Value};

use super::Render;
use super::question;
use super::sanitize::sanitize;
use crate::event::{CallEnded, CallStatus, Event};

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

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// How much.
    pub verbosity: Verbosity,
    /// On what.
    pub screen: Screen,
    /// In color or not.
    pub coloring: Coloring,
}

const DIM: Style = Style::new().dimmed();
const WARN: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));
const FRAMES: [char; 8] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧'];
const ERASE_LINE: &str = "\r\x1b[2K";

/// Shows a run as text.
pub struct Text<O, E> {
    out: O,
    err: E,
    look: Look,
    pending: Vec<(Sink, String)>,
    reasoning: Reasoning,
    /// Whether the last that was shown is reasoning, whose line is still open.
    thought: Thought,
    spinner: Spinner,
    /// Where the answer stands, since a paragraph that came before tool calls must be set off.
    written: Written,
    running: BTreeMap<String, String>,
    /// What happened while a question is open, to be shown after it.
    held: Option<Vec<Event>>,
}

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

/// How far the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Nothing,
    MidLine,
    WholeLines,
    /// Text stood before tool calls; the next text is a new paragraph.
    Paragraph,
}

/// The line that shows that something is going on.
struct Spinner {
    since: Instant,
    frame: usize,
    state: SpinnerState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SpinnerState {
    Off,
    Due,
    Shown,
}

impl<O: Write, E: Write> Text<O, E> {
    /// Shows answers on `out` and everything else on `err`.
    pub fn new(out: O, err: E, look: Look) -> Self {
        Self {
            out,
            err,
            look,
            pending: Vec::new(),
            reasoning: Reasoning::Hidden,
            thought: Thought::Closed,
            spinner: Spinner { since: Instant::now(), frame: 0, state: SpinnerState::Off },
            written: Written::Nothing,
            running: BTreeMap::new(),
            held: None,
        }
    }

    /// Shows the chain of thought, or does not.
    #[must_use]
    pub fn reasoning(mut self, reasoning: Reasoning) -> Self {
        self.reasoning = reasoning;
        self
    }

    /// Ends the answer with a line feed, if it has any text.
    pub fn end(&mut self) -> io::Result<()> {
        self.stop_spinner();
        if self.written == Written::MidLine {
            self.answer().push('\n');
            self.written = Written::WholeLines;
        }
        self.flush()
    }

    fn answer(&mut self) -> &mut String {
        self.sink(Sink::Answer)
    }

    fn progress(&mut self) -> &mut String {
        self.sink(Sink::Progress)
    }

    /// Where text for a writer gathers. What goes to the other one stays before or behind it, since
    /// both may lead to the same screen.
    fn sink(&mut self, sink: Sink) -> &mut String {
        if self.pending.last().is_none_or(|(last, _)| *last != sink) {
            self.pending.push((sink, String::new()));
        }
        let last = self.pending.len() - 1;
        &mut self.pending[last].1
    }

    fn thought(&mut self, text: &str) {
        self.stop_spinner();
        self.close_paragraph();
        self.thought = Thought::Open;
        let style = self.style(DIM);
        let text = sanitize(text);
        // Writing to a string cannot fail.
        let _infallible = write!(self.progress(), "{style}{text}{style:#}");
    }

    fn close_thought(&mut self) {
        if self.thought == Thought::Open {
            self.progress().push('\n');
            self.thought = Thought::Closed;
        }
    }

    fn text(&mut self, text: &str) {
        self.stop_spinner();
        if self.written == Written::Paragraph {
            self.answer().push('\n');
        }
        let clean = sanitize(text);
        self.answer().push_str(&clean);
        if let Some(last) = clean.chars().last() {
            self.written = if last == '\n' { Written::WholeLines } else { Written::MidLine };
        }
    }

    fn call_started(&mut self, id: String, name: &str, arguments: &Map<String, Value>) {
        self.close_paragraph();
        self.running.insert(id, call_line(name, arguments));
        self.start_spinner();
    }

    fn call_ended(&mut self, ended: &CallEnded) {
        let call = self.running.remove(&ended.id).unwrap_or_else(|| ended.name.clone());
        if self.shows_calls() {
            let mark = match ended.status {
                CallStatus::Ok => "✓",
                CallStatus::Error => "✗",
                CallStatus::Refused | CallStatus::NotSent => "⊘",
                CallStatus::Cancelled => "–",
            };
            let seconds = ended.elapsed.as_secs_f64();
            let summary = sanitize(&ended.summary).into_owned();
            self.line(DIM, &format!("{mark} {call} · {summary} · {seconds:.2} s"));
        }
        if self.running.is_empty() {
            self.start_spinner();
        }
    }

    fn show(&mut self, event: Event) {
        if !matches!(event, Event::Reasoning(_)) {
            self.close_thought();
        }
        match event {
            Event::Reasoning(text) if self.reasoning == Reasoning::Shown => self.thought(&text),
            Event::TurnStarted { .. } => self.start_spinner(),
            Event::Text(text) => self.text(&text),
            Event::ReplyEnded { usage } => {
                if self.look.verbosity == Verbosity::Verbose {
                    self.close_line();
                    let (read, written) = (usage.input_tokens, usage.output_tokens);
                    self.line(DIM, &format!("· {read} tokens read, {written} written"));
                }
            }
            Event::CallStarted { id, name, arguments } => self.call_started(id, &name, &arguments),
            Event::CallEnded(ended) => self.call_ended(&ended),
            Event::Retry { attempt, wait, reason } if self.look.verbosity > Verbosity::Quiet => {
                let seconds = wait.as_secs_f64();
                let reason = sanitize(&reason).into_owned();
                self.line(WARN, &format!("retry {attempt} in {seconds:.1} s: {reason}"));
            }
            Event::Warning(message) if self.look.verbosity > Verbosity::Quiet => {
                let message = sanitize(&message).into_owned();
                self.line(WARN, &format!("warning: {message}"));
            }
            Event::Repaired { kind, detail } if self.look.verbosity == Verbosity::Verbose => {
                let detail = sanitize(&detail).into_owned();
                self.line(DIM, &format!("repaired {kind}: {detail}"));
            }
            Event::ApprovalAsked { question, .. } => self.asked(&question),
            Event::Reasoning(_)
            | Event::ApprovalEnded { .. }
            | Event::Retry { .. }
            | Event::Warning(_)
            | Event::Repaired { .. } => {}
        }
    }

    fn asked(&mut self, text: &str) {
        self.stop_spinner();
        self.close_paragraph();
        let style = self.style(WARN);
        self.progress().push_str(&question::framed(text, style));
        self.held = Some(Vec::new());
    }

    fn answered(&mut self, held: Vec<Event>, choice: Option<&str>) {
        if choice.is_none() {
            // The person typed no line feed.
            self.progress().push('\n');
        }
        for event in held {
            self.event(event);
        }
        self.start_spinner();
    }

    fn style(&self, style: Style) -> Style {
        match self.look.coloring {
            Coloring::On => style,
            Coloring::Off => Style::new(),
        }
    }

    /// A reply that is whole needs no more of its line.
    fn close_line(&mut self) {
        if self.written == Written::MidLine {
            self.answer().push('\n');
            self.written = Written::WholeLines;
        }
    }

    /// Text before tool calls is a paragraph of its own.
    fn close_paragraph(&mut self) {
        match self.written {
            Written::MidLine => self.answer().push('\n'),
            Written::WholeLines => {}
            Written::Nothing | Written::Paragraph => return,
        }
        self.written = Written::Paragraph;
    }

    fn shows_calls(&self) -> bool {
        match self.look.verbosity {
            Verbosity::Quiet => false,
            Verbosity::Normal => self.look.screen == Screen::Terminal,
            Verbosity::Verbose => true,
        }
    }

    fn line(&mut self, style: Style, text: &str) {
        if self.spinner.state == SpinnerState::Shown {
            self.progress().push_str(ERASE_LINE);
            self.spinner.state = SpinnerState::Due;
        }
        let style = self.style(style);
        // Writing to a string cannot fail.
        let _infallible = writeln!(self.progress(), "{style}{text}{style:#}");
    }

    fn start_spinner(&mut self) {
        if self.is_spinning_wanted() && self.spinner.state == SpinnerState::Off {
            self.spinner.since = Instant::now();
            self.spinner.state = SpinnerState::Due;
        }
    }

    fn stop_spinner(&mut self) {
        if self.spinner.state == SpinnerState::Shown {
            self.progress().push_str(ERASE_LINE);
        }
        self.spinner.state = SpinnerState::Off;
    }

    fn is_spinning_wanted(&self) -> bool {
        self.look.screen == Screen::Terminal && self.look.verbosity != Verbosity::Quiet
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
        for (sink, text) in self.pending.drain(..) {
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
        let seconds = self.spinner.since.elapsed().as_secs();
        let frame = FRAMES[self.spinner.frame % FRAMES.len()];
        self.spinner.frame += 1;
        self.spinner.state = SpinnerState::Shown;
        let what = self.running.values().next().map_or("waiting for the model", String::as_str);
        let shown: String = what.chars().take(60).collect();
        let _infallible = write!(self.progress(), "{ERASE_LINE}{frame} {shown} · {seconds} s");
        self.flush()
    }

    fn is_animated(&self) -> bool {
        self.spinner.state != SpinnerState::Off
    }
}

/// A call as one line: `hf_api_request(endpoint="/whoami-v2")`.
fn call_line(name: &str, arguments: &Map<String, Value>) -> String {
    let mut line = format!("{name}(");
    for (index, (key, value)) in arguments.iter().filter(|(_, v)| !v.is_null()).enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        let _infallible = write!(line, "{separator}{key}={value}");
    }
    line.push(')');
    let clean = sanitize(&line).replace('\n', " ");
    if clean.chars().count() > 100 {
        clean.chars().take(99).chain(['…']).collect()
    } else {
        clean
    }
}
