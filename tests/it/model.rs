//! Tests of the model client against a server that plays providers.

mod bodies;
mod differences;
mod fallbacks;
mod fixtures;
mod matrix;
mod refusals;
mod repairs;
mod streams;
mod whole;

use std::sync::Arc;
use std::time::Duration;

use agentcard::event::{Event, EventStream, Events};
use agentcard::message::{
    Arguments, AssistantMessage, Message, Reasoning, ReasoningField, Reply, StopReason, ToolCall,
    ToolMessage, ToolSpec, Usage,
};
use agentcard::model::{
    Delivery, MaxTokens, Model, ModelError, OpenAi, Params, Prompt, RetryPolicy, Settings,
};
use agentcard::net::{self, Proxying};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use crate::support::model_server::{ModelServer, Response};

/// A conversation with a model on the scripted server.
struct Talk {
    model: OpenAi,
    messages: Vec<Arc<Message>>,
    tools: Vec<ToolSpec>,
    events: Events,
    seen: EventStream,
}

impl Talk {
    fn with(server: &ModelServer) -> Self {
        Self::tuned(server, |_| ())
    }

    fn tuned(server: &ModelServer, tune: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings(server);
        tune(&mut settings);
        let (events, seen) = Events::channel();
        let messages = vec![Arc::new(Message::System { content: "Be brief.".to_owned() })];
        let model =
            OpenAi::new(net::client(Proxying::Direct, Duration::from_secs(10)).unwrap(), settings);
        Self { model, messages, tools: vec![hub_tool()], events, seen }
    }

    async fn say(&mut self, text: &str) -> Result<Reply, ModelError> {
        self.push(Message::User { content: text.to_owned() });
        self.go_on().await
    }

    async fn answer_call(&mut self, call: &ToolCall, content: &str) -> Result<Reply, ModelError> {
        self.push(Message::Tool(ToolMessage {
            call_id: call.id.clone(),
            name: call.name.clone(),
            content: content.to_owned(),
        }));
        self.go_on().await
    }

    async fn go_on(&mut self) -> Result<Reply, ModelError> {
        let prompt = Prompt { messages: &self.messages, tools: &self.tools, schema: None };
        let reply = self.model.reply(prompt, &self.events).await?;
        self.push(Message::Assistant(reply.message.clone()));
        Ok(reply)
    }

    fn push(&mut self, message: Message) {
        self.messages.push(Arc::new(message));
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.seen.try_recv().ok()).collect()
    }
}

fn settings(server: &ModelServer) -> Settings {
    Settings {
        name: "hf.openai/gpt-oss-20b".to_owned(),
        base_url: server.url(),
        authorization: Some(HeaderValue::from_static("Bearer hf_key")),
        headers: HeaderMap::new(),
        model: "openai/gpt-oss-20b".to_owned(),
        context: None,
        params: Params::default(),
        delivery: Delivery::Streamed,
        retry: RetryPolicy { first_wait: Duration::from_millis(1), ..RetryPolicy::default() },
        idle_timeout: Duration::from_mins(1),
        reply_timeout: Duration::from_mins(1),
    }
}

fn hub_tool() -> ToolSpec {
    ToolSpec {
        name: "hf_api_request".to_owned(),
        description: "Call the Hub.".to_owned(),
        parameters: json!({
            "type": "object",
            "properties": {"endpoint": {"type": "string"}},
            "required": ["endpoint"],
        })
        .into(),
    }
}

fn whoami() -> Value {
    json!({"endpoint": "/whoami-v2"})
}

#[tokio::test]
async fn an_answer_is_streamed_and_returned_whole() {
    let server = ModelServer::start([Response::text("You are evalstate.")]);
    let mut talk = Talk::with(&server);

    let reply = talk.say("Who am I?").await.unwrap();

    let expected = Reply {
        message: AssistantMessage {
            content: "You are evalstate.".to_owned(),
            reasoning: Some(Reasoning {
                field: ReasoningField::Reasoning,
                text: "We ask.".to_owned(),
                details: Vec::new(),
            }),
            tool_calls: Vec::new(),
        },
        usage: Usage {
            input_tokens: 120,
            cached_tokens: 64,
            output_tokens: 30,
            reasoning_tokens: 8,
        },
        stop: StopReason::Done,
        recovered: Vec::new(),
    };
    assert_eq!(reply, expected);
    let expected = [
        Event::Reasoning("We".to_owned()),
        Event::Reasoning(" ask.".to_owned()),
        Event::Text("You ".to_owned()),
        Event::Text("are ".to_owned()),
        Event::Text("evalstate.".to_owned()),
    ];
    assert_eq!(talk.events(), expected);
}

#[tokio::test]
async fn the_request_holds_what_was_asked_for_and_no_more() {
    let server = ModelServer::start([Response::text("Yes.")]);
    let mut talk = Talk::tuned(&server, |settings| {
        settings.headers.insert("x-hf-bill-to", HeaderValue::from_static("acme"));
        settings.params = Params {
            temperature: Some(0.5),
            reasoning_effort: Some("low".to_owned()),
            stop: vec!["END".to_owned()],
            max_tokens: Some(MaxTokens::MaxTokens(512)),
            ..Params::default()
        };
    });

    talk.say("Are you there?").await.unwrap();

    let [request] = &server.requests()[..] else { panic!("one request") };
    assert_eq!(format!("{} {}", request.method, request.path), "POST /v1/chat/completions");
    assert_eq!(request.header("authorization"), Some("Bearer hf_key"));
    assert_eq!(request.header("x-hf-bill-to"), Some("acme"));
    assert_eq!(request.header("openai-organization"), None);
    let expected = json!({
        "model": "openai/gpt-oss-20b",
        "stream": true,
        "stream_options": {"include_usage": true},
        "temperature": 0.5,
        "reasoning_effort": "low",
        "stop": ["END"],
        "max_tokens": 512,
        "tools": [{"type": "function", "function": {
            "name": "hf_api_request",
            "description": "Call the Hub.",
            "parameters": {
                "type": "object",
                "properties": {"endpoint": {"type": "string"}},
                "required": ["endpoint"],
            },
        }}],
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Are you there?"},
        ],
    });
    assert_eq!(request.body, expected.to_string());
}

