//! How long a conversation takes from its start to its prompt, on a terminal that `script` plays.
//!
//! `cargo bench --bench prompt` fails when the prompt comes more than 20 ms after the program could
//! have printed its version, the least of many starts each. It knows the program by its command line
//! only.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How often each is started.
const STARTS: usize = 30;

/// What the prompt may take longer.
const LIMIT: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    match measure() {
        Ok(code) => code,
        Err(error) => {
            let _unseen = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<ExitCode, Box<dyn Error>> {
    if Command::new("script").arg("--version").stdout(Stdio::null()).status().is_err() {
        writeln!(std::io::stderr(), "skipped: there is no `script` to play a terminal")?;
        return Ok(ExitCode::SUCCESS);
    }
    let home = tempfile::tempdir()?;
    let (mut version, mut prompt) = (Duration::MAX, Duration::MAX);
    for _ in 0..STARTS {
        version = version.min(start("--version", "agentcard ", home.path())?);
        prompt = prompt.min(start("chat --model builtin.echo", "> ", home.path())?);
    }
    let more = prompt.saturating_sub(version);
    writeln!(std::io::stdout(), "version {version:.1?}, prompt {prompt:.1?}: {more:.1?} more")?;
    Ok(if more <= LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The time from the start of a terminal until it shows a text.
fn start(arguments: &str, text: &str, home: &std::path::Path) -> Result<Duration, Box<dyn Error>> {
    let program = env!("CARGO_BIN_EXE_agentcard");
    let started = Instant::now();
    let mut terminal = Command::new("script")
        .args([
            "--quiet",
            "--return",
            "--command",
            &format!("exec {program} {arguments}"),
            "/dev/null",
        ])
        .env_clear()
        .envs([
            ("HOME", home.as_os_str()),
            ("TERM", "xterm".as_ref()),
            ("PATH", "/usr/bin:/bin".as_ref()),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut output = terminal.stdout.take().ok_or("no output")?;
    let mut shown = String::new();
    let mut buffer = [0; 4096];
    let time = loop {
        let length = output.read(&mut buffer)?;
        shown.push_str(&String::from_utf8_lossy(&buffer[..length]));
        if shown.contains(text) {
            break started.elapsed();
        }
        if length == 0 {
            return Err(format!("no {text:?} in {shown:?}").into());
        }
    };
    terminal.kill()?;
    terminal.wait()?;
    Ok(time)
}
