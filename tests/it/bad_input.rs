//! Tests of hostile and broken input.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Instant;

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};
use crate::support::wait::PATIENCE;

fn ask(program: &Program, model: &ModelServer, arguments: &[&str], input: &[u8]) -> Ran {
    let url = model.url();
    let head = ["ask", "--base-url", &url, "--model", "openai.x"];
    program.run_with(&[&head[..], arguments].concat(), input)
}

#[test]
fn piped_text_that_is_not_utf_8_is_named_with_its_place() {
    let model = ModelServer::start([]);
    let ran = ask(&Program::new(), &model, &["Summarize."], b"caf\xe9\n");
    insta::assert_snapshot!(ran.shown(), @r"
    exit 2
    --- stdout
    --- stderr
    error: standard input is not UTF-8 at byte 3
      hint: convert it first, for instance with `iconv -f latin1 -t utf8`
    ");
    assert!(model.requests().is_empty());
}

#[test]
fn ten_megabytes_arrive_whole_and_quickly() {
    let model = ModelServer::start([Response::text("Long.")]);
    let text = "0123456789abcde\n".repeat(10 * 1024 * 1024 / 16);
    let started = Instant::now();
    let ran = ask(&Program::new(), &model, &["Summarize."], text.as_bytes());
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Long.\n"));
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    let sent = model.requests()[0].messages();
    let sent = sent.last().unwrap()["content"].as_str().unwrap();
    assert_eq!(sent.len(), "Summarize.\n\n".len() + text.trim_end().len());
}

#[test]
fn more_than_is_read_is_refused() {
    let model = ModelServer::start([]);
    let ran = ask(&Program::new(), &model, &[], &vec![b'x'; (16 << 20) + 1]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.starts_with("error: standard input is longer than 16 MiB"),
        "{}",
        ran.stderr
    );
}

#[test]
fn nothing_but_blanks_is_no_question() {
    let model = ModelServer::start([]);
    for input in [&b""[..], b" \n\t\n"] {
        let ran = ask(&Program::new(), &model, &[], input);
        assert_eq!((ran.code, ran.stderr.lines().next()), (2, Some("error: nothing was asked")));
    }
}

#[test]
fn a_directory_nobody_may_write_to_is_told_before_anybody_is_asked() {
    let program = Program::new();
    let directory = program.home().join("kept");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("old.md"), "old").unwrap();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(directory.join("probe"), "").is_ok() {
        // Root may write anywhere.
        return;
    }
    let model = ModelServer::start([]);
    for file in ["kept/old.md", "kept/new.md"] {
        let ran = ask(&program, &model, &["-o", file, "Hi"], b"");
        assert_eq!(ran.code, 1);
        assert!(ran.stderr.contains(&format!("{file} cannot be written: Permission denied")));
    }
    assert!(model.requests().is_empty());
}
