//! A conversation being recorded: every change, by a thread of its own.
//!
//! A run never waits for the disk, and never fails because of it.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use tokio::sync::oneshot;

use super::record::{Header, Line, Record, opening};
use super::store::{Opened, Store};
use super::writer::Writer;
use super::{Id, Transcript};
use crate::conversation::{Change, Conversation, Journal};
use crate::message::Message;

/// How long the end of a run waits for a disk that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Records a conversation.
#[derive(Debug)]
pub struct Recorder {
    id: Id,
    path: PathBuf,
    notes: mpsc::Sender<Note>,
    /// Comes to an end with the thread, when the file is closed.
    ended: oneshot::Receiver<()>,
}

/// What the thread is told.
#[derive(Debug)]
enum Note {
    Line(Line),
    /// Somebody waits until everything before this is written. The answer is what went wrong since
    /// the last time.
    Settle(oneshot::Sender<Option<String>>),
}

impl Recorder {
    /// Begins a file with what the conversation holds already. Where `keep` is given, files that
    /// were not touched for so long are removed, at times.
    pub fn begin(
        store: &Store,
        header: &Header,
        conversation: &Conversation,
        keep: Option<Duration>,
    ) -> Self {
        let mut writer = Writer::create(store.path(&header.id));
        opening(header, conversation, &mut writer.pending);
        let store = store.clone();
        let prune = keep.map(|keep| move || store.prune(keep));
        Self::start(header.id.clone(), Thread::new(writer), prune)
    }

    /// Goes on with a file that was opened; without one if it is another process's.
    pub fn go_on(opened: Opened) -> (Transcript, Option<Self>) {
        let Opened { id, transcript, path, file } = opened;
        let recorder = file.map(|file| {
            let writer = Writer::go_on(path, file, transcript.length as u64);
            Self::start(id, Thread::new(writer), None::<fn()>)
        });
        (transcript, recorder)
    }

    fn start(id: Id, mut thread: Thread, prune: Option<impl FnOnce() + Send + 'static>) -> Self {
        let (notes, told) = mpsc::channel();
        let (ending, ended) = oneshot::channel();
        let path = thread.writer.path().clone();
        std::thread::spawn(move || {
            if let Some(prune) = prune {
                prune();
            }
            while thread.next(&told).is_continue() {}
            drop(thread);
            drop(ending);
        });
        Self { id, path, notes, ended }
    }

    /// The name of the transcript.
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// What the conversation tells its changes to.
    pub fn journal(&self) -> Arc<dyn Journal> {
        Arc::new(Notes(self.notes.clone()))
    }

    /// Records something that is no change of the conversation.
    pub fn note(&self, record: Record) {
        self.send(Note::Line(Line::Record(record)));
    }

    /// Waits until everything so far is written. Returns what went wrong, once for each time that
    /// something goes wrong.
    pub async fn settled(&self) -> Option<String> {
        let (sender, settled) = oneshot::channel();
        self.send(Note::Settle(sender));
        match tokio::time::timeout(PATIENCE, settled).await {
            Ok(answer) => answer.ok().flatten(),
            Err(_elapsed) => Some(format!("{}: the disk does not answer", self.path.display())),
        }
    }

    /// Closes the file. The conversation must be gone by now.
    pub async fn close(self) {
        drop(self.notes);
        let _closed = tokio::time::timeout(PATIENCE, self.ended).await;
    }

    fn send(&self, note: Note) {
        // The thread ends when nobody can tell it anything, and not before.
        let _ended = self.notes.send(note);
    }
}

/// What a conversation tells.
#[derive(Debug)]
struct Notes(mpsc::Sender<Note>);

impl Journal for Notes {
    fn changed(&self, change: &Change) {
        let _ended = self.0.send(Note::Line(change.clone().into()));
    }
}

/// What the thread knows.
struct Thread {
    writer: Writer,
    /// Calls that have no result yet: while there are any, the turn is not over.
    open_calls: usize,
    /// Whether a turn is over that is not synced.
    is_sync_due: bool,
    trouble: Trouble,
}

/// How things are with the disk.
enum Trouble {
    None,
    /// Nobody knows yet.
    New(String),
    Told,
}

impl Thread {
    fn new(writer: Writer) -> Self {
        Self { writer, open_calls: 0, is_sync_due: false, trouble: Trouble::None }
    }

    /// Waits for notes, writes down all there are, and syncs if a turn is over with them; breaks off
    /// when nobody is left to send any.
    fn next(&mut self, told: &Receiver<Note>) -> ControlFlow<()> {
        let Ok(first) = told.recv() else {
            return ControlFlow::Break(());
        };
        let mut waiting = Vec::new();
        for note in std::iter::once(first).chain(told.try_iter()) {
            match note {
                Note::Line(line) => self.line(&line),
                Note::Settle(sender) => waiting.push(sender),
            }
        }
        let written = self.writer.write();
        self.watch(written);
        if self.is_sync_due {
            self.sync();
        }
        for sender in waiting {
            // Whoever waited may have been cancelled.
            let _gone = sender.send(self.news());
        }
        ControlFlow::Continue(())
    }

    fn line(&mut self, line: &Line) {
        line.write(&mut self.writer.pending);
        let Line::Message(message) = line else { return };
        match &**message {
            Message::System { .. } | Message::User { .. } => return,
            Message::Assistant(reply) => self.open_calls = reply.tool_calls.len(),
            Message::Tool(_) => self.open_calls = self.open_calls.saturating_sub(1),
        }
        self.is_sync_due |= self.open_calls == 0;
    }

    fn sync(&mut self) {
        let synced = self.writer.sync();
        self.watch(synced);
        self.is_sync_due = false;
    }

    fn watch(&mut self, outcome: std::io::Result<()>) {
        match (outcome, &self.trouble) {
            (Ok(()), _) if self.writer.pending.is_empty() => self.trouble = Trouble::None,
            (Err(error), Trouble::None) => {
                let path = self.writer.path().display();
                self.trouble = Trouble::New(format!("{path}: {error}"));
            }
            (Ok(()), _) | (Err(_), Trouble::New(_) | Trouble::Told) => {}
        }
    }

    /// What nobody was told yet.
    fn news(&mut self) -> Option<String> {
        match std::mem::replace(&mut self.trouble, Trouble::Told) {
            Trouble::New(news) => Some(news),
            Trouble::None => {
                self.trouble = Trouble::None;
                None
            }
            Trouble::Told => None,
        }
    }
}
