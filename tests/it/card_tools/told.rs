//! What callers are told of children that do not say what they are for.

use serde_json::Value;

use super::{LEAD, ask, scene};
use crate::support::model_server::Response;

#[test]
fn a_child_without_a_description_is_told_of_with_what_it_reads() {
    let paragraph = "You find out about {{subject}}. {{file:more.txt}}\n";
    let rest = "There is a lot to be said about this.\n".repeat(50);
    let child = format!("---\nvariables: {{subject: tides}}\n---\n{paragraph}\n{rest}");
    let (program, server) =
        scene(&[("lead.md", LEAD), ("researcher.md", &child)], vec![Response::text("Done.")]);
    let file = program.home().join("cards/more.txt");
    std::fs::write(file, "Speak to {{agentName}}, who knows more. ".repeat(10)).unwrap();
    assert_eq!(ask(&program, &[]).code, 0);
    let tool = server.requests()[0].json()["tools"][0]["function"].clone();
    let description = tool["description"].as_str().unwrap();
    let read = "Speak to researcher, who knows more. ".repeat(10);
    assert_eq!(description, format!("You find out about tides. {} […]", read.trim_end()));

    let shown = program.run(&["cards", "show", "--json", "--card", "cards"]);
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(shown["tools"][0]["description"], description);
}
