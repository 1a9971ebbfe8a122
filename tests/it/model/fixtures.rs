//! What is known of gpt-oss and of those who serve it, a folder for each fact.
//!
//! A folder of `tests/fixtures/gpt-oss` is named after the paragraph of the facts it belongs to and
//! holds the responses in order, what is known (`fact.txt`) and what must come of it
//! (`expected.snap`). Behind its responses the server answers "Done.".

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use agentcard::agent::{self, Agent, Limits, Manner, Outcome, RunReport};
use agentcard::conversation::Conversation;
use agentcard::event::{Event, EventStream, Events};
use agentcard::message::ToolSpec;
use agentcard::model::OpenAi;
use agentcard::net::{self, Proxying};
use agentcard::tool::{
    Approver, OutputKind, Pending, Step, Tool, ToolContext, ToolError, ToolOutput, ToolSet, Verdict,
};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::settings;
use crate::support::model_server::{ModelServer, Response};

/// The paragraphs on wire traffic (1) and on what goes wrong in it (2).
const PARAGRAPHS: &[&str] = &[
    "1.2", "1.3", "1.4", "1.5", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9",
    "2.10", "2.11", "2.12", "2.13",
];

#[test]
fn every_paragraph_has_a_fixture() {
    let folders = folders();
    let paragraphs = folders.iter().map(|folder| name(folder).split_once('-').unwrap().0);
    let paragraphs: Vec<&str> = paragraphs.collect();
    for paragraph in PARAGRAPHS {
        assert!(paragraphs.contains(paragraph), "{paragraph} has no fixture");
    }
    for paragraph in paragraphs {
        assert!(PARAGRAPHS.contains(&paragraph), "there is no paragraph {paragraph}");
    }
}

#[tokio::test]
async fn every_fixture_comes_out_as_expected() {
    for folder in folders() {
        let fact = fs::read_to_string(folder.join("fact.txt")).unwrap();
        let seen = play(&folder).await;
        insta::with_settings!({
            snapshot_path => &folder, prepend_module_to_snapshot => false, omit_expression => true,
            description => fact.trim(),
        }, {
            insta::assert_json_snapshot!("expected", seen);
        });
    }
}

fn folders() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gpt-oss");
    let folders = fs::read_dir(all).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> &str {
    folder.file_name().unwrap().to_str().unwrap()
}

/// Asks a question, and another one after an answer, and gathers what came of it.
async fn play(folder: &Path) -> Value {
    let server = ModelServer::start(responses(folder).into_iter().chain([done(), done()]));
    let mut settings = settings(&server);
    if let Ok(model) = fs::read_to_string(folder.join("model.txt")) {
        model.trim().clone_into(&mut settings.model);
    }
    let http = net::client(Proxying::Direct, Duration::from_secs(10)).unwrap();
    let tools: Vec<Arc<dyn Tool>> = vec![Arc::new(Hub(hub())), Arc::new(Hub(open_file()))];
    let mut agent = Agent {
        model: Box::new(OpenAi::new(http, settings)),
        tools: ToolSet::new(tools, Arc::new(Nobody)),
        limits: Limits { turns: 8, calls: 8, tokens: None, time: None },
        manner: Manner::default(),
        hooks: None,
        answer_schema: None,
    };
    let mut conversation = Conversation::new("Be brief.".to_owned());
    let (events, mut seen) = Events::channel();
    let never = CancellationToken::new();
    conversation.push_user("Who am I?".to_owned());
    let report = agent::run(&mut agent, &mut conversation, &events, &never).await;
    let shown = shown(&mut seen);
    if report.outcome == Outcome::Answered {
        conversation.push_user("And now?".to_owned());
        agent::run(&mut agent, &mut conversation, &events, &never).await;
    }
    let requests = server.requests();
    let mut params = requests[0].json();
    params.as_object_mut().unwrap().retain(|key, _| !matches!(key.as_str(), "messages" | "tools"));
    let next: Vec<Value> =
        requests[1..].iter().map(|request| request.messages()[2..].to_vec().into()).collect();
    let mut came_out = came_out(&report);
    came_out.as_object_mut().unwrap().extend(shown);
    json!({"came_out": came_out, "params": params, "next_requests": next})
}

