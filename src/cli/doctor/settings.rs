//! The checks of what was written down: configuration and card.

use super::super::args::AgentArgs;
use super::super::deck::{self, Cards};
use super::super::setup;
use super::check::Check;
use crate::config::{self, Config, Environment, Flags, Warning};
use crate::failure::Failure;
use crate::runtime::Blueprint;

/// Which layers there are, and what they set.
pub(super) fn configuration(
    loaded: &Result<(Config, Vec<Warning>), Failure>,
    flags: &Flags,
    environment: &Environment,
) -> Check {
    const NAME: &str = "configuration";
    let directory = environment.directory().unwrap_or_default();
    let files = config::files(flags, environment, &directory);
    let mut files = files.iter().map(|path| {
        let state = if path.exists() { "read" } else { "not there" };
        format!("{} ({state})", path.display())
    });
    let (config, warnings) = match loaded {
        Ok(loaded) => loaded,
        Err(failure) => return files.fold(Check::failed(NAME, failure.clone()), Check::and),
    };
    let first = files.next().unwrap_or_else(|| "no file is looked for".to_owned());
    let check = match warnings.as_slice() {
        [] => Check::ok(NAME, first),
        [..] => Check::warn(NAME, first),
    };
    let check = files.fold(check, Check::and);
    let settings = config.set();
    let settings =
        settings.iter().map(|set| format!("{} = {} ({})", set.key, set.value, set.origin));
    let check = settings.fold(check, Check::and);
    warnings.iter().map(ToString::to_string).fold(check, Check::hint)
}

/// Whether the card can be loaded, and what it comes to.
pub(super) async fn card(
    config: &mut Config,
    agent: &AgentArgs,
    environment: &Environment,
) -> (Check, Result<Blueprint, &'static str>) {
    const NAME: &str = "card";
    let Cards { deck, notices, .. } = match deck::load(agent, config, environment).await {
        Ok(cards) => cards,
        Err(failure) => return (Check::failed(NAME, failure), Err("the card cannot be used")),
    };
    let card = deck.asked();
    let named = format!("{} ({})", card.name, card.path.display());
    match setup::resolve(config, &deck, agent, environment) {
        Ok(blueprint) => {
            let tools = blueprint.tool_specs();
            let unread = blueprint.unread_tools();
            let tools: Vec<&str> =
                tools.iter().map(|tool| &*tool.name).chain(unread.iter().map(|it| &**it)).collect();
            let tools = if tools.is_empty() { "none".to_owned() } else { tools.join(", ") };
            let check = Check::ok(NAME, named).and(format!("tools: {tools}"));
            (notices.into_iter().fold(check, Check::and), Ok(blueprint))
        }
        Err(failure) => {
            let check = Check::failed(NAME, failure).and(named);
            (check, Err("the card does not lead to a model"))
        }
    }
}
