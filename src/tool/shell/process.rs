//! The tool `process`: the commands that run in the background.
//!
//! It starts none. What it stops somebody said yes to.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::jobs::{Job, Jobs};
use super::report;
use crate::message::{Schema, ToolSpec};
use crate::tool::clip::clip;
use crate::tool::{Order, OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput, arguments};

/// Its name.
const NAME: &str = "process";

/// How long `wait` waits unless it is told.
const USUAL_WAIT: u64 = 30;

/// How long it waits at most.
const LONGEST_WAIT: u64 = 300;

/// How many lines of output are shown unless it is told.
const USUAL_LINES: usize = 200;

/// The tool.
pub(super) struct Process {
    jobs: Arc<Jobs>,
    spec: ToolSpec,
}

/// What a model is told about it.
pub(super) fn spec() -> ToolSpec {
    ToolSpec {
        name: NAME.to_owned(),
        description: "Looks after commands that run in the background: lists them, tells how one \
                      is, waits for it, reads what it wrote, stops it."
            .to_owned(),
        parameters: Schema::written(
            r#"{"type":"object","additionalProperties":false,"properties":{"action":{"type":"string","enum":["list","status","wait","stop","read_output"]},"process_id":{"type":"string","description":"Which one, for every action but `list`: \"process-1\"."},"wait_sec":{"type":"integer","default":30,"description":"How long to wait, 300 at most."},"offset":{"type":"integer","default":0,"description":"How many lines of output to skip; a negative number counts from the end."},"limit":{"type":"integer","default":200,"description":"How many lines of output to read."},"query":{"type":"string","description":"Read only lines that contain this."}},"required":["action"]}"#,
        ),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    action: Action,
    process_id: Option<String>,
    wait_sec: Option<u64>,
    offset: Option<i64>,
    limit: Option<usize>,
    query: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    List,
    Status,
    Wait,
    Stop,
    ReadOutput,
}

impl Process {
    pub(super) fn new(jobs: Arc<Jobs>) -> Self {
        Self { jobs, spec: spec() }
    }

    async fn answer(&self, arguments: Map<String, Value>) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = arguments::parse(NAME, arguments)?;
        let job = match arguments.action {
            Action::List => return Ok(self.list()),
            _ => self.job(arguments.process_id.as_deref())?,
        };
        Ok(match arguments.action {
            Action::List | Action::Status => status(&job),
            Action::Wait => {
                let seconds = arguments.wait_sec.unwrap_or(USUAL_WAIT).min(LONGEST_WAIT);
                let state = job.wait(Duration::from_secs(seconds)).await;
                report::look(&job, &state)
            }
            Action::Stop => {
                job.stop().await;
                status(&job)
            }
            Action::ReadOutput => lines(&job, &arguments),
        })
    }

    fn job(&self, id: Option<&str>) -> Result<Arc<Job>, ToolError> {
        let id = id.ok_or_else(|| ToolError::new("`process_id` must say which process."))?;
        self.jobs.get(id).ok_or_else(|| {
            let known: Vec<String> = self.jobs.all().iter().map(|job| job.id.clone()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            ToolError::new(format!(
                "There is no process `{id}`. Those in the background are: {known}."
            ))
        })
    }

    fn list(&self) -> ToolOutput {
        let mut content = String::new();
        let jobs = self.jobs.all();
        for job in &jobs {
            let (_, state, _) = report::words(job, &job.state());
            let command = job.command.lines().next().unwrap_or_default();
            // Writing to a string cannot fail.
            let _written = writeln!(content, "{}: {state}: {command}", job.id);
        }
        if jobs.is_empty() {
            content.push_str("No command runs in the background.");
        }
        success(content, format!("{} processes", jobs.len()))
    }
}

fn status(job: &Job) -> ToolOutput {
    let (line, summary, _) = report::words(job, &job.state());
    success(line, summary)
}

/// The lines that were asked for, and which they are.
fn lines(job: &Job, arguments: &Arguments) -> ToolOutput {
    let text = job.text();
    let query = arguments.query.as_deref().unwrap_or_default();
    let found: Vec<&str> = text.lines().filter(|line| line.contains(query)).collect();
    let offset = arguments.offset.unwrap_or(0);
    let back = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
    let start = if offset < 0 { found.len().saturating_sub(back) } else { back.min(found.len()) };
    let end = start.saturating_add(arguments.limit.unwrap_or(USUAL_LINES)).min(found.len());
    let mut content = clip(&found[start..end].join("\n"), "Read fewer lines.");
    let which = match end - start {
        0 => format!("no lines of {}", found.len()),
        _ => format!("lines {} to {end} of {}", start + 1, found.len()),
    };
    // Writing to a string cannot fail.
    let _written = write!(content, "\n[{which}]");
    success(content, which)
}

fn success(content: String, summary: String) -> ToolOutput {
    ToolOutput { content, summary, kind: OutputKind::Success, foreign: None }
}

impl Tool for Process {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn order(&self) -> Order {
        Order::InTurn
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        _: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move { self.answer(arguments).await.map(Step::Done) })
    }
}
