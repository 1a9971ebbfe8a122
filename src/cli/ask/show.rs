//! A prepared run, run and shown: as text, or as JSON.
//!
//! What a run's outcome means is told by `outcome`; what is asked is settled.

use std::borrow::Cow;
use std::io::{self, Write as _};

use super::Prepared;
use super::destination::Destination;
use crate::agent::{Agent, RunReport};
use crate::cli::args::OutputArgs;
use crate::cli::outcome;
use crate::cli::run::{self, Ran};
use crate::cli::writes::Remains;
use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::render::json::{Form, Json};
use crate::render::sanitize::{reveal, sanitize};
use crate::render::text::{Page, Text};
use crate::render::{Render as _, at_end::AtEnd};

/// Where the answer goes, and when.
#[derive(Debug)]
pub(super) enum Delivered {
    /// To standard output, fragment by fragment.
    AsItComes,
    /// To standard output, once it is whole, and nothing else.
    AtEnd,
    /// To a file, if the run ends well.
    Into(Destination),
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// What the model says.
    Text,
    /// A document that fits a schema.
    Document,
}

impl Delivered {
    /// Makes sure that the answer can go where it is wanted. A document is the answer alone, without
    /// the text before it.
    pub(super) fn prepare(output: &OutputArgs, answer: Answer) -> Result<Self, Failure> {
        Ok(match &output.output {
            Some(file) => Self::Into(Destination::prepare(file)?),
            None if output.no_stream || answer == Answer::Document => Self::AtEnd,
            None => Self::AsItComes,
        })
    }
}

/// Shows the answer where it is to go, and everything else on standard error.
pub(super) async fn as_text(agent: &mut Agent, prepared: Prepared) -> Exit {
    let Prepared { mut kept, look, warnings, writes, delivered } = prepared;
    let page = look.page;
    let mut text = Text::new(io::stdout(), io::stderr(), look);
    if agent.tools.is_unsupplied() {
        text = text.starting_servers();
    }
    let Ran { report, remains, shown } = match delivered {
        Delivered::AsItComes => run::run(agent, &mut kept, warnings, &writes, &mut text).await,
        Delivered::AtEnd | Delivered::Into(_) => {
            let mut silent = AtEnd(&mut text);
            run::run(agent, &mut kept, warnings, &writes, &mut silent).await
        }
    };
    let document = report.answer_value.is_some();
    if let (Delivered::AtEnd, Some(answer), false) = (&delivered, report.answer(), document) {
        text.event(Event::Text(answer.to_owned()));
    }
    let shown = shown.and_then(|()| text.end()).and_then(|()| match delivered {
        Delivered::AtEnd if document => io::stdout().write_all(written(&report, page).as_bytes()),
        Delivered::AtEnd | Delivered::AsItComes | Delivered::Into(_) => Ok(()),
    });
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
    match delivered {
        Delivered::Into(file) => put(&file, written(&report, page).as_bytes(), exit),
        Delivered::AsItComes | Delivered::AtEnd => exit,
    }
}

/// Shows the run as JSON where the answer is to go.
pub(super) async fn as_json(agent: &mut Agent, prepared: Prepared, form: Form) -> Exit {
    let Prepared { mut kept, warnings, writes, delivered, .. } = prepared;
    let Delivered::Into(file) = delivered else {
        let mut json = Json::new(io::stdout(), form);
        let Ran { report, remains, shown } =
            run::run(agent, &mut kept, warnings, &writes, &mut json).await;
        let document = outcome::document(&report, &remains);
        return end(shown.and_then(|()| json.end(document)), &report, &remains);
    };
    let mut gathered = Vec::new();
    let mut json = Json::new(&mut gathered, form);
    let Ran { report, remains, shown } =
        run::run(agent, &mut kept, warnings, &writes, &mut json).await;
    let document = outcome::document(&report, &remains);
    let exit = end(shown.and_then(|()| json.end(document)), &report, &remains);
    if let Some(failure) = outcome::failure(&report, &remains) {
        let _unseen = failure.print(io::stderr());
    }
    put(&file, &gathered, exit)
}

/// Puts what a run that ended well came to into a file.
fn put(file: &Destination, bytes: &[u8], exit: Exit) -> Exit {
    let written = match exit {
        Exit::Answered => file.write(bytes),
        exit => {
            let message = format!("  hint: {} was not written\n", file.name().display());
            // Nothing is left to tell whoever closed standard error.
            let _unseen = io::stderr().write_all(sanitize(&message).as_bytes());
            return exit;
        }
    };
    written.err().map_or(exit, |failure| {
        let _unseen = failure.print(io::stderr());
        failure.exit
    })
}

/// The answer of a run as a file holds it, with a line feed at its end; nothing where there is none.
fn written(report: &RunReport, page: Page) -> String {
    let Some(answer) = report.answer().filter(|answer| !answer.is_empty()) else {
        return String::new();
    };
    // A document stays what it is: what a terminal would act on is written as an escape.
    let clean = match (&report.answer_value, page) {
        (Some(_), _) => reveal(answer),
        (None, Page::Raw) => Cow::Borrowed(answer),
        (None, Page::Plain | Page::Set { .. }) => sanitize(answer),
    };
    if clean.ends_with('\n') { clean.into_owned() } else { format!("{clean}\n") }
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
