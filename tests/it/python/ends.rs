//! How a process ends: by itself, with a call, with us; and what follows.

use std::cell::Cell;
use std::time::Duration;

use agentcard::tool::python::{Code, Settings, StartError, connect};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::{advance, pause, resume};

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::python::{self, Functions};
use crate::support::wait::{PATIENCE, is_alive, standing, until};

/// Waits until a process has ended.
async fn ends(id: &str) {
    until("a process ends", || !is_alive(id)).await;
}

/// That the process of the functions is the one it was. The first of two calls leaves the program time
/// to see that another one is due.
async fn is_still(id: &str, functions: &Functions) {
    for _ in 0..2 {
        assert_eq!(standing(functions.call("process", json!({}))).await, id, "it has ended");
    }
}

#[tokio::test]
async fn a_crash_is_the_result_of_every_open_call_and_the_next_one_runs_again() {
    if !python::is_there() {
        return;
    }
    let functions = Functions::new(&["dies", "crashes", "sleeps", "process"]).await;
    let first = functions.call("process", json!({})).await;
    let calls = [
        functions.call("sleeps", json!({"seconds": 30})),
        functions.call("dies", json!({"code": 7})),
    ];
    let ended = "Error: the Python process ended (exit status: 7)";
    assert_eq!(join_all(calls).await, [ended, ended]);
    let second = functions.call("process", json!({})).await;
    assert_ne!(first, second);
    let crashed = functions.call("crashes", json!({})).await;
    assert!(
        crashed.starts_with("Error: the Python process ended (signal: 11 (SIGSEGV)"),
        "{crashed}"
    );
    assert_eq!(functions.call("sleeps", json!({"seconds": 0})).await, "true");
}

#[tokio::test]
async fn a_process_killed_in_the_middle_of_a_call_is_a_result() {
    if !python::is_there() {
        return;
    }
    let functions = Functions::new(&["waits", "process"]).await;
    let id = functions.call("process", json!({})).await;
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let kill = async {
        until("the call begins", || mark.exists()).await;
        std::process::Command::new("kill").args(["-KILL", &id]).status().unwrap();
    };
    let (result, ()) = tokio::join!(functions.call("waits", json!({"mark": mark})), kill);
    assert_eq!(result, "Error: the Python process ended (signal: 9 (SIGKILL))");
    assert_ne!(functions.call("process", json!({})).await, id);
}

#[tokio::test]
async fn what_is_no_answer_ends_the_process() {
    if !python::is_there() {
        return;
    }
    let functions = Functions::new(&["garbage", "process"]).await;
    let stopped = "Error: the Python process was stopped: what it sent was no answer";
    for text in ["{}", "no JSON", "{\"call\": 999, \"text\": \"x\"}", "[1,2", "\u{0}"] {
        let id = functions.call("process", json!({})).await;
        assert_eq!(functions.call("garbage", json!({"text": text})).await, stopped, "{text}");
        ends(&id).await;
    }
}

#[tokio::test]
async fn a_call_without_an_end_is_stopped_and_its_process_too() {
    if !python::is_there() {
        return;
    }
    let functions =
        Functions::within(Duration::from_mins(1), &["sleeps", "waits", "process", "echo"]).await;
    let id = functions.call("process", json!({})).await;
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let is_stopped = Cell::new(false);
    // The clock of the program goes on when it is told to, however long Python takes.
    pause();
    let endless = async {
        let result = functions.call("sleeps", json!({"seconds": 600})).await;
        is_stopped.set(true);
        result
    };
    let later = async {
        advance(Duration::from_secs(30)).await;
        tokio::join!(functions.call("waits", json!({"mark": mark})), async {
            until("the later call begins", || mark.exists()).await;
            advance(Duration::from_secs(31)).await;
            until("the endless call is stopped", || is_stopped.get()).await;
            assert_eq!(standing(functions.call("echo", json!({"value": 1}))).await, "1");
            advance(Duration::from_secs(5)).await;
            std::fs::remove_file(&mark).unwrap();
            resume();
        })
    };
    let (endless, (later, ())) = tokio::join!(endless, later);
    assert_eq!(endless, "Error: it was stopped: there was no answer in 60 s");
    assert_eq!(later, "waited", "a process is not ended while another of its calls is waited for");
    ends(&id).await;
    assert_eq!(functions.call("echo", json!({"value": 1})).await, "1");
}

