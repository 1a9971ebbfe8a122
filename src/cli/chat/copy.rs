//! The last answer on the clipboard: through a program that owns one, or through the terminal.
//!
//! Here alone a sequence is written that makes a terminal do something, and never one of a model's.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::config::Environment;
use crate::failure::{Exit, Failure};
use crate::render::sanitize::sanitize;
use crate::render::text::Screen;

/// Programs, and the variable that says that there is a clipboard for them.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("WAYLAND_DISPLAY", &["wl-copy"]),
    ("DISPLAY", &["xclip", "-selection", "clipboard"]),
    ("DISPLAY", &["xsel", "--clipboard", "--input"]),
];

/// What terminals take at once: xterm's buffer for such a sequence, and others', is no smaller.
const LONGEST: usize = 100_000;

/// Puts a text on the clipboard, and says how. What a terminal would obey is not copied.
pub(super) fn copy(
    text: &str,
    screen: Screen,
    environment: &Environment,
) -> Result<String, Failure> {
    let text = sanitize(text);
    let length = format!("{} characters", text.chars().count());
    if cfg!(target_os = "macos") && hand_to(&["pbcopy"], &text).is_ok() {
        return Ok(format!("copied {length} with pbcopy"));
    }
    for (variable, program) in PROGRAMS {
        if environment.get(variable).is_some() && hand_to(program, &text).is_ok() {
            return Ok(format!("copied {length} with {}", program[0]));
        }
    }
    let failed = |what: String| Failure::new(Exit::Failed, what);
    if screen == Screen::Plain {
        return Err(failed("there is no clipboard here".to_owned()));
    }
    let encoded = BASE64_STANDARD.encode(text.as_bytes());
    if encoded.len() > LONGEST {
        return Err(failed(format!("{length} are too many for a terminal's clipboard")));
    }
    // OSC 52 (xterm's ctlseqs, "Manipulate Selection Data").
    write!(io::stderr(), "\x1b]52;c;{encoded}\x07")
        .map_err(|error| failed(format!("the terminal cannot be written to: {error}")))?;
    Ok(format!("asked the terminal to copy {length} (OSC 52; some terminals do not)"))
}

fn hand_to(program: &[&str], text: &str) -> io::Result<()> {
    let mut child = Command::new(program[0])
        .args(&program[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes())?;
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(status.to_string())) }
}
