//! Which kept conversation is gone on with, and by which agent.
//!
//! It reads transcripts and writes none.

use std::path::PathBuf;
use std::time::SystemTime;

use super::args::{AgentArgs, TranscriptArgs};
use super::kept::{Kept, Plan};
use crate::config::Environment;
use crate::failure::{Exit, Failure};
use crate::suggest::did_you_mean;
use crate::transcript::{FindError, Id, LoadError, Opened, Settings, Store};

/// A conversation to go on with.
pub(super) struct Resumed(Opened);

/// The conversation that is to be gone on with, if there is to be one.
pub(super) fn resumed(
    args: &TranscriptArgs,
    environment: &Environment,
) -> Result<Option<Resumed>, Failure> {
    let id = match (&args.resume, args.last) {
        (None, false) => return Ok(None),
        (Some(written), _) => find(&store(environment)?, written)?,
        (None, true) => last(&store(environment)?, environment, None)?,
    };
    open(&store(environment)?, &id).map(Some)
}

/// The transcripts there are.
pub(super) fn store(environment: &Environment) -> Result<Store, Failure> {
    let state = environment.directories().state.ok_or_else(|| {
        Failure::new(Exit::Failed, "without a home directory no transcripts are kept")
    })?;
    Ok(Store::new(&state))
}

/// Opens a conversation for this process.
pub(super) fn open(store: &Store, id: &Id) -> Result<Resumed, Failure> {
    store.open(id).map(Resumed).map_err(|error| unusable(&error))
}

/// The conversation that is meant by the start of an ID, or by a name.
pub(super) fn find(store: &Store, written: &str) -> Result<Id, Failure> {
    let failure = |message: String| Failure::new(Exit::Usage, message);
    store.find(written).map_err(|error| match error {
        FindError::None { ids } => {
            let failure = failure(format!("there is no conversation `{written}`"));
            let names = ids.iter().flat_map(|id| [id.as_str(), id.letters()]);
            match did_you_mean(written, names) {
                Some(meant) => failure.hint(format!("did you mean {meant}?")),
                None => failure.hint("`agentcard transcripts list` shows those there are"),
            }
        }
        FindError::Several(ids) => {
            let failure = failure(format!("`{written}` may mean {} conversations", ids.len()));
            let shown = ids.iter().take(5).map(|id| format!("--resume {id}"));
            shown.fold(failure, Failure::hint)
        }
        FindError::Unreadable(error) => unlisted(store, &error),
    })
}

/// The conversation of this directory that was had last, other than this one.
pub(super) fn last(
    store: &Store,
    environment: &Environment,
    besides: Option<&Id>,
) -> Result<Id, Failure> {
    let directory = environment.directory().unwrap_or_default().display().to_string();
    let ids = store.by_use().map_err(|error| unlisted(store, &error))?;
    let ids = ids.into_iter().filter(|(id, _)| Some(id) != besides);
    let mut elsewhere: Option<(Id, String, SystemTime)> = None;
    for (id, used) in ids {
        match store.header(&id) {
            Ok(header) if header.directory == directory => return Ok(id),
            Ok(header) => _ = elsewhere.get_or_insert((id, header.directory, used)),
            // One that cannot be read is not the one that is meant.
            Err(_) => {}
        }
    }
    let failure =
        Failure::new(Exit::Usage, format!("no conversation was had in {directory} so far"));
    Err(match elsewhere {
        Some((id, directory, _)) => {
            failure.hint(format!("the last one in {directory}: --resume {id}"))
        }
        None => failure,
    })
}

/// The failure that a directory is which cannot be read.
pub(super) fn unlisted(store: &Store, error: &std::io::Error) -> Failure {
    let directory = store.directory().display();
    Failure::new(Exit::Failed, format!("{directory} cannot be read: {error}"))
}

/// The failure that a file is which cannot be used, and the way out.
pub(super) fn unusable(error: &LoadError) -> Failure {
    let failure = Failure::new(Exit::Failed, error.to_string());
    match error {
        LoadError::Unreadable { .. } => failure,
        LoadError::Newer { .. } => {
            failure.hint("a newer version of agentcard wrote it: update this one")
        }
        LoadError::Broken { path, line: 1, .. } => {
            failure.hint(format!("nothing of it can be used: rm '{}'", path.display()))
        }
        LoadError::Broken { path, line, .. } => {
            let path = path.display();
            failure
                .hint(format!("to go on from what stands before it: sed -i '{line},$d' '{path}'"))
        }
    }
}

impl Resumed {
    /// The conversation's name.
    pub(super) const fn id(&self) -> &Id {
        &self.0.id
    }

    /// What its agent was made of.
    pub(super) const fn settings(&self) -> &Settings {
        &self.0.transcript.settings
    }

    /// The agent to go on with: the one it was had with, as far as `typed` names no other. A card
    /// comes with its model, and a model with its server; an agent that is named is one of the same
    /// cards.
    pub(super) fn agent(&self, typed: &AgentArgs) -> AgentArgs {
        let had = self.settings().clone();
        let agent = AgentArgs { sandbox: typed.sandbox || had.sandbox, ..typed.clone() };
        if !agent.cards.is_empty() {
            return agent;
        }
        let named = if had.cards.is_empty() { None } else { had.card };
        let cards = if had.cards.is_empty() { Vec::from_iter(had.card_file) } else { had.cards };
        let offered = agent.card_tools;
        let agent = AgentArgs {
            cards: paths(cards),
            card_tools: if offered.is_empty() { paths(had.card_tools) } else { offered },
            agent: agent.agent.or(named),
            ..agent
        };
        if typed.agent.is_some() || agent.model.is_some() {
            return agent;
        }
        let base_url = agent.base_url.clone().or(had.base_url);
        AgentArgs { had_model: had.model, base_url, ..agent }
    }

    /// What the person should know about it.
    pub(super) fn warnings(&self) -> Vec<String> {
        let id = self.id();
        let torn = self.0.transcript.torn.map(|line| {
            format!("line {line} of transcript {id} was not written to its end; it is dropped")
        });
        let taken = self.0.is_taken().then(|| {
            format!("conversation {id} is in use elsewhere, or read-only: this goes on in a copy")
        });
        torn.into_iter().chain(taken).collect()
    }

    /// What it is, in a line.
    pub(super) fn recap(&self) -> String {
        let questions: Vec<&str> = self.0.transcript.questions().collect();
        let last = questions.last().and_then(|last| last.lines().next()).unwrap_or_default();
        let asked = match questions.len() {
            1 => "1 question".to_owned(),
            count => format!("{count} questions"),
        };
        format!("{} goes on: {asked} so far, the last: {last}", self.id())
    }

    /// The conversation, kept as planned, with an agent of these settings. Its first messages stay as
    /// they were, byte for byte, unless another card was named or there is no prompt among them.
    pub(super) fn keep(
        self,
        prompt: String,
        typed: &AgentArgs,
        settings: &Settings,
        plan: Option<Plan>,
    ) -> Kept {
        let mut kept = Kept::resumed(self.0, plan.map(|plan| plan.with(settings.clone())));
        if typed.names_card() || !kept.conversation.has_system_prompt() {
            kept.conversation.replace_system_prompt(prompt);
        }
        kept
    }
}

fn paths(written: Vec<String>) -> Vec<PathBuf> {
    written.into_iter().map(PathBuf::from).collect()
}
