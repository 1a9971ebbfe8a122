//! Agents that call other agents: each call a run of its own.

mod history;
mod shown;
mod subagents;
mod told;

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::model_server::{ModelServer, Request, Response};
use crate::support::program::{Program, Ran};
use crate::support::wait::{block_until, is_alive};

/// A home with these cards in `cards/`, and a model that says this.
fn scene(cards: &[(&str, &str)], responses: Vec<Response>) -> (Program, ModelServer) {
    let server = ModelServer::start(responses);
    let program = Program::new()
        .variable("AGENTCARD_BASE_URL", &server.url())
        .variable("AGENTCARD_MODEL", "generic.m");
    std::fs::create_dir(program.home().join("cards")).unwrap();
    for (name, text) in cards {
        std::fs::write(program.home().join("cards").join(name), text).unwrap();
    }
    (program, server)
}

const LEAD: &str = "---\nname: lead\ndefault: true\nagents: [researcher]\n---\nYou lead.\n";
const RESEARCHER: &str = "---\ndescription: Finds things out.\n---\nYou find things out.\n";

fn cards() -> Vec<(&'static str, &'static str)> {
    vec![("lead.md", LEAD), ("researcher.md", RESEARCHER)]
}

fn ask(program: &Program, more: &[&str]) -> Ran {
    program.run(&[&["ask", "--card", "cards"], more, &["go"]].concat())
}

fn contents(request: &Request) -> Vec<Value> {
    request.messages().into_iter().map(|message| message["content"].clone()).collect()
}

fn call(message: &str) -> Response {
    Response::groq_call("agent__researcher", &json!({ "message": message }))
}

#[test]
fn a_child_answers_with_nothing_but_its_prompt_and_the_message() {
    let responses =
        vec![call("Who is ada?"), Response::text("A person."), Response::text("Ada is a person.")];
    let (program, server) = scene(&cards(), responses);
    let ran = ask(&program, &["--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let requests = server.requests();
    let tool = &requests[0].json()["tools"][0]["function"];
    assert_eq!(
        *tool,
        json!({
            "name": "agent__researcher",
            "description": "Finds things out.",
            "parameters": {
                "type": "object",
                "properties": {
                    "message": {"type": "string", "description": "Message to send to the agent"},
                },
                "required": ["message"],
            },
        })
    );
    assert_eq!(contents(&requests[1]), [json!("You find things out."), json!("Who is ada?")]);
    assert_eq!(requests[1].json().get("tools"), None);
    assert_eq!(contents(&requests[2]).last(), Some(&json!("A person.")));
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["answer"], "Ada is a person.");
    assert_eq!(document["turns"], 2);
    assert_eq!(document["calls"][0]["summary"], "1 turn");
    // Three replies of the same usage each: the child's counts too.
    let (program, _server) = scene(&cards(), vec![Response::text("Ada is a person.")]);
    let alone: Value = serde_json::from_str(&ask(&program, &["--json"]).stdout).unwrap();
    let tokens = |document: &Value| document["usage"]["output_tokens"].as_u64().unwrap();
    assert!(tokens(&document) > 2 * tokens(&alone), "{} and {}", document["usage"], alone["usage"]);
}

#[test]
fn children_run_side_by_side_and_each_begins_anew() {
    let calls =
        ["one", "two", "three"].map(|message| ("agent__researcher", json!({ "message": message })));
    // None is answered before all have asked.
    let found = || Response::text("Found.").once(4);
    let responses =
        vec![Response::groq_calls(&calls), found(), found(), found(), Response::text("All found.")];
    let (program, server) = scene(&cards(), responses);
    let ran = ask(&program, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "All found.\n"), "{}", ran.stderr);
    let requests = server.requests();
    let mut asked: Vec<Value> =
        requests[1..4].iter().map(|request| contents(request)[1].clone()).collect();
    asked.sort_by_key(ToString::to_string);
    assert_eq!(asked, [json!("one"), json!("three"), json!("two")]);
    assert!(requests[1..4].iter().all(|request| request.messages().len() == 2));
}

