//! The tools of an agent, by name, and the way every call takes through them.
//!
//! It is the only caller of [`Tool::write`], and it calls it with nothing but what the approver
//! let through.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use futures_util::future::{BoxFuture, join_all};
use serde_json::{Map, Value};
use tokio::sync::mpsc::UnboundedReceiver;

use super::approve::InDoubt;
use super::question::Inquiry;
use super::{
    Approver, Order, OutputKind, Pending, Step, Supply, Tool, ToolContext, ToolError, ToolOutput,
    Verdict, WritePlan,
};
use crate::event::{CallStatus, Code, Events};
use crate::message::{ToolCall, ToolSpec};

/// The tools an agent has.
#[derive(Clone)]
pub struct ToolSet {
    own: Vec<Arc<dyn Tool>>,
    supplies: Vec<Arc<dyn Supply>>,
    /// What each of the supplies had when they were last asked.
    supplied: Vec<Arc<[Arc<dyn Tool>]>>,
    shelf: Shelf,
    approver: Arc<dyn Approver>,
}

/// Tools by name, and their specs in the order the model sees.
#[derive(Clone)]
struct Shelf {
    tools: BTreeMap<String, Arc<dyn Tool>>,
    specs: Arc<[ToolSpec]>,
}

/// What a call came to, for the conversation and for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallResult {
    /// What the model reads.
    pub content: String,
    /// One line for people.
    pub summary: String,
    /// How it ended.
    pub status: CallStatus,
    /// A piece of the text in it that other people wrote.
    pub foreign: Option<String>,
}

impl ToolSet {
    /// Gathers tools; the specs keep the given order, which is the order the model sees.
    pub fn new(tools: Vec<Arc<dyn Tool>>, approver: Arc<dyn Approver>) -> Self {
        let (supplies, supplied) = (Vec::new(), Vec::new());
        let shelf = Shelf::of(tools.iter());
        Self { own: tools, supplies, supplied, shelf, approver }
    }

    /// Adds tools that are known only while something runs: from the next [`refresh`](Self::refresh)
    /// on.
    #[must_use]
    pub fn supplied_by(mut self, supplies: Vec<Arc<dyn Supply>>) -> Self {
        self.supplies = supplies;
        self
    }

    /// The same tools, every write of which is asked about whatever rules say.
    #[must_use]
    pub fn in_doubt(self) -> Self {
        Self { approver: Arc::new(InDoubt(self.approver)), ..self }
    }

    /// Whether a first look will start something.
    pub fn is_unsupplied(&self) -> bool {
        self.supplied.len() < self.supplies.len()
    }

    /// Looks which tools there are now, starting what has to run for them. Whoever shows the specs
    /// to a model or a person does it first.
    pub async fn refresh(&mut self, events: &Events) {
        if self.supplies.is_empty() {
            return;
        }
        let supplied = join_all(self.supplies.iter().map(|supply| supply.tools(events))).await;
        let mut pairs = supplied.iter().zip(&self.supplied);
        let is_known = supplied.len() == self.supplied.len();
        if !is_known || pairs.any(|(now, before)| !Arc::ptr_eq(now, before)) {
            let tools = self.own.iter().chain(supplied.iter().flat_map(|tools| tools.iter()));
            self.shelf = Shelf::of(tools);
            self.supplied = supplied;
        }
    }

    /// What the model is told, in order.
    pub fn specs(&self) -> &Arc<[ToolSpec]> {
        &self.shelf.specs
    }

    /// What of a call's arguments is code.
    pub fn code(&self, name: &str, arguments: &Map<String, Value>) -> Option<Code> {
        let argument = self.shelf.tools.get(name)?.code()?.clone();
        let text = arguments.get(&argument.name)?.as_str()?.to_owned();
        Some(Code { language: argument.language, text })
    }

    /// How calls of a tool go.
    pub fn order(&self, name: &str) -> Order {
        self.shelf.tools.get(name).map_or(Order::SideBySide, |tool| tool.order())
    }

    /// How many calls of a tool and of those like it are shown to a person for each reply, if not all.
    pub fn most_shown(&self, name: &str) -> Option<u32> {
        self.shelf.tools.get(name).and_then(|tool| tool.most_shown())
    }

