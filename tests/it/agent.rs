//! Tests of the loop: a model that says what it is told to, tools that take their time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use agentcard::agent::{self, Agent, Limit, Limits, Manner, Outcome, RunReport};
use agentcard::conversation::Conversation;
use agentcard::event::{CallStatus, Event, Events};
use agentcard::message::{
    Arguments, AssistantMessage, Message, Reply, StopReason, ToolCall, ToolSpec, Usage,
};
use agentcard::model::{Model, ModelError, ModelErrorKind, Prompt};
use agentcard::tool::{
    Approver, OutputKind, Pending, Step, Tool, ToolContext, ToolError, ToolOutput, ToolSet, Verdict,
};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

/// Replies with what it was given, in order.
struct Told(VecDeque<Result<Reply, ModelError>>);

impl Model for Told {
    fn name(&self) -> &'static str {
        "told"
    }

    fn reply<'a>(
        &'a mut self,
        _prompt: Prompt<'a>,
        _events: &'a Events,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        Box::pin(async { self.0.pop_front().expect("the model is asked once too often") })
    }
}

/// Answers with its `say` argument after `wait` milliseconds.
struct Say(ToolSpec);

impl Tool for Say {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        _context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move {
            let wait = arguments.get("wait").and_then(Value::as_u64).unwrap_or(0);
            tokio::time::sleep(Duration::from_millis(wait)).await;
            let content = arguments["say"].as_str().unwrap_or("?").to_owned();
            let summary = "said".to_owned();
            let kind = OutputKind::Success;
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

fn call(id: &str, name: &str, arguments: Value) -> ToolCall {
    let arguments = match arguments {
        Value::Object(object) => Arguments::Object(object),
        other => Arguments::Malformed(other.as_str().expect("text").to_owned()),
    };
    ToolCall { id: id.to_owned(), name: name.to_owned(), arguments }
}

fn calls(tool_calls: Vec<ToolCall>) -> Result<Reply, ModelError> {
    reply(AssistantMessage { tool_calls, ..AssistantMessage::default() }, StopReason::Done)
}

fn answer(content: &str) -> Result<Reply, ModelError> {
    let content = content.to_owned();
    reply(AssistantMessage { content, ..AssistantMessage::default() }, StopReason::Done)
}

#[expect(clippy::unnecessary_wraps, reason = "it stands in lists beside failures")]
fn reply(message: AssistantMessage, stop: StopReason) -> Result<Reply, ModelError> {
    let usage = Usage { input_tokens: 10, output_tokens: 2, ..Usage::default() };
    Ok(Reply { message, usage, stop, recovered: Vec::new() })
}

const LIMITS: Limits = Limits { turns: 5, calls: 5, tokens: None, time: None };

struct Ran {
    report: RunReport,
    conversation: Conversation,
    events: Vec<Event>,
}

/// Runs a conversation that begins with "go"; cancels it after a while if told to.
async fn run(
    replies: Vec<Result<Reply, ModelError>>,
    limits: Limits,
    cancel_after: Option<Duration>,
) -> Ran {
    let spec = ToolSpec {
        name: "say".to_owned(),
        description: "Says it.".to_owned(),
        parameters: json!({"type": "object", "properties": {}}).into(),
    };
    let tools = ToolSet::new(vec![Arc::new(Say(spec))], Arc::new(Nobody));
    let mut agent = Agent {
        model: Box::new(Told(replies.into())),
        tools,
        limits,
        manner: Manner::default(),
        hooks: None,
        answer_schema: None,
    };
    let mut conversation = Conversation::new(String::new());
    conversation.push_user("go".to_owned());
    let (events, mut stream) = Events::channel();
    let cancel = CancellationToken::new();
    let cancelled = async {
        match cancel_after {
            Some(wait) => tokio::time::sleep(wait).await,
            None => std::future::pending().await,
        }
        cancel.cancel();
        std::future::pending::<()>().await;
    };
    let report = tokio::select! {
        report = agent::run(&mut agent, &mut conversation, &events, &cancel) => report,
        () = cancelled => unreachable!("it waits for ever"),
    };
    let events = std::iter::from_fn(|| stream.try_recv().ok()).collect();
    Ran { report, conversation, events }
}

/// The tool results of a conversation, as call and text.
fn results(conversation: &Conversation) -> Vec<(&str, &str)> {
    let tool = |message: &'_ Arc<Message>| matches!(**message, Message::Tool(_));
    conversation
        .messages()
        .iter()
        .filter(|message| tool(message))
        .map(|message| match &**message {
            Message::Tool(result) => (result.call_id.as_str(), result.content.as_str()),
            Message::System { .. } | Message::User { .. } | Message::Assistant(_) => ("", ""),
        })
        .collect()
}

#[tokio::test]
async fn an_answer_ends_the_run() {
    let ran = run(vec![answer("Two.")], LIMITS, None).await;
    assert_eq!(ran.report.outcome, Outcome::Answered);
    assert_eq!(ran.report.answer, "Two.");
    assert_eq!(ran.report.turns, 1);
    assert_eq!(ran.conversation.messages().len(), 2);
    assert!(matches!(ran.events[..], [Event::TurnStarted { turn: 1 }, Event::ReplyEnded { .. }]));
}

#[tokio::test(start_paused = true)]
async fn calls_of_a_turn_run_side_by_side_and_results_keep_their_order() {
    let both = vec![
        call("a", "say", json!({"say": "slow", "wait": 200})),
        call("b", "say", json!({"say": "fast", "wait": 100})),
    ];
    let started = tokio::time::Instant::now();
    let ran = run(vec![calls(both), answer("Done.")], LIMITS, None).await;
    assert_eq!(started.elapsed(), Duration::from_millis(200));
    assert_eq!(results(&ran.conversation), [("a", "slow"), ("b", "fast")]);
    let ended: Vec<&str> = ran
        .events
        .iter()
        .filter_map(|event| match event {
            Event::CallEnded(ended) => Some(ended.id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(ended, ["b", "a"]);
    assert_eq!(ran.report.usage.input_tokens, 20);
}

#[tokio::test]
async fn what_goes_wrong_with_a_call_is_its_result() {
    let wrong = vec![call("a", "shout", json!({})), call("b", "say", json!("{\"say\": \"hal"))];
    let ran = run(vec![calls(wrong), answer("Sorry.")], LIMITS, None).await;
    assert_eq!(
        results(&ran.conversation),
        [
            ("a", "Error: There is no tool named `shout`. The tools are: say."),
            (
                "b",
                "Error: the arguments of `say` are not a whole JSON object, so nothing was run. \
                 They began: {\"say\": \"hal\nCall it again with one complete JSON object."
            ),
        ]
    );
    let statuses: Vec<CallStatus> = ran.report.calls.iter().map(|call| call.status).collect();
    assert_eq!(statuses, [CallStatus::Error, CallStatus::Error]);
    assert_eq!(ran.report.outcome, Outcome::Answered);
}

#[tokio::test]
async fn each_limit_ends_the_run_with_its_own_name() {
    let again = |n: usize| {
        (0..n).map(|i| calls(vec![call(&i.to_string(), "say", json!({"say": "x"}))])).collect()
    };
    let turns = run(again(2), Limits { turns: 2, ..LIMITS }, None).await;
    assert_eq!(turns.report.outcome, Outcome::Limit(Limit::Turns(2)));
    let after = run(again(4), Limits { calls: 3, ..LIMITS }, None).await;
    assert_eq!(after.report.outcome, Outcome::Limit(Limit::Calls(3)));
    assert_eq!(after.report.calls.len(), 3);
    let tokens = run(again(2), Limits { tokens: Some(20), ..LIMITS }, None).await;
    assert_eq!(tokens.report.outcome, Outcome::Limit(Limit::Tokens(20)));
    let cut = AssistantMessage { content: "It".to_owned(), ..AssistantMessage::default() };
    let length = run(vec![reply(cut, StopReason::Length)], LIMITS, None).await;
    assert_eq!(length.report.outcome, Outcome::Limit(Limit::ReplyLength));
}

#[tokio::test]
async fn a_run_that_made_as_many_calls_as_it_may_still_answers() {
    let three =
        || ["a", "b", "c"].map(|id| call(id, "say", json!({"say": id}))).into_iter().collect();
    for (most, outcome) in [(3, Outcome::Answered), (2, Outcome::Limit(Limit::Calls(2)))] {
        let ran =
            run(vec![calls(three()), answer("Done.")], Limits { calls: most, ..LIMITS }, None)
                .await;
        assert_eq!((ran.report.outcome, ran.report.calls.len()), (outcome, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn time_and_cancellation_end_a_run_in_the_middle_of_a_call() {
    let slow = || vec![calls(vec![call("a", "say", json!({"say": "x", "wait": 60_000}))])];
    let second = Duration::from_secs(1);
    let late = run(slow(), Limits { time: Some(second), ..LIMITS }, None).await;
    assert_eq!(late.report.outcome, Outcome::Limit(Limit::Time(second)));
    let stopped = run(slow(), LIMITS, Some(second)).await;
    assert_eq!(stopped.report.outcome, Outcome::Interrupted);
    for ran in [late, stopped] {
        let unfinished = "This call was not finished: the run was stopped.";
        assert_eq!(results(&ran.conversation), [("a", unfinished)]);
    }
}

#[tokio::test]
async fn a_failed_reply_leaves_no_trace_in_the_conversation() {
    let error = ModelError {
        kind: ModelErrorKind::CutOff,
        message: "the stream ended early".to_owned(),
        status: None,
        is_partial: false,
        retry_after: None,
        url: String::new(),
    };
    let ran = run(vec![Err(error.clone())], LIMITS, None).await;
    assert_eq!(ran.report.outcome, Outcome::Failed(error));
    assert_eq!(ran.conversation.messages().len(), 1);
}
