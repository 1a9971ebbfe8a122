//! The line editor, on a thread of its own.
//!
//! It knows keys, history and the terminal, and of the lines no more than that a `\` at the end
//! continues one.

mod ahead;
mod keys;

use std::fs::DirBuilder;
use std::io::{self, IsTerminal as _};
use std::mem;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustyline::config::{Behavior, CompletionType};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{Cmd, Config, Event, EventHandler, KeyEvent};

use super::complete::{Seen, Words};
use ahead::Ahead;
use keys::Leave;

const PROMPT: &str = "> ";
const HISTORY_FILE: &str = "history";

/// What is longer than this many bytes was pasted, and is not worth reading at every start.
const LONGEST_KEPT: usize = 64 * 1024;

/// Changes a text in the person's own editor.
pub type Edit = Box<dyn Fn(&str) -> io::Result<String> + Send>;

/// What the person did at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// They typed this.
    Line(String),
    /// They typed this before it was asked for, so that it stands at no prompt.
    Ahead(String),
    /// They pressed Ctrl-C; the line is cleared.
    Interrupted,
    /// They typed or asked for something that cannot be had; this is why.
    Trouble(String),
    /// There is nothing more to come: Ctrl-D, or the input is closed.
    Ended,
}

/// Reads lines from the person without holding up anything else.
#[derive(Debug)]
pub struct Editor {
    requests: mpsc::Sender<Seen>,
    lines: tokio::sync::mpsc::UnboundedReceiver<Typed>,
    /// Whether a line is asked for that has not come yet.
    state: State,
    seen: Seen,
    /// How the terminal was, to be so again if the program ends while a line is edited.
    terminal: Option<Termios>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Editing,
}

impl Editor {
    /// Starts the editor. The history is kept in `state`, as far as that can be written.
    pub fn start(state: Option<PathBuf>, words: Words, edit: Option<Edit>) -> Self {
        let terminal = io::stdin().is_terminal().then(|| tcgetattr(io::stdin()).ok()).flatten();
        let (requests, requested) = mpsc::channel();
        let (sender, lines) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || {
            let Ok(mut thread) = Thread::new(state, words, edit) else { return };
            while let Ok(seen) = requested.recv() {
                if sender.send(thread.read(seen)).is_err() {
                    return;
                }
            }
        });
        Self { requests, lines, state: State::Idle, seen: Seen::default(), terminal }
    }

    /// What the lines from now on are completed from, beside what never changes.
    pub fn saw(&mut self, seen: Seen) {
        self.seen = seen;
    }

    /// The next line. A call that is dropped loses nothing: the next one goes on waiting.
    pub async fn line(&mut self) -> Typed {
        if self.state == State::Idle && self.requests.send(self.seen.clone()).is_err() {
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
    edit: Option<Edit>,
    /// The text that is to be edited elsewhere.
    leaving: Arc<Mutex<Option<String>>>,
    /// What the next line begins with.
    start: String,
}

impl Thread {
    fn new(state: Option<PathBuf>, words: Words, edit: Option<Edit>) -> rustyline::Result<Self> {
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
        let leaving = Arc::default();
        editor.bind_sequence(KeyEvent::ctrl('J'), Cmd::Newline);
        editor.bind_sequence(
            Event::KeySeq(vec![KeyEvent::ctrl('X'), KeyEvent::ctrl('E')]),
            EventHandler::Conditional(Box::new(Leave(Arc::clone(&leaving)))),
        );
        let history = state.filter(|directory| {
            io::stdin().is_terminal()
                && DirBuilder::new().recursive(true).mode(0o700).create(directory).is_ok()
        });
        let history = history.map(|directory| directory.join(HISTORY_FILE));
        // What is no file, such as a pipe, may never come to an end.
        if let Some(path) = history.as_ref().filter(|path| path.is_file()) {
            // The first time there is none, and one that cannot be read is not missed.
            let _none = editor.load_history(path);
        }
        Ok(Self { editor, history, edit, leaving, start: String::new() })
    }

    fn read(&mut self, seen: Seen) -> Typed {
        if let Some(words) = self.editor.helper_mut() {
            words.seen = seen;
        }
        if let Some(typed) = self.ahead() {
            return typed;
        }
        loop {
            let start = mem::take(&mut self.start);
            match self.editor.readline_with_initial(PROMPT, (&start, "")) {
                Ok(line) => return Typed::Line(self.keep(line)),
                Err(ReadlineError::Interrupted) => {
                    let leaving =
                        self.leaving.lock().unwrap_or_else(PoisonError::into_inner).take();
                    let Some(text) = leaving else { return Typed::Interrupted };
                    if let Err(trouble) = self.edit(text) {
                        return Typed::Trouble(trouble);
                    }
                }
                Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                    return not_utf_8();
                }
                Err(_) => return Typed::Ended,
            }
        }
    }

    /// What was typed while no line was asked for, unless it is to be looked at first: then the line
    /// begins with it.
    fn ahead(&mut self) -> Option<Typed> {
        match ahead::typed() {
            Ahead::Nothing => None,
            Ahead::Line(line) if self.start.is_empty() => Some(Typed::Ahead(self.keep(line))),
            Ahead::Line(text) | Ahead::Text(text) => {
                self.start.push_str(&text);
                None
            }
            Ahead::Broken => Some(not_utf_8()),
        }
    }

    /// Has the person edit the text elsewhere; the next line begins with what they made of it.
    fn edit(&mut self, text: String) -> Result<(), String> {
        let edited = match &self.edit {
            Some(edit) => edit(&text).map_err(|error| error.to_string()),
            None => Err("there is no editor: set $EDITOR".to_owned()),
        };
        match edited {
            Ok(edited) => {
                edited.trim_end().clone_into(&mut self.start);
                Ok(())
            }
            Err(trouble) => {
                self.start = text;
                Err(trouble)
            }
        }
    }

    /// Keeps a line in the history, and takes out the marks that continue it. A full or read-only
    /// disk is no reason to stop a conversation.
    fn keep(&mut self, line: String) -> String {
        let joined = line.replace("\\\n", "\n");
        if !line.trim().is_empty() && line.len() <= LONGEST_KEPT {
            let _full = self.editor.add_history_entry(line);
            if let Some(path) = &self.history {
                let _read_only = self.editor.append_history(path);
            }
        }
        joined
    }
}

fn not_utf_8() -> Typed {
    Typed::Trouble("a line was left out, since it is not UTF-8".to_owned())
}