#[tokio::test]
async fn no_tools_are_sent_where_there_are_none() {
    let server = ModelServer::start([Response::text("Yes.")]);
    let mut talk = Talk::with(&server);
    talk.tools.clear();

    talk.say("Are you there?").await.unwrap();

    assert_eq!(server.requests()[0].json().get("tools"), None);
}

#[tokio::test]
async fn a_call_and_its_reasoning_go_back_as_they_came() {
    let shapes = [
        (Response::groq_call("hf_api_request", &whoami()), "reasoning", "We ask.", "fc_0"),
        (
            Response::llama_cpp_call("hf_api_request", &whoami()),
            "reasoning_content",
            "Ask the Hub.",
            "call_1",
        ),
    ];
    for (response, field, text, id) in shapes {
        let server = ModelServer::start([response, Response::text("You are evalstate.")]);
        let mut talk = Talk::with(&server);

        let reply = talk.say("Who am I?").await.unwrap();
        let call = ToolCall {
            id: id.to_owned(),
            name: "hf_api_request".to_owned(),
            arguments: Arguments::Object(whoami().as_object().unwrap().clone()),
        };
        assert_eq!(reply.message.tool_calls, std::slice::from_ref(&call));
        talk.answer_call(&call, r#"{"name":"evalstate"}"#).await.unwrap();

        let expected = [
            json!({"role": "system", "content": "Be brief."}),
            json!({"role": "user", "content": "Who am I?"}),
            json!({"role": "assistant", "content": "", field: text, "tool_calls": [{
                "id": id, "type": "function",
                "function": {"name": "hf_api_request", "arguments": whoami().to_string()},
            }]}),
            json!({"role": "tool", "tool_call_id": id, "content": r#"{"name":"evalstate"}"#}),
        ];
        assert_eq!(server.requests()[1].messages(), expected);
    }
}

#[tokio::test]
async fn reasoning_in_blocks_goes_back_in_the_same_blocks() {
    let block = |text: &str, signature: Value| json!({"type": "reasoning.text", "index": 0, "text": text, "signature": signature});
    let piece = |text: &str, block: Value| json!({"choices": [{"delta": {"reasoning": text, "reasoning_details": [block]}}]});
    let call = json!({"choices": [{"finish_reason": "tool_calls", "delta": {"tool_calls": [{
        "id": "a", "index": 0,
        "function": {"name": "hf_api_request", "arguments": whoami().to_string()},
    }]}}]});
    let server = ModelServer::start([
        Response::events([
            piece("We ", block("We ", Value::Null)),
            piece("ask.", block("ask.", json!("s1"))),
            call,
        ]),
        Response::text("You are evalstate."),
    ]);
    let mut talk = Talk::with(&server);

    let reply = talk.say("Who am I?").await.unwrap();
    talk.answer_call(&reply.message.tool_calls[0], "{}").await.unwrap();

    let sent = server.requests()[1].messages()[2].clone();
    assert_eq!(sent["reasoning_details"], json!([block("We ask.", json!("s1"))]));
    assert_eq!(sent.get("reasoning"), None, "either is enough");
}

#[tokio::test]
async fn six_requests_share_one_connection() {
    // Over a network the end of the body comes a little after `[DONE]`.
    let response = Response::text("Yes.").wait(Duration::from_millis(5));
    let server = ModelServer::start(vec![response; 6]);
    let mut talk = Talk::with(&server);

    for _ in 0..6 {
        talk.say("Are you there?").await.unwrap();
    }

    assert_eq!(server.requests().len(), 6);
    // It is one, unless a busy machine lets an end come later than a request waits for it.
    assert!(server.connections() <= 2, "{} connections", server.connections());
}

#[tokio::test]
async fn the_prefix_is_the_same_bytes_in_every_request() {
    let server = ModelServer::start([
        Response::groq_call("hf_api_request", &whoami()),
        Response::text("You are evalstate."),
        Response::text("Bye."),
    ]);
    let mut talk = Talk::with(&server);

    let reply = talk.say("Who am I?").await.unwrap();
    talk.answer_call(&reply.message.tool_calls[0], "{}").await.unwrap();
    talk.say("Thanks.").await.unwrap();

    let requests = server.requests();
    let bodies: Vec<&str> = requests.iter().map(|request| request.body.as_str()).collect();
    assert!(bodies[1].starts_with(bodies[0].strip_suffix("]}").unwrap()));
    assert!(bodies[2].starts_with(bodies[1].strip_suffix("]}").unwrap()));
}

fn text(text: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {"content": text}}]})
}

fn reasoning(text: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {"reasoning": text}}]})
}

/// The repairs among events, as `kind: detail`.
fn repairs(events: Vec<Event>) -> Vec<String> {
    let repairs = events.into_iter().filter_map(|event| match event {
        Event::Repaired { kind, detail } => Some(format!("{kind}: {detail}")),
        _ => None,
    });
    repairs.collect()
}

/// The retries among events: which attempt comes next and why.
fn retries(events: Vec<Event>) -> Vec<String> {
    let retries = events.into_iter().filter_map(|event| match event {
        Event::Retry { attempt, reason, .. } => Some(format!("{attempt}: {reason}")),
        _ => None,
    });
    retries.collect()
}
