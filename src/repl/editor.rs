//! The line editor, on a thread of its own.
//!
//! It knows keys, history and the terminal, and of the lines no more than that a `\` at the end
//! continues one.

use std::fs::DirBuilder;
use std::io::{self, IsTerminal as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::mpsc;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustyline::completion::Completer;
use rustyline::config::{Behavior, CompletionType};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Config, Context, Helper};

use super::complete::complete;

const PROMPT: &str = "> ";
const HISTORY_FILE: &str = "history";

/// What the person did at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// They typed this.
    Line(String),
    /// They pressed Ctrl-C; the line is cleared.
    Interrupted,
    /// There is nothing more to come: Ctrl-D, or the input is closed.
    Ended,
}

/// Reads lines from the person without holding up anything else.
#[derive(Debug)]
pub struct Editor {
    requests: mpsc::Sender<()>,
    lines: tokio::sync::mpsc::UnboundedReceiver<Typed>,
    /// Whether a line is asked for that has not come yet.
    state: State,
    /// How the terminal was, to be so again if the program ends while a line is edited.
    terminal: Option<Termios>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Editing,
}

impl Editor {
    /// Starts the editor. The history is kept in `state`, as far as that can be written; `models`
    /// are offered after `/model`, and files of `directory` after `/card`.
    pub fn start(state: Option<PathBuf>, models: Vec<String>, directory: PathBuf) -> Self {
        let terminal = io::stdin().is_terminal().then(|| tcgetattr(io::stdin()).ok()).flatten();
        let (requests, requested) = mpsc::channel();
        let (sender, lines) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || {
            let Ok(mut thread) = Thread::new(state, Words { models, directory }) else { return };
            while requested.recv().is_ok() {
                if sender.send(thread.read()).is_err() {
                    return;
                }
            }
        });
        Self { requests, lines, state: State::Idle, terminal }
    }

    /// The next line. A call that is dropped loses nothing: the next one goes on waiting.
    pub async fn line(&mut self) -> Typed {
        if self.state == State::Idle && self.requests.send(()).is_err() {
            return Typed::Ended;
        }
        self.state = State::Editing;
        let typed = self.lines.recv().await.unwrap_or(Typed::Ended);
        self.state = State::Idle;
        typed
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        if let (State::Editing, Some(terminal)) = (self.state, &self.terminal) {
            // A terminal that is gone needs no restoring.
            let _gone = tcsetattr(io::stdin(), OptionalActions::Drain, terminal);
        }
    }
}

/// What lives on the editor's thread.
struct Thread {
    editor: rustyline::Editor<Words, DefaultHistory>,
    history: Option<PathBuf>,
}

impl Thread {
    fn new(state: Option<PathBuf>, words: Words) -> rustyline::Result<Self> {
        // Where standard input is a terminal, that is where the prompt belongs, whatever standard
        // output leads to.
        let behavior =
            if io::stdin().is_terminal() { Behavior::PreferTerm } else { Behavior::Stdio };
        let config = Config::builder()
            .max_history_size(1000)?
            .completion_type(CompletionType::List)
            .behavior(behavior)
            .bracketed_paste(true)
            .build();
        let mut editor = rustyline::Editor::with_config(config)?;
        editor.set_helper(Some(words));
        let history = state.filter(|directory| {
            io::stdin().is_terminal()
                && DirBuilder::new().recursive(true).mode(0o700).create(directory).is_ok()
        });
        let history = history.map(|directory| directory.join(HISTORY_FILE));
        if let Some(path) = &history {
            // The first time there is none, and one that cannot be read is not missed.
            let _none = editor.load_history(path);
        }
        Ok(Self { editor, history })
    }

    fn read(&mut self) -> Typed {
        loop {
            match self.editor.readline(PROMPT) {
                Ok(line) => return Typed::Line(self.keep(line)),
                Err(ReadlineError::Interrupted) => return Typed::Interrupted,
                // A line of broken UTF-8.
                Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {}
                Err(_) => return Typed::Ended,
            }
        }
    }

    /// Keeps a line in the history, and takes out the marks that continue it. A full or read-only
    /// disk is no reason to stop a conversation.
    fn keep(&mut self, line: String) -> String {
        let joined = line.replace("\\\n", "\n");
        if !line.trim().is_empty() {
            let _full = self.editor.add_history_entry(line);
            if let Some(path) = &self.history {
                let _read_only = self.editor.append_history(path);
            }
        }
        joined
    }
}

/// What the editor is told about lines.
struct Words {
    models: Vec<String>,
    directory: PathBuf,
}

impl Completer for Words {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(complete(&line[..position], &self.models, &self.directory))
    }
}

impl Validator for Words {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if context.input().ends_with('\\') {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {}

impl Helper for Words {}
