//! What flags and settings say about the writes of a run, and what is said of them at its end.
//!
//! Who says yes is decided by the approvals it makes; it asks nobody and sends nothing.

use std::path::PathBuf;
use std::sync::Arc;

use super::approve::{Approvals, Consent, Editor, Person, Record, Refusal, Terminal, Unsent};
use super::args::WriteArgs;
use super::plan::{Plan, SANDBOX};
use super::policy;
use crate::audit::Log;
use crate::config::{Config, Environment};
use crate::failure::{Exit, Failure};
use crate::policy::Request;
use crate::runtime::Surroundings;

/// The writes of a run, before and after.
pub(super) struct Writes {
    /// Who says yes to them.
    pub(super) approvals: Arc<Approvals>,
    origin: String,
    dry_run: bool,
    keep: Option<PathBuf>,
}

/// Where writes go and where a person may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) config: &'a Config,
    pub(super) environment: &'a Environment,
    pub(super) surroundings: Surroundings,
    pub(super) presence: Presence,
}

/// Whether a person can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// If there is a terminal.
    AtTerminal,
    /// No: a program reads the output.
    Away,
}

/// What to say of the writes at the end of a run.
pub(super) struct Remains {
    /// The plan of a dry run.
    pub(super) plan: Option<Plan>,
    /// Where the plan was saved.
    pub(super) kept: Option<PathBuf>,
    /// The failure that refused writes are, since the answer depended on them, or that of saving
    /// the plan.
    pub(super) failure: Option<Failure>,
}

impl Writes {
    /// The writes of a run with these flags.
    pub(super) fn new(args: &WriteArgs, scene: Scene<'_>) -> Result<Self, Failure> {
        let consent = if args.dry_run { Consent::DryRun } else { Consent::Ask };
        let policy = policy::of(&scene.config.policy)?;
        let approvals =
            Approvals::new(policy, consent, scene.person()).recorded(scene.record(None));
        Ok(Self {
            approvals: Arc::new(approvals),
            origin: scene.origin(),
            dry_run: args.dry_run,
            keep: args.plan.clone(),
        })
    }

    /// What is left to say. The plan of a dry run is saved where the person wanted it.
    pub(super) fn remains(&self) -> Remains {
        let Unsent { planned, refused } = self.approvals.take_unsent();
        let plan = self.dry_run.then(|| Plan::new(&self.origin, planned));
        let (kept, unsaved) = match (&plan, &self.keep) {
            (Some(plan), Some(path)) => match plan.save(path) {
                Ok(()) => (Some(path.clone()), None),
                Err(failure) => (None, Some(failure)),
            },
            _ => (None, None),
        };
        Remains { plan, kept, failure: unsaved.or_else(|| failure(&refused)) }
    }
}

impl Remains {
    /// The text about a dry run, where there was one.
    pub(super) fn text(&self) -> Option<String> {
        let plan = self.plan.as_ref()?;
        if plan.writes.is_empty() {
            return Some("Dry run: there was nothing to send.\n".to_owned());
        }
        let next = match &self.kept {
            _ if plan.origin == SANDBOX => {
                "It was made in the sandbox, which ends with this run; without --sandbox it can be \
                 sent.\n"
                    .to_owned()
            }
            Some(path) => format!("Send it with `agentcard apply {}`.\n", path.display()),
            None => "With `--plan FILE` it is kept for `agentcard apply FILE`.\n".to_owned(),
        };
        Some(format!("Dry run: nothing was sent. The plan:\n{}{next}", plan.text()))
    }
}

impl Scene<'_> {
    /// The person at the terminal, if there are both and they are to be asked.
    pub(super) fn person(&self) -> Option<Box<dyn Person>> {
        let editor = self.editor();
        match self.presence {
            Presence::AtTerminal => Some(Box::new(Terminal::find(editor)?)),
            Presence::Away => None,
        }
    }

    /// The editor of their choice.
    pub(super) fn editor(&self) -> Option<Editor> {
        let variable = |name| self.environment.get(name);
        let command = variable("VISUAL").or_else(|| variable("EDITOR"))?;
        let directory = self.config.directories.state.clone()?;
        Some(Editor { command, directory })
    }

    /// The record of writes, of which those to the sandbox are no part: it ends with the program.
    pub(super) fn record(&self, undoes: Option<u64>) -> Option<Record> {
        let directory = self.config.directories.state.clone()?;
        match self.surroundings {
            Surroundings::Real => {
                Some(Record { log: Log::new(directory), origin: self.origin(), undoes })
            }
            Surroundings::Sandbox => None,
        }
    }

    /// Where writes go.
    pub(super) fn origin(&self) -> String {
        match self.surroundings {
            Surroundings::Real => self.config.hub.endpoint.value.to_string(),
            Surroundings::Sandbox => SANDBOX.to_owned(),
        }
    }
}

/// The failure that refused writes are.
pub(super) fn failure(refused: &[(Request, Refusal)]) -> Option<Failure> {
    let (_, first) = refused.first()?;
    let count = match refused.len() {
        1 => "a write was not sent".to_owned(),
        more => format!("{more} writes were not sent"),
    };
    let why = match first {
        Refusal::Nobody => "nobody was there to approve it".to_owned(),
        Refusal::Recovered => {
            "the model left it in its text, and nobody was there to ask".to_owned()
        }
        Refusal::Person => "you said no".to_owned(),
        Refusal::Rule(because) => because.clone(),
    };
    let mut failure = Failure::new(Exit::Refused, format!("{count}: {why}"));
    for (request, refusal) in refused {
        let hint = match refusal {
            Refusal::Nobody => format!("to allow it: --allow '{request}'"),
            Refusal::Recovered | Refusal::Person | Refusal::Rule(_) => continue,
        };
        if !failure.hints.contains(&hint) {
            failure = failure.hint(hint);
        }
    }
    Some(match first {
        Refusal::Nobody => failure.hint("or run it on a terminal, where you are asked"),
        Refusal::Recovered => failure.hint("run it on a terminal, where you are asked"),
        Refusal::Person | Refusal::Rule(_) => failure,
    })
}
