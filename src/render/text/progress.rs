//! The calls that run: a line each that moves while it does, and one that stays when it came back.
//!
//! It knows what is running and how long, and nothing of the answer.

use std::fmt::Write as _;
use std::time::Instant;

use serde_json::{Map, Value};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{Look, Screen, Verbosity};
use crate::event::{CallEnded, CallStatus, Showing};
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
    counted: Counted,
    /// Since when the model is waited for.
    since: Instant,
    awaited: Awaited,
    frame: usize,
    spinner: Spinner,
}

/// What is waited for where no call runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    Model,
    /// The servers of tools are started first.
    ServersAndModel,
}

impl Awaited {
    fn words(self) -> &'static str {
        match self {
            Self::Model => "waiting for the model",
            Self::ServersAndModel => "starting the MCP servers, then asking the model",
        }
    }
}

/// A call that has not come back.
struct Call {
    id: String,
    line: String,
    since: Instant,
    showing: Showing,
}

/// Calls that came back and were only counted.
#[derive(Debug, Default)]
struct Counted {
    calls: u32,
    /// How many of them failed.
    failed: u32,
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
        let (counted, awaited) = (Counted::default(), Awaited::Model);
        Self { look, running, counted, since, awaited, frame: 0, spinner: Spinner::Off }
    }

    /// The first turn waits for the servers of tools as well.
    pub(super) fn await_servers(&mut self) {
        self.awaited = Awaited::ServersAndModel;
    }

    /// A turn starts, counted from 1.
    pub(super) fn turn(&mut self, turn: u32) {
        if turn > 1 {
            self.awaited = Awaited::Model;
        }
        self.start();
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
        let calls = self.running.iter().filter(|call| call.showing != Showing::Hidden);
        let alone = calls.clone().filter(|call| call.showing == Showing::Alone).take(MOST_ROWS);
        let mut rows: Vec<String> = alone.map(|call| row(&call.line, call.since)).collect();
        match calls.count() - rows.len() {
            0 if rows.is_empty() => rows.push(row(self.awaited.words(), self.since)),
            0 => {}
            more => rows.push(format!("{frame} and {more} more")),
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
    pub(super) fn started(&mut self, id: String, line: String, showing: Showing) {
        // Where everything is wanted, nothing is only counted.
        let showing =
            if self.look.verbosity == Verbosity::Verbose { Showing::Alone } else { showing };
        self.running.push(Call { id, line, since: Instant::now(), showing });
    }

    /// A call came back. This is the line that stays of it, if any is wanted.
    pub(super) fn ended(&mut self, ended: &CallEnded) -> Option<String> {
        let running = self.running.iter().position(|call| call.id == ended.id);
        let call = running.map(|index| self.running.remove(index));
        match call.as_ref().map(|call| call.showing) {
            Some(Showing::Hidden) => return None,
            Some(Showing::Counted) => {
                self.counted.calls += 1;
                self.counted.failed += u32::from(ended.status == CallStatus::Error);
                return None;
            }
            Some(Showing::Alone) | None => {}
        }
        let line = call.map_or_else(|| sanitize(&ended.name).into_owned(), |call| call.line);
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
        self.is_wanted().then(|| format!("{mark} {}{rest}", cut(&line, room)))
    }

    /// The line about calls that were only counted, if there were any since it was last asked for.
    pub(super) fn counted(&mut self) -> Option<String> {
        let Counted { calls, failed } = std::mem::take(&mut self.counted);
        let (mark, failed) = match failed {
            0 => ("✓", String::new()),
            failed => ("✗", format!(" · {failed} failed")),
        };
        (calls > 0 && self.is_wanted()).then(|| format!("{mark} and {calls} more{failed}"))
    }

    /// Whether lines stay of calls.
    fn is_wanted(&self) -> bool {
        match self.look.verbosity {
            Verbosity::Quiet => false,
            Verbosity::Normal => self.look.screen == Screen::Terminal,
            Verbosity::Verbose => true,
        }
    }

    /// Whether no call runs.
    pub(super) fn is_idle(&self) -> bool {
        self.running.is_empty()
    }
}

/// A call as one line: `hf_api_request(endpoint="/whoami-v2")`.
pub(super) fn call_line(name: &str, arguments: &Map<String, Value>) -> String {
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
