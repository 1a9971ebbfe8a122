//! The prompt of an `ask`: words from the command line, text from standard input, or both.
//!
//! It knows when to wait for standard input and when not; nothing of what is asked.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::failure::{Exit, Failure};

/// The most that is read from standard input, in bytes.
const LIMIT: u64 = 16 * 1024 * 1024;

/// How long a pipe that has said nothing is waited for when there is a prompt already.
const PATIENCE: Duration = Duration::from_secs(1);

/// What was found besides the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    /// Nothing of note.
    None,
    /// Standard input is open and silent; it was not waited for.
    SilentInput,
}

/// Puts the prompt together.
///
/// `-` among no other words means standard input. Words and piped text are both sent, the words
/// first. A pipe nobody writes to is given up on after a second if there are words.
pub(super) async fn gather(words: &[String]) -> Result<(String, Note), Failure> {
    let typed = match words {
        [dash] if dash == "-" => String::new(),
        words => words.join(" ").trim().to_owned(),
    };
    let patience = if typed.is_empty() { None } else { Some(PATIENCE) };
    let (piped, note) = match standard_input()? {
        Input::Terminal if typed.is_empty() => return Err(nothing_asked()),
        Input::Terminal | Input::Nothing => (String::new(), Note::None),
        Input::Readable => read(patience).await?,
    };
    let piped = piped.trim_end();
    match (typed.is_empty(), piped.is_empty()) {
        (true, true) => Err(nothing_asked()),
        (false, true) => Ok((typed, note)),
        (true, false) => Ok((piped.to_owned(), note)),
        (false, false) => Ok((format!("{typed}\n\n{piped}"), note)),
    }
}

enum Input {
    Terminal,
    Nothing,
    Readable,
}

/// What standard input is. A character device that is no terminal is `/dev/null`, as in cron.
fn standard_input() -> Result<Input, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Ok(Input::Terminal);
    }
    let Ok(descriptor) = stdin.as_fd().try_clone_to_owned() else {
        return Ok(Input::Nothing);
    };
    let kind = File::from(descriptor).metadata().map_err(|e| unreadable(&e))?.file_type();
    Ok(if kind.is_char_device() { Input::Nothing } else { Input::Readable })
}

/// Reads on a thread of its own, since a read that never ends must not hold up the program's end.
async fn read(patience: Option<Duration>) -> Result<(String, Note), Failure> {
    let (first_sender, first) = oneshot::channel();
    let (rest_sender, rest) = oneshot::channel();
    std::thread::spawn(move || {
        let mut input = io::stdin().lock().take(LIMIT + 1);
        let mut bytes = vec![0; 64 * 1024];
        let started = input.read(&mut bytes).map(|length| bytes.truncate(length));
        let _given_up = first_sender.send(());
        let whole = started.and_then(|()| input.read_to_end(&mut bytes)).map(|_| bytes);
        let _given_up = rest_sender.send(whole);
    });
    if let Some(patience) = patience
        && tokio::time::timeout(patience, first).await.is_err()
    {
        return Ok((String::new(), Note::SilentInput));
    }
    let bytes = match rest.await {
        Ok(read) => read.map_err(|error| unreadable(&error))?,
        Err(_thread_gone) => Vec::new(),
    };
    if bytes.len() as u64 > LIMIT {
        return Err(Failure::new(Exit::Usage, "standard input is longer than 16 MiB")
            .hint("send the part that matters"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Failure::new(Exit::Usage, format!("standard input is not UTF-8 at byte {place}"))
            .hint("convert it first, for instance with `iconv -f latin1 -t utf8`")
    })?;
    Ok((text, Note::None))
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::new(Exit::Usage, format!("standard input cannot be read: {error}"))
}

fn nothing_asked() -> Failure {
    Failure::new(Exit::Usage, "nothing was asked")
        .hint("agentcard ask \"Which organizations is ada-moreau a member of?\"")
        .hint("or pipe the question: echo \"…\" | agentcard ask")
}
