//! What every command that runs an agent does first: configuration, card, session.
//!
//! It turns each room's errors into failures, and decides nothing the rooms decide.

use std::io::{self, Write as _};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use super::args::{AgentArgs, LimitArgs, OutputArgs, RuleArgs};
use super::deck::{self, Cards, Places};
use crate::card::deck::Deck;
use crate::config::{self, Config, Environment, Flags, Warning};
use crate::failure::{Exit, Failure};
use crate::model::endpoint::{self, ResolveError};
use crate::render::sanitize::sanitize;
use crate::render::text::Screen;
use crate::runtime::{self, Blueprint, Session, SetupError, Surroundings};
use crate::sandbox::server::Running;
use crate::tool::Approver;

/// How long a person waits without being told what for.
const PATIENCE: Duration = Duration::from_millis(500);

/// What was typed, looked up.
pub(super) struct Setup {
    /// All settings.
    pub(super) config: Config,
    /// The cards.
    pub(super) deck: Deck,
    /// Where they were read from.
    pub(super) places: Places,
    /// What is odd about the settings, and which cards are used unasked.
    pub(super) warnings: Vec<String>,
}

/// Loads configuration and cards.
pub(super) async fn load(
    agent: &AgentArgs,
    limits: &LimitArgs,
    output: &OutputArgs,
    rules: &RuleArgs,
    environment: &Environment,
) -> Result<Setup, Failure> {
    let flags = flags(agent, limits, output, rules);
    let (mut config, warnings) = settings(&flags, environment)?;
    let Cards { deck, places, notices } = deck::load(agent, &mut config, environment).await?;
    if let Some(model) = &agent.had_model {
        // The emulator comes with the planner, unless a model was named.
        let card_model = deck.asked().model.as_deref().filter(|_| !agent.sandbox);
        config.go_on_with(model, card_model);
    }
    let warnings = warnings.iter().map(ToString::to_string).chain(notices).collect();
    Ok(Setup { config, deck, places, warnings })
}

/// What was typed, as the configuration reads it.
pub(super) fn flags(
    agent: &AgentArgs,
    limits: &LimitArgs,
    output: &OutputArgs,
    rules: &RuleArgs,
) -> Flags {
    Flags {
        config: agent.config.clone(),
        model: agent.model.clone(),
        base_url: agent.base_url.clone(),
        color: output.color,
        raw_results: agent.raw_results.then_some(true),
        sandbox_shell: agent.code.no_sandbox_shell.then_some(false),
        python_tools: agent.code.python_tools.then_some(true),
        max_turns: limits.max_turns,
        timeout: limits.timeout,
        allow: rules.allow.clone(),
        read_only: rules.read_only.then_some(true),
    }
}

/// Loads the configuration.
pub(super) fn settings(
    flags: &Flags,
    environment: &Environment,
) -> Result<(Config, Vec<Warning>), Failure> {
    let directory = environment.directory().map_err(|error| {
        Failure::new(Exit::Failed, format!("the working directory is gone: {error}"))
    })?;
    config::load(flags, environment, &directory)
        .map_err(|diagnostics| Failure::invalid(&diagnostics))
}

/// What the agent meets.
pub(super) fn surroundings(agent: &AgentArgs) -> Surroundings {
    if agent.sandbox { Surroundings::Sandbox } else { Surroundings::Real }
}

/// Resolves the asked card to what it would run with.
pub(super) fn resolve(
    config: &Config,
    deck: &Deck,
    agent: &AgentArgs,
    environment: &Environment,
) -> Result<Blueprint, Failure> {
    runtime::resolve(config, deck, environment, surroundings(agent))
        .map_err(|errors| Failure::all(errors.iter().map(failure)))
}

/// The whole prompt of an agent, as far as it is known without connecting the agent.
pub(super) async fn prompt(blueprint: &Blueprint, config: &Config) -> Result<String, Failure> {
    let finished = blueprint.prompt.clone().finish(config, "").await;
    finished.map_err(|error| failure(&error))
}

