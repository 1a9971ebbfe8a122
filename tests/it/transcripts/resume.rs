//! Conversations gone on with: the same bytes, the same agent, and no file written by two.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};

use serde_json::json;

use super::{files, lines, only, run};
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, steady};

/// The bytes of a request's messages, without the bracket that ends them.
fn prefix(model: &ModelServer, request: usize) -> String {
    let body = &model.requests()[request].body;
    let (_, rest) = body.split_once("\"messages\":[").unwrap();
    let mut depth = 1;
    let mut in_string = false;
    let mut bytes = rest.bytes().enumerate();
    while let Some((index, byte)) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return rest[..index].to_owned();
        }
    }
    panic!("the messages do not end in {body}");
}

#[test]
fn earlier_messages_are_sent_again_byte_for_byte() {
    let program = Program::new();
    let odd =
        json!({"endpoint": "/nowhere/表", "z": 0.1, "a": 1e300, "m": [-0.0, 5e-324, {"b": null}]});
    let model = ModelServer::start([
        Response::groq_call("hf_api_request", &odd),
        Response::text("\u{7}It is \"there\".\\"),
        Response::text("Two."),
        Response::text("Three."),
    ]);
    run(&program, &model, &["ask", "--sandbox", "Where\tis 表🙂?\u{1b}"]);
    let card = program.home().join("brief.md");
    fs::write(&card, "---\nname: brief\n---\nBe long, and of another opinion.").unwrap();
    // The card was edited, and the date in its prompt may be another: what was said stays said.
    let ran = program.run(&["ask", "--continue", "And then?"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("Two.\n", ""));
    let (file, _) = only(&program);
    let id = file.file_stem().unwrap().to_str().unwrap().to_owned();
    let chat = program.run_with(&["chat", "--resume", &id[16..19]], b"What else?\n");
    assert_eq!(chat.stdout, "Three.\n");
    for later in 1..4 {
        let (before, after) = (prefix(&model, later - 1), prefix(&model, later));
        assert!(after.starts_with(&before), "{before}\n\n{after}");
    }
    assert_eq!(files(&program).len(), 1, "all of it is one conversation");
    assert_eq!(model.requests()[3].messages().len(), 8);
}

#[test]
fn card_model_and_place_are_kept_unless_others_are_named() {
    let program = Program::new();
    let model = ModelServer::start(["1.", "2.", "3.", "4."].map(Response::text));
    run(&program, &model, &["ask", "One?"]);
    let sent = |request: usize| {
        let request = model.requests()[request].json();
        (request["model"].clone(), request["messages"][0]["content"].clone())
    };
    program.run(&["ask", "--continue", "Two?"]);
    assert_eq!(sent(1), (json!("gpt-oss-20b"), json!("Be brief.")));
    let url = model.url();
    program.run(&["ask", "-c", "--model", "openai.gpt-oss-120b", "--base-url", &url, "Three?"]);
    assert_eq!(sent(2), (json!("gpt-oss-120b"), json!("Be brief.")));
    let card = "---\nname: poet\nmodel: openai.other\n---\nBe a poet.";
    fs::write(program.home().join("poet.md"), card).unwrap();
    program.run(&["ask", "-c", "--card", "poet.md", "--base-url", &url, "Four?"]);
    assert_eq!(sent(3), (json!("other"), json!("Be a poet.")));
    let (_, lines) = only(&program);
    let settings: Vec<_> = lines.iter().filter(|line| line["record"] == "settings").collect();
    assert_eq!(settings.len(), 2, "{settings:?}");
    assert_eq!(settings[1]["card"], "poet");
    program.run(&["ask", "--sandbox", "Which organizations is ada-moreau a member of?"]);
    let ran = program.run(&["ask", "-c", "-q", "How many followers does ada-moreau have?"]);
    assert!(ran.stdout.contains("ada-moreau"), "{}", ran.shown());
}

#[test]
fn the_last_one_is_the_last_of_the_directory() {
    let program = Program::new();
    let elsewhere = program.home().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let ask = |directory, question| {
        let mut command = program.command(&["ask", "-c", "--model", "builtin.echo", question]);
        let output = command.current_dir(directory).output().unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    program.run(&["ask", "--model", "builtin.echo", "Here?"]);
    let id = only(&program).0.file_stem().unwrap().to_str().unwrap().to_owned();
    let home = program.home().display().to_string();
    let told = ask(elsewhere, "There?").replace(&home, "HOME").replace(&id, "ID");
    insta::assert_snapshot!(told, @r"
    error: no conversation was had in HOME/elsewhere so far
      hint: the last one in HOME: --resume ID
    ");
    assert_eq!(ask(program.home().to_owned(), "Again?"), "Again?\n");
}

#[test]
fn one_that_is_in_use_goes_on_in_a_copy() {
    let program = Program::new();
    let mut chat = program.start(&["chat", "--model", "builtin.echo"]);
    let mut said = BufReader::new(chat.stdout.take().unwrap()).lines();
    let mut typed = chat.stdin.take().unwrap();
    typed.write_all(b"One?\n").unwrap();
    assert_eq!(said.next().unwrap().unwrap(), "One?");
    let id = only(&program).0.file_stem().unwrap().to_str().unwrap().to_owned();
    let told = program.run(&["ask", "--continue", "Two?"]).shown().replace(&id, "ID");
    insta::assert_snapshot!(told, @r"
    exit 0
    --- stdout
    Two?
    --- stderr
    warning: conversation ID is in use elsewhere, or read-only: this goes on in a copy
    ");
    typed.write_all(b"Three?\n").unwrap();
    drop(typed);
    assert_eq!(said.next().unwrap().unwrap(), "Three?");
    chat.wait().unwrap();
    let questions = |file| {
        let lines = lines(file);
        let users = lines.iter().filter(|line| line["role"] == "user");
        users.map(|line| line["content"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let files = files(&program);
    assert_eq!(files.len(), 2);
    let (original, copy) = if lines(&files[0])[0]["parent"].is_null() {
        (&files[0], &files[1])
    } else {
        (&files[1], &files[0])
    };
    assert_eq!(questions(original), ["One?", "Three?"]);
    assert_eq!(questions(copy), ["One?", "Two?"]);
    assert_eq!(lines(copy)[0]["parent"], *id);
}

#[test]
fn many_processes_corrupt_no_file() {
    let program = Program::new();
    program.run(&["ask", "--model", "builtin.echo", "First?"]);
    let question = |number: usize| format!("Question {number}?");
    let children: Vec<_> =
        (0..6).map(|number| program.start(&["ask", "-c", &question(number)])).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let files = files(&program);
    let text: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    assert!(files.iter().all(|file| lines(file)[2]["content"] == "First?"));
    for number in 0..6 {
        assert!(text.contains(&question(number)), "{number}");
    }
    let listed = program.run(&["transcripts", "list"]).stdout;
    assert_eq!(listed.lines().count(), files.len());
    assert_eq!(listed.matches("First?").count(), files.len(), "{listed}");
}

#[test]
fn what_cannot_be_gone_on_with_says_why() {
    let program = Program::new();
    program.run(&["ask", "--model", "builtin.echo", "One?"]);
    let (file, _) = only(&program);
    let id = file.file_stem().unwrap().to_str().unwrap().to_owned();
    let directory = file.parent().unwrap().display().to_string();
    let resume = |written: &str| {
        let ran = program.run(&["ask", "--resume", written, "Two?"]);
        let shown = ran.shown().replace(&directory, "DIRECTORY").replace(&id, "ID");
        steady(&shown.replace(&id[16..], "LETTERS"))
    };
    let text = fs::read_to_string(&file).unwrap();
    let mut told = vec![resume("nothing"), resume(&format!("{}z", &id[16..]))];
    fs::write(&file, text.replacen("\"role\":\"user\"", "\"role\":\"usher\"", 1)).unwrap();
    told.push(resume(&id));
    fs::write(&file, text.replacen("\"transcript\":1", "\"transcript\":7", 1)).unwrap();
    told.push(resume(&id));
    fs::write(&file, &text[..20]).unwrap();
    told.push(resume(&id));
    fs::write(&file, format!("{text}{{\"role\":\"user\",\"con")).unwrap();
    told.push(resume(&id));
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(lines(&file).len(), 8, "the half-written line is gone");
}
