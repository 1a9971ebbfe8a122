//! The tools of an agent, by name, and the way every call takes through them.
//!
//! It is the only caller of [`Tool::write`], and it calls it with nothing but what the approver
//! let through.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Approver, OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput, Verdict};
use crate::event::CallStatus;
use crate::message::ToolSpec;

/// The tools an agent has.
#[derive(Clone)]
pub struct ToolSet {
    tools: BTreeMap<String, Arc<dyn Tool>>,
    specs: Arc<[ToolSpec]>,
    approver: Arc<dyn Approver>,
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
}

impl ToolSet {
    /// Gathers tools; the specs keep the given order, which is the order the model sees.
    pub fn new(tools: Vec<Arc<dyn Tool>>, approver: Arc<dyn Approver>) -> Self {
        let specs = tools.iter().map(|tool| tool.spec().clone()).collect();
        let tools = tools.into_iter().map(|tool| (tool.spec().name.clone(), tool)).collect();
        Self { tools, specs, approver }
    }

    /// What the model is told, in order.
    pub fn specs(&self) -> &Arc<[ToolSpec]> {
        &self.specs
    }

    /// Whether there is a tool of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.tools.contains_key(name)
    }

    /// The names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tools.keys().map(String::as_str)
    }

    /// Carries out one call, asking first if it is a write. It cannot fail: what goes wrong is the
    /// result.
    pub async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &ToolContext,
    ) -> CallResult {
        let Some(tool) = self.tools.get(name) else {
            return CallResult::from(self.unknown(name));
        };
        match tool.call(arguments, context).await {
            Ok(Step::Done(output)) => CallResult::from(output),
            Ok(Step::Write(plan)) => match self.approver.decide(*plan, context).await {
                Verdict::Approved(approved) => {
                    tool.write(*approved, context).await.map_or_else(CallResult::from, Into::into)
                }
                Verdict::Refused(reason) => CallResult {
                    content: reason,
                    summary: "refused".to_owned(),
                    status: CallStatus::Refused,
                },
                Verdict::DryRun => CallResult {
                    content: "not sent (dry run)".to_owned(),
                    summary: "not sent (dry run)".to_owned(),
                    status: CallStatus::NotSent,
                },
            },
            Err(error) => CallResult::from(error),
        }
    }

    fn unknown(&self, name: &str) -> ToolError {
        let names: Vec<&str> = self.names().collect();
        ToolError::new(format!(
            "There is no tool named `{name}`. The tools are: {}.",
            names.join(", ")
        ))
    }
}

impl From<ToolOutput> for CallResult {
    fn from(output: ToolOutput) -> Self {
        let status = match output.kind {
            OutputKind::Success => CallStatus::Ok,
            OutputKind::Failure => CallStatus::Error,
        };
        Self { content: output.content, summary: output.summary, status }
    }
}

impl From<ToolError> for CallResult {
    fn from(error: ToolError) -> Self {
        Self {
            summary: "error".to_owned(),
            content: format!("Error: {error}"),
            status: CallStatus::Error,
        }
    }
}