/// Makes a session of a blueprint; see [`runtime::connect`].
pub(super) async fn connect(
    blueprint: Blueprint,
    config: &Config,
    approver: Arc<dyn Approver>,
    sandbox: Option<Arc<Running>>,
) -> Result<Session, Failure> {
    match Box::pin(runtime::connect(blueprint, config, approver, sandbox)).await {
        Ok(session) => Ok(session),
        Err(error) => Err(with_ways_out(failure(&error), config).await),
    }
}

/// Waits for an agent, and says so to a person at a terminal whom it lets wait: programs of its card may
/// have to start first.
pub(super) async fn said_if_slow<T>(connecting: impl Future<Output = T>, screen: Screen) -> T {
    let mut work = pin!(connecting);
    tokio::select! {
        biased;
        done = &mut work => done,
        () = tokio::time::sleep(PATIENCE), if screen == Screen::Terminal => {
            // Whoever closed standard error does not want to know.
            let _unseen = writeln!(io::stderr(), "starting what the card brings …");
            work.await
        }
    }
}

/// Ends a session, and tells what went wrong with that: it is no failure of what was done in it.
pub(super) async fn end(session: &mut Session) {
    for warning in session.end().await {
        let warning = format!("warning: {warning}\n");
        // Nothing is left to tell whoever closed standard error.
        let _unseen = io::stderr().write_all(sanitize(&warning).as_bytes());
    }
}

/// An answer of the planner must not be taken for a model's.
pub(super) fn stand_in_notice(blueprint: &Blueprint) -> Option<String> {
    let notice = "no language model is used: `builtin.hub` is a planner for trying things out";
    blueprint.is_planner().then(|| notice.to_owned())
}

/// Adds to a missing key's failure what can be done without one.
async fn with_ways_out(failure: Failure, config: &Config) -> Failure {
    if failure.exit != Exit::Authentication {
        return failure;
    }
    let local = endpoint::local_servers(config).await;
    let failure = local.iter().fold(failure, |failure, server| failure.hint(server.to_string()));
    let failure = if local.is_empty() {
        failure.hint("or start a local server, such as Ollama, and use --model ollama.gpt-oss:20b")
    } else {
        failure
    };
    failure.hint("or practise without a key or a network: --sandbox")
}

/// What a person is told who cannot have an agent.
pub(super) fn failure(error: &SetupError) -> Failure {
    let message = error.to_string();
    match error {
        SetupError::NoModel => Failure::new(Exit::Invalid, message)
            .hint("name one in the card, with --model, or in AGENTCARD_MODEL"),
        SetupError::Dangling { reference, .. } => {
            let (group, name) =
                reference.trim_start_matches('$').split_once('.').unwrap_or_default();
            Failure::new(Exit::Invalid, message)
                .hint("name one with --model, or in AGENTCARD_MODEL")
                .hint(format!("or define it: [model_references.{group}] {name} = \"…\""))
        }
        SetupError::Spec { error, .. } => {
            let failure = Failure::new(Exit::Invalid, message);
            error.hint.iter().fold(failure, |failure, hint| failure.hint(hint.as_str()))
        }
        SetupError::Model(error) | SetupError::Fallback { error, .. } => {
            let exit = match error {
                ResolveError::MissingKey { .. } | ResolveError::BadKey { .. } => {
                    Exit::Authentication
                }
                ResolveError::UnknownModel { .. }
                | ResolveError::UnknownBuiltin { .. }
                | ResolveError::NoUrl { .. } => Exit::Invalid,
            };
            error.hints().into_iter().fold(Failure::new(exit, message), Failure::hint)
        }
        SetupError::Card(diagnostic) => Failure::invalid(std::slice::from_ref(&**diagnostic)),
        SetupError::Script(_) | SetupError::HubUrl(_) => Failure::new(Exit::Invalid, message),
        SetupError::Functions(diagnostics) => Failure::invalid(diagnostics),
        SetupError::Untrusted => Failure::new(Exit::Refused, message),
        SetupError::Http(_) | SetupError::Sandbox(_) => Failure::new(Exit::Failed, message),
    }
}
