//! Why no agent could be made.
//!
//! It names what is wrong; what to do about it is worded at the edge.

use std::io;

use crate::card::deck::Deck;
use crate::card::{Card, KeyPath, Kind, Standing, Workflow};
use crate::config::Origin;
use crate::diagnostic::Diagnostic;
use crate::model::endpoint::ResolveError;
use crate::model_spec::ModelSpecError;

/// Something that keeps an agent from being made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Neither card nor configuration names a model.
    #[error("no model is named")]
    NoModel,
    /// A model is named by a reference that stands for nothing, and nobody else names one.
    #[error("the model `{reference}` (from {origin}) is defined nowhere, and no other is named")]
    Dangling {
        /// The reference, as it is written.
        reference: String,
        /// Who wrote it.
        origin: Origin,
    },
    /// The model spec cannot be read.
    #[error("{error} (from {origin})")]
    Spec {
        /// What is wrong with it.
        error: ModelSpecError,
        /// Who wrote it.
        origin: Origin,
    },
    /// The model spec leads nowhere.
    #[error(transparent)]
    Model(ResolveError),
    /// A fallback leads nowhere.
    #[error("the fallback `{spec}`: {error}")]
    Fallback {
        /// The fallback, as it is configured.
        spec: String,
        /// What is wrong with it.
        error: ResolveError,
    },
    /// The card asks for something that is not there.
    #[error("{0}")]
    Card(Box<Diagnostic>),
    /// Functions the card names cannot be tools.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Functions(Vec<Diagnostic>),
    /// The card brings programs that nobody said yes to.
    #[error("the card's programs may not run: nobody said yes to them")]
    Untrusted,
    /// The file of a scripted model cannot be used.
    #[error("{0}")]
    Script(String),
    /// The Hub's address cannot be used.
    #[error("the address of the Hub cannot be used: {0}")]
    HubUrl(String),
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made: {0}")]
    Http(#[from] reqwest::Error),
    /// The emulator cannot be started.
    #[error("the sandbox cannot be started: {0}")]
    Sandbox(io::Error),
}

impl SetupError {
    /// What is said where a card is asked, or called, that is no agent.
    pub(super) fn not_yet(deck: &Deck, card: &Card, workflow: &Workflow) -> Self {
        let agents = deck
            .cards()
            .iter()
            .filter(|card| card.kind == Kind::Agent && card.standing != Standing::ToolOnly);
        let names: Vec<String> = agents.map(|card| format!("`--agent {}`", card.name)).collect();
        let message = format!("cards of type `{}` cannot be asked yet", workflow.word);
        let complaint = card.complaint("card-type", &KeyPath::top("type"), message);
        let hint = (!names.is_empty()).then(|| format!("its agents can: {}", names.join(", ")));
        Self::Card(Box::new(Diagnostic { hint, ..complaint }))
    }
}
