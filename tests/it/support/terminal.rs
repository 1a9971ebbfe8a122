//! The built program on a real terminal, which tmux plays: keys in, screens out.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::program::Program;
use super::wait::{PATIENCE, block_until};

/// How every program is started: with no variables but these and its own.
const ENVIRONMENT: &str = "env -i TERM=screen LANG=C.UTF-8 NO_COLOR=1";

/// How many lines a window has.
const ROWS: &str = "50";

/// A terminal of its own in which the program runs. Dropping it ends both.
pub(crate) struct Terminal {
    directory: TempDir,
}

impl Terminal {
    /// Starts the program in a window of this many columns, or says that there is no tmux.
    ///
    /// Its home is a fresh directory, which is the working directory too. When the program has
    /// ended, the screen shows its exit code.
    pub(crate) fn start(columns: u32, arguments: &str) -> Option<Self> {
        Self::with(columns, "", arguments)
    }

    /// Starts the program with variables: `NAME=value …`.
    pub(crate) fn with(columns: u32, variables: &str, arguments: &str) -> Option<Self> {
        let program = env!("CARGO_BIN_EXE_agentcard");
        Self::open(columns, |home| {
            std::fs::create_dir(home).unwrap();
            let home = home.display();
            format!("cd {home}; {ENVIRONMENT} HOME={home} {variables} {program} {arguments}")
        })
    }

    /// Runs a program that has a home and variables of its own.
    pub(crate) fn run(columns: u32, program: &Program, arguments: &[&str]) -> Option<Self> {
        let command = program.command(arguments);
        let variables = command.get_envs().filter_map(|(name, value)| {
            let value = quoted(&value?.to_string_lossy());
            Some(format!("{}={value}", name.to_string_lossy()))
        });
        let words = [command.get_program()].into_iter().chain(command.get_args());
        let words = words.map(|word| quoted(&word.to_string_lossy()));
        let line = variables.chain(words).collect::<Vec<_>>().join(" ");
        let home = program.home().display();
        Self::open(columns, |_| format!("cd {home}; {ENVIRONMENT} {line}"))
    }

    fn open(columns: u32, line: impl FnOnce(&Path) -> String) -> Option<Self> {
        if Command::new("tmux").arg("-V").stdout(Stdio::null()).status().is_err() {
            let _unseen = std::io::Write::write_all(
                &mut std::io::stderr(),
                b"skipped: there is no tmux to drive the program with\n",
            );
            return None;
        }
        let terminal = Self { directory: tempfile::tempdir().unwrap() };
        // The shell outlives a Ctrl-C that is meant for the program, and so does what keeps its last
        // screen.
        let script = format!(
            "trap : INT; {}; echo \"[exit $?]\"; trap '' INT; sleep 600",
            line(&terminal.home())
        );
        let columns = columns.to_string();
        let window = ["new-session", "-d", "-x", &columns, "-y", ROWS, "sh", "-c", &script];
        let started = terminal.tmux(&window);
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        Some(terminal)
    }

    /// The home directory of a program that was started without one of its own.
    pub(crate) fn home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Types a text and presses Enter.
    pub(crate) fn enter(&self, text: &str) {
        self.keys(text);
        self.press("Enter");
    }

    /// Types a text.
    pub(crate) fn keys(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    /// Presses a key, by tmux's name for it.
    pub(crate) fn press(&self, key: &str) {
        self.tmux(&["send-keys", key]);
    }

    /// Pastes a text as a terminal does, in brackets.
    pub(crate) fn paste(&self, text: &str) {
        self.tmux(&["set-buffer", text]);
        self.tmux(&["paste-buffer", "-p"]);
    }

    /// What the screen shows, without the empty lines at its end.
    pub(crate) fn screen(&self) -> String {
        let output = self.tmux(&["capture-pane", "-p"]);
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Types a line and waits until the program asks for the next one. The line must fit the window
    /// and differ from those before it.
    pub(crate) fn ask(&self, line: &str) -> String {
        self.prompt();
        self.enter(line);
        self.wait(line, |screen| {
            let after = screen.rsplit_once(line).map(|(_, after)| after);
            after.is_some_and(|after| after.ends_with("\n>"))
        })
    }

    /// Waits until the program asks for a line.
    pub(crate) fn prompt(&self) {
        self.until("\n>");
    }

    /// Waits until the screen ends like this.
    pub(crate) fn until(&self, end: &str) {
        self.wait(end, |screen| screen.ends_with(end));
    }

    /// Waits until the screen shows this, and returns it.
    pub(crate) fn shows(&self, text: &str) -> String {
        self.wait(text, |screen| screen.contains(text))
    }

    /// Waits until this is found on the screen, and returns it.
    #[expect(clippy::disallowed_methods, reason = "a test waits for another process")]
    pub(crate) fn wait(&self, wanted: &str, found: impl Fn(&str) -> bool) -> String {
        let since = Instant::now();
        loop {
            let screen = self.screen();
            if found(&screen) {
                return screen;
            }
            assert!(since.elapsed() < PATIENCE, "no {wanted:?} in:\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The process of the program, which the shell of the window has started.
    pub(crate) fn process(&self) -> u32 {
        let shell = self.tmux(&["display-message", "-p", "#{pane_pid}"]).stdout;
        let shell = String::from_utf8(shell).unwrap();
        let shell = shell.trim();
        let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"));
        children.unwrap().trim().parse().unwrap()
    }

    /// Closes the window, and waits until the program is gone.
    pub(crate) fn close(&self) {
        let process = PathBuf::from(format!("/proc/{}", self.process()));
        self.tmux(&["kill-session"]);
        block_until("the program is gone", || !process.exists());
    }

    /// Tells tmux something.
    pub(crate) fn tmux(&self, arguments: &[&str]) -> Output {
        let socket = self.directory.path().join("tmux");
        Command::new("tmux")
            .args(["-u", "-f", "/dev/null", "-S"])
            .arg(socket)
            .args(arguments)
            .output()
            .unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
