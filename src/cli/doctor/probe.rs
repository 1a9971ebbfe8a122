//! `--probe`: the model is asked to call a tool, through the very loop that answers questions.
//!
//! The tool does nothing. What the model's words mean does not matter, only how they arrive.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::super::{outcome, setup, writes::Remains};
use super::check::Check;
use crate::agent::{self, Limits, RunReport};
use crate::config::Config;
use crate::conversation::Conversation;
use crate::event::{Event, EventStream, Events};
use crate::failure::Exit;
use crate::message::{Message, ReasoningField, ToolSpec};
use crate::runtime::Blueprint;
use crate::tool::{
    Approver, OutputKind, Pending, Step, Tool, ToolContext, ToolError, ToolOutput, ToolSet, Verdict,
};

const NAME: &str = "probe";

/// What the tool answers, and the model is to repeat.
const PONG: &str = "violet-7319";

/// What a model may use for it.
const LIMITS: Limits =
    Limits { turns: 4, calls: 4, tokens: None, time: Some(Duration::from_mins(1)) };

/// Whether the model is to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probing {
    Asked,
    NotAsked,
}

/// Has the model call a tool and answer with what it said.
pub(super) async fn probe(blueprint: Blueprint, config: &Config) -> Check {
    let mut session = match setup::connect(blueprint, config, Arc::new(Nobody), None).await {
        Ok(session) => session,
        Err(failure) => return Check::failed(NAME, failure),
    };
    session.agent.tools = ToolSet::new(vec![Arc::new(Ping::new())], Arc::new(Nobody));
    session.agent.limits = LIMITS;
    let mut conversation = Conversation::new("You test tools. Be brief.".to_owned());
    conversation.push_user("Call the tool `ping`, and then say what it answered.".to_owned());
    let (events, stream) = Events::channel();
    let cancel = CancellationToken::new();
    let running = async {
        let report = agent::run(&mut session.agent, &mut conversation, &events, &cancel).await;
        drop(events);
        report
    };
    let (report, heard) = tokio::join!(running, Heard::of(stream));
    setup::end(&mut session).await;
    shown(&report, &heard, &conversation)
}

fn shown(report: &RunReport, heard: &Heard, conversation: &Conversation) -> Check {
    let nothing = Remains { plan: None, kept: None, failure: None };
    if let Some(failure) = outcome::failure(report, &nothing) {
        return Check::failed(NAME, failure);
    }
    let check = if report.calls.is_empty() {
        Check::fail(NAME, Exit::Failed, "tool call: none; the model answered without its tool")
            .hint("name a model that can call tools")
    } else if report.answer.contains(PONG) {
        let times = if report.calls.len() == 1 { "once" } else { "more than once" };
        Check::ok(NAME, format!("tool call: made {times}, and its result was read"))
    } else {
        Check::warn(NAME, "tool call: made; the answer does not repeat its result")
    };
    let streaming = match (heard.fragments, heard.first) {
        (0 | 1, _) | (_, None) => "streaming: no, replies come in one piece".to_owned(),
        (fragments, Some(first)) => {
            format!("streaming: {fragments} fragments, the first after {} ms", first.as_millis())
        }
    };
    let usage = report.usage;
    let check = check.and(streaming).and(reasoning(conversation)).and(format!(
        "latency: {} ms for {} requests; {} tokens read, {} written",
        report.elapsed.as_millis(),
        report.turns,
        usage.input_tokens,
        usage.output_tokens
    ));
    heard.repairs.iter().map(|repair| format!("repaired: {repair}")).fold(check, Check::and)
}

/// In which field the model's reasoning came.
fn reasoning(conversation: &Conversation) -> String {
    let field = conversation.messages().iter().find_map(|message| match &**message {
        Message::Assistant(reply) => Some(reply.reasoning.as_ref()?.field),
        Message::System { .. } | Message::User { .. } | Message::Tool(_) => None,
    });
    match field {
        None => "reasoning: none is sent".to_owned(),
        Some(ReasoningField::Reasoning) => "reasoning: in the field `reasoning`".to_owned(),
        Some(ReasoningField::ReasoningContent) => {
            "reasoning: in the field `reasoning_content`".to_owned()
        }
        Some(ReasoningField::ReasoningText) => {
            "reasoning: in the field `reasoning_text`".to_owned()
        }
    }
}

/// What was noticed on the way.
#[derive(Default)]
struct Heard {
    fragments: usize,
    first: Option<Duration>,
    repairs: Vec<String>,
}

impl Heard {
    async fn of(mut stream: EventStream) -> Self {
        let (mut heard, since) = (Self::default(), Instant::now());
        while let Some(event) = stream.recv().await {
            match event {
                Event::Text(_) | Event::Reasoning(_) => {
                    heard.fragments += 1;
                    heard.first.get_or_insert_with(|| since.elapsed());
                }
                Event::Repaired { kind, .. } => heard.repairs.push(kind.to_owned()),
                _ => {}
            }
        }
        heard
    }
}

/// The tool: it takes nothing, does nothing, and answers one word.
struct Ping(ToolSpec);

impl Ping {
    fn new() -> Self {
        Self(ToolSpec {
            name: "ping".to_owned(),
            description: "Answers with a word.".to_owned(),
            parameters: json!({"type": "object", "properties": {}}).into(),
        })
    }
}

impl Tool for Ping {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    fn call<'a>(
        &'a self,
        _arguments: Map<String, Value>,
        _context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async {
            Ok(Step::Done(ToolOutput {
                content: PONG.to_owned(),
                summary: PONG.to_owned(),
                kind: OutputKind::Success,
                foreign: None,
            }))
        })
    }
}

/// There is nothing to approve.
struct Nobody;

impl Approver for Nobody {
    fn decide<'a>(&'a self, _pending: Pending<'a>) -> BoxFuture<'a, Verdict> {
        Box::pin(async { Verdict::Refused("nothing is written here".to_owned()) })
    }
}
