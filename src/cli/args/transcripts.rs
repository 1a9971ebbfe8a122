//! What may be typed about transcripts.
//!
//! It gives the words no meaning.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Which conversation it is, and whether it is kept.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Transcript")]
pub struct TranscriptArgs {
    /// Go on with the last conversation of this directory.
    #[arg(short = 'c', long = "continue")]
    pub last: bool,
    /// Go on with this conversation: its ID, the start of it, or its name; its card and model are
    /// kept unless others are named.
    #[arg(short, long, value_name = "ID", conflicts_with = "last")]
    pub resume: Option<String>,
    /// Keep no transcript of this.
    #[arg(long)]
    pub no_transcript: bool,
}

/// List, show, search, export and remove the conversations that were kept.
#[derive(Debug, Subcommand)]
pub enum TranscriptsCommand {
    /// List them, the last used first: ID, when, how many questions, the first of them.
    List {
        /// The most to list.
        #[arg(short = 'n', long, value_name = "N", default_value = "20")]
        limit: NonZeroUsize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show one.
    Show {
        /// Its ID, the start of it, or its name [default: the last of this directory].
        #[arg(value_name = "ID")]
        id: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Find those in which all these words were said, in upper or lower case.
    Search {
        /// The words; in quotes, several are one.
        #[arg(value_name = "WORD", required = true)]
        words: Vec<String>,
        /// The most to list.
        #[arg(short = 'n', long, value_name = "N", default_value = "20")]
        limit: NonZeroUsize,
        /// Print all as JSON.
        #[arg(long, conflicts_with = "limit")]
        json: bool,
    },
    /// Print one in another format.
    Export {
        /// Its ID, the start of it, or its name [default: the last of this directory].
        #[arg(value_name = "ID")]
        id: Option<String>,
        /// The format [default: markdown].
        #[arg(long, value_name = "FORMAT")]
        format: Option<Format>,
        /// A new file to write it to.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Keep a conversation from a file: JSON of `export`, or of fast-agent. Its ID is printed.
    Import {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Remove some.
    Rm {
        /// Their IDs, the starts of them, or their names.
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
}

/// What a transcript is exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// To be read.
    Markdown,
    /// All of it, to be imported again.
    Json,
    /// As fast-agent loads it.
    FastAgent,
}
