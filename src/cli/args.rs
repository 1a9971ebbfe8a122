//! What may be typed: the command line as typed text, and its help.
//!
//! It gives words no meaning; `--help` and `--version` end here and touch nothing else.

mod cards;
mod transcripts;
mod writes;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use super::schema::SchemaArgs;
use crate::config::{Color, parse_duration};
use crate::sandbox::faults::Faults;

pub use cards::{CardsCommand, CheckArgs, CheckFormat};
pub use transcripts::{Format, TranscriptArgs, TranscriptsCommand};
pub use writes::{
    ApplyArgs, ConfirmArgs, PolicyArgs, PolicyCommand, RuleArgs, UndoArgs, WriteArgs,
};

/// Runs agent cards: Markdown files that name a model, its tools and a system prompt.
#[derive(Debug, Parser)]
#[command(name = "agentcard", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do; nothing, on a terminal, begins a conversation.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  answered                     53  a limit was reached (turns, calls, tokens, time, context)
  1  failed                       60  nobody said yes to a write or to the card's programs
  2  wrong command line           69  the model endpoint cannot be reached
 41  key missing or refused       75  rate-limited, try later
 52  card or config invalid      130  interrupted";

const ASK_EXAMPLES: &str = "\
Examples:
  git log -9 --format=%s | agentcard ask -q 'Which of these mention the Hub?'
  agentcard ask -f notes.md -f todo.md 'What is done and what is not?' -o report.md
  agentcard ask --json 'Who follows ada-moreau?' | jq -r .answer
  agentcard ask --output-schema people.json 'Who follows ada-moreau?' | jq -r '.people[]'
  agentcard ask --stream-json '…' | jq -r 'select(.type == \"call_ended\") | .summary'
From cron, which has no terminal (nothing waits, writes need --allow):
  0 7 * * 1  agentcard ask -q --timeout 2m -o ~/week.md 'What is new on lumen-labs?'

Exit codes: 0 answered, 1 failed, 2 wrong command line, 41 key, 52 card or config, 53 limit,
60 write refused, 69 unreachable, 75 rate-limited, 130 interrupted.";

/// What the program does.
#[derive(Debug, Subcommand)]
// Only the command that was typed gets its flags made: a third of the time from start to config.
#[command(defer = true)]
pub enum Command {
    /// Ask one question, print the answer, exit.
    #[command(after_help = ASK_EXAMPLES)]
    Ask(AskArgs),
    /// Talk with the agent; on a terminal, no command at all does the same.
    Chat(ChatArgs),
    /// List, make or check cards, or show what one comes to.
    Cards {
        /// Which.
        #[command(subcommand)]
        command: CardsCommand,
    },
    /// List, show, search, export and remove the conversations that were kept.
    Transcripts {
        /// What.
        #[command(subcommand)]
        command: TranscriptsCommand,
    },
    /// Practise against an emulated Hub.
    Sandbox {
        /// What.
        #[command(subcommand)]
        command: SandboxCommand,
    },
    /// Send the plan of a dry run, after a yes to each of its writes.
    Apply(ApplyArgs),
    /// Take back a write of this program, as far as that can be done.
    Undo(UndoArgs),
    /// Show the rules about writes, or which of them decides about one.
    Policy(PolicyArgs),
    /// Print the JSON Schema of what this program writes for scripts.
    Schema(SchemaArgs),
    /// Check configuration, card, keys, servers and this machine, and say what to do.
    Doctor(DoctorArgs),
    /// Print a completion script for a shell.
    Completion {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Where the agent comes from.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Agent")]
pub struct AgentArgs {
    /// A card, a directory of cards, or an address (`https://…`, `hf://OWNER/REPO/path.md`); can be
    /// given more than once [default: those in
    /// .fast-agent/agent-cards, else the built-in hf-user-small].
    #[arg(long = "card", value_name = "PATH")]
    pub cards: Vec<PathBuf>,
    /// The agent to ask, where several cards are given.
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// A card, or a directory of cards, to offer the agent as a tool; can be given more than once.
    #[arg(long = "card-tool", value_name = "PATH")]
    pub card_tools: Vec<PathBuf>,
    /// The model, as `PROVIDER.MODEL[:SUFFIX][?reasoning=low&temperature=0.2]`; wins over the card.
    #[arg(long, value_name = "SPEC")]
    pub model: Option<String>,
    /// The model of the conversation that is gone on with, where nothing else was typed.
    #[arg(skip)]
    pub had_model: Option<String>,
    /// The endpoint to use in place of the provider's own, such as `http://127.0.0.1:8080/v1`.
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Practise: a Hub emulator, and a planner in the place of the model unless --model names one.
    #[arg(long)]
    pub sandbox: bool,
    /// Hand the model what the Hub sent, with nothing left out.
    #[arg(long)]
    pub raw_results: bool,
    /// A configuration file in place of the user's and the project's.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What becomes of code the card brings.
    #[command(flatten)]
    pub code: CodeArgs,
}

/// What becomes of code a card brings.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct CodeArgs {
    /// Run the programs the card brings (Python, hooks, servers, shell) without asking, this time.
    #[arg(long)]
    pub trust: bool,
    /// Run `hf_api_tool.py:hf_api_request` as the Python it names, not as the tool built in.
    #[arg(long)]
    pub python_tools: bool,
    /// Let the commands of a card's shell reach whatever you can, not only its directory.
    #[arg(long)]
    pub no_sandbox_shell: bool,
}

impl AgentArgs {
    /// Whether it was said which agent is meant.
    pub(super) fn names_card(&self) -> bool {
        !self.cards.is_empty() || self.agent.is_some()
    }

