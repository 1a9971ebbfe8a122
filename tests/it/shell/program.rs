//! The program with a card that asks for a shell.

use serde_json::json;

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::wait::{block_until, is_alive};

const CARD: &str = "---\nname: worker\nshell: true\n---\nYou work in a directory.\n";

/// A home with a card, and a model that says this.
fn scene(card: &str, responses: Vec<Response>) -> (Program, ModelServer) {
    let server = ModelServer::start(responses);
    let program = Program::new()
        .variable("PATH", "/usr/bin:/bin")
        .variable("HF_TOKEN", "hf_secret")
        .variable("AGENTCARD_BASE_URL", &server.url())
        .variable("AGENTCARD_MODEL", "generic.m");
    std::fs::write(program.home().join("worker.md"), card).unwrap();
    (program, server)
}

fn bash(command: &str) -> Response {
    Response::groq_call("bash", &json!({ "command": command }))
}

#[test]
fn a_command_that_is_allowed_runs_without_the_persons_secrets() {
    let (program, server) =
        scene(CARD, vec![bash("echo \"[$HF_TOKEN]\"; pwd"), Response::text("Done.")]);
    let ran = program.run(&["ask", "--card", "worker.md", "--trust", "--allow", "bash", "go"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{}", ran.stderr);
    let requests = server.requests();
    let home = program.home().canonicalize().unwrap();
    assert_eq!(
        requests[1].messages().last().unwrap()["content"],
        format!("[]\n{}\nprocess exit code was 0", home.display())
    );
    let tools: Vec<String> = requests[0].json()["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["function"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(tools, ["bash", "process", "read_text_file", "write_text_file", "edit_file"]);
}

#[test]
fn a_secret_that_the_person_lets_through_is_there() {
    let call = bash("echo \"[$HF_TOKEN]\"");
    let (program, server) = scene(CARD, vec![call, Response::text("Done.")]);
    std::fs::write(program.home().join("mine.toml"), "[shell]\npass = [\"HF_TOKEN\"]\n").unwrap();
    let fixed = ["ask", "--config", "mine.toml", "--card", "worker.md", "--trust"];
    let ran = program.run(&[&fixed[..], &["--allow", "bash", "go"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let said = server.requests()[1].messages().last().unwrap()["content"].to_string();
    assert!(said.contains("[hf_secret]"), "{said}");
}

#[test]
fn the_old_name_of_the_shell_reaches_it_and_the_conversation_has_the_new_one() {
    let call = Response::groq_call("execute", &json!({ "command": "echo hello" }));
    let (program, server) = scene(CARD, vec![call, Response::text("Done.")]);
    let ran = program.run(&["ask", "--card", "worker.md", "--trust", "--allow", "bash", "go"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let messages = server.requests()[1].messages();
    assert_eq!(messages[2]["tool_calls"][0]["function"]["name"], "bash");
    assert_eq!(messages[3]["content"], "hello\nprocess exit code was 0");
}

#[test]
fn a_command_nobody_allowed_does_not_run() {
    let (program, server) = scene(CARD, vec![bash("touch here"), Response::text("I could not.")]);
    let ran = program.run(&["ask", "--card", "worker.md", "--trust", "go"]);
    assert_eq!(ran.code, 60, "{}", ran.stderr);
    assert!(ran.stderr.contains("--allow 'bash touch here'"), "{}", ran.stderr);
    let said = server.requests()[1].messages().last().unwrap()["content"].to_string();
    assert!(said.contains("Not sent: a write needs a person's yes"), "{said}");
    assert!(!program.home().join("here").exists());
}

#[test]
fn a_shell_nobody_trusts_asks_no_model() {
    let (program, server) = scene(CARD, Vec::new());
    let ran = program.run(&["ask", "--card", "worker.md", "--allow", "bash", "go"]);
    assert_eq!(ran.code, 60, "{}", ran.stderr);
    assert!(ran.stderr.contains("--trust"), "{}", ran.stderr);
    assert!(server.requests().is_empty());
}

#[test]
fn a_working_directory_that_is_not_there_is_a_complaint_about_the_card() {
    let card = CARD.replace("shell: true", "shell: true\ncwd: nowhere");
    let (program, _server) = scene(&card, Vec::new());
    let ran = program.run(&["ask", "--card", "worker.md", "--trust", "go"]);
    let home = program.home().display().to_string();
    assert_eq!(ran.code, 52);
    assert_eq!(
        ran.stderr.replace(&home, "HOME"),
        "error: worker.md:4:6: `cwd`: HOME/nowhere cannot be worked in: No such file or directory \
         (os error 2)\n  hint: a relative one is meant from where the program is started\n"
    );
}

#[test]
fn commands_and_files_are_where_the_card_says_and_a_command_moves_nobody_else() {
    let calls = Response::groq_calls(&[
        ("bash", json!({ "command": "pwd; cd /; echo one > \"$OLDPWD/notes.txt\"" })),
        ("bash", json!({ "command": "pwd; cat notes.txt" })),
        ("read_text_file", json!({ "path": "notes.txt" })),
        ("read_text_file", json!({ "path": "../worker.md" })),
    ]);
    let card = CARD.replace("shell: true", "shell: true\ncwd: ${PLACE:elsewhere}/work");
    let (program, server) = scene(&card, vec![calls, Response::text("Done.")]);
    let program = program.variable("PLACE", "deep");
    let work = program.home().join("deep/work");
    std::fs::create_dir_all(&work).unwrap();
    let ran = program.run(&["ask", "--card", "worker.md", "--trust", "--allow", "bash", "go"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let work = work.canonicalize().unwrap().display().to_string();
    let results = server.requests()[1].messages().split_off(3);
    let results: Vec<_> =
        results.iter().map(|result| result["content"].as_str().unwrap()).collect();
    assert_eq!(results[0], format!("{work}\nprocess exit code was 0"));
    assert_eq!(results[1], format!("{work}\none\nprocess exit code was 0"));
    assert_eq!(results[2], "one\n");
    assert!(results[3].contains("is outside the working directory"), "{}", results[3]);
}

#[test]
fn the_kernel_keeps_commands_in_their_directory_unless_it_is_told_not_to() {
    if !agentcard::tool::shell::is_enforced() {
        eprintln!("skipped: this kernel has no Landlock");
        return;
    }
    // What processes tell of themselves is out of reach wherever this test runs.
    let command = "cat /proc/self/status > /dev/null";
    for (flag, expected) in
        [("-q", "process exit code was 1"), ("--no-sandbox-shell", "process exit code was 0")]
    {
        let (program, server) = scene(CARD, vec![bash(command), Response::text("Done.")]);
        let arguments = ["ask", "--card", "worker.md", "--trust", "--allow", "bash", flag, "go"];
        let ran = program.run(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let content = server.requests()[1].messages().last().unwrap()["content"].to_string();
        assert!(content.contains(expected), "{flag}: {content}");
    }
}

#[test]
fn a_command_ends_when_we_are_killed() {
    for flag in ["-q", "--no-sandbox-shell"] {
        let (program, _server) = scene(CARD, vec![bash("echo $$ > number; sleep 600")]);
        let arguments = ["ask", "--card", "worker.md", "--trust", "--allow", "bash", flag, "go"];
        let mut ours = program.start(&arguments);
        drop(ours.stdin.take());
        let number = program.home().join("number");
        let read = || std::fs::read_to_string(&number).unwrap_or_default();
        block_until("the command runs", || read().ends_with('\n'));
        assert!(is_alive(&read()));
        ours.kill().unwrap();
        ours.wait().unwrap();
        block_until("the command ends", || !is_alive(&read()));
    }
}

#[test]
fn calls_of_one_reply_find_what_those_before_them_made() {
    let calls = Response::groq_calls(&[
        ("bash", json!({ "command": "sleep 0.2; echo one > notes.txt" })),
        ("edit_file", json!({ "path": "notes.txt", "old_string": "one", "new_string": "two" })),
        ("read_text_file", json!({ "path": "notes.txt" })),
    ]);
    let (program, server) = scene(CARD, vec![calls, Response::text("Done.")]);
    let rules = ["--allow", "bash", "--allow", "edit_file"];
    let ran = program.run(&[&["ask", "--card", "worker.md", "--trust", "go"][..], &rules].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(server.requests()[1].messages().last().unwrap()["content"], "two\n");
}
