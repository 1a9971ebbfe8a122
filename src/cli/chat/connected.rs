//! The agent of a conversation, connected, and who approves its writes.
//!
//! It does not know what is said in the conversation.

use std::sync::Arc;

use super::super::args::AgentArgs;
use super::super::setup::{self, Setup};
use super::super::writes::{Presence, Scene};
use super::super::{kept, trust};
use super::{guests, is_terminal, words};
use crate::config::{Config, Environment};
use crate::failure::Failure;
use crate::model::endpoint;
use crate::render::text::Screen;
use crate::repl::{Edit, Editor, Guest, Seen, Words};
use crate::runtime::{Commands, Runnable, Session};
use crate::sandbox::server::Running;
use crate::tool::Approver;
use crate::transcript::Settings;

/// An agent and what is said of it.
pub(super) struct Connected {
    pub(super) session: Session,
    /// The card: its name and its file.
    pub(super) card: String,
    /// The names of the agents there are beside this one.
    pub(super) others: Vec<String>,
    /// The commands it brings, as far as they have names of their own.
    pub(super) guests: Vec<Guest>,
    /// What carries those out.
    pub(super) commands: Option<Runnable>,
    /// The model.
    pub(super) model: String,
    /// Whether a question is asked with those before it.
    pub(super) use_history: bool,
    /// What of it is needed to make it again.
    pub(super) settings: Settings,
    /// What the person should know before the first question.
    pub(super) notices: Vec<String>,
}

/// Connects what was looked up. In the sandbox, an emulator that is there is used again.
pub(super) async fn connect(
    setup: &Setup,
    agent: &AgentArgs,
    environment: &Environment,
    (approver, sandbox): (Arc<dyn Approver>, Option<Arc<Running>>),
) -> Result<Connected, Failure> {
    let mut blueprint = setup::resolve(&setup.config, &setup.deck, agent, environment)?;
    let model = blueprint.model_name();
    let card = format!("{} ({})", blueprint.card.name, blueprint.card.path.display());
    let others = setup.deck.cards().iter().map(|card| &card.name);
    let others = others.filter(|name| **name != blueprint.card.name).cloned().collect();
    let use_history = blueprint.card.use_history;
    let scene = scene(&setup.config, agent, environment);
    let settings = kept::settings(&blueprint, &setup.places, scene);
    let mut notices: Vec<_> =
        guests::shadowed(&blueprint.card).iter().map(ToString::to_string).collect();
    notices.extend(setup::stand_in_notice(&blueprint));
    let (guests, commands) = (guests::of(&blueprint.card), blueprint.commands.take());
    let programs = commands.iter().flat_map(Commands::programs).chain(blueprint.programs());
    blueprint.trusted = trust::settle(&programs.collect::<Vec<_>>(), agent, scene).await?;
    let allowed = |commands: Commands| commands.allowed(&blueprint.trusted, &setup.config);
    let commands = commands.map(allowed).transpose().map_err(|error| setup::failure(&error))?;
    let connecting = setup::connect(blueprint, &setup.config, approver, sandbox);
    let screen = if is_terminal() { Screen::Terminal } else { Screen::Plain };
    let session = setup::said_if_slow(connecting, screen).await?;
    Ok(Connected { session, card, others, guests, commands, model, use_history, settings, notices })
}

/// Where writes go, and whether somebody is there to be asked.
pub(super) fn scene<'a>(
    config: &'a Config,
    agent: &AgentArgs,
    environment: &'a Environment,
) -> Scene<'a> {
    Scene {
        config,
        environment,
        surroundings: setup::surroundings(agent),
        presence: if is_terminal() { Presence::AtTerminal } else { Presence::Away },
    }
}

/// The line editor.
pub(super) fn editor(scene: Scene<'_>) -> Editor {
    let words = Words {
        models: models(scene.config),
        endpoints: words::endpoints(),
        directory: scene.environment.directory().unwrap_or_default(),
        seen: Seen::default(),
    };
    let edit =
        scene.editor().map(|editor| -> Edit { Box::new(move |text| editor.run(text, "md")) });
    Editor::start(scene.config.directories.state.clone(), words, edit)
}

/// How model specs begin: providers and aliases.
fn models(config: &Config) -> Vec<String> {
    let table = endpoint::table(config);
    let mut models: Vec<String> = table.providers.keys().map(|id| format!("{id}.")).collect();
    models.extend(table.aliases.into_keys());
    models.sort();
    models
}