    /// The same with the agent of this card, or with the one that is asked when none is named.
    pub(super) fn of_card(&self, card: Option<PathBuf>) -> Self {
        Self { cards: card.into_iter().collect(), ..self.of_name(None) }
    }

    /// The same with another of its cards, by name.
    pub(super) fn of_name(&self, agent: Option<String>) -> Self {
        Self { agent, had_model: None, ..self.clone() }
    }
}

/// Asks one question, prints the answer, exits.
#[derive(Debug, Args)]
pub struct AskArgs {
    /// The question; `-` or nothing reads standard input, text piped in is added to it.
    #[arg(value_name = "PROMPT")]
    pub prompt: Vec<String>,
    /// Add a text file to the question, at most 1 MiB; can be given more than once.
    #[arg(short, long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Where the agent comes from.
    #[command(flatten)]
    pub agent: AgentArgs,
    /// How the run is limited.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// Which writes may happen.
    #[command(flatten)]
    pub writes: WriteArgs,
    /// Which conversation it belongs to.
    #[command(flatten)]
    pub transcript: TranscriptArgs,
    /// How it is shown.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Talks with the agent; on a terminal, no command at all does the same.
#[derive(Debug, Default, Args)]
pub struct ChatArgs {
    /// Where the agent comes from.
    #[command(flatten)]
    pub agent: AgentArgs,
    /// How each run is limited.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// Which writes may happen without being asked about.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Which conversation it is.
    #[command(flatten)]
    pub transcript: TranscriptArgs,
    /// Print the tokens used and the repairs made.
    #[arg(short, long, help_heading = "Output")]
    pub verbose: bool,
    /// Print answers as they come: no Markdown, and what a terminal obeys is obeyed.
    #[arg(long, help_heading = "Output")]
    pub raw_output: bool,
    /// When to use color: auto (on a terminal, unless `NO_COLOR` is set), always, never.
    #[arg(long, help_heading = "Output", value_name = "WHEN", value_parser = str::parse::<Color>)]
    pub color: Option<Color>,
}

/// Check configuration, card, keys, servers and this machine, and say what to do.
///
/// The exit code is that of the first thing that would keep an agent from running: 52 for
/// configuration and card, 41 for keys, 69 for servers that cannot be reached, 1 otherwise.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Where the agent comes from.
    #[command(flatten)]
    pub agent: AgentArgs,
    /// Ask the model to call a tool, and say whether it streams, where its reasoning is and how long
    /// it takes; this costs tokens, and nothing else here does.
    #[arg(long)]
    pub probe: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// How a run is limited.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitArgs {
    /// The most model requests [default: 25].
    #[arg(long, value_name = "N")]
    pub max_turns: Option<NonZeroU32>,
    /// The most time for the whole run, such as 90s or 2m [default: no limit].
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
}

/// How a run is shown.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Output")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch somebody typed")]
pub struct OutputArgs {
    /// Print one JSON document: answer, usage, calls, model, timings.
    #[arg(long, conflicts_with = "stream_json")]
    pub json: bool,
    /// Print JSON Lines: each event as it happens, the document last.
    #[arg(long)]
    pub stream_json: bool,
    /// End with one more request, without tools, for the answer as JSON that fits the JSON Schema in
    /// FILE; standard output is that document.
    #[arg(long, value_name = "FILE")]
    pub output_schema: Option<PathBuf>,
    /// Write the answer to FILE in place of standard output; a file that is there is replaced in one
    /// step, and only if the run ends well.
    #[arg(short, long, value_name = "FILE", conflicts_with = "stream_json")]
    pub output: Option<PathBuf>,
    /// Ask for each reply in one piece, and print the answer once at the end.
    #[arg(long)]
    pub no_stream: bool,
    /// Print the answer and failures only.
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print every call, how it came back, and the tokens used.
    #[arg(short, long)]
    pub verbose: bool,
    /// Print the answer as it comes: no Markdown, and what a terminal obeys is obeyed.
    #[arg(long)]
    pub raw_output: bool,
    /// When to use color: auto (on a terminal, unless `NO_COLOR` is set), always, never.
    #[arg(long, value_name = "WHEN", value_parser = str::parse::<Color>)]
    pub color: Option<Color>,
}

/// `agentcard sandbox`.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Run the Hub emulator until Ctrl-C; its address is printed first.
    Serve(ServeArgs),
}

/// Runs the Hub emulator until Ctrl-C; its address is printed first.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// A world to answer out of, as JSON, in place of the built-in one.
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,
    /// What goes wrong, such as `429=2,slow=200ms,html`: 429, 429-action, 503, html, error-200,
    /// reset, truncated, not-utf8, link-loop (`=N`: the next N answers), redirect=ORIGIN,
    /// link=ORIGIN, slow=TIME, hostile, no-author.
    #[arg(long, value_name = "LIST", default_value = "", hide_default_value = true)]
    pub faults: Faults,
    /// Add a user `bigN` with N followers, made on the fly.
    #[arg(long, value_name = "N")]
    pub big: Option<usize>,
}