#[test]
fn fifty_children_at_once_get_their_own_answers() {
    let messages: Vec<String> = (0..50).map(|number| format!("question {number}")).collect();
    let calls: Vec<_> = messages
        .iter()
        .map(|message| ("agent__researcher", json!({ "message": message })))
        .collect();
    // None is answered before all have asked.
    let answer = |number| Response::text(&format!("Answer {number}.")).once(51);
    let mut responses = vec![Response::groq_calls(&calls)];
    responses.extend((0..50).map(answer));
    responses.push(Response::text("All found."));
    let (program, server) = scene(&cards(), responses);
    let ran = ask(&program, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "All found.\n"), "{}", ran.stderr);
    let requests = server.requests();
    // Whoever asks first gets the first answer; the caller reads them in the order of its calls.
    let asked: Vec<Value> =
        requests[1..51].iter().map(|request| contents(request)[1].clone()).collect();
    let answer = |message| asked.iter().position(|asked| asked == message);
    let expected: Vec<Value> = messages
        .iter()
        .map(|message| json!(format!("Answer {}.", answer(message).unwrap())))
        .collect();
    assert_eq!(contents(&requests[51])[3..], expected);
}

#[test]
fn as_many_run_at_once_as_the_card_says() {
    let calls =
        ["one", "two", "three"].map(|message| ("agent__researcher", json!({ "message": message })));
    let slow = || Response::text("Found.").wait_first(Duration::from_millis(300));
    let responses =
        vec![Response::groq_calls(&calls), slow(), slow(), slow(), Response::text("All found.")];
    let lead = LEAD.replace("agents:", "max_parallel: 1\nagents:");
    let (program, _server) = scene(&[("lead.md", &lead), cards()[1]], responses);
    let started = Instant::now();
    assert_eq!(ask(&program, &[]).code, 0);
    assert!(started.elapsed() > Duration::from_millis(900), "{:?}", started.elapsed());
}

#[test]
fn a_child_that_takes_too_long_or_fails_is_an_error_its_caller_reads() {
    // Time enough to ask.
    let lead = LEAD.replace("agents:", "child_timeout_sec: 5\nagents:");
    let responses = vec![
        call("Who is ada?"),
        Response::text("Never.").held(),
        Response::text("I do not know."),
    ];
    let (program, server) = scene(&[("lead.md", &lead), cards()[1]], responses);
    let ran = ask(&program, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "I do not know.\n"), "{}", ran.stderr);
    assert_eq!(
        contents(&server.requests()[2]).last(),
        Some(&json!("Error: The agent `researcher` was stopped after 5 s, before it answered."))
    );
    let refused = Response::error(400, &json!({"error": {"message": "no such model"}}));
    let responses = vec![call("Who is ada?"), refused, Response::text("I do not know.")];
    let (program, server) = scene(&cards(), responses);
    assert_eq!(ask(&program, &[]).code, 0);
    let read = contents(&server.requests()[2]).last().unwrap().to_string();
    assert!(read.contains("Error: The agent `researcher` failed: no such model"), "{read}");
}

