//! Every limit on waiting and asking again can be set, and is kept.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{reasoning, text};
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};

/// Asks a server under these settings, and says how long that took.
fn ask(url: &str, config: &str) -> (Ran, Duration) {
    let program = Program::new();
    std::fs::write(program.home().join("config.toml"), config).unwrap();
    let arguments = ["ask", "--config", "config.toml", "--base-url", url, "--model", "openai.x"];
    let started = Instant::now();
    let ran = program.run(&[&arguments[..], &["Hi"]].concat());
    (ran, started.elapsed())
}

fn busy(status: u16) -> Response {
    Response::error(status, &json!({"error": {"message": "Busy."}}))
}

#[test]
fn a_connection_is_waited_for_as_long_as_is_set() {
    // It accepts, and never shakes hands.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/v1", listener.local_addr().unwrap());
    let config = "[timeouts]\nconnect = \"100ms\"\n[retries]\nattempts = 1\n";
    let (ran, elapsed) = ask(&url, config);
    assert_eq!((ran.code, ran.stdout.as_str()), (69, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("nothing can be reached"), "{}", ran.stderr);
    assert!(elapsed < Duration::from_secs(8), "{elapsed:?}");
}

#[test]
fn a_whole_reply_is_waited_for_as_long_as_is_set() {
    let thought = format!("data: {}\n\n", reasoning("Hm. "));
    let endless = Response::open([]).forever(thought, Duration::from_millis(10));
    let server = ModelServer::start([endless]);
    let (ran, elapsed) = ask(&server.url(), "[timeouts]\nreply = \"300ms\"\n");
    assert_eq!(ran.code, 69, "{}", ran.stderr);
    let words = "the reply was not whole after 0.3 s";
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
}

#[test]
fn keep_alives_are_no_events() {
    let alive = Response::open([text("You are")]).forever(": hi\n\n", Duration::from_millis(20));
    let server = ModelServer::start([alive]);
    let (ran, elapsed) = ask(&server.url(), "[timeouts]\nidle = \"400ms\"\n");
    assert_eq!(ran.code, 69, "{}", ran.stderr);
    assert!(ran.stderr.contains("no data for 0.4 s"), "{}", ran.stderr);
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
}

#[test]
fn a_reply_is_asked_for_as_often_as_is_set() {
    let server = ModelServer::start(vec![busy(500); 9]);
    let (ran, _) = ask(&server.url(), "[retries]\nattempts = 5\nfirst_wait = \"1ms\"\n");
    assert_eq!((ran.code, server.requests().len()), (1, 5), "{}", ran.stderr);
}

#[test]
fn a_pause_beyond_what_is_set_ends_the_run_with_its_length() {
    for (header, value) in [
        ("retry-after", "2"),
        ("retry-after", "2.0"),
        ("retry-after-ms", "2000"),
        ("x-ratelimit-reset-tokens", "2s"),
        ("x-ratelimit-reset-tokens", "2"),
    ] {
        let response = busy(429).header(header, value).header("x-ratelimit-remaining-tokens", "0");
        let server = ModelServer::start(vec![response; 3]);
        let (ran, _) = ask(&server.url(), "[retries]\npatience = \"1s\"\n");
        assert_eq!((ran.code, server.requests().len()), (75, 1), "{header}: {}", ran.stderr);
        assert!(ran.stderr.contains("hint: try again in 2 s"), "{header}: {}", ran.stderr);
    }
}

#[test]
fn a_provider_that_says_not_to_ask_again_is_not_asked_again() {
    let server = ModelServer::start(vec![busy(500).header("x-should-retry", "false"); 3]);
    let (ran, _) = ask(&server.url(), "");
    assert_eq!((ran.code, server.requests().len()), (1, 1), "{}", ran.stderr);

    let please = busy(400).header("x-should-retry", "true").header("retry-after-ms", "1");
    let server = ModelServer::start([please, Response::text("Yes.")]);
    let (ran, _) = ask(&server.url(), "");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Yes.\n"), "{}", ran.stderr);
}

#[test]
fn no_credits_say_how_to_go_on() {
    let body = json!({"error": "You have depleted your monthly included credits."});
    let server = ModelServer::start([Response::error(402, &body)]);
    let program = Program::new().variable("AGENTCARD_API_KEY", "k");
    let ran = program.run(&["ask", "--base-url", &server.url(), "--model", "hf.x/y", "Hi"]);
    insta::assert_snapshot!(ran.shown(), @r#"
    exit 1
    --- stdout
    --- stderr
    error: no credits are left at http://127.0.0.1:PORT/v1 (HTTP 402): You have depleted your monthly included credits.
      hint: add credits with the provider, or name another model with --model
      hint: an organization can pay: `headers = { X-HF-Bill-To = "my-org" }` under `[providers.hf]` in the config
      hint: `model_fallbacks` in the config names models that take its place
    "#);
}

#[test]
fn a_busy_server_that_says_when_it_is_back_is_a_reason_to_come_back() {
    let server = ModelServer::start([busy(503).header("retry-after", "3600")]);
    let (ran, _) = ask(&server.url(), "");
    assert_eq!((ran.code, server.requests().len()), (75, 1));
    assert!(ran.stderr.contains("hint: try again in 60 min"), "{}", ran.stderr);
}

#[test]
fn a_wrong_address_is_hinted_at() {
    let server = ModelServer::start([Response::new(404, "text/html", "<title>Not Found</title>")]);
    let (ran, _) = ask(&server.url(), "");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("It usually ends in /v1"), "{}", ran.stderr);
}
