//! The question whether a card's programs may run on this machine, and what its answer leads to.
//!
//! What was answered before is remembered by [`crate::trust`]. Nothing is run here.

use std::io::{self, Write as _};

use super::approve::Person;
use super::args::AgentArgs;
use super::look;
use super::writes::Scene;
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::render::question::framed;
use crate::render::sanitize::reveal;
use crate::trust::{Program, Standing, Trust, Trusted, Untrusted};

/// Makes sure that these programs may run: they were said yes to before, `--trust` was typed, or
/// the person at the terminal says so now.
pub(super) async fn settle(
    programs: &[Program],
    agent: &AgentArgs,
    scene: Scene<'_>,
) -> Result<Trusted, Failure> {
    let trust = Trust::new(scene.config.directories.state.as_deref());
    let untrusted = match said(&trust, programs, agent) {
        Ok(trusted) => return Ok(trusted),
        Err(untrusted) => untrusted,
    };
    let Some(person) = scene.person() else { return Err(unasked(&untrusted)) };
    if !is_yes(person.as_ref(), &untrusted, scene).await? {
        return Err(refused(&untrusted, "you said no"));
    }
    let trusted = untrusted.trust();
    if let Err(error) = trust.remember(&trusted) {
        // Whoever closed standard error does not want to know.
        let _unseen = writeln!(io::stderr(), "warning: this cannot be remembered: {error}");
    }
    Ok(trusted)
}

/// The yes to these programs, if there is one already. Nobody is asked.
pub(super) fn given(programs: &[Program], agent: &AgentArgs, config: &Config) -> Option<Trusted> {
    let trust = Trust::new(config.directories.state.as_deref());
    said(&trust, programs, agent).ok()
}

/// What was said before, or with a flag.
fn said(trust: &Trust, programs: &[Program], agent: &AgentArgs) -> Result<Trusted, Untrusted> {
    match trust.check(programs) {
        Err(untrusted) if agent.code.trust => Ok(untrusted.trust()),
        checked => checked,
    }
}

async fn is_yes(
    person: &dyn Person,
    untrusted: &Untrusted,
    scene: Scene<'_>,
) -> Result<bool, Failure> {
    let coloring = look::plain(scene.config).coloring;
    let mut shown = question(untrusted);
    loop {
        let draw = async {
            let _unseen = write!(io::stderr(), "{}", framed(&shown, coloring));
        };
        // What was typed up to now is thrown away before they see the question, and nothing after.
        let (answer, ()) = tokio::join!(biased; person.line(), draw);
        let answer = answer.map_err(|error| {
            Failure::new(Exit::Failed, format!("the terminal cannot be read: {error}"))
        })?;
        match answer.as_deref().map(str::trim).map(str::to_ascii_lowercase).as_deref() {
            Some("y" | "yes") => return Ok(true),
            Some("n" | "no") | None => return Ok(false),
            Some(_) => CHOICES.clone_into(&mut shown),
        }
    }
}

const CHOICES: &str = "[y]es  [n]o >";

/// What would run, and what that means.
fn question(untrusted: &Untrusted) -> String {
    format!(
        "This card runs programs of its own on this machine:\n\n{}\n\
         They can do whatever you can, so read them. A yes holds until they change.\n\
         {CHOICES}",
        listed(untrusted)
    )
}

/// The programs, a line each, under their directories.
fn listed(untrusted: &Untrusted) -> String {
    let mut lines = String::new();
    let mut under = None;
    for (program, standing) in untrusted.programs() {
        if under != Some(program.directory()) {
            under = Some(program.directory());
            lines.push_str(&line(&program.directory().to_string_lossy()));
        }
        let note = match standing {
            Standing::Changed => ", which has changed since you said yes",
            Standing::Known | Standing::New => "",
        };
        let (kind, name) = (program.kind().words(), program.name());
        lines.push_str(&line(&format!("  {name}: {kind}{note}")));
    }
    lines
}

/// A line of which a stranger chose parts: it is one, whatever they are.
fn line(text: &str) -> String {
    format!("{}\n", reveal(text).replace('\n', "\\n"))
}

fn unasked(untrusted: &Untrusted) -> Failure {
    refused(untrusted, "nobody was there to allow it")
        .hint("read them, and if they may run: --trust")
        .hint("or run it once on a terminal, where you are asked")
}

fn refused(untrusted: &Untrusted, why: &str) -> Failure {
    let programs = listed(untrusted);
    let message = format!("the card's programs were not run, {why}:\n{}", programs.trim_end());
    Failure::new(Exit::Refused, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::Kind;
    use std::path::Path;

    #[test]
    fn the_question_shows_what_would_run_and_hides_nothing() {
        let program = |name: &str| {
            Program::new(Path::new("/nowhere/a/card.md"), Kind::PythonModule, name, b"")
        };
        let programs = [program("tools.py"), program("../x\u{202e}yp.\n[y]es")];
        let untrusted = Trust::new(None).check(&programs).unwrap_err();
        insta::assert_snapshot!(question(&untrusted), @r"
        This card runs programs of its own on this machine:

        /nowhere/a
          ../x\u202eyp.\n[y]es: Python module
          tools.py: Python module

        They can do whatever you can, so read them. A yes holds until they change.
        [y]es  [n]o >
        ");
    }
}
