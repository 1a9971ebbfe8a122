//! A conversation in progress: the agent, the messages, what was used.
//!
//! It asks and shows. What the commands do with it is told in `commands`.

use std::io;
use std::sync::Arc;

use super::super::args::{AgentArgs, ChatArgs, LimitArgs, OutputArgs, RuleArgs, WriteArgs};
use super::super::kept::{self, Kept};
use super::super::writes::Writes;
use super::super::{look, outcome, resume, run, setup};
use super::connected::{Connected, connect, editor, scene};
use super::{Next, complain, is_terminal, say, words};
use crate::agent::{Outcome, RunReport};
use crate::config::Environment;
use crate::failure::{Exit, Failure};
use crate::message::Usage;
use crate::render::text::{Look, Reasoning, Text};
use crate::repl::{Editor, Seen, Stage};
use crate::tool::Approver;

/// A conversation in progress.
pub(super) struct Talk<'a> {
    pub(super) agent: AgentArgs,
    pub(super) connected: Connected,
    pub(super) kept: Kept,
    pub(super) writes: Writes,
    pub(super) look: Look,
    pub(super) reasoning: Reasoning,
    pub(super) used: Used,
    pub(super) environment: &'a Environment,
    seen: Seen,
    /// How many messages were read for names.
    read: usize,
    limits: LimitArgs,
    output: OutputArgs,
    last: Exit,
}

/// What the runs used together.
#[derive(Default)]
pub(super) struct Used {
    pub(super) runs: usize,
    pub(super) requests: u32,
    pub(super) calls: usize,
    pub(super) usage: Usage,
}

impl<'a> Talk<'a> {
    /// Connects the agent and says what it is.
    pub(super) async fn start(
        args: ChatArgs,
        environment: &'a Environment,
    ) -> Result<(Self, Editor), Failure> {
        let ChatArgs { agent, limits, rules, transcript, verbose, raw_output, color } = args;
        let output = OutputArgs { verbose, raw_output, color, ..OutputArgs::default() };
        let resumed = resume::resumed(&transcript, environment)?;
        let typed = agent;
        let agent = resumed.as_ref().map_or_else(|| typed.clone(), |it| it.agent(&typed));
        let setup = setup::load(&agent, &limits, &output, &rules, environment).await?;
        let config = &setup.config;
        let look = look::of(config, &output);
        let writes = WriteArgs { rules, ..WriteArgs::default() };
        let scene = scene(config, &agent, environment);
        let writes = Writes::new(&writes, scene)?;
        let approver: Arc<dyn Approver> = writes.approvals.clone();
        let connected = connect(&setup, &agent, environment, (approver, None)).await?;
        let mut warnings = setup.warnings;
        let plan = kept::plan(connected.settings.clone(), &transcript, scene, &mut warnings);
        warnings.extend(kept::unsaved(setup.deck.asked(), plan.as_ref()));
        for warning in warnings.iter().chain(&connected.notices) {
            say(&format!("warning: {warning}"));
        }
        if is_terminal() {
            say(&format!("{} · {} · /help shows the commands", connected.card, connected.model));
        }
        let editor = editor(scene);
        let prompt = connected.session.system_prompt.clone();
        let kept = match resumed {
            None => Kept::new(connected.session.conversation(), plan),
            Some(resumed) => {
                super::resume::announce(&resumed);
                resumed.keep(prompt, &typed, &connected.settings, plan)
            }
        };
        let (reasoning, used, last) = (Reasoning::Hidden, Used::default(), Exit::Answered);
        let talk = Self {
            agent,
            connected,
            kept,
            writes,
            look,
            reasoning,
            used,
            environment,
            seen: Seen::default(),
            read: 0,
            limits,
            output,
            last,
        };
        Ok((talk, editor))
    }

    /// Asks and shows the answer. Whatever happens, the conversation can go on.
    pub(super) async fn ask(&mut self, question: String) -> Next {
        if !self.connected.use_history {
            self.begin_anew().await;
        }
        self.kept.ask(question);
        let look = look::resized(self.look);
        let mut text = Text::new(io::stdout(), io::stderr(), look).reasoning(self.reasoning);
        let agent = &mut self.connected.session.agent;
        if agent.tools.is_unsupplied() {
            text = text.starting_servers();
        }
        let run::Ran { report, remains, shown } =
            run::run(agent, &mut self.kept, Vec::new(), &self.writes, &mut text).await;
        if shown.and_then(|()| text.end()).is_err() {
            return Next::Leave(Exit::Answered);
        }
        self.used.add(&report);
        let failure = outcome::failure(&report, &remains);
        self.last = failure.as_ref().map_or(Exit::Answered, |failure| failure.exit);
        match (&report.outcome, failure) {
            (Outcome::Interrupted, _) if !is_terminal() => return Next::Leave(self.last),
            (Outcome::Interrupted, _) => {
                say("stopped");
                return Next::Stopped;
            }
            // That a write was refused is part of the answer.
            (Outcome::Answered, _) | (_, None) => {}
            (_, Some(failure)) => complain(&failure),
        }
        Next::Line
    }

    /// Has another card or model go on with the conversation. Where that fails, nothing changes.
    pub(super) async fn swap(&mut self, agent: AgentArgs) -> Result<(), Failure> {
        let connected = self.connect(&agent).await?;
        let prompt = connected.session.system_prompt.clone();
        self.kept.go_on_with(prompt, connected.settings.clone());
        self.goes_on(agent, connected).await;
        Ok(())
    }

    /// Connects another agent.
    pub(super) async fn connect(&mut self, agent: &AgentArgs) -> Result<Connected, Failure> {
        // The rules about writes are the conversation's: a card does not change them.
        let rules = RuleArgs::default();
        let setup =
            setup::load(agent, &self.limits, &self.output, &rules, self.environment).await?;
        let sandbox = self.connected.session.sandbox.clone();
        let approver: Arc<dyn Approver> = self.writes.approvals.clone();
        connect(&setup, agent, self.environment, (approver, sandbox)).await
    }

    /// Has another agent reply from now on, and says which.
    pub(super) async fn goes_on(&mut self, agent: AgentArgs, connected: Connected) {
        self.agent = agent;
        setup::end(&mut self.connected.session).await;
        self.connected = connected;
        for notice in &self.connected.notices {
            say(&format!("warning: {notice}"));
        }
        say(&format!("{} · {}", self.connected.card, self.connected.model));
    }

    /// How far the conversation is.
    pub(super) fn stage(&self) -> Stage {
        words::stage(self.kept.conversation.messages())
    }

    /// What lines are completed from. Names that were said once stay, whatever is taken back.
    pub(super) fn seen(&mut self) -> Seen {
        let messages = self.kept.conversation.messages();
        words::note(&messages[self.read.min(messages.len())..], &mut self.seen);
        self.read = messages.len();
        self.seen.stage = self.stage();
        self.seen.agents.clone_from(&self.connected.others);
        self.seen.guests.clone_from(&self.connected.guests);
        self.seen.clone()
    }

    /// Waits until the transcript is written.
    pub(super) async fn settle(&mut self) {
        if let Some(warning) = self.kept.settled().await {
            say(&format!("warning: {warning}"));
        }
    }

    /// How the program ends if the person leaves now. Where no person is, what came of the last
    /// question tells.
    pub(super) fn exit(&self) -> Exit {
        if is_terminal() { Exit::Answered } else { self.last }
    }
}

impl Used {
    fn add(&mut self, report: &RunReport) {
        self.runs += 1;
        self.requests += report.turns;
        self.calls += report.calls.len();
        self.usage += report.usage;
    }
}