    /// Whether there is a tool of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.shelf.tools.contains_key(name)
    }

    /// Whether one of them wants to know the conversation its calls are made in.
    pub fn listens(&self) -> bool {
        self.own.iter().any(|tool| tool.listens())
    }

    /// Has calls that use a former name of a tool use the one it has.
    pub fn rename(&self, calls: &mut [ToolCall]) {
        for call in calls.iter_mut().filter(|call| !self.contains(&call.name)) {
            let mut tools = self.shelf.tools.values();
            if let Some(tool) = tools.find(|tool| tool.former_name() == Some(&call.name)) {
                call.name.clone_from(&tool.spec().name);
            }
        }
    }

    /// The names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.shelf.tools.keys().map(String::as_str)
    }

    /// Carries out one call, asking first if it is a write. It cannot fail: what goes wrong is the
    /// result.
    pub async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &ToolContext,
    ) -> CallResult {
        match self.step(name, arguments, context).await {
            Ok(Step::Done(output)) => output.into(),
            Ok(Step::Write(plan)) => self.write(*plan, context).await,
            Err(error) => error.into(),
        }
    }

    /// Lets a tool answer a call or propose a write. Nothing changes anywhere.
    pub async fn step(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &ToolContext,
    ) -> Result<Step, ToolError> {
        let tool = self.shelf.tools.get(name).ok_or_else(|| self.unknown(name))?;
        let (context, inquiries) = context.attended();
        self.attend(inquiries, &context, tool.call(arguments, &context)).await
    }

    /// Lets a tool look at its plan once more; see [`Tool::plan_again`].
    pub async fn plan_again(
        &self,
        plan: WritePlan,
        context: &ToolContext,
    ) -> Result<WritePlan, ToolError> {
        let tool = self.shelf.tools.get(plan.tool()).ok_or_else(|| self.unknown(plan.tool()))?;
        tool.plan_again(plan, context).await
    }

    /// Asks about a proposed write and performs it if it may be.
    pub async fn write(&self, plan: WritePlan, context: &ToolContext) -> CallResult {
        let Some(tool) = self.shelf.tools.get(plan.tool()) else {
            return self.unknown(plan.tool()).into();
        };
        match self.approver.decide(Pending { plan, context, tool: tool.as_ref() }).await {
            Verdict::Approved(approved) => {
                let (context, inquiries) = context.attended();
                let write = tool.write((*approved).clone(), &context);
                let outcome = self.attend(inquiries, &context, write).await;
                self.approver.performed(&approved, outcome.as_ref(), &context);
                outcome.map_or_else(CallResult::from, |written| written.output.into())
            }
            Verdict::Refused(reason) => {
                CallResult::unwritten(CallStatus::Refused, "refused", reason)
            }
            Verdict::DryRun => {
                let text = "not sent (dry run)";
                CallResult::unwritten(CallStatus::NotSent, text, text.to_owned())
            }
        }
    }

    /// Waits for what a tool does, and has its questions answered meanwhile.
    async fn attend<T>(
        &self,
        mut inquiries: UnboundedReceiver<Inquiry>,
        context: &ToolContext,
        mut work: BoxFuture<'_, T>,
    ) -> T {
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                Some(Inquiry { question, answer }) = inquiries.recv() => {
                    // A tool that no longer wants to know is answered into nothing.
                    let _gone = answer.send(self.approver.ask(question, context).await);
                }
            }
        }
    }

    fn unknown(&self, name: &str) -> ToolError {
        if let Some(why) = self.supplies.iter().find_map(|supply| supply.lack(name)) {
            return ToolError::new(why);
        }
        let names: Vec<&str> = self.names().collect();
        ToolError::new(format!(
            "There is no tool named `{name}`. The tools are: {}.",
            names.join(", ")
        ))
    }
}

impl Shelf {
    /// Tools in the given order. The first of a name is the one that has it.
    fn of<'a>(given: impl Iterator<Item = &'a Arc<dyn Tool>>) -> Self {
        let mut tools = BTreeMap::new();
        let mut specs = Vec::new();
        for tool in given {
            if let Entry::Vacant(vacant) = tools.entry(tool.spec().name.clone()) {
                vacant.insert(Arc::clone(tool));
                specs.push(tool.spec().clone());
            }
        }
        Self { tools, specs: specs.into() }
    }
}

impl CallResult {
    fn unwritten(status: CallStatus, summary: &str, content: String) -> Self {
        Self { content, summary: summary.to_owned(), status, foreign: None }
    }
}

impl From<ToolOutput> for CallResult {
    fn from(output: ToolOutput) -> Self {
        let status = match output.kind {
            OutputKind::Success => CallStatus::Ok,
            OutputKind::Failure => CallStatus::Error,
        };
        let ToolOutput { content, summary, foreign, .. } = output;
        Self { content, summary, status, foreign }
    }
}

impl From<ToolError> for CallResult {
    fn from(error: ToolError) -> Self {
        Self {
            summary: "error".to_owned(),
            content: format!("Error: {error}"),
            status: CallStatus::Error,
            foreign: None,
        }
    }
}
