//! The shell: `bash` runs a command after somebody said yes to it, `process` looks after those that
//! take long.
//!
//! Who says yes, and what a command may reach, is decided by others.

mod child;
mod confine;
mod jobs;
mod output;
mod process;
mod report;
mod variables;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::arguments;
use super::{Approved, Order, Step, Tool, ToolContext, ToolError, WriteClass, WritePlan, Written};
use crate::message::{Schema, ToolSpec};
use crate::policy::{Call, Request};
use jobs::{Jobs, State};
use process::Process;

pub use child::Surroundings;
pub use confine::{Confinement, Places, is_enforced};
pub use variables::is_passed;

/// The name of the tool that runs commands.
const BASH: &str = "bash";

/// What it was called when the first cards had one.
const FORMER_BASH: &str = "execute";

/// How long a call waits for its command.
const PATIENCE: Duration = Duration::from_mins(2);

/// The tools of a shell. Commands that still run end when all of them are dropped.
pub fn tools(surroundings: Surroundings) -> Vec<Arc<dyn Tool>> {
    let jobs = Arc::new(Jobs::default());
    let process = Arc::new(Process::new(Arc::clone(&jobs)));
    vec![Arc::new(Bash { surroundings, jobs, spec: spec() }), process]
}

/// What a model is told about the tools of a shell.
pub fn specs() -> Vec<ToolSpec> {
    vec![spec(), process::spec()]
}

fn spec() -> ToolSpec {
    ToolSpec {
        name: BASH.to_owned(),
        description: "Runs a command with bash in the working directory and returns what it \
                      writes. A person may be asked first. Nothing can be typed into it."
            .to_owned(),
        parameters: Schema::written(
            r#"{"type":"object","additionalProperties":false,"properties":{"command":{"type":"string","description":"The command."},"run_in_background":{"type":"boolean","default":false,"description":"Return at once; `process` tells how it goes."}},"required":["command"]}"#,
        ),
    }
}

/// Whether a call waits for its command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "bool")]
pub(super) enum Wait {
    #[default]
    Foreground,
    Background,
}

impl From<bool> for Wait {
    fn from(in_background: bool) -> Self {
        if in_background { Self::Background } else { Self::Foreground }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    command: String,
    #[serde(default, rename = "run_in_background")]
    wait: Wait,
}

struct Bash {
    surroundings: Surroundings,
    jobs: Arc<Jobs>,
    spec: ToolSpec,
}

impl Bash {
    fn plan(&self, Arguments { command, wait }: Arguments) -> Result<WritePlan, ToolError> {
        if command.trim().is_empty() || command.contains('\0') {
            return Err(ToolError::new("`command` must be a command."));
        }
        let place = self.surroundings.directory.path().display();
        let confined = match self.surroundings.confinement {
            Confinement::Places(_) if is_enforced() => {
                "it can write there and in temporary directories only"
            }
            Confinement::Places(_) | Confinement::None => "it can reach whatever you can",
        };
        let body = match wait {
            Wait::Foreground => None,
            Wait::Background => Some(json!({ "run_in_background": true })),
        };
        Ok(WritePlan {
            words: format!("Run a command in {place}; {confined}"),
            request: Request::Call(Call { tool: BASH.to_owned(), action: Some(command), body }),
            now: None,
            class: WriteClass::Destructive,
        })
    }

    async fn run(&self, Arguments { command, wait }: Arguments) -> Result<Written, ToolError> {
        let job = self
            .jobs
            .start(&command, &self.surroundings)
            .await
            .map_err(|error| ToolError::new(format!("the command was not started: {error}")))?;
        let state = match wait {
            Wait::Foreground => job.wait(PATIENCE).await,
            Wait::Background => State::Running,
        };
        if state == State::Running {
            self.jobs.keep(Arc::clone(&job));
        }
        Ok(report::written(&job, &state, wait))
    }
}

/// The arguments that a plan of this tool stands for.
fn planned(plan: &WritePlan) -> Result<Arguments, ToolError> {
    match &plan.request {
        Request::Call(Call { action: Some(command), body, .. }) => {
            let mut arguments = match body {
                Some(Value::Object(body)) => body.clone(),
                _ => Map::new(),
            };
            arguments.insert("command".to_owned(), command.as_str().into());
            arguments::parse(BASH, arguments)
        }
        Request::Call(_) | Request::Post(_) => {
            Err(ToolError::new("The plan is not one of this tool; nothing was run."))
        }
    }
}

impl Tool for Bash {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn former_name(&self) -> Option<&'static str> {
        Some(FORMER_BASH)
    }

    fn order(&self) -> Order {
        Order::InTurn
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        _: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move {
            let plan = self.plan(arguments::parse(BASH, arguments)?)?;
            Ok(Step::Write(Box::new(plan)))
        })
    }

    fn plan_again<'a>(
        &'a self,
        plan: WritePlan,
        _: &'a ToolContext,
    ) -> BoxFuture<'a, Result<WritePlan, ToolError>> {
        Box::pin(async move { self.plan(planned(&plan)?) })
    }

    fn write<'a>(
        &'a self,
        approved: Approved,
        _: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Written, ToolError>> {
        Box::pin(async move { self.run(planned(approved.plan())?).await })
    }
}
