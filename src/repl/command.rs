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
    /// Something for the shell: what follows a `!`.
    Shell(String),
    /// Something for the program.
    Command(Command),
    /// A command of the agent, by its name there, and what follows it.
    Guest(String, String),
}

/// A command that an agent brings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guest {
    /// Its name with the `/`, in lower case.
    pub name: String,
    /// What may follow it.
    pub argument: Option<String>,
    /// What it does.
    pub help: String,
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
    /// Show the prompts of MCP servers, or use one.
    Prompt(Option<String>),
    /// Show the rules about writes, and what was approved.
    Policy,
    /// Show what was used so far.
    Usage,
    /// Show or hide the chain of thought.
    Reasoning,
    /// Show more or less of each call.
    Verbose,
    /// Put the last answer on the clipboard.
    Copy,
    /// Show the conversations that were kept.
    Transcripts,
    /// Go on with another conversation.
    Resume(Option<String>),
    /// Give the conversation a name.
    Save(Option<String>),
    /// Write the conversation to a file.
    Export(Option<PathBuf>),
    /// Ask the last question again.
    Retry,
    /// Take the last question and its answer back.
    Undo,
    /// Make the conversation shorter.
    Compact,
}

/// How far a conversation is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nothing was asked.
    #[default]
    Fresh,
    /// Something was asked.
    Asked,
    /// Something was answered.
    Answered,
}

/// A row of the table.
pub(super) struct Row {
    /// Its names, the main one first.
    pub(super) names: &'static [&'static str],
    /// How far the conversation must be.
    pub(super) needs: Stage,
    /// What may follow it, and the command it is then.
    pub(super) takes: Takes,
    help: &'static str,
}

/// What may follow a command, and what it makes of it.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    /// Nothing.
    Nothing(fn() -> Command),
    /// A word or a name of this kind.
    Argument(Argument, fn(Option<&str>) -> Command),
}

/// Kinds of argument, which are completed each in its way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Argument {
    /// The name of an agent, or of a card's file.
    Card,
    /// A model spec.
    Model,
    /// Something else, shown so in the help.
    Other(&'static str),
}

/// All commands, in the order of the help.
pub(super) const TABLE: &[Row] = &[
    row(&["/help"], || Command::Help, "show the commands"),
    row(&["/new", "/clear"], || Command::New, "begin a new conversation"),
    Row {
        names: &["/card"],
        needs: Stage::Fresh,
        takes: Takes::Argument(Argument::Card, |file| Command::Card(file.map(PathBuf::from))),
        help: "run another card and go on with this conversation",
    },
    Row {
        names: &["/model"],
        needs: Stage::Fresh,
        takes: Takes::Argument(Argument::Model, |spec| Command::Model(spec.map(str::to_owned))),
        help: "have another model reply, whatever the card says",
    },
    row(&["/tools"], || Command::Tools, "show the tools the agent has"),
    Row {
        names: &["/prompt"],
        needs: Stage::Fresh,
        takes: Takes::Argument(Argument::Other("[NAME]"), |name| {
            Command::Prompt(name.map(str::to_owned))
        }),
        help: "list the prompts of MCP servers, or use one: NAME KEY=VALUE …",
    },
    row(&["/policy"], || Command::Policy, "show the rules about writes, and what you approved"),
    row(&["/usage"], || Command::Usage, "show what this session used so far"),
    row(&["/transcripts"], || Command::Transcripts, "list the conversations that were kept"),
    Row {
        names: &["/resume"],
        needs: Stage::Fresh,
        takes: Takes::Argument(Argument::Other("[ID]"), |id| {
            Command::Resume(id.map(str::to_owned))
        }),
        help: "go on with the last one, or with this",
    },
    Row {
        names: &["/save"],
        needs: Stage::Asked,
        takes: Takes::Argument(Argument::Other("[NAME]"), |name| {
            Command::Save(name.map(str::to_owned))
        }),
        help: "name this one, and keep it for good",
    },
    Row {
        names: &["/export"],
        needs: Stage::Asked,
        takes: Takes::Argument(Argument::Other("[FILE]"), |file| {
            Command::Export(file.map(PathBuf::from))
        }),
        help: "write it to a file, as Markdown or .json",
    },
    row(&["/copy"], || Command::Copy, "put the last answer on the clipboard")
        .after(Stage::Answered),
    row(&["/retry"], || Command::Retry, "ask the last question again").after(Stage::Asked),
    row(&["/undo"], || Command::Undo, "take the last question back").after(Stage::Asked),
    row(&["/compact"], || Command::Compact, "make the conversation shorter; names stay")
        .after(Stage::Asked),
    row(&["/reasoning"], || Command::Reasoning, "show or hide the model's reasoning"),
    row(&["/verbose"], || Command::Verbose, "show or hide tokens and repairs"),
    row(&["/quit", "/exit"], || Command::Quit, "leave (also Ctrl-D)"),
];

