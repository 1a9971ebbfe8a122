//! Requests a card describes: a real server is asked, nobody else, and only after a yes where it is
//! changed.

use serde_json::{Value, json};

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};

/// A card with a tool that reads and one that writes, at a server.
fn card(server: &ModelServer) -> String {
    let server = server.url().replace("/v1", "");
    format!(
        r"---
name: issues
http_tools:
  - name: get_issue
    description: Looks up an issue.
    url: {server}/repos/{{repo}}/issues/{{number}}?view=short
    parameters:
      repo: The repository.
      number: {{type: integer}}
      state: {{type: string, enum: [open, closed], required: false}}
  - name: add_issue
    method: POST
    url: {server}/issues
    parameters: {{title: The title.}}
---
You look after issues.
"
    )
}

/// A model that makes a call and then answers, an API, and the program with a card that uses both.
struct Scene {
    model: ModelServer,
    api: ModelServer,
    program: Program,
}

impl Scene {
    fn new((tool, arguments): (&str, &Value), answer: Response) -> Self {
        let model =
            ModelServer::start([Response::groq_call(tool, arguments), Response::text("Done.")]);
        let api = ModelServer::start([answer]);
        let program = Program::new()
            .variable("AGENTCARD_BASE_URL", &model.url())
            .variable("AGENTCARD_MODEL", "generic.m")
            .variable("ISSUES_TOKEN", "sesame");
        std::fs::write(program.home().join("issues.md"), card(&api)).unwrap();
        Self { model, api, program }
    }

    fn run(&self, flags: &[&str]) -> Ran {
        self.program.run(&[&["ask", "--card", "issues.md"], flags, &["go"]].concat())
    }

    /// What the model read of its call.
    fn result(&self) -> String {
        let messages = self.model.requests()[1].messages();
        messages.last().unwrap()["content"].as_str().unwrap().to_owned()
    }

    /// What the API was asked: the line and the body of each request.
    fn asked(&self) -> Vec<(String, String)> {
        let requests = self.api.requests();
        let shown = requests.into_iter().map(|it| (format!("{} {}", it.method, it.path), it.body));
        shown.collect()
    }
}

fn json_answer(status: u16, body: &str) -> Response {
    Response::new(status, "application/json", body)
}

