//! The commands about transcripts, and those of a conversation.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{files, only, run};
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};

/// What differs from run to run.
fn steady(ran: &Ran) -> String {
    let mut text = ran.shown();
    for (pattern, word) in [
        (r"\d{8}-\d{6}-[0-9a-z]{6}", "ID"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d( UTC)?", "TIME"),
        (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIMESTAMP"),
        (r"/\S*/\.tmp\w+", "HOME"),
    ] {
        text = regex::Regex::new(pattern).unwrap().replace_all(&text, word).into_owned();
    }
    text
}

/// A home in which a conversation with a call was had, and one that was named.
fn home() -> Program {
    let program = Program::new();
    let call =
        Response::groq_call("hf_api_request", &json!({"endpoint": "/users/ada-moreau/overview"}));
    let model = ModelServer::start([call, Response::text("She is \u{1b}]0;x\u{7}Ada.")]);
    run(&program, &model, &["ask", "--sandbox", "Who is ada-moreau?\nIn a word."]);
    let talk = b"Hello 1\n/save Friday\nHello 2\n/undo\n";
    program.run_with(&["chat", "--model", "builtin.echo"], talk);
    program
}

#[test]
fn they_are_listed_shown_and_found() {
    let program = home();
    let mut told = Vec::new();
    for arguments in [
        &["list"][..],
        &["list", "-n", "1"],
        &["search", "ADA-moreau", "overview"],
        &["search", "hello", "1"],
        &["search", "helpful assistant"],
        &["show", "Friday"],
        &["export", "friday"],
    ] {
        let ran = program.run(&[&["transcripts"], arguments].concat());
        told.push(format!("$ transcripts {}\n{}", arguments.join(" "), steady(&ran)));
    }
    insta::assert_snapshot!(told.join("\n"));
    let ran = program.run(&["transcripts", "list", "--json"]);
    let rows: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&rows[0]["name"], &rows[0]["questions"]), (&json!("Friday"), &json!(1)));
    assert_eq!((&rows[1]["sandbox"], &rows[1]["card"]), (&json!(true), &json!("brief")));
    let ran = program.run(&["transcripts", "search", "--json", "overview"]);
    let hits: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((hits.len(), &hits[0]["role"]), (1, &json!("assistant")));
}

#[test]
fn what_is_exported_can_be_imported() {
    let program = home();
    let id = files(&program)
        .iter()
        .find(|file| fs::read_to_string(file).unwrap().contains("ada-moreau"))
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .unwrap();
    let mut told = Vec::new();
    for format in ["markdown", "json", "fast-agent"] {
        let file = format!("{format}.out");
        let ran = program.run(&["transcripts", "export", &id, "--format", format, "-o", &file]);
        assert_eq!(ran.shown(), "exit 0\n--- stdout\n--- stderr\n");
        let text = fs::read_to_string(program.home().join(&file)).unwrap();
        told.push(steady(&Ran { code: 0, stdout: text, stderr: String::new() }));
        let again = program.run(&["transcripts", "export", &id, "-o", &file]);
        assert_eq!(again.code, 1, "nothing is overwritten");
        told.push(steady(&program.run(&["transcripts", "import", &file])));
    }
    insta::assert_snapshot!(told.join("\n").replace("127.0.0.1:", "HOST:"));
    let model = ModelServer::start(["1.", "2."].map(Response::text));
    for file in files(&program) {
        let id = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        // An import brings no model.
        if !text.lines().next().unwrap().contains("\"model\"") {
            let ran = run(&program, &model, &["ask", "--resume", &id, "Go on."]);
            assert_eq!(ran.code, 0, "{}", ran.shown());
        }
    }
    let [first, second] = &model.requests()[..] else { panic!("two were imported") };
    assert_eq!(first.messages(), second.messages());
    assert_eq!(first.messages().len(), 6);
}

#[test]
fn older_and_other_forms_are_imported_and_broken_ones_explained() {
    let program = Program::new();
    let import = |document: &Value| {
        let file = program.home().join("in.json");
        fs::write(file, document.to_string()).unwrap();
        steady(&program.run(&["transcripts", "import", "in.json"]))
    };
    let legacy = json!({"messages": [
        {"role": "user", "content": {"type": "text", "text": "One?"}},
        {"role": "user", "content": {"type": "image", "data": "AAAA"}},
        {"role": "assistant", "content": [{"type": "text", "text": "1."}]},
    ]});
    let calls = json!({"c1": {"method": "tools/call", "params": {"name": "x", "arguments": {}}}});
    let unanswered = json!({"messages": [
        {"role": "user", "content": [{"type": "text", "text": "One?"}]},
        {"role": "assistant", "content": [], "tool_calls": calls},
    ]});
    let orphan = json!({"messages": [
        {"role": "user", "content": [], "tool_results": {"c9": {"content": []}}},
    ]});
    let told = [
        legacy,
        unanswered,
        orphan,
        json!({"messages": []}),
        json!({"a": 1}),
        json!({
            "transcript": 2, "messages": []
        }),
    ]
    .map(|document| import(&document));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn they_are_removed_unless_in_use() {
    let program = Program::new();
    let mut chat = program.start(&["chat", "--model", "builtin.echo"]);
    std::io::Write::write_all(chat.stdin.as_mut().unwrap(), b"One?\n").unwrap();
    let mut answer = [0; 5];
    std::io::Read::read_exact(chat.stdout.as_mut().unwrap(), &mut answer).unwrap();
    let id = only(&program).0.file_stem().unwrap().to_str().unwrap().to_owned();
    let held = program.run(&["transcripts", "rm", &id]);
    assert_eq!(
        steady(&held),
        "exit 1\n--- stdout\n--- stderr\nerror: conversation ID is in use, so it was not removed\n"
    );
    drop(chat.stdin.take());
    chat.wait().unwrap();
    let removed = program.run(&["transcripts", "rm", &id]);
    assert_eq!(steady(&removed), "exit 0\n--- stdout\nremoved ID\n--- stderr\n");
    assert!(files(&program).is_empty());
}

#[test]
fn old_ones_are_removed_once_a_day_and_named_ones_stay() {
    let program = home();
    let long_ago = SystemTime::now() - Duration::from_hours(24 * 31);
    let age = |path: &std::path::Path| {
        fs::File::options().append(true).open(path).unwrap().set_modified(long_ago).unwrap();
    };
    let old = files(&program);
    for file in &old {
        age(file);
    }
    program.run(&["ask", "--model", "builtin.echo", "Not today?"]);
    assert_eq!(files(&program).len(), 3, "it was looked for today already");
    age(&old[0].with_file_name(".pruned"));
    program.run(&["ask", "--model", "builtin.echo", "Tomorrow?"]);
    let left = files(&program);
    assert_eq!(left.len(), 3, "the old one without a name is gone");
    assert!(left.iter().any(|file| fs::read_to_string(file).unwrap().contains("Friday")));
}

#[test]
fn a_conversation_changes_to_another_and_back() {
    let program = home();
    let talk = b"Hello 3\n/transcripts\n/resume Thursday\n/resume friday\nHello 4\n/resume\nHello 5\n/save Monday\n\
                 /export\n/export monday.json\n/export monday.json\n/resume Monday\n/resume Friday\n/new\n/save\n";
    let ran = program.run_with(&["chat", "--model", "builtin.echo"], talk);
    insta::assert_snapshot!(steady(&ran));
    assert!(program.home().join("monday.json").exists());
    assert_eq!(files(&program).len(), 3);
}
