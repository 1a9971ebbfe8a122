//! Every write of the catalog, in every way it can be refused or allowed: what reaches the Hub.

use std::collections::BTreeSet;
use std::sync::Arc;

use agentcard::cli::approve::{Approvals, Consent};
use agentcard::event::{CallStatus, Event, Events};
use agentcard::hub::catalog::{ENDPOINTS, Method};
use agentcard::hub::{Client, Settings, TokenSource};
use agentcard::net::{Proxying, client};
use agentcard::policy::{Effect, Policy, Rule, endpoint_of};
use agentcard::sandbox::server::{Logged, Options, Running, start};
use agentcard::sandbox::world::World;
use agentcard::secret::Secret;
use agentcard::tool::hub::{EndpointPattern, HubTool};
use agentcard::tool::{ToolContext, ToolSet};
use serde_json::{Map, Value, json};

use super::approvals::Typist;

/// A write that the emulated Hub takes from ada-moreau.
struct Sample {
    path: &'static str,
    body: Value,
}

const THREAD: &str = "/models/lumen-labs/aurora-7b/discussions/7";
const EDIT: &str =
    "/models/lumen-labs/aurora-7b/discussions/7/comment/69050a076b82c8674826db85/edit";
const HIDE: &str =
    "/models/lumen-labs/aurora-7b/discussions/7/comment/69050a076b82c8674826db85/hide";

/// Every method of the card that writes.
fn samples() -> Vec<Sample> {
    let sample = |path, body| Sample { path, body };
    let handle = "/models/ada-moreau/gated-mini/user-access-request/handle";
    let decision = |user: &str, status: &str| json!({"user": user, "status": status});
    let new = |pull: bool| json!({"title": "Title", "description": "Text", "pullRequest": pull});
    let item = json!({"item": {"id": "lumen-labs/quiet-repo", "type": "model"}, "note": "Calm"});
    vec![
        sample("/models/lumen-labs/aurora-7b/discussions", new(false)),
        sample("/datasets/lumen-labs/harbor-corpus/discussions", new(true)),
        sample("/models/lumen-labs/aurora-7b/discussions/7/comment", json!({"comment": "Hi"})),
        sample(EDIT, json!({"content": "Hello again"})),
        sample(HIDE, Value::Null),
        sample("/models/lumen-labs/aurora-7b/discussions/7/status", json!({"status": "closed"})),
        sample(handle, decision("kenji-watts", "accepted")),
        sample(handle, decision("priya-ramanan", "pending")),
        sample(handle, decision("tomas-lindqvist", "rejected")),
        sample(
            "/models/ada-moreau/gated-mini/user-access-request/grant",
            json!({"user": "nadia-okaforo"}),
        ),
        sample("/collections", json!({"title": "To read", "namespace": "ada-moreau"})),
        sample("/collections/lumen-labs/aurora-7b-family-69050a07f07cd7ad625a4e11/items", item),
    ]
}

/// An emulated Hub, and its tool with somebody who decides about writes.
struct Bench {
    hub: Running,
    tools: ToolSet,
    approvals: Arc<Approvals>,
}

impl Bench {
    async fn new(approvals: Approvals) -> Self {
        let world = World::standard().expect("it is well-formed");
        let hub = start(Options { world, ..Options::default() }).await.expect("a port is free");
        let mut settings = Settings::new(hub.origin.parse().expect("a URL"));
        settings.token = TokenSource::Value(Secret::parse("hf_test_write_ada").unwrap().unwrap());
        let http = client(Proxying::Direct, std::time::Duration::from_secs(10)).expect("a client");
        let tool = HubTool::new(Client::new(http, settings), EndpointPattern::Omitted);
        let approvals = Arc::new(approvals);
        let tools = ToolSet::new(vec![Arc::new(tool)], Arc::<Approvals>::clone(&approvals) as _);
        Self { hub, tools, approvals }
    }