/// A command that nothing follows.
const fn row(names: &'static [&'static str], make: fn() -> Command, help: &'static str) -> Row {
    Row { names, needs: Stage::Fresh, takes: Takes::Nothing(make), help }
}

impl Row {
    /// The same command, where it needs a conversation that is so far.
    const fn after(mut self, needs: Stage) -> Self {
        self.needs = needs;
        self
    }

    fn usage(&self) -> String {
        let argument = match self.takes {
            Takes::Nothing(_) => return self.names.join(", "),
            Takes::Argument(Argument::Card, _) => "[CARD]",
            Takes::Argument(Argument::Model, _) => "[SPEC]",
            Takes::Argument(Argument::Other(argument), _) => argument,
        };
        format!("{} {argument}", self.names.join(", "))
    }

    fn command(
        &self,
        name: &str,
        argument: Option<&str>,
        stage: Stage,
    ) -> Result<Command, Failure> {
        if let Some(lack) = self.needs.lack(stage) {
            return Err(Failure::new(Exit::Usage, format!("{name}: {lack}")));
        }
        match (self.takes, argument) {
            (Takes::Nothing(make), None) => Ok(make()),
            (Takes::Argument(_, make), argument) => Ok(make(argument)),
            (Takes::Nothing(_), Some(_)) => {
                Err(Failure::new(Exit::Usage, format!("nothing may follow {name}")))
            }
        }
    }
}

impl Stage {
    /// What a conversation that is so far lacks, if it must be as far as this.
    fn lack(self, stage: Self) -> Option<&'static str> {
        match self {
            needed if needed <= stage => None,
            Self::Answered => Some("nothing was answered yet"),
            Self::Fresh | Self::Asked => Some("nothing was asked yet"),
        }
    }
}

/// Whether a name, with the `/`, is one of the program's own commands, which no guest takes.
pub fn is_own(name: &str) -> bool {
    TABLE.iter().any(|row| row.names.contains(&name))
}

/// Understands a line, in a conversation that is so far, with an agent that brings these commands.
///
/// A line that starts with a slash is a command; a path such as `/models/a/b` is none.
pub fn parse(line: &str, stage: Stage, guests: &[Guest]) -> Result<Input, Failure> {
    let text = line.trim();
    if text.is_empty() {
        return Ok(Input::Nothing);
    }
    if let Some(command) = text.strip_prefix('!') {
        return match command.trim() {
            "" => Err(Failure::new(Exit::Usage, "a shell command follows the `!`")),
            command => Ok(Input::Shell(command.to_owned())),
        };
    }
    let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if !name.starts_with('/') || name[1..].contains('/') {
        return Ok(Input::Question(text.to_owned()));
    }
    let argument = argument.trim();
    if let Some(row) = TABLE.iter().find(|row| row.names.contains(&name)) {
        let argument = Some(argument).filter(|argument| !argument.is_empty());
        return row.command(name, argument, stage).map(Input::Command);
    }
    let folded = name.to_lowercase();
    match guests.iter().find(|guest| guest.name == folded) {
        Some(_) => Ok(Input::Guest(folded, argument.to_owned())),
        None => Err(unknown(name, guests)),
    }
}

fn unknown(name: &str, guests: &[Guest]) -> Failure {
    let own = TABLE.iter().flat_map(|row| row.names).copied();
    let names = own.chain(guests.iter().map(|guest| guest.name.as_str()));
    let failure = Failure::new(Exit::Usage, format!("there is no command {name}"));
    match did_you_mean(name, names) {
        Some(meant) => failure.hint(format!("did you mean {meant}?")),
        None => failure.hint("/help shows the commands"),
    }
}

