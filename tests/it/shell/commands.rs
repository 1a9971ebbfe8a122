//! `bash` and `process`, with real processes.

use std::path::Path;
use std::time::Instant;

use serde_json::json;

use super::Bench;
use crate::support::wait::{PATIENCE, is_alive, until};

/// Waits until a file has text in it.
async fn written(path: &Path) -> String {
    let text = || std::fs::read_to_string(path).ok().filter(|text| text.ends_with('\n'));
    until("something is written", || text().is_some()).await;
    text().unwrap().trim().to_owned()
}

async fn dies(pid: &str) {
    until("a process dies", || !is_alive(pid)).await;
}

#[tokio::test]
async fn a_command_answers_with_what_it_writes_and_how_it_ends() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::shell(directory.path(), &[("GREETING", "hello")]);
    let said =
        bench.ok("bash", json!({"command": "echo $GREETING from $(basename \"$PWD\")"})).await;
    let name = directory.path().file_name().unwrap().to_str().unwrap();
    assert_eq!(said, format!("hello from {name}\nprocess exit code was 0"));
    let failed = "echo one; echo two >&2; printf three; exit 3";
    let said = bench.error("bash", json!({"command": failed})).await;
    // The two streams mix line by line, in an order that nobody promises.
    let mut lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.pop(), Some("process exit code was 3"));
    lines.sort_unstable();
    assert_eq!(lines, ["[stderr] two", "one", "three"]);
    let place = directory.path().canonicalize().unwrap();
    assert_eq!(
        bench.asked()[1],
        (
            format!("Run a command in {}; it can reach whatever you can", place.display()),
            format!("bash {failed}")
        )
    );
    let killed = bench.error("bash", json!({"command": "kill -9 $$"})).await;
    assert_eq!(killed, "process was ended by signal 9");
}

#[tokio::test]
async fn what_is_no_command_is_not_even_asked_about() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::shell(directory.path(), &[]);
    assert_eq!(
        bench.error("bash", json!({"command": " "})).await,
        "Error: `command` must be a command."
    );
    assert_eq!(
        bench.error("bash", json!({"cmd": "ls"})).await,
        "Error: the arguments of `bash` do not fit, so nothing was done: unknown field `cmd`, \
         expected `command` or `run_in_background`"
    );
    assert!(bench.asked().is_empty());
}

#[tokio::test]
async fn a_command_has_no_input_and_only_the_variables_it_was_given() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::shell(directory.path(), &[]);
    let names = "read line || echo nobody types; compgen -e | sort | tr '\\n' ' '";
    assert_eq!(
        bench.ok("bash", json!({"command": names})).await,
        "nobody types\nGIT_PAGER GIT_TERMINAL_PROMPT NO_COLOR PAGER PATH PWD SHLVL TERM \n\
         process exit code was 0"
    );
}

#[tokio::test]
async fn a_flood_is_cut_in_the_middle_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::shell(directory.path(), &[]);
    let content = bench.ok("bash", json!({"command": "seq 1 100000"})).await;
    assert!(content.len() < 16_200, "{}", content.len());
    assert!(content.starts_with("1\n2\n3\n"));
    assert!(content.ends_with("\n99999\n100000\nprocess exit code was 0"));
    let note = content.lines().find(|line| line.starts_with('[')).unwrap();
    assert!(note.contains(" bytes left out here. Ask for less"), "{note}");
}

#[tokio::test]
async fn what_a_command_leaves_running_ends_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::shell(directory.path(), &[]);
    let started = Instant::now();
    let pid = bench.ok("bash", json!({"command": "sleep 600 & echo $!"})).await;
    assert!(started.elapsed() < PATIENCE);
    dies(pid.lines().next().unwrap()).await;
}

#[tokio::test]
async fn a_call_that_is_given_up_takes_its_command_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::shell(directory.path(), &[]);
    let command = "sleep 600 & echo $! > pid; wait";
    let call = bench.call("bash", json!({ "command": command }));
    let file = directory.path().join("pid");
    let pid = tokio::select! {
        _ = call => panic!("it does not end by itself"),
        pid = written(&file) => pid,
    };
    dies(&pid).await;
}

#[tokio::test]
async fn a_command_in_the_background_is_looked_after() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::shell(directory.path(), &[]);
    let command = "echo ready; read -t 0; while [ ! -e go ]; do sleep 0.01; done; seq 1 5";
    let background = json!({"command": command, "run_in_background": true});
    assert_eq!(
        bench.ok("bash", background).await,
        "process_id: process-1\nit runs in the background"
    );
    let list = bench.ok("process", json!({"action": "list"})).await;
    assert!(list.starts_with("process-1: process-1 still runs: echo ready;"), "{list}");
    let status = bench.ok("process", json!({"action": "status", "process_id": "process-1"})).await;
    assert!(status.starts_with("process_id: process-1\nit still runs, after "), "{status}");
    std::fs::write(directory.path().join("go"), "").unwrap();
    let waited = bench.ok("process", json!({"action": "wait", "process_id": "process-1"})).await;
    assert_eq!(waited, "ready\n1\n2\n3\n4\n5\nprocess exit code was 0");
    let read = |more: serde_json::Value| {
        let mut arguments = json!({"action": "read_output", "process_id": "process-1"});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        bench.ok("process", arguments)
    };
    assert_eq!(read(json!({"offset": 1, "limit": 2})).await, "1\n2\n[lines 2 to 3 of 6]");
    assert_eq!(read(json!({"offset": -2})).await, "4\n5\n[lines 5 to 6 of 6]");
    assert_eq!(read(json!({"query": "ea"})).await, "ready\n[lines 1 to 1 of 1]");
    assert_eq!(read(json!({"query": "nothing"})).await, "\n[no lines of 0]");
}

#[tokio::test]
async fn a_command_in_the_background_is_stopped_on_demand_and_at_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::shell(directory.path(), &[]);
    let start = |name: &str| {
        let command = format!("echo $$ > {name}; exec sleep 600");
        bench.ok("bash", json!({"command": command, "run_in_background": true}))
    };
    start("one").await;
    start("two").await;
    let one = written(&directory.path().join("one")).await;
    let two = written(&directory.path().join("two")).await;
    let stopped = bench.ok("process", json!({"action": "stop", "process_id": "process-1"})).await;
    assert_eq!(stopped, "process was stopped");
    dies(&one).await;
    assert!(is_alive(&two));
    assert_eq!(
        bench.error("process", json!({"action": "stop", "process_id": "process-9"})).await,
        "Error: There is no process `process-9`. Those in the background are: process-1, process-2."
    );
    drop(bench);
    dies(&two).await;
}

#[tokio::test]
async fn commands_run_side_by_side_and_not_without_end() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::shell(directory.path(), &[]);
    // Each waits until all are there.
    let meet = "touch at-$$; until [ $(ls | wc -l) = 5 ]; do sleep 0.02; done";
    let calls = (0..5).map(|_| bench.ok("bash", json!({"command": meet})));
    futures_util::future::join_all(calls).await;
    let background = json!({"command": "sleep 600", "run_in_background": true});
    for _ in 0..16 {
        bench.ok("bash", background.clone()).await;
    }
    assert_eq!(
        bench.error("bash", background).await,
        "Error: the command was not started: 16 commands are running already; stop one first"
    );
}