    async fn call(&self, Sample { path, body }: &Sample) -> CallStatus {
        let arguments = json!({"endpoint": path, "method": "POST", "json_body": body});
        let Value::Object(arguments) = arguments else { unreachable!("it is one") };
        let context = ToolContext::new(Events::channel().0);
        let result = self.tools.call("hf_api_request", arguments, &context).await;
        assert_ne!(result.status, CallStatus::Error, "{path}: {}", result.content);
        result.status
    }

    /// The writes that reached the Hub.
    fn writes(&self) -> Vec<Logged> {
        self.hub.requests().into_iter().filter(|request| request.method != "GET").collect()
    }
}

/// A rule about exactly one path.
fn exactly(effect: Effect, sample: &Sample) -> Policy {
    let request = format!("POST {}", sample.path);
    let rule = Rule::new(effect, &request, Map::new(), "a test").expect("a rule");
    Policy { read_only: None, rules: vec![rule] }
}

#[test]
fn every_write_of_the_catalog_has_a_sample() {
    let samples = samples();
    let sampled: BTreeSet<&str> = samples
        .iter()
        .map(|sample| endpoint_of(sample.path).expect("a write of the catalog").0.id)
        .collect();
    let writes: BTreeSet<&str> = ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.method() == Method::Post)
        .map(|endpoint| endpoint.id)
        .collect();
    assert_eq!(sampled, writes);
}

#[tokio::test]
async fn without_a_yes_nothing_reaches_the_hub() {
    for sample in samples() {
        let saying_no = || Some(Box::new(Typist::new(&["n"], None)) as _);
        let saying_yes = || Some(Box::new(Typist::new(&["y"], None)) as _);
        let read_only =
            Policy { read_only: Some("--read-only".to_owned()), ..exactly(Effect::Allow, &sample) };
        let (none, denied) = (Policy::default(), exactly(Effect::Deny, &sample));
        for (way, approvals) in [
            ("nobody there", Approvals::new(none.clone(), Consent::Ask, None)),
            ("a person's no", Approvals::new(none.clone(), Consent::Ask, saying_no())),
            ("read-only", Approvals::new(read_only, Consent::Given, saying_yes())),
            ("a rule's no", Approvals::new(denied, Consent::Given, saying_yes())),
        ] {
            let bench = Bench::new(approvals).await;
            assert_eq!(bench.call(&sample).await, CallStatus::Refused, "{way}: {}", sample.path);
            assert_eq!(bench.writes(), [], "{way}: {}", sample.path);
        }
        let allowed = exactly(Effect::Allow, &sample);
        let bench = Bench::new(Approvals::new(allowed, Consent::DryRun, saying_yes())).await;
        assert_eq!(bench.call(&sample).await, CallStatus::NotSent, "{}", sample.path);
        assert_eq!(bench.writes(), [], "dry run: {}", sample.path);
        assert_eq!(bench.approvals.take_unsent().planned.len(), 1);
    }
}

#[tokio::test]
async fn with_a_yes_exactly_what_was_asked_for_reaches_the_hub() {
    for sample in samples() {
        let person = || Some(Box::new(Typist::new(&["y"], None)) as _);
        for (way, approvals) in [
            ("a person's yes", Approvals::new(Policy::default(), Consent::Ask, person())),
            ("--allow", Approvals::new(exactly(Effect::Allow, &sample), Consent::Ask, None)),
        ] {
            let bench = Bench::new(approvals).await;
            assert_eq!(bench.call(&sample).await, CallStatus::Ok, "{way}: {}", sample.path);
            let writes = bench.writes();
            let [write] = &writes[..] else { panic!("{way}: {writes:?}") };
            assert_eq!((&*write.method, &write.path), ("POST", &format!("/api{}", sample.path)));
            let body = match &sample.body {
                Value::Null => String::new(),
                body => body.to_string(),
            };
            assert_eq!(write.body, body, "{way}: {}", sample.path);
        }
    }
}

