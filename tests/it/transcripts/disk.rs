//! What goes wrong with disks: it is told, and the run goes on.

use std::fs;
use std::process::Command;

use super::{files, only, run, spoken};
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;

#[test]
fn a_home_that_cannot_be_written_is_a_warning() {
    let program = Program::new();
    fs::write(program.home().join(".local"), "in the way").unwrap();
    let model = ModelServer::start([Response::text("Hello.")]);
    let ran = run(&program, &model, &["ask", "Hi"]);
    insta::with_settings!({ filters => [(r"/\S+\.jsonl", "FILE")] }, {
        insta::assert_snapshot!(ran.shown());
    });
}

#[test]
fn no_home_is_a_warning() {
    let program = Program::new();
    let model = ModelServer::start(["Hello.", "Hello."].map(Response::text));
    let run = |flags: &[&str]| {
        let arguments = spoken(&program, &model, &[&["ask"], flags, &["Hi"]].concat());
        let output = program.command(&arguments).env_remove("HOME").output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    insta::assert_snapshot!(run(&[]));
    assert_eq!(run(&["--no-transcript"]), "");
}

#[test]
fn a_full_disk_is_a_warning_and_leaves_whole_lines() {
    let program = Program::new();
    let long = "long ".repeat(2000);
    let model = ModelServer::start(["Hello.", &long, "Bye."].map(Response::text));
    let mut arguments = spoken(&program, &model, &["chat"]);
    arguments.insert(0, env!("CARGO_BIN_EXE_agentcard"));
    // What a full disk is to a file: no byte more than this, as an error and not as a signal.
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' XFSZ; ulimit -f 8; printf 'One?\\nTwo?\\nThree?\\n' | \"$@\"", "sh"])
        .args(arguments)
        .env_clear()
        .env("HOME", program.home())
        .env("PATH", "/usr/bin:/bin")
        .current_dir(program.home());
    let output = command.output().unwrap();
    assert!(output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    insta::with_settings!({ filters => [(r"/\S+\.jsonl", "FILE")] }, {
        insta::assert_snapshot!(told);
    });
    let (_, lines) = only(&program);
    let last = lines.last().unwrap();
    assert_eq!(last["content"], "Two?", "the last whole line is the last that fitted");
    assert_eq!(files(&program).len(), 1);
}
