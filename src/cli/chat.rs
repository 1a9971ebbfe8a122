//! `agentcard chat`: questions and answers on one conversation, until the person leaves.
//!
//! It reads, and has what was read carried out; how is told in the parts.

mod commands;
mod connected;
mod copy;
pub(super) mod guests;
mod resume;
mod servers;
mod shell;
mod talk;
mod words;

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tokio::signal::unix::{Signal, SignalKind, signal};

use tokio_util::sync::CancellationToken;

use super::args::ChatArgs;
use super::{interrupt, setup};
use crate::config::Environment;
use crate::failure::{Exit, Failure};
use crate::render::sanitize::sanitize;
use crate::repl::{Editor, Input, Typed, parse};
use talk::Talk;

/// Two times Ctrl-C within this time leave.
const TWICE: Duration = Duration::from_secs(1);

/// Whether the conversation goes on.
enum Next {
    Line,
    /// It does, and the person has just pressed Ctrl-C to have it so.
    Stopped,
    Leave(Exit),
}

/// Waits for what is no run of the agent, unless the person stops it; then, how that leaves the
/// conversation.
async fn unless_stopped<T>(work: impl Future<Output = T>) -> Result<T, Next> {
    let cancel = CancellationToken::new();
    tokio::select! {
        done = work => Ok(done),
        () = cancel.cancelled() => {
            say("stopped");
            Err(if is_terminal() { Next::Stopped } else { Next::Leave(Exit::Interrupted) })
        }
        never = interrupt::watch(&cancel, || false) => match never {},
    }
}

/// Talks until the person leaves.
pub(super) async fn chat(args: ChatArgs, environment: &Environment) -> Exit {
    let started = async {
        let mut signals = Signals::listen()?;
        let (talk, editor) = tokio::select! {
            biased;
            () = signals.any() => return Err(Failure::new(Exit::Interrupted, "interrupted")),
            started = Talk::start(args, environment) => started?,
        };
        Ok((signals, talk, editor))
    };
    match started.await {
        Ok((mut signals, mut talk, mut editor)) => {
            let exit = Box::pin(lines(&mut signals, &mut talk, &mut editor)).await;
            talk.settle().await;
            setup::end(&mut talk.connected.session).await;
            exit
        }
        Err(failure) => {
            complain(&failure);
            failure.exit
        }
    }
}

async fn lines(signals: &mut Signals, talk: &mut Talk<'_>, editor: &mut Editor) -> Exit {
    let mut interrupted: Option<Instant> = None;
    loop {
        editor.saw(talk.seen());
        let typed = tokio::select! {
            biased;
            _ = signals.terminate.recv() => return Exit::Interrupted,
            _ = signals.hangup.recv() => return Exit::Interrupted,
            _ = signals.interrupt.recv() => Typed::Interrupted,
            typed = editor.line() => typed,
        };
        if let Typed::Ahead(line) = &typed {
            say(&format!("> {line}"));
        }
        match typed {
            Typed::Ended => return talk.exit(),
            Typed::Interrupted => {
                if interrupted.is_some_and(|before| before.elapsed() < TWICE) {
                    return talk.exit();
                }
                interrupted = Some(Instant::now());
            }
            Typed::Trouble(trouble) => complain(&Failure::new(Exit::Failed, trouble)),
            Typed::Line(line) | Typed::Ahead(line) => {
                interrupted = match talk.line(&line).await {
                    Next::Leave(exit) => return exit,
                    Next::Stopped => Some(Instant::now()),
                    Next::Line => None,
                };
                // What stopped the answer is not there to leave.
                let _answered = signals.interrupt.recv().now_or_never();
            }
        }
    }
}

impl Talk<'_> {
    async fn line(&mut self, line: &str) -> Next {
        let done = match parse(line, self.stage(), &self.connected.guests) {
            Ok(Input::Nothing) => Ok(Next::Line),
            Ok(Input::Question(question)) => Ok(self.ask(question).await),
            Ok(Input::Shell(command)) => shell::run(command).await.map(|()| Next::Line),
            Ok(Input::Command(command)) => self.carry_out(command).await,
            Ok(Input::Guest(name, arguments)) => self.call_guest(&name, &arguments).await,
            Err(failure) => Err(failure),
        };
        done.unwrap_or_else(|failure| {
            complain(&failure);
            Next::Line
        })
    }
}

/// The signals a conversation lives through. They are listened for from the beginning on, so that
/// none of them ever has its usual meaning.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// The terminal was closed.
    hangup: Signal,
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::new(Exit::Failed, format!("signals cannot be listened for: {error}"))
            })
        };
        let interrupt = listen(SignalKind::interrupt())?;
        let terminate = listen(SignalKind::terminate())?;
        Ok(Self { interrupt, terminate, hangup: listen(SignalKind::hangup())? })
    }

    /// Waits for any of them.
    async fn any(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}

fn is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Tells the person something that is no answer.
fn say(text: &str) {
    // Whoever closed standard error does not want to know.
    let _unseen = writeln!(io::stderr(), "{}", sanitize(text.trim_end()));
}

fn complain(failure: &Failure) {
    let _unseen = failure.print(io::stderr());
}
