//! `agentcard doctor`: looks at everything an agent needs, and says what is wrong and what to do.
//!
//! Each check is a function of its own; what one comes to decides nothing about the others, except
//! that nothing can be said without a configuration.

mod check;
mod hub;
mod machine;
mod model;
mod probe;
mod settings;

use std::io::{self, Write as _};

use super::args::{DoctorArgs, LimitArgs, OutputArgs, RuleArgs};
use super::setup;
use crate::config::Environment;
use crate::failure::Exit;
use check::Check;
use probe::Probing;

/// Checks, and prints what came of it.
pub(super) async fn doctor(args: DoctorArgs, environment: &Environment) -> Exit {
    let checks = Box::pin(checks(&args, environment)).await;
    let text = if args.json {
        format!("{:#}\n", check::as_json(&checks))
    } else {
        check::as_text(&checks)
    };
    // Whoever closed the output gets no more of it; the exit code says the same.
    let _unseen = io::stdout().write_all(text.as_bytes());
    check::exit(&checks)
}

/// All of them, in the order in which an agent would fail. What waits for somebody else waits side
/// by side.
async fn checks(args: &DoctorArgs, environment: &Environment) -> Vec<Check> {
    let (agent, output) = (&args.agent, OutputArgs::default());
    let flags = setup::flags(agent, &LimitArgs::default(), &output, &RuleArgs::default());
    let loaded = setup::settings(&flags, environment);
    let mut checks = vec![settings::configuration(&loaded, &flags, environment)];
    let Ok((mut config, _)) = loaded else {
        checks.extend(unchecked(&["card", "model", "endpoint", "token", "hub", "local servers"]));
        checks.push(machine::network(environment));
        checks.push(machine::python(environment).await);
        return checks;
    };
    let (card, blueprint) = settings::card(&mut config, agent, environment).await;
    checks.push(card);
    let probing = if args.probe { Probing::Asked } else { Probing::NotAsked };
    let (model, (token, hub), local, python) = tokio::join!(
        model::checks(blueprint, &config, environment, probing),
        hub::checks(&config, agent, environment),
        machine::local_servers(&config),
        machine::python(environment),
    );
    checks.extend(model);
    checks.extend([token, hub, local, machine::network(environment)]);
    checks.extend([machine::terminal(&config, environment), machine::transcripts(&config), python]);
    checks
}

fn unchecked(names: &[&'static str]) -> impl Iterator<Item = Check> {
    names.iter().map(|name| Check::skipped(name, "the configuration cannot be used"))
}
