//! Agents that start clones of themselves.

mod runs;

use serde_json::{Value, json};

use super::{ask, call, contents, scene};
use crate::support::model_server::{Request, Response};

const READER: &str =
    "---\nsubagents: true\nfunction_tools: [hf_api_tool.py:hf_api_request]\n---\nYou read.\n";

fn subagent(arguments: &Value) -> Response {
    Response::groq_call("subagent", arguments)
}

fn tools(request: &Request) -> Vec<String> {
    let tools = request.json()["tools"].as_array().cloned().unwrap_or_default();
    tools.iter().map(|tool| tool["function"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_clone_has_the_prompt_and_the_tools_of_its_caller_and_nothing_that_was_said() {
    let read = json!({"endpoint": "/users/ada-moreau/overview"});
    let responses = vec![
        subagent(&json!({"message": "Look ada up.", "label": "ada's page"})),
        Response::groq_call("hf_api_request", &read),
        Response::text("A person."),
        Response::text("Ada is a person."),
    ];
    let (program, server) = scene(&[("reader.md", READER)], responses);
    let ran = ask(&program, &["--sandbox", "--model", "generic.m", "-v"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Ada is a person.\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("ada-s-page[1]/hf_api_request"), "{}", ran.stderr);
    let requests = server.requests();
    assert_eq!(tools(&requests[0]), ["hf_api_request", "subagent"]);
    let parameters = &requests[0].json()["tools"][1]["function"]["parameters"];
    let names: Vec<&str> =
        parameters["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["message", "model", "label", "include_user_message"]);
    assert_eq!(parameters["required"], json!(["message"]));
    assert_eq!(tools(&requests[1]), ["hf_api_request"]);
    assert_eq!(contents(&requests[1]), [json!("You read."), json!("Look ada up.")]);
    assert_eq!(contents(&requests[3]).last(), Some(&json!("A person.")));
}

#[test]
fn a_line_of_the_prompt_gives_an_agent_clones_and_no_model_reads_it() {
    let card = "---\n---\nYou lead.\n\n<!-- fast-agent-subagents -->\n";
    let responses = vec![
        subagent(&json!({"message": "Count.", "include_user_message": true})),
        Response::text("Three."),
        Response::text("3"),
    ];
    let (program, server) = scene(&[("lead.md", card)], responses);
    let ran = program.run(&["ask", "--card", "cards", "How many <b>?"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "3\n"), "{}", ran.stderr);
    let requests = server.requests();
    assert_eq!(contents(&requests[0])[0], "You lead.");
    let message =
        "Count.\n\n<included_user_context>\nHow many &lt;b&gt;?\n</included_user_context>";
    assert_eq!(contents(&requests[1]), [json!("You lead."), json!(message)]);
}

#[test]
fn what_a_block_of_the_prompt_holds_is_for_the_agent_and_not_for_its_clones() {
    let card = "---\n---\nYou lead.\n<!-- fast-agent-subagents\nShare the work of {{agentName}} out.\n-->\nBe brief.\n";
    let responses = vec![
        subagent(&json!({"message": "Count."})),
        Response::text("Three."),
        Response::text("3"),
    ];
    let (program, server) = scene(&[("lead.md", card)], responses);
    let ran = ask(&program, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "3\n"), "{}", ran.stderr);
    let requests = server.requests();
    assert_eq!(contents(&requests[0])[0], "You lead.\nShare the work of lead out.\nBe brief.");
    assert_eq!(contents(&requests[1]), [json!("You lead.\nBe brief."), json!("Count.")]);
}

#[test]
fn a_call_may_name_another_model_unless_the_card_does() {
    let models = |requests: &[Request]| -> Vec<Value> {
        requests.iter().map(|request| request.json()["model"].clone()).collect()
    };
    let answers = || vec![Response::text("Done."), Response::text("All done.")];
    let card = "---\nsubagents: true\nmodel: generic.large\n---\nYou lead.\n";
    let named = subagent(&json!({"message": "Work.", "model": "generic.small"}));
    let (program, server) = scene(&[("lead.md", card)], [vec![named], answers()].concat());
    assert_eq!(ask(&program, &[]).code, 0);
    assert_eq!(models(&server.requests()), ["large", "small", "large"]);

    // No file of this machine is read for a model.
    let file = subagent(&json!({"message": "Work.", "model": "builtin.scripted:/etc/passwd"}));
    let (program, server) = scene(&[("lead.md", card)], vec![file, Response::text("I cannot.")]);
    assert_eq!(ask(&program, &[]).code, 0);
    assert_eq!(
        contents(&server.requests()[1]).last().unwrap(),
        "Error: `model` cannot be used: there is no server for `builtin.scripted:/etc/passwd`."
    );

    let card = card.replace("model:", "subagent_model: generic.tiny\nmodel:");
    let (program, server) = scene(
        &[("lead.md", &card)],
        [vec![subagent(&json!({"message": "Work."}))], answers()].concat(),
    );
    assert_eq!(ask(&program, &[]).code, 0);
    let requests = server.requests();
    assert_eq!(models(&requests), ["large", "tiny", "large"]);
    let parameters = &requests[0].json()["tools"][0]["function"]["parameters"];
    assert_eq!(parameters["properties"].get("model"), None);
}

#[test]
fn what_a_clone_writes_is_asked_about_and_its_time_is_short() {
    let comment = json!({
        "endpoint": "/models/lumen-labs/aurora-7b/discussions/7/comment",
        "method": "POST",
        "json_body": {"comment": "Hi"},
    });
    let responses = vec![
        subagent(&json!({"message": "Comment."})),
        Response::groq_call("hf_api_request", &comment),
        Response::text("It was refused."),
        Response::text("No."),
    ];
    let (program, server) = scene(&[("reader.md", READER)], responses);
    let ran = ask(&program, &["--sandbox", "--model", "generic.m"]);
    assert_eq!(ran.code, 60, "{}", ran.stderr);
    let read = contents(&server.requests()[2]).last().unwrap().to_string();
    assert!(read.contains("Not sent: a write needs a person's yes"), "{read}");

    // Time enough to ask.
    let card = READER.replace("subagents", "child_timeout_sec: 5\nsubagents");
    let never = Response::text("Never.").held();
    let responses = vec![subagent(&json!({"message": "Wait."})), never, Response::text("No.")];
    let (program, server) = scene(&[("reader.md", &card)], responses);
    assert_eq!(ask(&program, &["--sandbox", "--model", "generic.m"]).code, 0);
    assert_eq!(
        contents(&server.requests()[2]).last().unwrap(),
        "Error: The agent `subagent` was stopped after 5 s, before it answered."
    );
}

#[test]
fn clones_call_the_agents_that_their_caller_may_call() {
    let lead = "---\nname: lead\ndefault: true\nsubagents: true\nmax_parallel: 1\nagents: [researcher]\n---\nYou lead.\n";
    let responses = vec![
        subagent(&json!({"message": "Find ada."})),
        call("Who is ada?"),
        Response::text("A person."),
        Response::text("Found."),
        Response::text("Done."),
    ];
    let (program, server) =
        scene(&[("lead.md", lead), ("researcher.md", super::RESEARCHER)], responses);
    let ran = ask(&program, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{}", ran.stderr);
    let requests = server.requests();
    assert_eq!(tools(&requests[1]), ["agent__researcher"]);
    assert_eq!(contents(&requests[2])[0], "You find things out.");
}
