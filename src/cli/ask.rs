//! `agentcard ask`: one question, one answer, one exit code.
//!
//! It prepares a run, has it shown in the form that was asked for, and says how it ended.

mod show;

use std::sync::Arc;
use std::{io, mem};

use super::approve::Approvals;
use super::args::{AskArgs, OutputArgs};
use super::kept::{self, Kept};
use super::prompt::{self, Note};
use super::writes::{Presence, Scene, Writes};
use super::{look, setup};
use crate::config::Environment;
use crate::failure::{Exit, Failure};
use crate::model::Delivery;
use crate::render::document::Document;
use crate::render::json::{Form, Json};
use crate::render::text::Look;
use crate::runtime::Session;

/// Asks one question.
pub(super) async fn ask(args: AskArgs, environment: &Environment) -> Exit {
    let form = json_form(&args.output);
    match (prepare(&args, environment).await, form) {
        (Ok(prepared), Some(form)) => show::as_json(prepared, form).await,
        (Ok(prepared), None) => show::as_text(prepared, delivery(&args.output)).await,
        (Err(failure), form) => fail(&failure, form),
    }
}

/// All that a run needs.
struct Prepared {
    /// The conversation, at whose end the question stands.
    kept: Kept,
    session: Session,
    look: Look,
    warnings: Vec<String>,
    writes: Writes,
}

async fn prepare(args: &AskArgs, environment: &Environment) -> Result<Prepared, Failure> {
    let setup =
        setup::load(&args.agent, &args.limits, &args.output, &args.writes.rules, environment)?;
    let look = look::of(&setup.config, &args.output);
    let scene = Scene {
        config: &setup.config,
        environment,
        surroundings: setup::surroundings(&args.agent),
        presence: match json_form(&args.output) {
            Some(_) => Presence::Away,
            None => Presence::AtTerminal,
        },
    };
    let mut warnings: Vec<String> = setup.warnings.iter().map(ToString::to_string).collect();
    let mut blueprint = setup::resolve(&setup.config, setup.card, &args.agent, environment)?;
    blueprint.delivery = delivery(&args.output);
    warnings.extend(setup::stand_in_notice(&blueprint));
    let writes = Writes::new(&args.writes, scene)?;
    let approver = Arc::<Approvals>::clone(&writes.approvals);
    let settings = kept::settings(&blueprint, scene);
    let plan = kept::plan(settings, &args.transcript, scene, &mut warnings);
    let mut session = setup::connect(blueprint, &setup.config, approver, None).await?;
    let mut kept = Kept::new(mem::take(&mut session.system_prompt), plan);
    let (prompt, note) = prompt::gather(&args.prompt).await?;
    if note == Note::SilentInput {
        let message = "standard input is open but silent; it was not waited for (`-` waits)";
        warnings.push(message.to_owned());
    }
    kept.ask(prompt);
    Ok(Prepared { kept, session, look, warnings, writes })
}

fn delivery(output: &OutputArgs) -> Delivery {
    if output.no_stream { Delivery::Whole } else { Delivery::Streamed }
}

fn json_form(output: &OutputArgs) -> Option<Form> {
    match (output.json, output.stream_json) {
        (true, _) => Some(Form::Document),
        (false, true) => Some(Form::Lines),
        (false, false) => None,
    }
}

/// Reports a failure from before the run, in the form that was asked for.
fn fail(failure: &Failure, form: Option<Form>) -> Exit {
    let shown = match form {
        Some(form) => {
            let exit = failure.exit;
            let document = Document::of_failure(exit.word(), exit.code(), failure.problem());
            Json::new(io::stdout(), form).end(document)
        }
        None => Ok(()),
    };
    // Whoever closed the output gets no more of it; the exit code says the same.
    let _unseen = shown.and_then(|()| failure.print(io::stderr()));
    failure.exit
}
