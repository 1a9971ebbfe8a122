//! What may be typed about cards.
//!
//! It gives the words no meaning.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::AgentArgs;

/// `agentcard cards`.
#[derive(Debug, Subcommand)]
pub enum CardsCommand {
    /// List the built-in card and the cards of a directory.
    List {
        /// The directory.
        #[arg(default_value = "cards")]
        directory: PathBuf,
    },
    /// Make a card to begin with.
    New {
        /// Its name.
        name: String,
        /// Where it goes.
        #[arg(long, value_name = "DIRECTORY", default_value = "cards")]
        directory: PathBuf,
    },
    /// Say everything that is wrong with cards; exit code 52 if anything is.
    Check(CheckArgs),
    /// Show the prompt, model, endpoint and tools a card resolves to, and how large they are.
    Show {
        /// Where the agent comes from.
        #[command(flatten)]
        agent: AgentArgs,
        /// Print JSON.
        #[arg(long, help_heading = "Output")]
        json: bool,
    },
}

/// Says everything that is wrong with cards; exit code 52 if anything is.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Cards, and directories of cards [default: cards and .fast-agent].
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How it is said.
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub format: CheckFormat,
    /// Mend what has one meaning, such as misspelled keys, and say what was changed.
    #[arg(long)]
    pub fix: bool,
    /// A configuration file in place of the user's and the project's.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How complaints about cards are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// With the line and a mark under it.
    Human,
    /// As one JSON document.
    Json,
    /// As SARIF 2.1.0, for code scanners.
    Sarif,
}
