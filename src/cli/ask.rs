//! `agentcard ask`: one question, one answer, one exit code.
//!
//! It prepares a run, has it shown in the form that was asked for, and says how it ended.

mod attach;
mod destination;
pub(super) mod form;
mod schema;
mod show;

use std::sync::Arc;

use super::approve::Approvals;
use super::args::{AskArgs, OutputArgs};
use super::kept::{self, Kept};
use super::prompt::{self, Note};
use super::writes::{Presence, Scene, Writes};
use super::{look, resume, setup, trust};
use crate::config::Environment;
use crate::failure::{Exit, Failure};
use crate::model::Delivery;
use crate::render::text::{Look, Screen, Verbosity};
use crate::runtime::Session;
use show::{Answer, Delivered};

/// Asks one question.
pub(super) async fn ask(args: AskArgs, environment: &Environment) -> Exit {
    let form = form::of(&args.output);
    let (mut session, prepared) = match prepare(&args, environment).await {
        Ok(prepared) => prepared,
        Err(failure) => return form::fail(&failure, form),
    };
    let exit = match form {
        Some(form) => show::as_json(&mut session.agent, prepared, form).await,
        None => show::as_text(&mut session.agent, prepared).await,
    };
    setup::end(&mut session).await;
    exit
}

/// All that a run needs besides the agent.
struct Prepared {
    /// The conversation, at whose end the question stands.
    kept: Kept,
    look: Look,
    warnings: Vec<String>,
    writes: Writes,
    delivered: Delivered,
}

async fn prepare(
    args: &AskArgs,
    environment: &Environment,
) -> Result<(Session, Prepared), Failure> {
    let resumed = resume::resumed(&args.transcript, environment)?;
    let agent = resumed.as_ref().map_or_else(|| args.agent.clone(), |it| it.agent(&args.agent));
    let setup =
        setup::load(&agent, &args.limits, &args.output, &args.writes.rules, environment).await?;
    let look = look::of(&setup.config, &args.output);
    let scene = Scene {
        config: &setup.config,
        environment,
        surroundings: setup::surroundings(&agent),
        presence: match form::of(&args.output) {
            Some(_) => Presence::Away,
            None => Presence::AtTerminal,
        },
    };
    let mut warnings: Vec<String> = setup.warnings;
    let mut blueprint = setup::resolve(&setup.config, &setup.deck, &agent, environment)?;
    blueprint.delivery = delivery(&args.output);
    warnings.extend(setup::stand_in_notice(&blueprint));
    let files = attach::read(&args.files)?;
    let writes = Writes::new(&args.writes, scene)?;
    if let Some(path) = &args.output.output_schema {
        let schema = Arc::new(schema::load(path, &blueprint)?);
        blueprint = blueprint.answering(schema);
    }
    let answer = if blueprint.answer_schema.is_some() { Answer::Document } else { Answer::Text };
    let delivered = Delivered::prepare(&args.output, answer)?;
    let approver = Arc::<Approvals>::clone(&writes.approvals);
    let settings = kept::settings(&blueprint, &setup.places, scene);
    let plan = kept::plan(settings.clone(), &args.transcript, scene, &mut warnings);
    warnings.extend(kept::unsaved(&blueprint.card, plan.as_ref()));
    blueprint.trusted = trust::settle(&blueprint.programs(), &agent, scene).await?;
    let (mut prompt, note) = prompt::gather(&args.prompt).await?;
    attach::append(&mut prompt, &files);
    let connecting = setup::connect(blueprint, &setup.config, approver, None);
    let screen = if look.verbosity == Verbosity::Quiet { Screen::Plain } else { look.screen };
    let session = setup::said_if_slow(connecting, screen).await?;
    let mut kept = match resumed {
        None => Kept::new(session.conversation(), plan),
        Some(resumed) => {
            let prompt = session.system_prompt.clone();
            warnings.extend(resumed.warnings());
            resumed.keep(prompt, &args.agent, &settings, plan)
        }
    };
    if note == Note::SilentInput {
        let message = "standard input is open but silent; it was not waited for (`-` waits)";
        warnings.push(message.to_owned());
    }
    kept.ask(prompt);
    Ok((session, Prepared { kept, look, warnings, writes, delivered }))
}

fn delivery(output: &OutputArgs) -> Delivery {
    if output.no_stream { Delivery::Whole } else { Delivery::Streamed }
}
