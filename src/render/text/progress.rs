//! The calls that run: a line each that moves while it does, and one that stays when it came back.
//!
//! It knows what is running and how long, and nothing of the answer.

use std::fmt::Write as _;
use std::time::Instant;

use serde_json::{Map, Value};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{Look, Screen, Verbosity};
use crate::event::{CallEnded, CallStatus};
use crate::render::sanitize::sanitize;

const FRAMES: [char; 8] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧'];
const ERASE_LINE: &str = "\r\x1b[2K";
const ERASE_LINE_ABOVE: &str = "\x1b[A\x1b[2K";

/// How many lines move at most; calls beyond them are counted on one more.
const MOST_ROWS: usize = 8;

/// How long a call is as one line.
const LONGEST_CALL: usize = 100;
/// How long it is at least, should the window have room or not.
const SHORTEST_CALL: usize = 12;
/// The columns of a mark and the space behind it.
const MARK: usize = 2;

/// What goes on at the moment.
pub(super) struct Progress {
    look: Look,
    running: Vec<Call>,
    /// Since when the model is waited for.
    since: Instant,
    frame: usize,
    spinner: Spinner,
}

/// A call that has not come back.
struct Call {
    id: String,
    line: String,
    since: Instant,
}

/// The lines that show that something is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spinner {
    Off,
    Due,
    /// So many are there, and the cursor is at the end of the last.
    Shown(usize),
}

impl Progress {
    /// Nothing goes on.
    pub(super) fn new(look: Look) -> Self {
        let (running, since) = (Vec::new(), Instant::now());
        Self { look, running, since, frame: 0, spinner: Spinner::Off }
    }

    /// Waits for the model, or for what runs.
    pub(super) fn start(&mut self) {
        let is_wanted =
            self.look.screen == Screen::Terminal && self.look.verbosity != Verbosity::Quiet;
        if is_wanted && self.spinner == Spinner::Off {
            self.since = Instant::now();
            self.spinner = Spinner::Due;
        }
    }

    /// Stops, and takes the lines back.
    pub(super) fn stop(&mut self, out: &mut String) {
        self.pause(out);
        self.spinner = Spinner::Off;
    }

    /// Makes place for a line that stays.
    pub(super) fn pause(&mut self, out: &mut String) {
        if let Spinner::Shown(rows) = self.spinner {
            out.push_str(ERASE_LINE);
            out.extend(std::iter::repeat_n(ERASE_LINE_ABOVE, rows - 1));
            self.spinner = Spinner::Due;
        }
    }

    /// Whether lines move.
    pub(super) fn is_moving(&self) -> bool {
        self.spinner != Spinner::Off
    }

    /// Moves the lines.
    pub(super) fn tick(&mut self, out: &mut String) {
        match self.spinner {
            Spinner::Shown(_) => self.pause(out),
            Spinner::Off | Spinner::Due => out.push_str(ERASE_LINE),
        }
        let frame = FRAMES[self.frame % FRAMES.len()];
        self.frame += 1;
        let row = |what: &str, since: Instant| self.moving(frame, what, since);
        let shown = self.running.iter().take(MOST_ROWS);
        let mut rows: Vec<String> = shown.map(|call| row(&call.line, call.since)).collect();
        if rows.is_empty() {
            rows.push(row("waiting for the model", self.since));
        }
        if let more @ 1.. = self.running.len().saturating_sub(MOST_ROWS) {
            rows.push(format!("{frame} and {more} more"));
        }
        out.push_str(&rows.join("\n"));
        self.spinner = Spinner::Shown(rows.len());
    }

    /// A line that moves. It is cut to the window, since a line of two rows cannot be taken back.
    fn moving(&self, frame: char, what: &str, since: Instant) -> String {
        let rest = format!(" · {} s", since.elapsed().as_secs());
        let room = self.look.width.saturating_sub(rest.width() + MARK + 1);
        let what = cut(what, room.min(60));
        cut(&format!("{frame} {what}{rest}"), self.look.width.saturating_sub(1))
    }

    /// A call starts.
    pub(super) fn started(&mut self, id: String, name: &str, arguments: &Map<String, Value>) {
        let call = Call { id, line: call_line(name, arguments), since: Instant::now() };
        self.running.push(call);
    }

    /// A call came back. This is the line that stays of it, if any is wanted.
    pub(super) fn ended(&mut self, ended: &CallEnded) -> Option<String> {
        let running = self.running.iter().position(|call| call.id == ended.id);
        let line = running.map(|index| self.running.remove(index).line);
        let line = line.unwrap_or_else(|| sanitize(&ended.name).into_owned());
        let is_shown = match self.look.verbosity {
            Verbosity::Quiet => false,
            Verbosity::Normal => self.look.screen == Screen::Terminal,
            Verbosity::Verbose => true,
        };
        let mark = match ended.status {
            CallStatus::Ok => "✓",
            CallStatus::Error => "✗",
            CallStatus::Refused | CallStatus::NotSent => "⊘",
            CallStatus::Cancelled => "–",
        };
        let seconds = ended.elapsed.as_secs_f64();
        let rest = format!(" · {} · {seconds:.2} s", sanitize(&ended.summary));
        let room = match self.look.screen {
            Screen::Terminal => {
                self.look.width.saturating_sub(rest.width() + MARK).max(SHORTEST_CALL)
            }
            Screen::Plain => LONGEST_CALL,
        };
        is_shown.then(|| format!("{mark} {}{rest}", cut(&line, room)))
    }

    /// Whether no call runs.
    pub(super) fn is_idle(&self) -> bool {
        self.running.is_empty()
    }
}

/// A call as one line: `hf_api_request(endpoint="/whoami-v2")`.
fn call_line(name: &str, arguments: &Map<String, Value>) -> String {
    let mut line = format!("{name}(");
    for (index, (key, value)) in arguments.iter().filter(|(_, v)| !v.is_null()).enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        let _infallible = write!(line, "{separator}{key}={value}");
    }
    line.push(')');
    cut(&sanitize(&line).replace(['\n', '\t'], " "), LONGEST_CALL)
}

/// As much of a text as fits into so many columns.
fn cut(text: &str, columns: usize) -> String {
    let width = |c: char| c.width().unwrap_or(0);
    if text.chars().map(width).sum::<usize>() <= columns {
        return text.to_owned();
    }
    let mut taken = 1;
    let fits = text.chars().take_while(|c| {
        taken += width(*c);
        taken <= columns
    });
    fits.chain(['…']).collect()
}
