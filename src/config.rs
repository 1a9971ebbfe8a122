//! Configuration: defaults, files, environment and flags, merged in that order.
//!
//! It says what was set and by whom. It opens no connection, and it does not know what a provider
//! or the Hub does with a setting.

mod base_url;
mod expand;
mod fast_agent;
mod file;
mod hub;
pub mod layers;
pub mod mcp;
mod origin;
mod policy;
mod provider;
mod reader;
mod set;
mod shell;
mod transcripts;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::model_spec::ModelSpec;
use crate::secret::Secret;

pub use base_url::{BaseUrl, NotABaseUrl, is_loopback};
pub use file::{Rows, Trust as FileTrust, parse_rows};
pub use hub::{Hub, TokenSource, token_file};
pub use layers::{Environment, Flags, files, load};
pub use origin::{Origin, Setting, Sourced, Warning};
pub use policy::{Policy, PolicyEffect, PolicyRule};
pub use provider::{KeyRule, MaxTokensField, ProviderRow};
pub use reader::parse_duration;
pub use {shell::Shell, transcripts::Keep};

/// Everything that can be set outside a card.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The model spec to use where the card names none; see [`Config::model_for`].
    pub model: Option<Sourced<String>>,
    /// The models that take its place, one after the other, where it cannot be had.
    pub model_fallbacks: Sourced<Vec<ModelSpec>>,
    /// Where to send model requests, whoever the provider is.
    pub base_url: Option<Sourced<BaseUrl>>,
    /// The key for model requests, whoever the provider is. It can only be set in the environment.
    pub api_key: Option<Secret>,
    /// The card to run.
    pub card: Option<Sourced<PathBuf>>,
    /// Whether output is colored.
    pub color: Sourced<Color>,
    /// What the terminal can do, if there is one.
    pub terminal: Terminal,
    /// When a run has gone on for long enough.
    pub limits: Limits,
    /// How long to wait for a server.
    pub timeouts: Timeouts,
    /// When a failed model request is made again.
    pub retries: Retries,
    /// The Hugging Face Hub.
    pub hub: Hub,
    /// What the commands of a card's shell can reach.
    pub shell: Shell,
    /// The rules about writes.
    pub policy: Policy,
    /// Providers added, and keys of known ones overridden.
    pub providers: BTreeMap<String, ProviderRow>,
    /// Short names for models, added and overridden.
    pub aliases: BTreeMap<String, ModelSpec>,
    /// What `$GROUP.NAME` in the place of a model stands for, by `GROUP.NAME`.
    pub model_references: BTreeMap<String, Sourced<String>>,
    /// MCP servers, by name.
    pub mcp_servers: BTreeMap<String, mcp::Server>,
    /// How long transcripts are kept.
    pub keep_transcripts: Sourced<Keep>,
    /// Where files of this program are kept.
    pub directories: Directories,
}

/// What a terminal can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminal {
    /// It obeys escape sequences.
    Capable,
    /// It shows text and no more: `TERM=dumb`.
    Dumb,
}

/// Whether output is colored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// Where a terminal shows it.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// When a run has gone on for long enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Model requests, at least 1.
    pub turns: Sourced<u32>,
    /// Tool calls, at least 1.
    pub calls: Sourced<u32>,
    /// Input and output tokens together.
    pub tokens: Option<Sourced<u64>>,
    /// Wall-clock time.
    pub time: Option<Sourced<Duration>>,
}

/// How long to wait for a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection is made.
    pub connect: Sourced<Duration>,
    /// From one event of a model's stream to the next.
    pub idle: Sourced<Duration>,
    /// Until a reply is whole, however often it is asked for.
    pub reply: Sourced<Duration>,
    /// Until a function of Python has returned.
    pub tool: Sourced<Duration>,
}

/// When a failed model request is made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retries {
    /// Requests for one reply, the first included; at least 1.
    pub attempts: Sourced<u32>,
    /// The first pause where the provider names none.
    pub first_wait: Sourced<Duration>,
    /// The longest pause a provider may ask for.
    pub patience: Sourced<Duration>,
}

/// Where files of this program are kept. Without a home directory there may be no such place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directories {
    /// `$XDG_CONFIG_HOME/agentcard`: what the person wrote.
    pub config: Option<PathBuf>,
    /// `$XDG_STATE_HOME/agentcard`: what is worth keeping, such as transcripts.
    pub state: Option<PathBuf>,
}

impl Config {
    /// The model spec to use for a card: a flag goes before the card, and the card before the
    /// environment and the files. All of them may write a reference, such as `$system.fast`; one in
    /// the card that stands for nothing says no more than no model at all.
    pub fn model_for(&self, card_model: Option<&str>) -> Option<Sourced<String>> {
        let configured = self.model.as_ref();
        let by_card = card_model
            .filter(|_| !matches!(configured, Some(Sourced { origin: Origin::Flag(_), .. })))
            .and_then(|written| self.dereferenced(written));
        let (value, origin) = match (by_card, configured) {
            (Some(value), _) => (value, Origin::Card),
            (None, Some(Sourced { value, origin })) => (self.dereferenced(value)?, origin.clone()),
            (None, None) => return None,
        };
        Some(Sourced { value: value.to_owned(), origin })
    }

    /// Uses the model a conversation was had with where its card would now get another one. Where it
    /// would not, nothing is set, so that the agents it calls keep theirs.
    pub fn go_on_with(&mut self, model: &str, card_model: Option<&str>) {
        if self.model_for(card_model).is_none_or(|now| now.value != model) {
            self.model = Some(Sourced::from_flag(model.to_owned(), "--resume"));
        }
    }

    /// Whether a card's model is a reference that stands for nothing. `$system.default` means the
    /// configured model unless somebody says otherwise.
    pub fn is_dangling(&self, card_model: &str) -> bool {
        card_model != "$system.default" && self.dereferenced(card_model).is_none()
    }

    /// The model a text stands for. A reference may stand for another one.
    fn dereferenced<'a>(&'a self, written: &'a str) -> Option<&'a str> {
        let mut model = written;
        // Who has looked up more of them than there are goes in a circle.
        for _ in 0..=self.model_references.len() {
            let Some(reference) = model.strip_prefix('$') else { return Some(model) };
            model = &self.model_references.get(reference)?.value;
        }
        None
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            model: None,
            model_fallbacks: Sourced::by_default(Vec::new()),
            base_url: None,
            api_key: None,
            card: None,
            color: Sourced::by_default(Color::Auto),
            terminal: Terminal::Capable,
            limits: Limits {
                turns: Sourced::by_default(25),
                calls: Sourced::by_default(100),
                tokens: None,
                time: None,
            },
            timeouts: Timeouts {
                connect: Sourced::by_default(Duration::from_secs(10)),
                idle: Sourced::by_default(Duration::from_mins(2)),
                reply: Sourced::by_default(Duration::from_mins(30)),
                tool: Sourced::by_default(Duration::from_mins(5)),
            },
            retries: Retries {
                attempts: Sourced::by_default(3),
                first_wait: Sourced::by_default(Duration::from_millis(500)),
                patience: Sourced::by_default(Duration::from_mins(1)),
            },
            hub: Hub::default(),
            shell: Shell::default(),
            policy: Policy::default(),
            providers: BTreeMap::new(),
            aliases: BTreeMap::new(),
            model_references: BTreeMap::new(),
            mcp_servers: BTreeMap::new(),
            keep_transcripts: Sourced::by_default(Keep::DEFAULT),
            directories: Directories::default(),
        }
    }
}

impl FromStr for Color {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => Err(format!("expected auto, always or never, found `{text}`")),
        }
    }
}