/// What the run came to.
fn came_out(report: &RunReport) -> Value {
    let outcome = match &report.outcome {
        Outcome::Answered => format!("answered: {}", report.answer),
        Outcome::Failed(error) => format!("{:?}: {}", error.kind, error.message),
        Outcome::Limit(limit) => format!("limit: {limit:?}"),
        Outcome::Stuck(stuck) => format!("stuck: {stuck:?}"),
        Outcome::Unfit(_) => "unfit".to_owned(),
        Outcome::Interrupted => "interrupted".to_owned(),
    };
    let calls = report.calls.iter().map(|call| {
        let arguments = Value::Object(call.arguments.clone());
        format!("{} {arguments}: {}", call.name, call.summary)
    });
    json!({
        "outcome": outcome, "calls": calls.collect::<Vec<_>>(), "turns": report.turns,
        "tokens": [report.usage.input_tokens, report.usage.output_tokens],
    })
}

/// What people could see of it.
fn shown(seen: &mut EventStream) -> Map<String, Value> {
    let (mut text, mut reasoning) = (String::new(), String::new());
    let (mut repairs, mut retries) = (Vec::new(), Vec::new());
    while let Ok(event) = seen.try_recv() {
        match event {
            Event::Text(piece) => text.push_str(&piece),
            Event::Reasoning(piece) => reasoning.push_str(&piece),
            Event::Repaired { kind, detail } => repairs.push(format!("{kind}: {detail}")),
            Event::Retry { reason, .. } => retries.push(reason),
            _ => {}
        }
    }
    let shown = json!({
        "text": text, "reasoning": reasoning, "repairs": repairs, "retries": retries,
    });
    shown.as_object().unwrap().clone()
}

/// The responses of a folder: `1.sse` and `2.json` with status 200, `3.http` with a head of its
/// own.
fn responses(folder: &Path) -> Vec<Response> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| name(path).starts_with(|c: char| c.is_ascii_digit())).collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no response", folder.display());
    let response = |path: &PathBuf| {
        let body = fs::read(path).unwrap();
        match path.extension().and_then(|kind| kind.to_str()) {
            Some("sse") => Response::new(200, "text/event-stream", body),
            Some("json") => Response::new(200, "application/json", body),
            Some("http") => with_head(&String::from_utf8(body).unwrap()),
            _ => panic!("{} is no response", path.display()),
        }
    };
    files.iter().map(response).collect()
}

fn with_head(text: &str) -> Response {
    let (head, body) = text.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().parse().unwrap();
    let headers = lines.map(|line| line.split_once(": ").unwrap());
    let bare = Response::bare(status, body);
    headers.fold(bare, |response, (name, value)| response.header(name, value))
}

fn done() -> Response {
    let chunk = json!({"choices": [{"delta": {"content": "Done."}, "finish_reason": "stop"}]});
    Response::events([chunk])
}

fn hub() -> ToolSpec {
    let parameters = json!({"type": "object", "required": ["endpoint"], "properties": {
        "endpoint": {"type": "string"},
        "method": {"type": "string"},
        "max_results": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "json_body": {"anyOf": [{"type": "object"}, {"type": "null"}]},
    }});
    spec("hf_api_request", parameters)
}

fn open_file() -> ToolSpec {
    spec("open_file", json!({"type": "object", "properties": {"path": {"type": "string"}}}))
}

fn spec(name: &str, parameters: Value) -> ToolSpec {
    ToolSpec { name: name.to_owned(), description: String::new(), parameters: parameters.into() }
}

/// Says who one is and what was asked; `/nothing` is an empty list.
struct Hub(ToolSpec);

impl Tool for Hub {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        _context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move {
            let Some(endpoint) = arguments.get("endpoint").and_then(Value::as_str) else {
                return Err(ToolError::new("`endpoint` is missing; it takes a path."));
            };
            let content = match endpoint {
                "/nothing" => "[]".to_owned(),
                _ => json!({"name": "evalstate", "asked": arguments}).to_string(),
            };
            let (summary, kind) = ("200".to_owned(), OutputKind::Success);
            Ok(Step::Done(ToolOutput { content, summary, kind, foreign: None }))
        })
    }
}

struct Nobody;

impl Approver for Nobody {
    fn decide<'a>(&'a self, _: Pending<'a>) -> BoxFuture<'a, Verdict> {
        Box::pin(async { Verdict::Refused("nobody is there to say yes".to_owned()) })
    }
}
