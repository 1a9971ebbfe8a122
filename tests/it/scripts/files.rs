//! `-f`: files that go along with the question; `-o`: the file the answer goes to.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::ask;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};

fn home(files: &[(&str, &[u8])]) -> Program {
    let program = Program::new();
    for (name, bytes) in files {
        fs::write(program.home().join(name), bytes).unwrap();
    }
    program
}

/// What is in the home, by name, but for the program's own directory.
fn listed(program: &Program) -> Vec<String> {
    let entries = fs::read_dir(program.home()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != ".local");
    names.sort();
    names
}

fn read(program: &Program, name: &str) -> String {
    fs::read_to_string(program.home().join(name)).unwrap()
}

#[test]
fn files_are_sent_behind_words_and_piped_text() {
    let program = home(&[("a.md", b"# A\n"), ("b.txt", "Ümlaut\r\n".as_bytes())]);
    let model = ModelServer::start([Response::text("Ok.")]);
    let url = model.url();
    let head = ["ask", "--base-url", &url, "--model", "openai.x", "-f", "a.md", "-f", "b.txt"];
    program.run_with(&[&head[..], &["Compare."]].concat(), b"piped\n");
    let sent = model.requests()[0].messages();
    insta::assert_snapshot!(sent.last().unwrap()["content"].as_str().unwrap(), @r#"
    Compare.

    piped

    <file name="a.md">
    # A
    </file>

    <file name="b.txt">
    Ümlaut
    </file>
    "#);
}

#[test]
fn files_that_cannot_go_along_are_named_before_anybody_is_asked() {
    let long = vec![b'x'; (1 << 20) + 1];
    let program =
        home(&[("latin.txt", b"caf\xe9"), ("image.png", b"\x89PNG\0\0"), ("long", &long)]);
    let model = ModelServer::start([]);
    let shown = ["none.md", ".", "latin.txt", "image.png", "long", "-"].map(|name| {
        let ran = ask(&program, &model, &["-f", name, "Hi"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}");
        ran.stderr
    });
    insta::assert_snapshot!(shown.concat());
    assert!(model.requests().is_empty());
}

#[test]
fn files_alone_are_no_question() {
    let program = home(&[("a.md", b"# A\n")]);
    let ran = ask(&program, &ModelServer::start([]), &["-f", "a.md"]);
    assert_eq!((ran.code, ran.stderr.lines().next()), (2, Some("error: nothing was asked")));
}

fn ask_into(program: &Program, model: &ModelServer, file: &str) -> Ran {
    ask(program, model, &["-o", file, "Hi"])
}

#[test]
fn the_answer_goes_to_the_file_and_nowhere_else() {
    let program = home(&[("old.md", b"old")]);
    let old = program.home().join("old.md");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("old.md", program.home().join("link.md")).unwrap();
    let model = ModelServer::start([Response::text("New."), Response::text("Linked.")]);

    let ran = ask_into(&program, &model, "new.md");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    assert_eq!(read(&program, "new.md"), "New.\n");

    assert_eq!(ask_into(&program, &model, "link.md").code, 0);
    assert_eq!(read(&program, "old.md"), "Linked.\n");
    assert_eq!(fs::metadata(&old).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(listed(&program), ["link.md", "new.md", "old.md"]);
}

#[test]
fn without_an_answer_the_file_is_as_it_was() {
    let program = home(&[("old.md", b"old")]);
    let cut = Response::whole(&serde_json::json!({"content": "Half an"}), "length");
    let model = ModelServer::start([cut]);
    let ran = ask_into(&program, &model, "old.md");
    insta::assert_snapshot!(ran.shown(), @r"
    exit 53
    --- stdout
    --- stderr
    error: the model's answer was cut off at its length limit
      hint: raise `max_tokens`: --model '…?max_tokens=4096'
      hint: old.md was not written
    ");
    assert_eq!(
        (read(&program, "old.md").as_str(), listed(&program)),
        ("old", vec!["old.md".into()])
    );
}

#[test]
fn a_file_that_cannot_be_written_is_told_before_anybody_is_asked() {
    let program = home(&[]);
    let model = ModelServer::start([]);
    let shown = ["no/such/place.md", ".", "/proc/answer.md"].map(|file| {
        let ran = ask_into(&program, &model, file);
        assert_eq!(ran.stdout, "", "{file}");
        ran.stderr
    });
    insta::assert_snapshot!(shown.concat());
    assert!(model.requests().is_empty());
}

#[test]
fn a_full_disk_is_a_failure_and_devices_are_written_to() {
    let model = ModelServer::start([Response::text("One."), Response::text("Two.")]);
    let program = home(&[]);
    let ran = ask_into(&program, &model, "/dev/full");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (1, "error: /dev/full cannot be written: No space left on device (os error 28)\n")
    );
    let ran = ask_into(&program, &model, "/dev/null");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    assert!(fs::metadata("/dev/full").unwrap().permissions().mode() != 0, "it is still there");
}

#[test]
fn a_document_goes_to_the_file_too() {
    let program = home(&[("schema.json", br#"{"type": "object"}"#)]);
    let document = || [Response::text("Nothing."), Response::whole_text("{\"a\": 1}")];
    let model = ModelServer::start([document(), document()].concat());
    let base = ["--output-schema", "schema.json", "-o", "out.json", "Hi"];

    let ran = ask(&program, &model, &base);
    assert_eq!((ran.stdout.as_str(), read(&program, "out.json").as_str()), ("", "{\"a\": 1}\n"));

    let ran = ask(&program, &model, &[&["--json"][..], &base].concat());
    assert_eq!(ran.stdout, "");
    let written: serde_json::Value = serde_json::from_str(&read(&program, "out.json")).unwrap();
    assert_eq!(written["answer_value"], serde_json::json!({"a": 1}));
}

#[test]
fn events_go_to_no_file() {
    let ran = home(&[]).run(&["ask", "--stream-json", "-o", "out", "--sandbox", "Hi"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
}

#[test]
fn a_silent_open_input_is_not_waited_for_beside_a_file() {
    let program = home(&[("a.md", b"# A\n")]);
    let model = ModelServer::start([Response::text("Hello.")]);
    let url = model.url();
    let arguments = ["ask", "--base-url", &url, "--model", "openai.x", "-f", "a.md", "Hi"];
    let mut child = program.start(&arguments);
    let _held_open = child.stdin.take();
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert_eq!((stdout.as_str(), child.wait().unwrap().code()), ("Hello.\n", Some(0)));
}
