//! What may be typed about writes: what confirms them, the rules, plans, what takes them back.
//!
//! It gives the words no meaning.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::policy::Subject;

/// Sends the plan of a dry run, after a yes to each of its writes.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The plan, as `agentcard ask --dry-run --plan FILE` made it.
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// How its writes are confirmed.
    #[command(flatten)]
    pub confirm: ConfirmArgs,
}

/// Takes back a write of this program, as far as that can be done.
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// The number of the write [default: the last that was not undone].
    #[arg(value_name = "NUMBER")]
    pub id: Option<u64>,
    /// List what this program wrote, newest first.
    #[arg(long, conflicts_with = "id")]
    pub list: bool,
    /// How the write that undoes it is confirmed.
    #[command(flatten)]
    pub confirm: ConfirmArgs,
}

/// How writes are confirmed that come from no model.
#[derive(Debug, Default, Args)]
pub struct ConfirmArgs {
    /// Say yes to what only adds something or can be taken back; the rest is asked about still.
    #[arg(short, long)]
    pub yes: bool,
    /// What the rules are.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// A configuration file in place of the user's and the project's.
    #[arg(long, help_heading = None, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Shows the rules about writes, or which of them decides about one.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// What to show [default: all rules, in the order in which they are tried].
    #[command(subcommand)]
    pub command: Option<PolicyCommand>,
    /// The rules beside those of the configuration.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// A configuration file in place of the user's and the project's.
    #[arg(long, help_heading = None, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `agentcard policy …`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Say which rule decides about a write, and why.
    Explain {
        /// The write, such as `POST /models/my-org/my-model/discussions/7/comment`.
        #[arg(value_name = "REQUEST")]
        request: String,
        /// Its body, as JSON.
        #[arg(long, value_name = "JSON")]
        body: Option<String>,
    },
}

/// Which writes may happen.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Writes")]
pub struct WriteArgs {
    /// What the rules are.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Send no write; end with the plan of what would have been sent.
    #[arg(long)]
    pub dry_run: bool,
    /// Keep the plan of a dry run, for `agentcard apply FILE`.
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    pub plan: Option<PathBuf>,
}

/// What the rules about writes are, beside those of the configuration.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Writes")]
pub struct RuleArgs {
    /// Send writes such as `POST /models/my-org/*/discussions/*/comment` without asking; can be
    /// given more than once. What cannot be undone and what gives somebody access is covered only
    /// without `*`. Of other tools: `TOOL` for all its calls, `SERVER__*` for all tools of an MCP server,
    /// `TOOL ACTION` for those that do exactly this.
    #[arg(long, value_name = "REQUEST", value_parser = request)]
    pub allow: Vec<String>,
    /// Refuse every write.
    #[arg(long)]
    pub read_only: bool,
}

/// What a rule can be about.
fn request(text: &str) -> Result<String, String> {
    Subject::parse(text).map(|_| text.to_owned()).map_err(|error| {
        let hint = error.hint.map(|hint| format!("\n  hint: {hint}")).unwrap_or_default();
        format!("{}{hint}", error.message)
    })
}
