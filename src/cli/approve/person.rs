//! The person at the terminal: a line they type, a text they edit.
//!
//! It knows how to read a terminal without holding up anything else, and nothing of what is asked.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use rustix::io::ioctl_fionbio;
use rustix::termios::{QueueSelector, tcflush};
use tokio::sync::oneshot;

/// The terminal this program runs on, whatever standard input and output lead to.
const TERMINAL: &str = "/dev/tty";

/// How long until a terminal that had nothing to say is looked at again.
const PATIENCE: Duration = Duration::from_millis(30);

/// Somebody who can be asked.
pub trait Person: Send + Sync {
    /// A line they type from now on; nothing at the end of input.
    fn line(&self) -> BoxFuture<'_, io::Result<Option<String>>>;

    /// A text as they changed it; nothing if they have no editor.
    fn edit(&self, text: String) -> BoxFuture<'_, io::Result<Option<String>>>;

    /// Whether they have a text in their editor at the moment.
    fn is_editing(&self) -> bool {
        false
    }
}

/// The person at the terminal this program runs on.
#[derive(Debug)]
pub struct Terminal {
    editor: Option<Editor>,
    is_editing: AtomicBool,
}

/// How texts are edited.
#[derive(Debug, Clone)]
pub struct Editor {
    /// The command, as in `$VISUAL` or `$EDITOR`.
    pub command: String,
    /// Where the text may be kept meanwhile: a directory of the person's own.
    pub directory: PathBuf,
}

impl Terminal {
    /// Finds the terminal, if standard error leads to one: that is where questions are shown.
    pub fn find(editor: Option<Editor>) -> Option<Self> {
        (io::stderr().is_terminal() && File::open(TERMINAL).is_ok())
            .then_some(Self { editor, is_editing: AtomicBool::new(false) })
    }

    async fn read_line(&self) -> io::Result<Option<String>> {
        // Opened anew, so that not to block is said of this reading alone and not of everybody's
        // standard input.
        let mut terminal = File::open(TERMINAL)?;
        ioctl_fionbio(&terminal, true)?;
        // What was typed before the question was there is no answer to it.
        tcflush(&terminal, QueueSelector::IFlush)?;
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\n") {
            let mut buffer = [0; 1024];
            match terminal.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(length) => bytes.extend_from_slice(&buffer[..length]),
                // Looking again and again works with every system's terminals, and can be given up
                // at any time without a thread left behind that takes the next line typed.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    tokio::time::sleep(PATIENCE).await;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

impl Person for Terminal {
    fn line(&self) -> BoxFuture<'_, io::Result<Option<String>>> {
        Box::pin(self.read_line())
    }

    fn edit(&self, text: String) -> BoxFuture<'_, io::Result<Option<String>>> {
        Box::pin(async move {
            let Some(editor) = self.editor.clone() else { return Ok(None) };
            let (sender, edited) = oneshot::channel();
            std::thread::spawn(move || {
                let _given_up = sender.send(editor.run(&text, "json"));
            });
            self.is_editing.store(true, Ordering::Relaxed);
            let edited = edited.await;
            self.is_editing.store(false, Ordering::Relaxed);
            edited.map_err(io::Error::other)?.map(Some)
        })
    }

    fn is_editing(&self) -> bool {
        self.is_editing.load(Ordering::Relaxed)
    }
}

impl Editor {
    /// Runs the editor on a file that nobody else can read, and takes the file away again. The
    /// suffix tells the editor what the text is.
    pub fn run(&self, text: &str, suffix: &str) -> io::Result<String> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)?;
        let path = self.directory.join(format!("edit-{}.{suffix}", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        options.open(&path)?.write_all(text.as_bytes())?;
        let edited = self.wait(&path).and_then(|()| fs::read_to_string(&path));
        fs::remove_file(&path)?;
        edited
    }

    /// The command may have arguments, so a shell runs it, as git does.
    fn wait(&self, path: &Path) -> io::Result<()> {
        let terminal = OpenOptions::new().read(true).write(true).open(TERMINAL)?;
        let status = Command::new("sh")
            .arg("-c")
            .arg(format!("{} \"$1\"", self.command))
            .arg("sh")
            .arg(path)
            .stdin(terminal.try_clone()?)
            .stdout(terminal)
            .stderr(Stdio::inherit())
            .status()?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!("the editor ended with {status}")))
        }
    }
}
