//! Another conversation taken up in the place of this one, and what is done with this one's file.
//!
//! Which conversation is meant is found by `resume` of the command line.

use std::path::{Path, PathBuf};

use super::super::args::{AgentArgs, Format};
use super::super::resume::{self, Resumed};
use super::super::transcripts;
use super::say;
use super::talk::Talk;
use crate::failure::{Exit, Failure};
use crate::transcript::{Id, Settings};

impl Talk<'_> {
    /// Goes on with another conversation: the one that is meant, or the last one besides this.
    pub(super) async fn resume(&mut self, written: Option<String>) -> Result<(), Failure> {
        let store = resume::store(self.environment)?;
        let current = self.kept.id();
        let id = match written {
            Some(written) => resume::find(&store, &written)?,
            None => resume::last(&store, self.environment, current)?,
        };
        if Some(&id) == current {
            return Err(Failure::new(Exit::Usage, "that is this conversation"));
        }
        let resumed = resume::open(&store, &id)?;
        self.same_surroundings(&resumed)?;
        let agent = self.agent.of_card(None);
        let agent = AgentArgs { card_tools: Vec::new(), model: None, base_url: None, ..agent };
        let its_own = resumed.agent(&agent);
        let connected = self.connect(&its_own).await?;
        announce(&resumed);
        self.settle().await;
        let (prompt, settings) = (connected.session.system_prompt.clone(), &connected.settings);
        let keep = |plan| resumed.keep(prompt, &agent, settings, plan);
        self.kept.change(keep).await;
        self.writes.approvals.forget();
        self.goes_on(its_own, connected).await;
        Ok(())
    }

    /// What approves writes was made for the Hub or for the sandbox, and stays.
    fn same_surroundings(&self, resumed: &Resumed) -> Result<(), Failure> {
        let settings = resumed.settings();
        if settings.sandbox == self.agent.sandbox || *settings == Settings::default() {
            return Ok(());
        }
        let place = if settings.sandbox { "in the sandbox" } else { "with the real Hub" };
        let failure = Failure::new(Exit::Usage, format!("that conversation was had {place}"));
        Err(failure.hint(format!("leave, and: agentcard chat --resume {}", resumed.id())))
    }

    /// The last conversations.
    pub(super) fn transcripts(&self) -> Result<String, Failure> {
        transcripts::recent(&resume::store(self.environment)?)
    }

    /// Gives the conversation a name, or says which it has.
    pub(super) fn save(&self, name: Option<String>) -> Result<(), Failure> {
        let id = self.kept.id().ok_or_else(not_kept)?;
        match name {
            Some(name) => {
                say(&format!("kept as {name} ({id})"));
                self.kept.name(name);
            }
            None => say(&format!("kept as {id}")),
        }
        Ok(())
    }

    /// Writes the conversation to a file: JSON if its name ends so, Markdown otherwise.
    pub(super) async fn export(&mut self, file: Option<PathBuf>) -> Result<(), Failure> {
        self.settle().await;
        let id = self.kept.id().ok_or_else(not_kept)?;
        let transcript = resume::store(self.environment)?.load(id);
        let transcript = transcript.map_err(|error| resume::unusable(&error))?;
        let file = file.unwrap_or_else(|| by_default(id));
        let is_json = file.extension().is_some_and(|suffix| suffix == "json");
        let format = if is_json { Format::Json } else { Format::Markdown };
        transcripts::write(&file, &transcripts::exported(&transcript, format))?;
        say(&format!("written to {}", file.display()));
        Ok(())
    }
}

/// Says what is gone on with.
pub(super) fn announce(resumed: &Resumed) {
    for warning in resumed.warnings() {
        say(&format!("warning: {warning}"));
    }
    say(&resumed.recap());
}

fn by_default(id: &Id) -> PathBuf {
    Path::new(id.as_str()).with_extension("md")
}

fn not_kept() -> Failure {
    let failure = Failure::new(Exit::Usage, "this conversation is not kept");
    failure.hint("it is from the first question on, unless that is not wanted")
}