#[test]
fn a_read_is_sent_as_the_card_describes_it_and_answers_in_few_tokens() {
    let arguments = json!({"repo": "a b/../c?d", "number": 7, "state": "open"});
    let scene = Scene::new(
        ("get_issue", &arguments),
        json_answer(200, "{\n  \"title\": \"Broken\",\n  \"number\": 7\n}"),
    );
    let ran = scene.run(&[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{}", ran.stderr);
    assert_eq!(
        scene.asked(),
        [("GET /repos/a%20b%2F..%2Fc%3Fd/issues/7?view=short&state=open".into(), String::new())]
    );
    assert_eq!(scene.result(), r#"{"title":"Broken","number":7}"#);
    let tool = scene.model.requests()[0].json()["tools"][0]["function"].clone();
    assert_eq!(
        tool,
        json!({
            "name": "get_issue",
            "description": "Looks up an issue.",
            "parameters": {
                "type": "object", "additionalProperties": false,
                "properties": {
                    "repo": {"type": "string", "description": "The repository."},
                    "number": {"type": "integer"},
                    "state": {"type": "string", "enum": ["open", "closed"]},
                },
                "required": ["repo", "number"],
            },
        })
    );
}

#[test]
fn what_changes_something_takes_a_yes() {
    let title = json!({"title": "Broken"});
    let call = || ("add_issue", &title);
    let refused = Scene::new(call(), json_answer(201, "{}"));
    let ran = refused.run(&[]);
    assert_eq!(ran.code, 60, "{}", ran.stderr);
    assert!(ran.stderr.contains("to allow it: --allow 'add_issue'"), "{}", ran.stderr);
    assert_eq!(refused.asked(), []);

    let allowed = Scene::new(call(), json_answer(201, r#"{"number": 8}"#));
    let ran = allowed.run(&["--allow", "add_issue"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(allowed.asked(), [("POST /issues".to_owned(), r#"{"title":"Broken"}"#.to_owned())]);
    assert_eq!(allowed.result(), r#"{"number":8}"#);

    let practised = Scene::new(call(), json_answer(201, "{}"));
    let ran = practised.run(&["--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("/issues\n   add_issue\n     {\n"), "{}", ran.stderr);
    assert_eq!(practised.asked(), []);
}

#[test]
fn a_secret_goes_along_only_after_a_yes_and_is_shown_nowhere() {
    let scene =
        Scene::new(("get_issue", &json!({"repo": "a", "number": 1})), json_answer(200, "\"ok\""));
    let with_header = card(&scene.api).replacen(
        "    parameters:",
        "    headers: {Authorization: \"Bearer ${ISSUES_TOKEN}\"}\n    parameters:",
        1,
    );
    std::fs::write(scene.program.home().join("issues.md"), with_header).unwrap();
    let ran = scene.run(&[]);
    assert_eq!(ran.code, 60, "{}", ran.stderr);
    let said = "get_issue, which sends authorization to http://127.0.0.1:";
    assert!(ran.stderr.contains(said) && ran.stderr.contains("--trust"), "{}", ran.stderr);
    assert!(scene.model.requests().is_empty() && scene.api.requests().is_empty());

    let shown = scene.program.run(&["cards", "show", "--card", "issues.md", "--json"]);
    assert!(!format!("{}{}", shown.stdout, shown.stderr).contains("sesame"), "{}", shown.stdout);

    let ran = scene.run(&["--trust", "-v"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(scene.api.requests()[0].header("authorization"), Some("Bearer sesame"));
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("sesame"), "{}", ran.stderr);
}

#[test]
fn what_goes_wrong_is_the_calls_result() {
    let ask = |arguments: Value, answer: Response| {
        let scene = Scene::new(("get_issue", &arguments), answer);
        let ran = scene.run(&[]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        (scene.result(), scene.asked().len())
    };
    let good = || json!({"repo": "a", "number": 1});
    let ok = || json_answer(200, "{}");
    let moved =
        Response::new(302, "text/plain", "Moved").header("location", "https://evil.example/");
    let results = [
        ask(good(), json_answer(404, r#"{"message": "Not Found"}"#)),
        ask(good(), moved),
        ask(good(), json_answer(200, "")),
        ask(good(), Response::new(200, "text/plain", "half").cut()),
        ask(json!({"repo": "a"}), ok()),
        ask(json!({"repo": "..", "number": 1}), ok()),
        ask(json!({"repo": "a", "number": "1"}), ok()),
        ask(json!({"repo": "a", "number": 1, "state": "odd"}), ok()),
        ask(json!({"repo": "a", "number": 1, "page": 2}), ok()),
    ];
    let shown: Vec<String> =
        results.iter().map(|(result, sent)| format!("{sent} sent: {result}")).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    1 sent: Error: 404 Not Found
    {"message":"Not Found"}
    1 sent: Error: 302 Found, to https://evil.example/, which was not followed
    Moved
    1 sent: (200 OK, nothing else)
    1 sent: Error: the answer broke off: error reading a body from connection: unexpected EOF during chunk size line
    0 sent: Error: `number` is missing, so nothing was sent
    0 sent: Error: `repo` must be given, and not as `..`
    1 sent: {}
    (no matches; do not repeat this call)
    0 sent: Error: `state` must be ["open","closed"], so nothing was sent; it is "odd"
    0 sent: Error: `page` is no parameter, so nothing was sent; there are: repo, number, state
    "#);
}

#[test]
fn a_long_answer_is_cut_and_says_so() {
    let scene = Scene::new(
        ("get_issue", &json!({"repo": "a", "number": 1})),
        Response::new(200, "text/plain", "x".repeat(3_000_000)),
    );
    let ran = scene.run(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let result = scene.result();
    assert!(result.len() < 17_000, "{}", result.len());
    assert!(result.contains("left out here. Ask for less, if the tool can.]"), "{result:.300}");
}

#[test]
fn what_is_wrong_in_a_card_is_said_with_its_place() {
    let program = Program::new();
    let card = r#"---
http_tools:
  - {name: no url}
  - {name: a, url: "https://{host}/x", parameters: {host: Whose.}}
  - {name: a, url: "https://api.example.com/{numbr}", parameters: {number: {type: int}}, methd: GET}
  - {name: b, url: "http://api.example.com/", method: get}
  - text
---
Hello.
"#;
    std::fs::write(program.home().join("bad.md"), card).unwrap();
    let ran = program.run(&["ask", "--card", "bad.md", "--model", "builtin.echo", "go"]);
    insta::assert_snapshot!(ran.shown(), @r#"
    exit 52
    --- stdout
    --- stderr
    error: bad.md:3:5: `http_tools[0]`: has no `url`
      hint: write it as `{name: get_issue, method: GET, url: https://api.example.com/issues/{number}, parameters: {number: {type: integer}}}`
    error: bad.md:4:20: `http_tools[1].url`: the server cannot be a parameter
      hint: write it as `{name: get_issue, method: GET, url: https://api.example.com/issues/{number}, parameters: {number: {type: integer}}}`
    error: bad.md:5:12: `http_tools[2].name`: `a` is the name of another tool too
    error: bad.md:5:20: `http_tools[2].url`: `{numbr}` is none of its parameters
      hint: did you mean `number`?
    error: bad.md:5:83: `http_tools[2].parameters.number.type`: `int` is no type of a parameter
      hint: it is one of string, integer, number, boolean, array, object
    error: bad.md:5:90: `http_tools[2].methd`: there is no such key
      hint: did you mean `method`?
    error: bad.md:6:55: `http_tools[3].method`: must be one of `GET`, `POST`, `PUT`, `PATCH`, `DELETE`, not `get`
    error: bad.md:7:5: `http_tools[4]`: must be a mapping, not text
      hint: write it as `{name: get_issue, method: GET, url: https://api.example.com/issues/{number}, parameters: {number: {type: integer}}}`
    "#);
    let card = "---\nhttp_tools: [{name: a, url: \"http://api.example.com/\"}]\n---\nHello.\n";
    std::fs::write(program.home().join("bad.md"), card).unwrap();
    let ran = program.run(&["ask", "--card", "bad.md", "--model", "builtin.echo", "go"]);
    insta::assert_snapshot!(ran.shown(), @r#"
    exit 52
    --- stdout
    --- stderr
    error: bad.md:2:29: `http_tools[0].url`: must begin with `https:`, unless it is on this machine
    "#);
}
