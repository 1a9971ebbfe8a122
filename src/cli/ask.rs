//! `agentcard ask`: one question, one answer, one exit code.
//!
//! It prepares a run, has it shown in the form that was asked for, and says how it ended.

use std::io::{self, Write as _};
use std::sync::Arc;

use super::approve::Approvals;
use super::args::{AskArgs, OutputArgs};
use super::prompt::{self, Note};
use super::writes::{Presence, Remains, Scene, Writes};
use super::{look, outcome, run, setup};
use crate::agent::RunReport;
use crate::config::Environment;
use crate::conversation::Conversation;
use crate::failure::{Exit, Failure};
use crate::render::document::Document;
use crate::render::json::{Form, Json};
use crate::render::text::{Look, Text};
use crate::runtime::Session;

/// Asks one question.
pub(super) async fn ask(args: AskArgs, environment: &Environment) -> Exit {
    let form = json_form(&args.output);
    let Prepared { prompt, mut session, look, warnings, writes } =
        match prepare(&args, environment).await {
            Ok(prepared) => prepared,
            Err(failure) => return fail(&failure, form),
        };
    let mut conversation = Conversation::new(std::mem::take(&mut session.system_prompt));
    conversation.push_user(prompt);
    let (agent, approvals) = (&mut session.agent, &writes.approvals);
    if let Some(form) = form {
        let mut json = Json::new(io::stdout(), form);
        let (report, shown) =
            run::run(agent, &mut conversation, warnings, approvals, &mut json).await;
        let remains = writes.remains();
        let document = outcome::document(&report, &remains);
        return end(shown.and_then(|()| json.end(document)), &report, &remains);
    }
    let mut text = Text::new(io::stdout(), io::stderr(), look);
    let (report, shown) = run::run(agent, &mut conversation, warnings, approvals, &mut text).await;
    let remains = writes.remains();
    let shown = shown.and_then(|()| text.end());
    // A run that ended because its reader left is no failure to tell anybody of.
    let was_shown = shown.is_ok();
    let exit = end(shown, &report, &remains);
    // Nothing is left to tell whoever closed standard error.
    if let Some(text) = remains.text() {
        let _unseen = io::stderr().write_all(text.as_bytes());
    }
    if let Some(failure) = outcome::failure(&report, &remains).filter(|_| was_shown) {
        let _unseen = failure.print(io::stderr());
    }
    exit
}

/// All that a run needs.
struct Prepared {
    prompt: String,
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
    let blueprint = setup::resolve(&setup.config, setup.card, &args.agent, environment)?;
    warnings.extend(setup::stand_in_notice(&blueprint));
    let writes = Writes::new(&args.writes, scene)?;
    let approver = Arc::<Approvals>::clone(&writes.approvals);
    let session = setup::connect(blueprint, &setup.config, approver, None).await?;
    let (prompt, note) = prompt::gather(&args.prompt).await?;
    if note == Note::SilentInput {
        let message = "standard input is open but silent; it was not waited for (`-` waits)";
        warnings.push(message.to_owned());
    }
    Ok(Prepared { prompt, session, look, warnings, writes })
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

/// The exit code of a run. A reader that went away, as `head` does, has what it wanted.
fn end(shown: io::Result<()>, report: &RunReport, remains: &Remains) -> Exit {
    match shown {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Answered,
        Err(error) => {
            let failure =
                Failure::new(Exit::Failed, format!("the answer cannot be written: {error}"));
            let _unseen = failure.print(io::stderr());
            failure.exit
        }
        Ok(()) => outcome::failure(report, remains).map_or(Exit::Answered, |failure| failure.exit),
    }
}
