//! The JSON form a run is wanted in, and failures from before the run in that form.
//!
//! It knows no runs.

use std::ffi::OsString;
use std::io;

use crate::cli::args::OutputArgs;
use crate::failure::{Exit, Failure};
use crate::render::document::Document;
use crate::render::json::{Form, Json};

/// The form that is asked for; none means text.
pub(super) fn of(output: &OutputArgs) -> Option<Form> {
    match (output.json, output.stream_json) {
        (true, _) => Some(Form::Document),
        (false, true) => Some(Form::Lines),
        (false, false) => None,
    }
}

/// Reports a failure from before the run.
pub(super) fn fail(failure: &Failure, form: Option<Form>) -> Exit {
    let shown = form.map_or(Ok(()), |form| document(failure, form));
    // Whoever closed the output gets no more of it; the exit code says the same.
    let _unseen = shown.and_then(|()| failure.print(io::stderr()));
    failure.exit
}

/// Tells whoever reads JSON, as far as can be seen, that the command line cannot be read.
pub(in crate::cli) fn misread(arguments: &[OsString], complaint: &str) {
    let has = |word: &str| arguments.iter().skip(1).any(|argument| argument == word);
    let (json, stream_json) = (has("--json"), has("--stream-json"));
    let form = of(&OutputArgs { json, stream_json, ..OutputArgs::default() });
    if let Some(form) = form.filter(|_| has("ask")) {
        let first = complaint.lines().next().unwrap_or_default();
        let failure = Failure::new(Exit::Usage, first.trim_start_matches("error: "));
        // Whoever closed the output gets no more of it; the exit code says the same.
        let _unseen = document(&failure, form);
    }
}

fn document(failure: &Failure, form: Form) -> io::Result<()> {
    let exit = failure.exit;
    let document = Document::of_failure(exit.word(), exit.code(), failure.problem());
    Json::new(io::stdout(), form).end(document)
}
