//! A real terminal for the program: `tmux` on a socket of its own, whose screen can be read.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::support::program::Program;

/// How long something may take to show on the screen of a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A terminal in which the program runs. Dropping it ends both.
pub(crate) struct Terminal<'a> {
    home: &'a Path,
}

impl<'a> Terminal<'a> {
    /// Runs the program in a terminal; nothing where there is no `tmux`.
    ///
    /// When it has ended, the screen shows `exit CODE`.
    pub(crate) fn run(program: &'a Program, arguments: &[&str]) -> Option<Self> {
        if Command::new("tmux").arg("-V").output().is_err() {
            println!("skipped: there is no tmux");
            return None;
        }
        let script = program.home().join("run.sh");
        let command = program.command(arguments);
        // The shell outlives a Ctrl-C that is meant for the program.
        let mut words = vec!["exec env -i TERM=xterm PATH=/usr/bin:/bin".to_owned()];
        words.extend(command.get_envs().map(|(name, value)| {
            let value = value.unwrap_or_default().to_string_lossy();
            format!("{}={}", name.to_string_lossy(), quoted(&value))
        }));
        words.push("sh -c 'trap : INT; \"$@\"; echo exit $?; sleep 60' sh".to_owned());
        words.push(quoted(&command.get_program().to_string_lossy()));
        words.extend(arguments.iter().map(|argument| quoted(argument)));
        let text = words.join(" ");
        std::fs::write(&script, text).unwrap();
        let terminal = Self { home: program.home() };
        let path = script.to_string_lossy();
        terminal.tmux(&["new-session", "-d", "-x", "100", "-y", "50", "sh", &path]);
        Some(terminal)
    }

    /// Types something, as `tmux send-keys` names keys.
    pub(crate) fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Waits until the screen shows this, and returns the screen.
    #[expect(clippy::disallowed_methods, reason = "the program is another process")]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let started = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            assert!(started.elapsed() < PATIENCE, "{text:?} is not on the screen:\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What is on the screen and was before, wrapped lines joined.
    fn screen(&self) -> String {
        let output = self.tmux(&["capture-pane", "-p", "-J", "-S", "-"]);
        let screen = String::from_utf8_lossy(&output.stdout);
        screen.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    fn tmux(&self, arguments: &[&str]) -> Output {
        Command::new("tmux")
            .args(["-L", "agentcard", "-f", "/dev/null"])
            .args(arguments)
            .env("TMUX_TMPDIR", self.home)
            .env_remove("TMUX")
            .output()
            .unwrap()
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
