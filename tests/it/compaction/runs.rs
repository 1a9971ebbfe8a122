//! Conversations that become too long for their model, through the built program.

use agentcard::message::Message;
use agentcard::transcript::Store;
use regex::Regex;
use serde_json::{Value, json};

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};
use crate::support::terminal::Terminal;

const CARD: &str = "---\ntype: agent\nname: brief\nfunction_tools: [hf_api_tool.py:hf_api_request]\n\
                    ---\nYou answer questions about the Hub.\n";

/// What the tests' models are asked to call: long lists.
const DISCUSSIONS: &str = "/models/lumen-labs/aurora-7b/discussions";

/// A call of a list, for which the provider counted this many tokens.
fn call(endpoint: &str, tokens: u64) -> Response {
    let arguments = json!({"endpoint": endpoint}).to_string();
    let call = json!({"index": 0, "id": "c", "type": "function",
        "function": {"name": "hf_api_request", "arguments": arguments}});
    let delta = json!({"reasoning": "We need the list.", "tool_calls": [call]});
    counted(&delta, "tool_calls", tokens)
}

fn text(answer: &str, tokens: u64) -> Response {
    counted(&json!({"content": answer}), "stop", tokens)
}

fn counted(delta: &Value, reason: &str, tokens: u64) -> Response {
    Response::events([
        json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]}),
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}),
        json!({"choices": [], "usage": {"prompt_tokens": tokens, "completion_tokens": 10}}),
    ])
}

/// Groq's words for a conversation that is too long.
fn too_long() -> Response {
    let message = "Please reduce the length of the messages or completion.";
    let error = json!({"message": message, "code": "context_length_exceeded"});
    Response::error(400, &json!({ "error": error }))
}

/// A home with the card.
fn brief() -> Program {
    let program = Program::new();
    std::fs::write(program.home().join("brief.md"), CARD).unwrap();
    program
}

/// An output or a screen without what differs from run to run, and how large the emulator's lists
/// are.
fn steady(text: &str) -> String {
    let time = Regex::new(r"· \d+\.\d\d s").unwrap().replace_all(text, "· TIME").into_owned();
    let tokens = Regex::new(r"about \d+ tokens became \d+").unwrap();
    tokens.replace_all(&time, "about N tokens became M").into_owned()
}

/// Asks with the card, in the sandbox, of a model that has room for this many tokens.
fn ask(server: &ModelServer, context: u64, arguments: &[&str]) -> Ran {
    let program = brief();
    let config = format!("[providers.openai]\ncontext = {context}\n");
    std::fs::write(program.home().join("agentcard.toml"), config).unwrap();
    let url = server.url();
    let head = ["ask", "--sandbox", "--card", "brief.md", "--base-url", &url];
    program.run(&[&head[..], &["--model", "openai.openai/gpt-oss-20b"], arguments].concat())
}

/// The messages of a request, each as it was sent.
fn messages(server: &ModelServer, request: usize) -> Vec<String> {
    server.requests()[request].messages().iter().map(Value::to_string).collect()
}

/// The bytes of a request up to the end of its messages.
fn prefix(server: &ModelServer, request: usize) -> String {
    let body = &server.requests()[request].body;
    let (messages, _) = body.rsplit_once(']').unwrap();
    messages.to_owned()
}

