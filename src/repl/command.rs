//! The commands of a conversation: one table, of which help, completion and parsing are made.
//!
//! It does not carry them out.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::failure::{Exit, Failure};
use crate::suggest::did_you_mean;

/// What a line comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Nothing was typed.
    Nothing,
    /// Something for the agent.
    Question(String),
    /// Something for the program.
    Command(Command),
}

/// Something for the program to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Show the commands.
    Help,
    /// Leave.
    Quit,
    /// Begin a new conversation.
    New,
    /// Say which card runs, or run another.
    Card(Option<PathBuf>),
    /// Say which model replies, or have another reply.
    Model(Option<String>),
    /// Show the tools.
    Tools,
    /// Show what was used so far.
    Usage,
    /// Show or hide the chain of thought.
    Reasoning,
    /// Show more or less of each call.
    Verbose,
    /// Ask the last question again.
    Retry,
    /// Take the last question and its answer back.
    Undo,
    /// Make the conversation shorter.
    Compact,
}

/// A row of the table.
pub(super) struct Row {
    /// Its names, the main one first.
    pub(super) names: &'static [&'static str],
    /// What may follow it.
    pub(super) takes: Takes,
    help: &'static str,
}

/// What may follow a command.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    /// Nothing.
    Nothing(Make),
    /// The name of a card's file.
    Card,
    /// A model spec.
    Model,
}

type Make = fn() -> Command;

/// All commands, in the order of the help.
pub(super) const TABLE: &[Row] = &[
    row(&["/help"], Takes::Nothing(|| Command::Help), "show the commands"),
    row(&["/new", "/clear"], Takes::Nothing(|| Command::New), "begin a new conversation"),
    row(&["/card"], Takes::Card, "run another card and go on with this conversation"),
    row(&["/model"], Takes::Model, "have another model reply, whatever the card says"),
    row(&["/tools"], Takes::Nothing(|| Command::Tools), "show the tools the agent has"),
    row(&["/usage"], Takes::Nothing(|| Command::Usage), "show what this session used so far"),
    row(&["/retry"], Takes::Nothing(|| Command::Retry), "ask the last question again"),
    row(
        &["/undo"],
        Takes::Nothing(|| Command::Undo),
        "take the last question and its answer out of the conversation",
    ),
    row(
        &["/compact"],
        Takes::Nothing(|| Command::Compact),
        "make the conversation shorter; names and numbers are kept",
    ),
    row(
        &["/reasoning"],
        Takes::Nothing(|| Command::Reasoning),
        "show or hide the model's reasoning",
    ),
    row(&["/verbose"], Takes::Nothing(|| Command::Verbose), "show or hide tokens and repairs"),
    row(&["/quit", "/exit"], Takes::Nothing(|| Command::Quit), "leave (also Ctrl-D)"),
];

const fn row(names: &'static [&'static str], takes: Takes, help: &'static str) -> Row {
    Row { names, takes, help }
}

/// Understands a line.
///
/// A line that starts with a slash is a command; a path such as `/models/a/b` is none.
pub fn parse(line: &str) -> Result<Input, Failure> {
    let text = line.trim();
    if text.is_empty() {
        return Ok(Input::Nothing);
    }
    let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if !name.starts_with('/') || name[1..].contains('/') {
        return Ok(Input::Question(text.to_owned()));
    }
    let argument = Some(argument.trim()).filter(|argument| !argument.is_empty());
    let row = TABLE.iter().find(|row| row.names.contains(&name)).ok_or_else(|| unknown(name))?;
    let command = match (row.takes, argument) {
        (Takes::Nothing(make), None) => make(),
        (Takes::Nothing(_), Some(_)) => {
            return Err(Failure::new(Exit::Usage, format!("nothing may follow {name}")));
        }
        (Takes::Card, argument) => Command::Card(argument.map(PathBuf::from)),
        (Takes::Model, argument) => Command::Model(argument.map(str::to_owned)),
    };
    Ok(Input::Command(command))
}

fn unknown(name: &str) -> Failure {
    let names = TABLE.iter().flat_map(|row| row.names).copied();
    let failure = Failure::new(Exit::Usage, format!("there is no command {name}"));
    match did_you_mean(name, names) {
        Some(meant) => failure.hint(format!("did you mean {meant}?")),
        None => failure.hint("/help shows the commands"),
    }
}

/// The help.
pub fn help() -> String {
    let mut text = String::new();
    for Row { names, takes, help } in TABLE {
        let argument = match takes {
            Takes::Nothing(_) => "",
            Takes::Card => " [FILE]",
            Takes::Model => " [SPEC]",
        };
        let usage = format!("{}{argument}", names.join(", "));
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{usage:14}  {help}");
    }
    text.push_str(
        "A \\ at the end of a line continues it. Ctrl-C clears the line or stops the answer; \
         twice quickly, it leaves.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_question_or_a_command() {
        let question = |text: &str| Ok(Input::Question(text.to_owned()));
        assert_eq!(parse("  "), Ok(Input::Nothing));
        assert_eq!(parse(" Who is ada?\n"), question("Who is ada?"));
        assert_eq!(parse("/models/a/b is what?"), question("/models/a/b is what?"));
        assert_eq!(parse("/clear"), Ok(Input::Command(Command::New)));
        let card = Command::Card(Some(PathBuf::from("my card.md")));
        assert_eq!(parse("/card  my card.md"), Ok(Input::Command(card)));
        assert_eq!(parse("/model"), Ok(Input::Command(Command::Model(None))));
    }

    #[test]
    fn what_is_no_command_is_answered_with_the_nearest() {
        let failure = parse("/modle x").unwrap_err();
        assert_eq!(failure.message, "there is no command /modle");
        assert_eq!(failure.hints, ["did you mean /model?"]);
        assert_eq!(parse("/xyzzy").unwrap_err().hints, ["/help shows the commands"]);
        assert_eq!(parse("/quit now").unwrap_err().message, "nothing may follow /quit");
    }

    #[test]
    fn every_name_is_there_once() {
        let mut names: Vec<_> = TABLE.iter().flat_map(|row| row.names).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
