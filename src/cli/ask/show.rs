//! A prepared run, run and shown: as text, or as JSON.
//!
//! What a run's outcome means is told by `outcome`; what is asked is settled.

use std::io::{self, Write as _};

use super::Prepared;
use crate::agent::RunReport;
use crate::cli::outcome;
use crate::cli::run::{self, Ran};
use crate::cli::writes::Remains;
use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::model::Delivery;
use crate::render::Render as _;
use crate::render::at_end::AtEnd;
use crate::render::json::{Form, Json};
use crate::render::text::Text;

/// Shows the answer on standard output, and everything else on standard error.
pub(super) async fn as_text(prepared: Prepared, delivery: Delivery) -> Exit {
    let Prepared { mut kept, mut session, look, warnings, writes } = prepared;
    let agent = &mut session.agent;
    let mut text = Text::new(io::stdout(), io::stderr(), look);
    let Ran { report, remains, shown } = match delivery {
        Delivery::Streamed => run::run(agent, &mut kept, warnings, &writes, &mut text).await,
        Delivery::Whole => {
            let mut silent = AtEnd(&mut text);
            let ran = run::run(agent, &mut kept, warnings, &writes, &mut silent).await;
            if let Some(answer) = ran.report.answer() {
                text.event(Event::Text(answer.to_owned()));
            }
            ran
        }
    };
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

/// Shows the run on standard output, as JSON.
pub(super) async fn as_json(prepared: Prepared, form: Form) -> Exit {
    let Prepared { mut kept, mut session, warnings, writes, .. } = prepared;
    let mut json = Json::new(io::stdout(), form);
    let Ran { report, remains, shown } =
        run::run(&mut session.agent, &mut kept, warnings, &writes, &mut json).await;
    let document = outcome::document(&report, &remains);
    end(shown.and_then(|()| json.end(document)), &report, &remains)
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
