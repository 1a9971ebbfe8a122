//! Who says yes to writes: rules, flags, or the person at the terminal.
//!
//! It sends nothing. What a yes lets through is recorded, and what was not sent is remembered, so
//! that the end of a run can say so.

mod inquire;
mod person;
mod question;
mod record;

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;

use crate::event::{Event, Events};
use crate::policy::{Effect, Policy, Request, Rule};
use crate::tool::question::{Answered, Question};
use crate::tool::{
    Approved, Approver, CallOrigin, Pending, ToolContext, ToolError, Verdict, WriteClass,
    WritePlan, Written,
};
use question::{Always, Answer, Extent};

pub use person::{Editor, Person, Terminal};
pub(super) use question::pretty;
pub use record::Record;

/// Says yes and no to the writes of one conversation.
pub struct Approvals {
    policy: Policy,
    consent: Consent,
    person: Option<Box<dyn Person>>,
    record: Option<Record>,
    /// Held by whoever asks: there is one question at a time.
    asking: tokio::sync::Mutex<()>,
    memory: Mutex<Memory>,
}

/// What becomes of writes no rule decides about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// The person is asked.
    Ask,
    /// `--yes`: those that only add something are sent; the person is asked about the others.
    Given,
    /// `--dry-run`: nothing is sent, by no rule either.
    DryRun,
}

/// What happened so far.
#[derive(Default)]
struct Memory {
    always: Vec<Rule>,
    approved: Vec<Request>,
    unsent: Unsent,
}

/// The writes that were not sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unsent {
    /// Those of a dry run.
    pub planned: Vec<WritePlan>,
    /// Those that were refused, and why.
    pub refused: Vec<(Request, Refusal)>,
}

/// Why a write was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is there to ask.
    Nobody,
    /// Nobody is there to ask, and rules do not speak for a call that was recovered from a text.
    Recovered,
    /// The person said no.
    Person,
    /// A rule forbids it, in its words.
    Rule(String),
}

impl Refusal {
    /// What it is that nobody can be asked about such a call.
    fn unasked(origin: CallOrigin) -> Self {
        match origin {
            CallOrigin::Sent => Self::Nobody,
            CallOrigin::Recovered => Self::Recovered,
        }
    }
}

impl Approvals {
    /// Approvals by these rules, asking this person, with no record.
    pub fn new(policy: Policy, consent: Consent, person: Option<Box<dyn Person>>) -> Self {
        let asking = tokio::sync::Mutex::new(());
        Self { policy, consent, person, record: None, asking, memory: Mutex::default() }
    }

    /// Records what is let through.
    #[must_use]
    pub fn recorded(mut self, record: Option<Record>) -> Self {
        self.record = record;
        self
    }

    /// Whether the person has a text in their editor, to which Ctrl-C belongs.
    pub fn is_editing(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.is_editing())
    }

    /// What was not sent since this was last asked.
    pub fn take_unsent(&self) -> Unsent {
        std::mem::take(&mut self.memory().unsent)
    }

    /// Forgets what was approved: a new conversation begins.
    pub fn forget(&self) {
        let mut memory = self.memory();
        memory.always.clear();
        memory.approved.clear();
    }

    /// The rules.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What is approved for the whole of this conversation, and what was let through in it.
    pub fn approved(&self) -> (Vec<Rule>, Vec<Request>) {
        let memory = self.memory();
        (memory.always.clone(), memory.approved.clone())
    }

    async fn settle(&self, pending: Pending<'_>) -> Verdict {
        let Pending { plan, context, .. } = &pending;
        let decision = self.policy.decide(&plan.request, plan.class);
        match (decision.effect, self.consent) {
            (Effect::Deny, _) => self.refuse(plan, Refusal::Rule(decision.because)),
            (_, Consent::DryRun) => {
                self.memory().unsent.planned.push(plan.clone());
                Verdict::DryRun
            }
            // It may not have been meant as a call, so that no rule speaks for the person here.
            _ if context.origin == CallOrigin::Recovered => self.ask(pending).await,
            (Effect::Allow, _) => self.approve(plan, &context.events),
            (Effect::Ask, Consent::Given) if plan.class == WriteClass::Additive => {
                self.approve(plan, &context.events)
            }
            (Effect::Ask, _) => self.ask(pending).await,
        }
    }

    async fn ask(&self, pending: Pending<'_>) -> Verdict {
        let origin = pending.context.origin;
        let Some(person) = &self.person else {
            return self.refuse(&pending.plan, Refusal::unasked(origin));
        };
        let _turn = self.asking.lock().await;
        let events = &pending.context.events;
        let mut inquiry = Inquiry { pending, extent: Extent::Beginning, complaint: None };
        loop {
            let plan = &inquiry.pending.plan;
            if origin == CallOrigin::Sent && self.is_always(plan) {
                return self.approve(plan, events);
            }
            match inquiry.put(person.as_ref()).await {
                Answer::Yes => return self.approve(&inquiry.pending.plan, events),
                Answer::No => return self.refuse(&inquiry.pending.plan, Refusal::Person),
                Answer::Always => {
                    let plan = &inquiry.pending.plan;
                    self.memory().always.extend(Rule::always(&plan.request, plan.class));
                }
                Answer::View => inquiry.extent = Extent::Whole,
                Answer::Edit => {
                    inquiry.edit(person.as_ref()).await;
                    let plan = &inquiry.pending.plan;
                    let decision = self.policy.decide(&plan.request, plan.class);
                    if decision.effect == Effect::Deny {
                        return self.refuse(plan, Refusal::Rule(decision.because));
                    }
                }
            }
        }
    }

    /// Whether the person said "always" to such writes. Of the Hub's it covers those that only add
    /// something.
    fn is_always(&self, plan: &WritePlan) -> bool {
        let rules = self.memory().always.clone();
        let said = Policy { read_only: None, rules };
        let may_be = match plan.request {
            Request::Post(_) => plan.class == WriteClass::Additive,
            Request::Call(_) => true,
        };
        may_be && said.decide(&plan.request, plan.class).effect == Effect::Allow
    }

    fn approve(&self, plan: &WritePlan, events: &Events) -> Verdict {
        self.memory().approved.push(plan.request.bare());
        let plan = plan.clone();
        // What was refused for its form has come in the proper one.
        self.memory().unsent.refused.retain(|(request, refusal)| {
            *refusal != Refusal::Recovered || *request != plan.request.bare()
        });
        Verdict::Approved(Box::new(match &self.record {
            Some(record) => record.approve(plan, events),
            None => plan.approve(),
        }))
    }

    fn refuse(&self, plan: &WritePlan, refusal: Refusal) -> Verdict {
        let request = plan.request.bare();
        let text = match &refusal {
            Refusal::Nobody => format!(
                "Not sent: a write needs a person's yes, and nobody can be asked here. Do not try \
                 it again. Tell the person what was to be written, and that they can allow it with \
                 --allow '{request}' or by running this on a terminal."
            ),
            Refusal::Recovered => "Not sent: this write stood in your text instead of being sent \
                                   as a tool call, so that a person has to look at it, and nobody \
                                   can be asked here. If it is what you mean, send it as a proper \
                                   tool call."
                .to_owned(),
            Refusal::Person => "Not sent: the person said no to this write. Do not try it again \
                                unless they ask for it."
                .to_owned(),
            Refusal::Rule(because) => format!(
                "Not sent: the person's rules do not allow this write ({because}). Do not try it \
                 again, and do not look for a way around it."
            ),
        };
        self.memory().unsent.refused.push((request, refusal));
        Verdict::Refused(text)
    }

    /// Nothing that holds the lock can panic.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Approver for Approvals {
    fn decide<'a>(&'a self, pending: Pending<'a>) -> BoxFuture<'a, Verdict> {
        Box::pin(self.settle(pending))
    }

    fn ask<'a>(&'a self, question: Question, context: &'a ToolContext) -> BoxFuture<'a, Answered> {
        Box::pin(self.inquire(question, context))
    }

    fn performed(
        &self,
        approved: &Approved,
        outcome: Result<&Written, &ToolError>,
        context: &ToolContext,
    ) {
        if let Some(record) = &self.record {
            record.end(approved, outcome, &context.events);
        }
    }
}