#[test]
fn a_conversation_is_made_shorter_before_it_is_full() {
    let pull_requests = format!("{DISCUSSIONS}?type=pull_request");
    let server = ModelServer::start([
        call(DISCUSSIONS, 1000),
        call(&pull_requests, 2000),
        call("/users/ada-moreau/overview", 6500),
        call("/whoami-v2", 3000),
        text("Discussion 7 is open.", 3100),
    ]);
    let ran = ask(&server, 8000, &["Which are open?"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Discussion 7 is open.\n"), "{}", ran.stderr);
    insta::assert_snapshot!(steady(&ran.stderr), @"warning: the conversation nears the model's limit of 8000 tokens and was made shorter: about N tokens became M (1 long result shortened)");

    let (full, shorter) = (messages(&server, 2), messages(&server, 3));
    assert_eq!(full.len(), 6);
    assert_eq!(shorter.len(), 8);
    assert_eq!(full[..2], shorter[..2], "system prompt and question");
    assert_eq!(full[4..], shorter[4..6], "the last turns");
    assert!(full[3].len() > 1000, "{}", full[3]);
    assert!(shorter[3].contains("was shortened to save room"), "{}", shorter[3]);
    assert!(
        shorter[2].contains(DISCUSSIONS) && !shorter[2].contains("reasoning"),
        "{}",
        shorter[2]
    );
    // From then on, what was sent is sent again byte for byte.
    assert!(prefix(&server, 4).starts_with(&prefix(&server, 3)));
}

#[test]
fn a_conversation_that_is_refused_as_too_long_is_made_shorter_and_sent_again() {
    let answer = || text("Seven.", 900);
    let lists = || [DISCUSSIONS, "/whoami-v2", "/users/ada-moreau/overview"].map(|e| call(e, 500));
    let server = ModelServer::start(lists().into_iter().chain([too_long(), answer()]));
    let ran = ask(&server, 100_000, &["--json", "How many?"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &document["answer"]), (0, &json!("Seven.")));
    assert_eq!((&document["compactions"], &document["turns"]), (&json!(1), &json!(4)));
    let (refused, sent) = (messages(&server, 3), messages(&server, 4));
    assert_eq!(refused.len(), sent.len());
    assert!(sent[3].len() < refused[3].len());

    // A second refusal ends it.
    let server = ModelServer::start(lists().into_iter().chain([too_long(), too_long()]));
    let ran = ask(&server, 100_000, &["How many?"]);
    assert_eq!(server.requests().len(), 5);
    insta::assert_snapshot!(steady(&ran.shown()), @r"
    exit 53
    --- stdout
    --- stderr
    warning: the conversation was too long for the model; it was made shorter and is sent again: about N tokens became M (1 long result shortened)
    error: the conversation is too long for the model at http://127.0.0.1:PORT/v1 (HTTP 400): Please reduce the length of the messages or completion.
      hint: ask for less at once, begin a new conversation, or name a model with a larger context
    ");
}

#[test]
fn what_cannot_be_made_shorter_is_not_sent_again() {
    let server = ModelServer::start([too_long()]);
    let ran = ask(&server, 100_000, &["--json", "Hello?"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &document["outcome"]), (53, &json!("limit")));
    assert_eq!(document["compactions"], 0);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_error_that_says_how_much_fits_is_remembered() {
    let message = "This model's maximum context length is 2000 tokens. However, you sent more.";
    let refused = Response::error(400, &json!({"error": {"message": message}}));
    let lists = || [DISCUSSIONS, "/whoami-v2", "/users/ada-moreau/overview"].map(|e| call(e, 500));
    let rest = [refused, call("/whoami-v2", 1700), text("Done.", 1000)];
    let server = ModelServer::start(lists().into_iter().chain(rest));
    let ran = ask(&server, 100_000, &["--json", "How many?"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &document["compactions"]), (0, &json!(2)), "{}", ran.stderr);
}

#[test]
fn a_person_makes_the_conversation_shorter() {
    let server = ModelServer::start([
        call(DISCUSSIONS, 3000),
        text("7 of lumen-labs/aurora-7b is open.", 6000),
        text("It is about tokenizers.", 6100),
        text("ada-moreau did.", 6200),
        text("Yes.", 2000),
    ]);
    let (program, url) = (brief(), server.url());
    let arguments = ["chat", "--sandbox", "--card", "brief.md", "--base-url", &url];
    let arguments = [&arguments[..], &["--model", "openai.gpt-oss-20b"]].concat();
    let Some(terminal) = Terminal::run(100, &program, &arguments) else { return };
    for question in ["Which is open?", "What about?", "Who opened it?"] {
        terminal.ask(question);
    }
    terminal.ask("/compact");
    terminal.ask("Really?");
    insta::assert_snapshot!(steady(&terminal.screen()));
    let said = server.requests()[4].messages();
    let roles: Vec<_> = said.iter().filter_map(|message| message["role"].as_str()).collect();
    let (user, assistant) = ("user", "assistant");
    assert_eq!(roles, ["system", user, assistant, user, assistant, user, assistant, user]);
    assert_eq!(said[2]["content"], "7 of lumen-labs/aurora-7b is open.");
    insta::assert_snapshot!(said[1]["content"].as_str().unwrap(), @r#"
    [The beginning of this conversation, shortened to save room. Long answers are cut, and the names and numbers of what was cut are listed.]

    Asked: Which is open?
    Called: hf_api_request {"endpoint":"/models/lumen-labs/aurora-7b/discussions"}
    "#);
    // It is kept as it is now, and what it was stays in the file.
    terminal.press("C-d");
    terminal.shows("[exit 0]");
    let store = Store::new(&program.home().join(".local/state/agentcard"));
    let id = store.ids().unwrap().remove(0);
    let kept = store.load(&id).unwrap().conversation;
    let Message::User { content } = &*kept.messages()[1] else { panic!("no summary") };
    assert_eq!(said[1]["content"], *content);
    assert_eq!(kept.messages().len(), said.len() + 1);
    let file = std::fs::read_to_string(store.path(&id)).unwrap();
    assert!(file.contains(r#"{"role":"user","content":"Which is open?"}"#), "{file}");
}

#[test]
fn a_conversation_that_has_just_begun_stays_as_it_is() {
    let ran = Program::new().run_with(&["chat", "--sandbox"], b"Who am I?\n/compact\n");
    let last = ran.stderr.lines().last();
    assert_eq!(last, Some("there is nothing yet that can be made shorter"), "{}", ran.stderr);
}