/// The help, in a conversation that is so far, with an agent that brings these commands.
pub fn help(stage: Stage, guests: &[Guest]) -> String {
    let mut text = String::new();
    for row in TABLE {
        let lack = row.needs.lack(stage).map(|lack| format!(" ({lack})")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{:14}  {}{lack}", row.usage(), row.help);
    }
    for Guest { name, argument, help } in guests {
        let usage = argument.iter().fold(name.clone(), |name, argument| name + " " + argument);
        let _infallible = writeln!(text, "{usage:14}  {help}");
    }
    text.push_str(
        "!COMMAND        run a shell command, of which the model sees nothing\n\n\
         Enter sends; Ctrl-J or a \\ at the end goes on in another line. Tab completes,\n\
         Ctrl-R finds an earlier line, Ctrl-X Ctrl-E opens $EDITOR. Ctrl-C clears the\n\
         line or stops the answer; twice quickly, it leaves.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_question_or_a_command() {
        let question = |text: &str| Ok(Input::Question(text.to_owned()));
        let parse = |line| parse(line, Stage::Fresh, &[]);
        assert_eq!(parse("  "), Ok(Input::Nothing));
        assert_eq!(parse("! ls -l"), Ok(Input::Shell("ls -l".to_owned())));
        assert_eq!(parse(" Who is ada?\n"), question("Who is ada?"));
        assert_eq!(parse("/models/a/b is what?"), question("/models/a/b is what?"));
        assert_eq!(parse("/clear"), Ok(Input::Command(Command::New)));
        let card = Command::Card(Some(PathBuf::from("my card.md")));
        assert_eq!(parse("/card  my card.md"), Ok(Input::Command(card)));
        assert_eq!(parse("/model"), Ok(Input::Command(Command::Model(None))));
    }

    #[test]
    fn what_is_no_command_is_answered_with_the_nearest() {
        let parse = |line| parse(line, Stage::Fresh, &[]);
        let failure = parse("/modle x").unwrap_err();
        assert_eq!(failure.message, "there is no command /modle");
        assert_eq!(failure.hints, ["did you mean /model?"]);
        assert_eq!(parse("/xyzzy").unwrap_err().hints, ["/help shows the commands"]);
        assert_eq!(parse("/quit now").unwrap_err().message, "nothing may follow /quit");
    }

    #[test]
    fn what_a_conversation_is_not_ready_for_says_what_is_missing() {
        let complaint = |line, stage| parse(line, stage, &[]).unwrap_err().message;
        assert_eq!(complaint("/retry", Stage::Fresh), "/retry: nothing was asked yet");
        assert_eq!(complaint("/copy", Stage::Asked), "/copy: nothing was answered yet");
        assert_eq!(parse("/undo", Stage::Asked, &[]), Ok(Input::Command(Command::Undo)));
        assert!(
            help(Stage::Fresh, &[])
                .contains("ask the last question again (nothing was asked yet)\n")
        );
        assert!(help(Stage::Answered, &[]).contains("ask the last question again\n"));
    }

    #[test]
    fn a_guest_is_a_command_too_and_takes_no_name() {
        let guest = |name: &str, argument: Option<&str>| Guest {
            name: name.to_owned(),
            argument: argument.map(str::to_owned),
            help: "is a guest".to_owned(),
        };
        let guests = [guest("/deploy", Some("[PLACE]")), guest("/help", None)];
        let parse = |line| parse(line, Stage::Fresh, &guests);
        let input = Input::Guest("/deploy".to_owned(), "to  the moon".to_owned());
        assert_eq!(parse("/Deploy  to  the moon "), Ok(input));
        assert_eq!(parse("/help"), Ok(Input::Command(Command::Help)));
        assert!(is_own("/help") && !is_own("/deploy"));
        assert_eq!(parse("/deplyo").unwrap_err().hints, ["did you mean /deploy?"]);
        assert!(help(Stage::Fresh, &guests).contains("\n/deploy [PLACE]  is a guest\n"));
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
