//! The command line: what was typed, carried out.
//!
//! It puts the parts together and knows the terminal; how a run works is not decided here.

mod apply;
pub mod approve;
pub mod args;
mod ask;
mod cards;
mod chat;
mod deck;
mod doctor;
mod interrupt;
mod kept;
mod look;
mod outcome;
mod plan;
pub mod policy;
mod prompt;
mod read;
mod resume;
mod run;
mod sandbox;
mod schema;
mod send;
mod setup;
mod transcripts;
mod trust;
mod undo;
mod writes;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::config::Environment;
use crate::failure::{Exit, Failure};
use args::{CardsCommand, ChatArgs, Cli, Command, SandboxCommand};

/// Carries out a command line, program name first, and returns its exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Whoever closed the output does not want the help.
            let _unseen = error.print();
            if !error.use_stderr() {
                return Exit::Answered.into();
            }
            ask::form::misread(&arguments, &error.to_string());
            return Exit::Usage.into();
        }
    };
    let environment = Environment::process();
    let exit = match cli.command {
        None if io::stdin().is_terminal() => {
            block_on(async move { Box::pin(chat::chat(ChatArgs::default(), &environment)).await })
        }
        None => print(Ok(Cli::command().render_help().to_string())),
        Some(Command::Chat(args)) => {
            block_on(async move { Box::pin(chat::chat(args, &environment)).await })
        }
        Some(Command::Ask(args)) => block_on(async move { ask::ask(args, &environment).await }),
        Some(Command::Cards { command: CardsCommand::Check(args) }) => {
            cards::check::check(&args, &environment)
        }
        Some(Command::Cards { command }) => {
            block_on(async move { print(cards::cards(command, &environment).await) })
        }
        Some(Command::Transcripts { command }) => {
            print(transcripts::transcripts(command, &environment))
        }
        Some(Command::Sandbox { command: SandboxCommand::Serve(args) }) => {
            block_on(sandbox::serve(args))
        }
        Some(Command::Apply(args)) => {
            block_on(async move { done(apply::apply(args, &environment).await) })
        }
        Some(Command::Undo(args)) if args.list => print(undo::list(&args, &environment)),
        Some(Command::Undo(args)) => {
            block_on(async move { done(undo::undo(&args, &environment).await) })
        }
        Some(Command::Policy(args)) => print(policy::policy(args, &environment)),
        Some(Command::Schema(args)) => print(Ok(schema::schema(&args))),
        Some(Command::Doctor(args)) => {
            block_on(async move { doctor::doctor(args, &environment).await })
        }
        Some(Command::Completion { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "agentcard", &mut script);
            print(Ok(String::from_utf8_lossy(&script).into_owned()))
        }
    };
    exit.into()
}

/// Runs a future on a runtime of one thread, and does not wait for what it leaves behind.
///
/// It runs as a task of its own: waking the future that a runtime blocks on takes two system calls,
/// waking a task takes none.
fn block_on(future: impl Future<Output = Exit> + Send + 'static) -> Exit {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let message = format!("the asynchronous runtime cannot be started: {error}");
            return print(Err(Failure::new(Exit::Failed, message)));
        }
    };
    let task = runtime.spawn(future);
    // The one error there can be is a panic, and that has been reported.
    let exit = runtime.block_on(task).unwrap_or(Exit::Failed);
    runtime.shutdown_background();
    exit
}

/// Prints how a command failed that says by itself what it does.
fn done(outcome: Result<(), Failure>) -> Exit {
    print(outcome.map(|()| String::new()))
}

/// Prints what a command came to.
fn print(outcome: Result<String, Failure>) -> Exit {
    match outcome {
        Ok(text) => {
            let _unseen = io::stdout().write_all(text.as_bytes());
            Exit::Answered
        }
        Err(failure) => {
            let _unseen = failure.print(io::stderr());
            failure.exit
        }
    }
}