/// A plan that a person is being asked about.
struct Inquiry<'a> {
    pending: Pending<'a>,
    extent: Extent,
    /// What was wrong with the last answer or edit.
    complaint: Option<String>,
}

impl Inquiry<'_> {
    /// Asks once. A terminal that is gone, or that has no more to say, says no.
    async fn put(&mut self, person: &dyn Person) -> Answer {
        let Pending { plan, context, .. } = &self.pending;
        let request = &plan.request;
        let may_be_always =
            context.origin == CallOrigin::Sent && Rule::always(request, plan.class).is_some();
        let always = if may_be_always { Always::Offered } else { Always::Withheld };
        let mut question = question::question(plan, context, always, self.extent);
        loop {
            if let Some(complaint) = self.complaint.take() {
                question = format!("{complaint}\n{question}");
            }
            let open = Open::ask(context, request, question);
            let Ok(Some(typed)) = person.line().await else {
                open.end(Answer::No.word());
                return Answer::No;
            };
            match question::answer(&typed, always) {
                Some(answer) => {
                    open.end(answer.word());
                    return answer;
                }
                None => open.end("unclear"),
            }
            self.complaint = Some("Please answer with one of the letters.".to_owned());
            question = question::choices(plan, always, self.extent);
        }
    }

    /// Lets the person change the body. What they leave unreadable, or what the tool would not
    /// send, is asked about as it was.
    async fn edit(&mut self, person: &dyn Person) {
        let Pending { plan, context, .. } = &self.pending;
        let text = serde_json::to_string_pretty(&plan.request.body()).unwrap_or_default() + "\n";
        let open = Open::ask(context, &plan.request, "Editing the body …".to_owned());
        let edited = match person.edit(text).await {
            Ok(Some(text)) => serde_json::from_str(&text).map_err(|error| error.to_string()),
            Ok(None) => Err("there is no editor: set $EDITOR".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        open.end("edited");
        let planned = match edited {
            Ok(body) => self.pending.with_body(body).await.map_err(|error| error.message),
            Err(error) => Err(error),
        };
        match planned {
            Ok(plan) => self.pending.plan = plan,
            Err(error) => self.complaint = Some(format!("The body is as it was: {error}")),
        }
    }
}

/// A question on the screen. Dropped before its end, as when the run is stopped, it says so.
struct Open<'a> {
    events: &'a Events,
    choice: Option<&'static str>,
}

impl<'a> Open<'a> {
    fn ask(context: &'a ToolContext, request: &Request, question: String) -> Self {
        let request = request.bare().to_string();
        context.events.send(Event::ApprovalAsked { request, question });
        Self { events: &context.events, choice: None }
    }

    fn end(mut self, choice: &'static str) {
        self.choice = Some(choice);
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.events.send(Event::ApprovalEnded { choice: self.choice });
    }
}