#[tokio::test]
async fn an_answer_that_comes_too_late_ends_no_other_call() {
    if !python::is_there() {
        return;
    }
    let functions = Functions::within(PATIENCE, &["waits", "process", "after"]).await;
    let id = functions.call("process", json!({})).await;
    let folder = tempfile::tempdir().unwrap();
    let mark = |name: &str| folder.path().join(name);
    let (late, open) = (mark("late"), mark("open"));
    pause();
    tokio::select! {
        result = functions.call("waits", json!({"mark": late})) => panic!("{result}"),
        () = until("the first call begins", || late.exists()) => {}
    }
    let call = functions.call("after", json!({"mark": open, "other": late}));
    let goes_on = async {
        until("the other call begins", || open.exists()).await;
        // The first one has its time to end in, and does not use it: nobody calls its process any more.
        while standing(functions.call("process", json!({}))).await == id {
            advance(Duration::from_secs(5)).await;
        }
        std::fs::remove_file(&late).unwrap();
    };
    let (result, ()) = tokio::join!(standing(call), goes_on);
    assert_eq!(result, id);
}

#[tokio::test]
async fn a_wait_that_is_given_up_is_cancelled_on_the_loop() {
    if !python::is_there() {
        return;
    }
    let functions = Functions::new(&["waits_async", "cancelled", "process"]).await;
    let id = functions.call("process", json!({})).await;
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    // The clock of the program goes on when it is told to, however long Python takes.
    pause();
    tokio::select! {
        result = functions.call("waits_async", json!({"mark": mark})) => panic!("{result}"),
        () = until("the call begins", || mark.exists()) => {}
    }
    let mut cancelled = String::new();
    while cancelled.is_empty() {
        cancelled = standing(functions.call("cancelled", json!({}))).await;
    }
    assert_eq!(cancelled, r#"["mark"]"#);
    assert_eq!(standing(functions.call("process", json!({}))).await, id);
    advance(Duration::from_secs(5)).await;
    is_still(&id, &functions).await;
}

#[tokio::test]
async fn a_call_that_is_given_up_before_it_began_does_not_end_its_process() {
    if !python::is_there() {
        return;
    }
    let functions = Functions::new(&["blocks", "waits_async", "is_one_loop", "process"]).await;
    let id = functions.call("process", json!({})).await;
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    pause();
    tokio::join!(functions.call("blocks", json!({"mark": mark})), async {
        until("the loop is blocked", || mark.exists()).await;
        tokio::select! {
            biased;
            result = functions.call("waits_async", json!({"mark": "never"})) => panic!("{result}"),
            () = std::future::ready(()) => {}
        }
        assert_eq!(standing(functions.call("process", json!({}))).await, id);
        std::fs::remove_file(&mark).unwrap();
        for _ in 0..2 {
            assert_eq!(standing(functions.call("is_one_loop", json!({}))).await, "1");
        }
    });
    advance(Duration::from_secs(5)).await;
    is_still(&id, &functions).await;
}

#[tokio::test]
async fn a_process_ends_with_us_and_all_it_started() {
    if !python::is_there() {
        return;
    }
    let functions = Functions::new(&["process", "spawns"]).await;
    let id = functions.call("process", json!({})).await;
    let started = functions.call("spawns", json!({})).await;
    assert!(is_alive(&id) && is_alive(&started));
    drop(functions);
    ends(&id).await;
    ends(&started).await;
}

#[tokio::test]
async fn a_process_ends_when_we_are_killed_in_the_middle_of_its_call() {
    if !python::is_there() {
        return;
    }
    let program = Program::new().variable("PATH", &python::search_path());
    std::fs::copy(python::fixture("behavior.py"), program.home().join("tools.py")).unwrap();
    let card = "---\nfunction_tools: [tools.py:sleeps]\n---\nWait.\n";
    std::fs::write(program.home().join("card.md"), card).unwrap();
    let model = ModelServer::start([Response::groq_call("sleeps", &json!({"seconds": 60}))]);
    let url = model.url();
    let fixed = ["ask", "--trust", "--card", "card.md", "--model", "openai.x", "--base-url", &url];
    let mut ours = program.start(&[&fixed[..], &["Wait."]].concat());
    drop(ours.stdin.take());
    until("the model is asked", || !model.requests().is_empty()).await;
    let children = format!("/proc/{0}/task/{0}/children", ours.id());
    let child = std::fs::read_to_string(children).unwrap();
    assert!(is_alive(&child), "the process was started before the model was asked");
    ours.kill().unwrap();
    ours.wait().unwrap();
    ends(&child).await;
}

#[tokio::test]
async fn without_an_interpreter_there_are_no_functions() {
    let settings =
        |interpreter: &str| Settings { interpreter: interpreter.into(), timeout: PATIENCE };
    let error = connect(Code::default(), settings("/nowhere/python3")).await.unwrap_err();
    assert!(matches!(&error, StartError::NoInterpreter(name) if name == "/nowhere/python3"));
    let error = connect(Code::default(), settings("false")).await.unwrap_err();
    let ended =
        "Python ended before its modules were loaded: the Python process ended (exit status: 1)";
    assert_eq!(error.to_string(), ended);
}
