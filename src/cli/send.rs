//! Writes that come from no model: each is planned anew, asked about and sent, as those of a run are.
//!
//! It knows neither plans on disk nor what undoing means.

use std::io;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::approve::{Approvals, Consent};
use super::args::ConfirmArgs;
use super::writes::{self, Presence, Scene};
use super::{interrupt, look, policy, setup};
use crate::config::{Config, Environment, Flags};
use crate::event::{CallStatus, Event, Events};
use crate::failure::{Exit, Failure};
use crate::render;
use crate::render::text::Text;
use crate::runtime::{self, Surroundings};
use crate::tool::{ToolContext, ToolError, ToolSet, WritePlan};

/// Sends writes to the Hub.
pub(super) struct Sender {
    tools: ToolSet,
    context: ToolContext,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// It was made.
    Done,
    /// It was not allowed.
    Refused,
    /// It failed, or nobody knows.
    Failed,
}

/// The configuration a command that sends writes runs with.
pub(super) fn settings(args: &ConfirmArgs, environment: &Environment) -> Result<Config, Failure> {
    let flags = Flags {
        config: args.config.clone(),
        allow: args.rules.allow.clone(),
        read_only: args.rules.read_only.then_some(true),
        ..Flags::default()
    };
    setup::settings(&flags, environment).map(|(config, _)| config)
}

/// Does some work with a sender while the terminal is drawn and signals are heard.
///
/// `undoes` is the entry of the record the work takes back. The failure is that of the work, or
/// that of the writes that were refused.
pub(super) async fn with_sender(
    (config, environment): (&Config, &Environment),
    args: &ConfirmArgs,
    undoes: Option<u64>,
    work: impl AsyncFnOnce(&Sender) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (presence, surroundings) = (Presence::AtTerminal, Surroundings::Real);
    let scene = Scene { config, environment, surroundings, presence };
    let consent = if args.yes { Consent::Given } else { Consent::Ask };
    let policy = policy::of(&config.policy)?;
    let approvals =
        Arc::new(Approvals::new(policy, consent, scene.person()).recorded(scene.record(undoes)));
    let tools = runtime::hub_tools(config, Arc::<Approvals>::clone(&approvals))
        .map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
    let (events, stream) = Events::channel();
    let context = ToolContext::new(events);
    let sender = Sender { tools, context };
    let mut text = Text::new(io::stdout(), io::stderr(), look::plain(config));
    let cancel = CancellationToken::new();
    let working = async {
        let outcome = tokio::select! {
            outcome = work(&sender) => outcome,
            () = cancel.cancelled() => Err(Failure::new(Exit::Interrupted, "interrupted")),
        };
        drop(sender);
        outcome
    };
    let (outcome, _shown) = tokio::select! {
        both = async { tokio::join!(working, render::drain(stream, &mut text)) } => both,
        never = interrupt::watch(&cancel, || approvals.is_editing()) => match never {},
    };
    // Whoever closed the output does not want the last line of it.
    let _unseen = text.end();
    outcome?;
    match writes::failure(&approvals.take_unsent().refused) {
        None => Ok(()),
        Some(failure) if args.yes => Err(failure),
        Some(failure) => {
            Err(failure.hint("or say yes beforehand, where it can be taken back: --yes"))
        }
    }
}

impl Sender {
    /// Says something to the person.
    pub(super) fn say(&self, text: &str) {
        self.context.events.send(Event::Text(format!("{text}\n")));
    }

    /// Has a write checked, worded and read anew.
    pub(super) async fn plan(&self, plan: WritePlan) -> Result<WritePlan, ToolError> {
        self.tools.plan_again(plan, &self.context).await
    }

    /// Asks about a write, sends it, and says what became of it.
    pub(super) async fn send(&self, plan: WritePlan) -> Sent {
        let words = plan.words.clone();
        let result = self.tools.write(plan, &self.context).await;
        let (sent, line) = match result.status {
            CallStatus::Ok => (Sent::Done, format!("Done: {words}")),
            CallStatus::Refused | CallStatus::NotSent => {
                (Sent::Refused, format!("Not sent: {words}"))
            }
            CallStatus::Error | CallStatus::Cancelled => {
                (Sent::Failed, format!("Failed: {words}\n{}", result.content))
            }
        };
        self.say(&line);
        sent
    }
}
