//! A conversation and the transcript it is kept in.
//!
//! It decides whether there is one and what stands in its first line; writing is not its business.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::args::TranscriptArgs;
use super::deck::{self, Places};
use super::outcome;
use super::writes::{Remains, Scene};
use crate::agent::RunReport;
use crate::card::Card;
use crate::config::Keep;
use crate::conversation::Conversation;
use crate::failure::Exit;
use crate::runtime::{Blueprint, Surroundings};
use crate::transcript::{Header, Id, Opened, Record, Recorder, RunEnded, Settings, Store, VERSION};

/// A conversation and where it is kept.
pub(super) struct Kept {
    pub(super) conversation: Conversation,
    /// How a file is begun; nothing if none is to be.
    plan: Option<Plan>,
    /// Who writes the file, once it is begun.
    recorder: Option<Recorder>,
}

/// A file that may be begun.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    store: Store,
    keep: Option<Duration>,
    directory: String,
    settings: Settings,
    parent: Option<Id>,
}

impl Kept {
    /// A new conversation, kept as planned.
    pub(super) fn new(conversation: Conversation, plan: Option<Plan>) -> Self {
        Self { conversation, plan, recorder: None }
    }

    /// A conversation that is gone on with: in its own file, or in a copy where that is another
    /// process's.
    pub(super) fn resumed(opened: Opened, plan: Option<Plan>) -> Self {
        let id = opened.id.clone();
        let (transcript, recorder) = match plan {
            Some(_) => Recorder::go_on(opened),
            None => (opened.transcript, None),
        };
        let mut kept = Self { conversation: transcript.conversation, plan, recorder };
        match (&kept.recorder, &mut kept.plan) {
            (Some(recorder), Some(plan)) => {
                kept.conversation.journal(recorder.journal());
                if plan.settings != transcript.settings {
                    recorder.note(Record::Settings(plan.settings.clone()));
                }
            }
            (None, Some(plan)) => plan.parent = Some(id),
            (_, None) => {}
        }
        kept.conversation.answer_open_calls("This call was not finished: the program ended.");
        kept
    }

    /// The transcript, if there is one.
    pub(super) fn id(&self) -> Option<&Id> {
        self.recorder.as_ref().map(Recorder::id)
    }

    /// Leaves the conversation as it is and goes on with another, for which `make` is given the
    /// plan.
    pub(super) async fn change(&mut self, make: impl FnOnce(Option<Plan>) -> Self) {
        let plan = self.plan.take().map(|plan| Plan { parent: None, ..plan });
        // The file is closed first, since the other conversation may be in the same.
        self.conversation = Conversation::default();
        if let Some(recorder) = self.recorder.take() {
            recorder.close().await;
        }
        *self = make(plan);
    }

    /// Gives the conversation a name. False if it is not kept, or nothing was said yet.
    pub(super) fn name(&self, name: String) -> bool {
        let Some(recorder) = &self.recorder else { return false };
        recorder.note(Record::Named { name });
        true
    }

    /// Adds a question, with which the file is begun if there is none yet.
    pub(super) fn ask(&mut self, question: String) {
        if let (Some(plan), None) = (&self.plan, &self.recorder) {
            let recorder = plan.begin(&self.conversation);
            self.conversation.journal(recorder.journal());
            self.recorder = Some(recorder);
        }
        self.conversation.push_user(question);
    }

    /// Has an agent of other settings go on with the conversation.
    pub(super) fn go_on_with(&mut self, system_prompt: String, settings: Settings) {
        self.conversation.replace_system_prompt(system_prompt);
        if let Some(plan) = &mut self.plan {
            plan.settings = settings.clone();
        }
        if let Some(recorder) = &self.recorder {
            recorder.note(Record::Settings(settings));
        }
    }

    /// Notes how a run ended, and waits until all of it is written. Returns what the person should
    /// know if it cannot be.
    pub(super) async fn ended(&self, report: &RunReport, remains: &Remains) -> Option<String> {
        let recorder = self.recorder.as_ref()?;
        let failure = outcome::failure(report, remains);
        let exit = failure.map_or(Exit::Answered, |failure| failure.exit);
        recorder.note(Record::RunEnded(RunEnded {
            at: Timestamp::now(),
            outcome: exit.word().to_owned(),
            turns: report.turns,
            calls: report.calls.len(),
            usage: report.usage,
        }));
        self.settled().await
    }

    /// Waits until everything is written. Returns what the person should know if it cannot be.
    pub(super) async fn settled(&self) -> Option<String> {
        let trouble = self.recorder.as_ref()?.settled().await?;
        Some(format!("the transcript cannot be written: {trouble}"))
    }
}

impl Plan {
    /// The same for an agent of other settings.
    pub(super) fn with(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    fn begin(&self, conversation: &Conversation) -> Recorder {
        let created = Timestamp::now();
        let header = Header {
            transcript: VERSION,
            id: Id::new(created),
            created,
            directory: self.directory.clone(),
            settings: self.settings.clone(),
            parent: self.parent.clone(),
        };
        Recorder::begin(&self.store, &header, conversation, self.keep)
    }
}

/// Where a new conversation with an agent of these settings is to be kept, if anywhere.
pub(super) fn plan(
    settings: Settings,
    args: &TranscriptArgs,
    scene: Scene<'_>,
    warnings: &mut Vec<String>,
) -> Option<Plan> {
    let keep = match scene.config.keep_transcripts.value {
        Keep::Nothing => return None,
        _ if args.no_transcript => return None,
        Keep::For(time) => Some(time),
        Keep::Forever => None,
    };
    let Some(state) = &scene.config.directories.state else {
        let message = "no transcript is kept: there is no home directory (--no-transcript says \
                       that none is wanted)";
        warnings.push(message.to_owned());
        return None;
    };
    let directory = scene.environment.directory().unwrap_or_default().display().to_string();
    Some(Plan { store: Store::new(state), keep, directory, settings, parent: None })
}

/// What to say of a card that wants its runs saved where nothing is kept.
pub(super) fn unsaved(card: &Card, plan: Option<&Plan>) -> Option<String> {
    let message = "the card wants each run saved (`save_trajectory`), but no transcript is kept";
    (card.save_trajectory && plan.is_none()).then(|| message.to_owned())
}

/// What an agent is made of, whose cards were read from these places.
pub(super) fn settings(blueprint: &Blueprint, places: &Places, scene: Scene<'_>) -> Settings {
    let directory = scene.environment.directory().unwrap_or_default();
    let file = &blueprint.card.path;
    let is_alone = places.cards == [file.as_path()];
    Settings {
        card: Some(blueprint.card.name.clone()),
        card_file: Some(deck::absolute(file, &directory)),
        cards: if is_alone { Vec::new() } else { absolute(&places.cards, &directory) },
        card_tools: absolute(&places.offered, &directory),
        model: Some(blueprint.spec.clone()),
        base_url: scene.config.base_url.as_ref().map(|url| url.value.to_string()),
        sandbox: scene.surroundings == Surroundings::Sandbox,
    }
}

fn absolute(paths: &[PathBuf], directory: &Path) -> Vec<String> {
    paths.iter().map(|path| deck::absolute(path, directory)).collect()
}
