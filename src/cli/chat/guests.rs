//! The commands that an agent brings: those a person can type, and what becomes of one that is typed.
//!
//! What a function returns is a stranger's text, for the person alone: the model reads nothing of it.

use super::super::setup;
use super::talk::Talk;
use super::{Next, say, unless_stopped};
use crate::card::{Card, CardCommand};
use crate::diagnostic::Diagnostic;
use crate::event::{Event, EventStream, Events};
use crate::failure::{Exit, Failure};
use crate::repl::{Guest, is_own};
use crate::runtime::CommandError;

/// The commands of a card that can be typed.
pub(super) fn of(card: &Card) -> Vec<Guest> {
    let commands = card.commands.iter().filter(|command| !is_own(&typed(command)));
    let guest = |command: &CardCommand| Guest {
        name: typed(command),
        argument: command.input_hint.as_deref().map(first_line),
        help: first_line(&command.description),
    };
    commands.map(guest).collect()
}

/// A complaint about each command of a card whose name is one of the program's own commands.
pub(in crate::cli) fn shadowed(card: &Card) -> Vec<Diagnostic> {
    let commands = card.commands.iter().filter(|command| is_own(&typed(command)));
    let complaint = |command: &CardCommand| {
        let message = format!("`/{}` is a command of the program, and stays that", command.name);
        let hint = Some("give it another name".to_owned());
        Diagnostic { hint, ..card.complaint("shadowed-command", &command.key, message) }
    };
    commands.map(complaint).collect()
}

fn typed(command: &CardCommand) -> String {
    format!("/{}", command.name)
}

fn first_line(text: &str) -> String {
    text.trim().lines().next().unwrap_or_default().to_owned()
}

impl Talk<'_> {
    /// Carries out a command of the agent, until it is done or the person stops it.
    pub(super) async fn call_guest(
        &mut self,
        name: &str,
        arguments: &str,
    ) -> Result<Next, Failure> {
        let Some(commands) = &self.connected.commands else { return Ok(Next::Line) };
        let messages = self.kept.conversation.messages();
        let (events, printed) = Events::channel();
        let running = async {
            let command = name.trim_start_matches('/');
            let outcome = commands.run(command, arguments, messages, &events).await;
            drop(events);
            outcome
        };
        let both = async { tokio::join!(running, show(printed)) };
        let outcome = match unless_stopped(both).await {
            Ok((outcome, ())) => outcome,
            Err(next) => return Ok(next),
        };
        match outcome {
            Ok(text) => {
                if !text.trim().is_empty() {
                    say(&text);
                }
                Ok(Next::Line)
            }
            Err(CommandError::Setup(error)) => Err(setup::failure(&error)),
            Err(CommandError::Failed(why)) => {
                Err(Failure::new(Exit::Failed, format!("{name} failed: {why}")))
            }
        }
    }
}

/// Shows what a function prints while it runs.
async fn show(mut printed: EventStream) {
    while let Some(event) = printed.recv().await {
        if let Event::Printed { by, text } = event {
            say(&format!("{by} | {text}"));
        }
    }
}