#[tokio::test]
async fn a_pattern_covers_what_only_adds() {
    for sample in samples() {
        let (endpoint, _) = endpoint_of(sample.path).expect("a write");
        let wide = endpoint
            .path
            .to_string()
            .replace("{repo_type}s/{repo_id}", "*/*/*")
            .replace("{num}", "*")
            .replace("{comment_id}", "*")
            .replace("{slug}", "*/*");
        let rule = Rule::new(Effect::Allow, &format!("POST {wide}"), Map::new(), "--allow");
        let policy = Policy { read_only: None, rules: vec![rule.expect("a rule")] };
        let bench = Bench::new(Approvals::new(policy, Consent::Ask, None)).await;
        let harmless = !["/hide", "/handle", "/grant"].iter().any(|end| sample.path.ends_with(end));
        let expected = if harmless { CallStatus::Ok } else { CallStatus::Refused };
        assert_eq!(bench.call(&sample).await, expected, "{wide}");
        assert_eq!(bench.writes().len(), usize::from(harmless), "{wide}");
    }
}

#[tokio::test]
async fn a_missing_field_is_found_before_anybody_is_asked() {
    let bench = Bench::new(Approvals::new(Policy::default(), Consent::Given, None)).await;
    let arguments = json!({
        "endpoint": "/models/lumen-labs/aurora-7b/discussions",
        "method": "POST",
        "json_body": {"title": "No description"},
    });
    let Value::Object(arguments) = arguments else { unreachable!("it is one") };
    let context = ToolContext::new(Events::channel().0);
    let result = bench.tools.call("hf_api_request", arguments, &context).await;
    assert!(result.content.contains("`description` is missing"), "{}", result.content);
    assert_eq!(bench.hub.requests(), []);
}

#[tokio::test]
async fn an_edit_and_a_status_change_are_read_first() {
    for (sample, now) in [
        (Sample { path: EDIT, body: json!({"content": "New"}) }, "I noticed this while"),
        (
            Sample {
                path: "/models/lumen-labs/aurora-7b/discussions/7/status",
                body: json!({"status": "closed"}),
            },
            "open",
        ),
    ] {
        let bench = Bench::new(Approvals::new(Policy::default(), Consent::DryRun, None)).await;
        bench.call(&sample).await;
        let plan = bench.approvals.take_unsent().planned.remove(0);
        assert!(plan.now.expect("it was read").to_string().contains(now));
        let reads: Vec<String> = bench.hub.requests().into_iter().map(|read| read.path).collect();
        assert_eq!(reads, [format!("/api{THREAD}")]);
    }
}

#[tokio::test]
async fn an_edited_body_is_planned_and_asked_about_anew() {
    let handle = "/models/ada-moreau/gated-mini/user-access-request/handle";
    let edited = r#"{"user": "leo-ferrantino", "status": "accepted"}"#;
    let person = Typist::new(&["e", "y"], Some(edited));
    let approvals = Approvals::new(Policy::default(), Consent::Ask, Some(Box::new(person)));
    let bench = Bench::new(approvals).await;
    let (events, mut stream) = Events::channel();
    let arguments = json!({"endpoint": handle, "method": "POST",
        "json_body": {"user": "kenji-watts", "status": "rejected"}});
    let Value::Object(arguments) = arguments else { unreachable!("it is one") };
    let context = ToolContext::new(events);
    let result = bench.tools.call("hf_api_request", arguments, &context).await;
    assert_eq!(result.status, CallStatus::Ok, "{}", result.content);
    let mut questions = Vec::new();
    while let Ok(event) = stream.try_recv() {
        if let Event::ApprovalAsked { question, .. } = event {
            questions.push(question);
        }
    }
    let [first, _editing, second] = &questions[..] else { panic!("{questions:?}") };
    assert!(first.contains("Refuse kenji-watts") && first.contains("\"status\": \"pending\""));
    assert!(second.contains("Give leo-ferrantino access") && second.contains("Leo Ferrantino"));
    assert!(
        second.contains("\"status\": \"rejected\"") && second.contains("gives somebody access")
    );
    let writes = bench.writes();
    assert_eq!(writes.len(), 1);
    let sent: Value = serde_json::from_str(&writes[0].body).unwrap();
    assert_eq!(sent, json!({"user": "leo-ferrantino", "status": "accepted"}));
}
