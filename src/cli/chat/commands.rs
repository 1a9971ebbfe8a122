//! The commands of a conversation, carried out.
//!
//! What they are called and what may follow them is in the table of `repl`.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::super::args::AgentArgs;
use super::super::kept::Kept;
use super::super::policy;
use super::connected::Connected;
use super::talk::{Talk, Used};
use super::{Next, copy, say};
use crate::agent;
use crate::failure::{Exit, Failure};
use crate::message::Message;
use crate::render::text::{Reasoning, Verbosity};
use crate::repl::{self, Command};

impl Talk<'_> {
    /// Carries a command out.
    pub(super) async fn carry_out(&mut self, command: Command) -> Result<Next, Failure> {
        match command {
            Command::Help => say(&repl::help(self.stage(), &self.connected.guests)),
            Command::Quit => return Ok(Next::Leave(self.exit())),
            Command::New => self.renew().await,
            Command::Card(None) => say(&self.card()),
            Command::Card(Some(named)) => self.swap(self.agent_named(named)).await?,
            Command::Model(None) => say(&self.connected.model),
            Command::Model(model) => self.swap(AgentArgs { model, ..self.agent.clone() }).await?,
            Command::Transcripts => say(&self.transcripts()?),
            Command::Resume(id) => self.resume(id).await?,
            Command::Save(name) => self.save(name)?,
            Command::Export(file) => self.export(file).await?,
            Command::Tools => {
                if let Err(next) = self.refresh_tools().await {
                    return Ok(next);
                }
                say(&self.tools());
            }
            Command::Prompt(typed) => return self.prompt(typed.as_deref()).await,
            Command::Policy => say(&self.policy()),
            Command::Copy => say(&self.copy()?),
            Command::Usage => say(&usage(&self.used)),
            Command::Reasoning => self.toggle_reasoning(),
            Command::Verbose => self.toggle_verbosity(),
            Command::Retry => {
                let question = self.kept.conversation.take_back().ok_or_else(nothing_asked)?;
                return Ok(self.ask(question).await);
            }
            Command::Undo => {
                let question = self.kept.conversation.take_back().ok_or_else(nothing_asked)?;
                let first = question.lines().next().unwrap_or_default();
                say(&format!("forgotten: {first}"));
            }
            Command::Compact => say(&match agent::shorten(&mut self.kept.conversation, 0) {
                Some(shortened) => format!("the conversation was made shorter: {shortened}"),
                None => "there is nothing yet that can be made shorter".to_owned(),
            }),
        }
        Ok(Next::Line)
    }

    /// Begins a new conversation, in which nothing is approved yet.
    async fn renew(&mut self) {
        self.begin_anew().await;
        self.writes.approvals.forget();
        say("a new conversation");
    }

    /// Leaves what was said behind.
    pub(super) async fn begin_anew(&mut self) {
        self.settle().await;
        let conversation = self.connected.session.conversation();
        self.kept.change(|plan| Kept::new(conversation, plan)).await;
    }

    /// Which card runs, and which agents could.
    fn card(&self) -> String {
        let Connected { card, others, .. } = &self.connected;
        match others.as_slice() {
            [] => card.clone(),
            others => format!("{card}\nothers: {}", others.join(", ")),
        }
    }

    /// What was typed with another agent: one of those at hand, or that of a card's file.
    fn agent_named(&self, named: PathBuf) -> AgentArgs {
        let name = named.to_string_lossy();
        if self.connected.others.iter().any(|other| *other == name) && !named.exists() {
            return self.agent.of_name(Some(name.into_owned()));
        }
        self.agent.of_card(Some(named))
    }

    fn tools(&self) -> String {
        let mut text = String::new();
        for spec in self.connected.session.agent.tools.specs().iter() {
            let first = spec.description.lines().next().unwrap_or_default();
            // Writing to a string cannot fail.
            let _infallible = writeln!(text, "{}: {first}", spec.name);
        }
        if text.is_empty() { "none".to_owned() } else { text }
    }

    /// The rules in force, and what was approved.
    fn policy(&self) -> String {
        let approvals = &self.writes.approvals;
        let mut text = policy::list(approvals.policy());
        let (always, approved) = approvals.approved();
        for rule in &always {
            // Writing to a string cannot fail.
            let _infallible = writeln!(text, "approved for the whole conversation: {rule}");
        }
        for request in &approved {
            let _infallible = writeln!(text, "approved: {request}");
        }
        if always.is_empty() && approved.is_empty() {
            text.push_str("nothing was approved in this conversation");
        }
        text
    }

    fn copy(&self) -> Result<String, Failure> {
        let messages = self.kept.conversation.messages().iter().rev();
        let mut answers = messages.filter_map(|message| match &**message {
            Message::Assistant(reply) if !reply.content.is_empty() => Some(&reply.content),
            _ => None,
        });
        let nothing = || Failure::new(Exit::Usage, "nothing was answered yet");
        let answer = answers.next().ok_or_else(nothing)?;
        copy::copy(answer, self.look.screen, self.environment)
    }

    fn toggle_reasoning(&mut self) {
        let (reasoning, word) = match self.reasoning {
            Reasoning::Hidden => (Reasoning::Shown, "shown"),
            Reasoning::Shown => (Reasoning::Hidden, "hidden"),
        };
        self.reasoning = reasoning;
        say(&format!("reasoning is {word}"));
    }

    fn toggle_verbosity(&mut self) {
        let (verbosity, word) = match self.look.verbosity {
            Verbosity::Verbose => (Verbosity::Normal, "hidden"),
            Verbosity::Quiet | Verbosity::Normal => (Verbosity::Verbose, "shown"),
        };
        self.look.verbosity = verbosity;
        say(&format!("tokens and repairs are {word}"));
    }
}

fn nothing_asked() -> Failure {
    Failure::new(Exit::Usage, "nothing was asked yet")
}

fn usage(used: &Used) -> String {
    let Used { runs, requests, calls, usage } = used;
    let tokens = usage;
    format!(
        "questions       {runs}\nmodel requests  {requests}\ntool calls      {calls}\n\
         tokens read     {} ({} of them cached)\ntokens written  {} ({} of them reasoning)",
        tokens.input_tokens, tokens.cached_tokens, tokens.output_tokens, tokens.reasoning_tokens,
    )
}
