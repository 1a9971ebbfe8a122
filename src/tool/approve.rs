//! A write before it happens: the plan, what may be answered to it, and the proof of a yes.
//!
//! It decides nothing itself; a person, a rule or a flag does, behind [`Approver`].

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::question::{Answered, Question};
use super::{CallOrigin, Tool, ToolContext, ToolError, Written};
pub use crate::hub::catalog::Class as WriteClass;
use crate::policy::Request;

/// A write that was asked for and has not happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WritePlan {
    /// What it will do, in one sentence for a person.
    pub words: String,
    /// The exact request, as the policy sees it.
    #[serde(flatten)]
    pub request: Request,
    /// What is there now, where the write replaces something (an edit, a status change).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Value>,
    /// How careful to be.
    pub class: WriteClass,
}

/// What was decided about a plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Go ahead, with this plan (its body may have been edited).
    Approved(Box<Approved>),
    /// No. The text says why and which flag would allow it; the model reads it.
    Refused(String),
    /// Practise only: nothing is sent, the run goes on.
    DryRun,
}

/// A plan somebody said yes to. Only [`WritePlan::approve`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Approved {
    plan: WritePlan,
    entry: Option<u64>,
}

impl WritePlan {
    /// The name of the tool that will perform it.
    pub fn tool(&self) -> &str {
        match &self.request {
            Request::Post(_) => super::hub::NAME,
            Request::Call(call) => &call.tool,
        }
    }

    /// Says the yes. Called by approvers and by nobody else (a test holds that).
    pub fn approve(self) -> Approved {
        Approved { plan: self, entry: None }
    }
}

impl Approved {
    /// The plan that was approved.
    pub fn plan(&self) -> &WritePlan {
        &self.plan
    }

    /// The number of its entry in the record of writes, where one is kept.
    pub fn entry(&self) -> Option<u64> {
        self.entry
    }

    /// Notes under which number the record of writes has it.
    #[must_use]
    pub fn entered(mut self, entry: u64) -> Self {
        self.entry = Some(entry);
        self
    }
}

/// A plan that waits for a decision, and the way to have it planned again with another body.
pub struct Pending<'a> {
    /// The plan.
    pub plan: WritePlan,
    /// What the tool may use.
    pub context: &'a ToolContext,
    pub(super) tool: &'a dyn Tool,
}

impl Pending<'_> {
    /// The same write with another body, checked and worded by the tool that proposed it.
    pub async fn with_body(&self, body: Option<Value>) -> Result<WritePlan, ToolError> {
        let plan = self.plan.clone();
        let request = plan.request.with_body(body);
        self.tool.plan_again(WritePlan { request, ..plan }, self.context).await
    }
}

/// Has every write asked about as if its call had been recovered from a text, since the one that led
/// to it was.
pub(super) struct InDoubt(pub(super) Arc<dyn Approver>);

impl Approver for InDoubt {
    fn decide<'a>(&'a self, pending: Pending<'a>) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            let Pending { plan, context, tool } = pending;
            let context = ToolContext { origin: CallOrigin::Recovered, ..context.clone() };
            self.0.decide(Pending { plan, context: &context, tool }).await
        })
    }

    fn ask<'a>(&'a self, question: Question, context: &'a ToolContext) -> BoxFuture<'a, Answered> {
        self.0.ask(question, context)
    }

    fn performed(
        &self,
        approved: &Approved,
        outcome: Result<&Written, &ToolError>,
        context: &ToolContext,
    ) {
        self.0.performed(approved, outcome, context);
    }
}

/// Whoever says yes or no to writes.
pub trait Approver: Send + Sync {
    /// Decides about one plan.
    fn decide<'a>(&'a self, pending: Pending<'a>) -> BoxFuture<'a, Verdict>;

    /// Puts a tool's question to the person.
    fn ask<'a>(&'a self, question: Question, context: &'a ToolContext) -> BoxFuture<'a, Answered> {
        let _ = (&question, context);
        Box::pin(async { Answered::Nobody })
    }

    /// Learns what came of a write it let through, so that whoever says yes can keep the record. It
    /// is not called if the run is stopped before the answer is there.
    fn performed(
        &self,
        approved: &Approved,
        outcome: Result<&Written, &ToolError>,
        context: &ToolContext,
    ) {
        let _ = (approved, outcome, context);
    }
}
