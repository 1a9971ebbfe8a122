//! How many of the calls of children people are shown.

use serde_json::json;

use super::{LEAD, RESEARCHER, ask, scene};
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::terminal::Terminal;

/// Four children, one after the other, who each call a tool that there is not; the last fails.
fn four() -> (Program, ModelServer) {
    let calls = ["one", "two", "three", "four"]
        .map(|message| ("agent__researcher", json!({ "message": message })));
    let mut responses = vec![Response::groq_calls(&calls)];
    for _ in 0..3 {
        responses.push(Response::groq_call("lookup", &json!({})));
        responses.push(Response::text("Found."));
    }
    responses.push(Response::error(400, &json!({"error": {"message": "no such model"}})));
    responses.push(Response::text("All found."));
    let lead = LEAD.replace("agents:", "max_parallel: 1\nmax_display_instances: 2\nagents:");
    scene(&[("lead.md", &lead), ("researcher.md", RESEARCHER)], responses)
}

#[test]
fn as_many_as_the_card_says_get_a_line_and_the_others_are_counted() {
    let (program, server) = four();
    let arguments = ["ask", "--card", "cards", "go"];
    let Some(terminal) = Terminal::run(100, &program, &arguments) else { return };
    let screen = terminal.shows("[exit ");
    assert_eq!(server.requests().len(), 9);
    let calls: Vec<&str> = screen
        .lines()
        .filter_map(|line| Some(line.strip_suffix(" s")?.rsplit_once(" · ")?.0))
        .collect();
    assert_eq!(
        calls,
        [
            "✗ researcher[1]/lookup() · error",
            r#"✓ agent__researcher(message="one") · 2 turns, 1 call"#,
            "✗ researcher[2]/lookup() · error",
            r#"✓ agent__researcher(message="two") · 2 turns, 1 call"#,
        ],
        "{screen}"
    );
    assert!(screen.contains("\n✗ and 2 more · 1 failed\n"), "{screen}");
    assert!(screen.ends_with("All found.\n[exit 0]"), "{screen}");
}

#[test]
fn whoever_wants_to_see_everything_does() {
    let (program, _server) = four();
    let ran = ask(&program, &["-v"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("researcher[3]/lookup()"), "{}", ran.stderr);
    assert!(ran.stderr.contains(r#"✗ agent__researcher(message="four")"#), "{}", ran.stderr);
    assert!(!ran.stderr.contains("more"), "{}", ran.stderr);
}