#[test]
fn what_a_child_writes_is_asked_about_and_its_calls_are_shown_under_its_name() {
    let researcher = "---\nfunction_tools: [hf_api_tool.py:hf_api_request]\n---\nYou write.\n";
    let comment = json!({
        "endpoint": "/models/lumen-labs/aurora-7b/discussions/7/comment",
        "method": "POST",
        "json_body": {"comment": "Hi"},
    });
    let responses = || {
        vec![
            call("Comment on it"),
            Response::groq_call("hf_api_request", &comment),
            Response::text("It is not allowed."),
            Response::text("It was refused."),
        ]
    };
    let (program, server) = scene(&[("lead.md", LEAD), ("researcher.md", researcher)], responses());
    let ran = ask(&program, &["-v", "--sandbox", "--model", "generic.m"]);
    assert_eq!(ran.code, 60, "{}", ran.stderr);
    assert!(ran.stderr.contains("researcher[1]/hf_api_request("), "{}", ran.stderr);
    let read = contents(&server.requests()[2]).last().unwrap().to_string();
    assert!(read.contains("Not sent: a write needs a person's yes"), "{read}");
    let (program, _server) =
        scene(&[("lead.md", LEAD), ("researcher.md", researcher)], responses());
    let allow = "POST /models/lumen-labs/aurora-7b/discussions/*/comment";
    let ran = ask(&program, &["--sandbox", "--model", "generic.m", "--allow", allow]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn a_card_is_offered_as_a_tool_by_a_flag_and_children_have_children() {
    let helper = "---\nagents: [expert]\n---\nYou help.\n";
    let responses = vec![
        Response::groq_call("agent__helper", &json!({"message": "Ask around"})),
        Response::groq_call("agent__expert", &json!({"message": "You know"})),
        Response::text("I know."),
        Response::text("They know."),
        Response::text("It is known."),
    ];
    let (program, server) = scene(&[("solo.md", "---\n---\nYou ask.\n")], responses);
    std::fs::write(program.home().join("helper.md"), helper).unwrap();
    std::fs::write(program.home().join("expert.md"), "---\ntool_only: true\n---\nYou know.\n")
        .unwrap();
    let ran = ask(&program, &["--card-tool", "helper.md", "--card-tool", "expert.md"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "It is known.\n"), "{}", ran.stderr);
    let names = |request: &Request| -> Vec<String> {
        let tools = request.json()["tools"].as_array().cloned().unwrap_or_default();
        tools.iter().map(|tool| tool["function"]["name"].as_str().unwrap().to_owned()).collect()
    };
    let requests = server.requests();
    assert_eq!(names(&requests[0]), ["agent__helper", "agent__expert"]);
    assert_eq!(names(&requests[1]), ["agent__expert"]);
    assert_eq!(names(&requests[2]), [""; 0]);
}

#[test]
fn a_circle_by_way_of_an_offered_card_is_found() {
    let (program, _server) = scene(&[("solo.md", "---\n---\nYou ask.\n")], Vec::new());
    std::fs::write(program.home().join("helper.md"), "---\nagents: [solo]\n---\nYou help.\n")
        .unwrap();
    let ran = ask(&program, &["--card-tool", "helper.md"]);
    assert_eq!(ran.code, 52);
    assert_eq!(
        ran.stderr,
        "error: helper.md:2:10: `agents[0]`: agents must not call each other in a circle: solo -> \
         helper -> solo\n  hint: take one of these calls away\n"
    );
}

#[test]
fn a_run_that_is_stopped_takes_its_children_with_it() {
    let child = "---\nshell: true\n---\nYou work.\n";
    let (program, _server) =
        scene(&[("lead.md", LEAD), ("researcher.md", child)], vec![call("Work"), endless_work()]);
    is_interrupted_and_so_is_its_work(program);
}

/// A call of a command that says in the file `pid` that it runs, and runs on.
fn endless_work() -> Response {
    let command = "echo $$ > pid.new; mv pid.new pid; exec sleep 600";
    Response::groq_call("bash", &json!({ "command": command }))
}

/// Interrupts a run as soon as that command runs.
fn is_interrupted_and_so_is_its_work(program: Program) {
    let program = program.variable("PATH", "/usr/bin:/bin");
    let arguments = ["ask", "--card", "cards", "--trust", "--allow", "bash", "go"];
    let mut run = program.start(&arguments);
    drop(run.stdin.take());
    let file = program.home().join("pid");
    block_until("the command runs", || file.exists());
    let id = run.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(run.wait().unwrap().code(), Some(130));
    let command = std::fs::read_to_string(file).unwrap();
    block_until("the command ends", || !is_alive(&command));
}

#[test]
fn a_child_takes_what_its_card_says() {
    let weather = "---\ndescription: Tells the weather.\ntool_input_schema:\n  type: object\n  properties:\n    n: {type: integer, description: How many days.}\n    city: {type: string, description: Where.}\n  required: [city]\n---\nYou tell the weather.\n";
    let lead = LEAD.replace("researcher", "weather");
    let responses = vec![
        Response::groq_call("agent__weather", &json!({"n": 3, "city": "London"})),
        Response::text("Rain."),
        Response::text("It rains."),
    ];
    let (program, server) = scene(&[("lead.md", &lead), ("weather.md", weather)], responses);
    let ran = ask(&program, &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let requests = server.requests();
    let parameters = requests[0].json()["tools"][0]["function"]["parameters"].clone();
    assert_eq!(parameters["required"], json!(["city"]));
    assert_eq!(parameters["properties"]["n"]["type"], "integer");
    assert_eq!(contents(&requests[1])[1], r#"{"city": "London", "n": 3}"#);
}

#[test]
fn what_tools_bring_a_child_can_be_its_answer() {
    let reader = "---\nfunction_tools: [hf_api_tool.py:hf_api_request]\nrequest_params: {tool_result_mode: selectable}\n---\nYou read.\n";
    let read = json!({"endpoint": "/users/ada-moreau/overview"});
    let responses = vec![
        Response::groq_call(
            "agent__researcher",
            &json!({"message": "Who is ada?", "response_mode": "passthrough"}),
        ),
        Response::groq_call("hf_api_request", &read),
        Response::text("A person."),
    ];
    let (program, server) = scene(&[("lead.md", LEAD), ("researcher.md", reader)], responses);
    let ran = ask(&program, &["--sandbox", "--model", "generic.m"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "A person.\n"), "{}", ran.stderr);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    let parameters = requests[0].json()["tools"][0]["function"]["parameters"].clone();
    assert_eq!(parameters["properties"]["response_mode"]["default"], "inherit");
    let read = contents(&requests[2]).last().unwrap().to_string();
    assert!(read.contains("/users/ada-moreau/overview") && read.contains("200"), "{read}");
}

#[test]
fn whatever_else_the_caller_says_of_results_the_child_reads_them() {
    let reader = "---\nfunction_tools: [hf_api_tool.py:hf_api_request]\nrequest_params: {tool_result_mode: selectable}\n---\nYou read.\n";
    let asked = |mode: Option<&str>| {
        let mut arguments = json!({"message": "Who is ada?"});
        if let Some(mode) = mode {
            arguments["response_mode"] = json!(mode);
        }
        Response::groq_call("agent__researcher", &arguments)
    };
    for mode in [None, Some("inherit"), Some("postprocess")] {
        let responses = vec![
            asked(mode),
            Response::groq_call(
                "hf_api_request",
                &json!({"endpoint": "/users/ada-moreau/overview"}),
            ),
            Response::text("A person."),
            Response::text("Ada is a person."),
        ];
        let (program, server) = scene(&[("lead.md", LEAD), ("researcher.md", reader)], responses);
        let ran = ask(&program, &["--sandbox", "--model", "generic.m"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "Ada is a person.\n"), "{}", ran.stderr);
        assert_eq!(contents(&server.requests()[1])[1..], [json!("Who is ada?")]);
        assert_eq!(contents(&server.requests()[3]).last(), Some(&json!("A person.")));
    }
    let (program, server) = scene(
        &[("lead.md", LEAD), ("researcher.md", reader)],
        vec![asked(Some("raw")), Response::text("I cannot.")],
    );
    assert_eq!(ask(&program, &["--sandbox", "--model", "generic.m"]).code, 0);
    assert_eq!(
        contents(&server.requests()[1]).last().unwrap(),
        "Error: `response_mode` must be inherit, postprocess or passthrough."
    );
}

#[test]
fn a_program_that_several_children_bring_is_asked_about_once() {
    let lead = "---\ndefault: true\nagents: [one, two]\n---\nYou lead.\n";
    let child = "---\nmcp_connect: {clock: uvx mcp-server-time}\n---\nYou know the time.\n";
    let (program, _server) =
        scene(&[("lead.md", lead), ("one.md", child), ("two.md", child)], Vec::new());
    let ran = ask(&program, &[]);
    assert_eq!(ran.code, 60);
    assert_eq!(ran.stderr.matches("uvx mcp-server-time").count(), 1, "{}", ran.stderr);
}
