//! Servers that die, keep silent, flood and babble: each is somebody's result, and the rest goes on.

use super::*;
use crate::support::mcp::odd_server;
use crate::support::wait::until;
use serde_json::json;

/// A server that misbehaves so.
fn odd(manner: &str) -> Option<Definition> {
    Some(server(manner, &odd_server(manner)?))
}

async fn work(manner: &str) -> Option<(Desk, CallResult)> {
    let desk = Desk::with(vec![odd(manner)?]).await;
    let result = desk.call(&format!("{manner}__work"), json!({})).await;
    Some((desk, result))
}

#[tokio::test]
async fn a_server_that_cannot_be_had_is_a_warning_and_the_others_work() {
    let (Some(stillborn), Some(silent), Some(fine)) =
        (odd("stillborn"), odd("silent"), odd("fine"))
    else {
        return;
    };
    let silent = Definition { timeout: Duration::from_secs(2), ..silent };
    let missing = server("missing", &["no-such-program".to_owned()]);
    let mut desk = Desk::with(vec![stillborn, silent, missing, fine]).await;
    assert_eq!(desk.names(), ["fine__work"]);
    let mut warnings = desk.warnings();
    warnings.sort();
    insta::assert_snapshot!(warnings.join("\n"), @r"
    the MCP server `missing` cannot be used: `no-such-program` cannot be started: No such file or directory (os error 2)
    the MCP server `silent` cannot be used: it did not answer within 2 s
    the MCP server `stillborn` cannot be used: it ended before it answered (exit status: 1). It wrote: no such database
    ");
    assert_eq!(desk.call("fine__work", json!({})).await.content, "done");
    // A model that calls what is missing is told why it is.
    let result = desk.call("stillborn__work", json!({})).await;
    insta::assert_snapshot!(result.content, @"Error: The MCP server `stillborn` cannot be used, so that it has no tools: it ended before it answered (exit status: 1). It wrote: no such database");
    // Nobody starts them again with every turn.
    desk.refresh().await;
    assert_eq!(desk.warnings(), [""; 0]);
}

#[tokio::test]
async fn servers_are_started_side_by_side() {
    let Some(command) = odd_server("meets") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mark = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let of = |name: &str, mine: &str, other: &str| {
        server(name, &[command.clone(), vec![mark(mine), mark(other)]].concat())
    };
    // Each waits until the other is there.
    let mut desk = Desk::with(vec![of("one", "a", "b"), of("two", "b", "a")]).await;
    assert_eq!(desk.names(), ["one__work", "two__work"]);
    assert_eq!(desk.warnings(), [""; 0]);
}

#[tokio::test]
async fn a_server_is_greeted_as_its_definition_says() {
    let mut said = Vec::new();
    for manner in ["fine", "modern"] {
        for greeting in [Greeting::Any, Greeting::Modern, Greeting::Legacy] {
            let Some(server) = odd(manner) else { return };
            let mut desk = Desk::with(vec![Definition { greeting, ..server }]).await;
            let outcome = match desk.warnings().pop() {
                Some(warning) => warning,
                None => desk.call(&format!("{manner}__work"), json!({})).await.content,
            };
            said.push(format!("{manner} {greeting:?}: {outcome}"));
        }
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    fine Any: done
    fine Modern: the MCP server `fine` cannot be used: it refused the greeting: no such method
    fine Legacy: done
    modern Any: done
    modern Modern: done
    modern Legacy: the MCP server `modern` cannot be used: it refused the greeting: no such method
    ");
}

#[tokio::test]
async fn what_is_said_of_missing_tools_is_of_the_server_they_are_named_after() {
    let Some(command) = odd_server("stillborn") else { return };
    let servers = ["a", "a__b", "our notes"].map(|name| server(name, &command));
    let desk = Desk::with(servers.into()).await;
    for (called, name) in
        [("a__b__work", "a__b"), ("a__work", "a"), ("our_notes__work", "our notes")]
    {
        let result = desk.call(called, json!({})).await;
        let begins = format!("Error: The MCP server `{name}` cannot be used");
        assert!(result.content.starts_with(&begins), "{}", result.content);
    }
}

#[tokio::test]
async fn a_server_that_dies_in_a_call_is_a_result_and_is_started_again() {
    let Some(dies) = odd_server("dies-once") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("died").to_str().unwrap().to_owned();
    let mut desk = Desk::with(vec![server("dies", &[dies, vec![mark]].concat())]).await;
    let result = desk.call("dies__work", json!({})).await;
    assert_eq!(result.status, CallStatus::Error);
    insta::assert_snapshot!(result.content, @"Error: the MCP server `dies` ended (exit status: 3). It wrote: out of luck");
    assert_eq!(desk.warnings(), [""; 0]);
    assert_eq!(desk.call("dies__work", json!({})).await.content, "done");
    insta::assert_snapshot!(desk.warnings().join("\n"), @"the MCP server `dies` ended (exit status: 3). It wrote: out of luck; it is started again");
}

#[tokio::test]
async fn a_server_that_is_killed_in_a_call_is_a_result() {
    let Some(held) = odd_server("held") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("process");
    let command = [held, vec![mark.to_str().unwrap().to_owned()]].concat();
    let desk = Desk::with(vec![server("held", &command)]).await;
    let killing = async {
        until("the call begins", || mark.exists()).await;
        let process = std::fs::read_to_string(&mark).unwrap();
        let killed = std::process::Command::new("kill").args(["-9", &process]).status();
        assert!(killed.unwrap().success());
    };
    let (result, ()) = tokio::join!(desk.call("held__work", json!({})), killing);
    assert_eq!(result.status, CallStatus::Error);
    insta::assert_snapshot!(result.content, @"Error: the MCP server `held` ended (signal: 9 (SIGKILL))");
}

#[tokio::test]
async fn a_server_that_always_dies_is_given_up() {
    let Some((mut desk, _)) = work("dies").await else { return };
    for _ in 0..4 {
        let result = desk.call("dies__work", json!({})).await;
        assert_eq!(result.status, CallStatus::Error);
    }
    let warnings = desk.warnings();
    assert_eq!(warnings.len(), 4, "{warnings:?}");
    assert!(warnings[3].ends_with("it died too often to be started again"), "{warnings:?}");
    // Its tools stay known, so that the prompt's beginning stays as it is.
    desk.refresh().await;
    assert_eq!(desk.names(), ["dies__work"]);
}

#[tokio::test]
async fn a_call_that_is_never_answered_is_given_up() {
    let Some(mute) = odd("mute") else { return };
    let desk = Desk::with(vec![mute]).await;
    // From here on, the clock goes on as soon as nothing but time is waited for.
    tokio::time::pause();
    let result = desk.call("mute__work", json!({})).await;
    insta::assert_snapshot!(result.content, @"Error: the MCP server `mute` did not answer within 60 s; the call was given up, and whether it did anything is not known");
}

#[tokio::test]
async fn a_call_that_shows_progress_may_take_longer() {
    let Some(command) = odd_server("works-on") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("go-on");
    let path = mark.to_str().unwrap().to_owned();
    let desk = Desk::with(vec![server("works-on", &[command, vec![path]].concat())]).await;
    // The clock goes on when it is told to, however long the server takes.
    tokio::time::pause();
    let three_steps = async {
        for _ in 0..3 {
            tokio::time::advance(Duration::from_secs(45)).await;
            std::fs::write(&mark, "").unwrap();
            until("progress", || !mark.exists()).await;
        }
        tokio::time::resume();
    };
    let (result, ()) = tokio::join!(desk.call("works-on__work", json!({})), three_steps);
    assert_eq!(result.content, "done");
}

#[tokio::test]
async fn a_flood_is_cut_and_says_so() {
    let Some(floods) = odd_server("floods") else { return };
    let desk = Desk::with(vec![server("floods", &floods)]).await;
    let result = desk.call("floods__work", json!({})).await;
    let (shown, note) = result.content.split_once('\n').unwrap();
    assert_eq!(shown.len(), 50_000);
    assert_eq!(note, "(cut here: 50000 of 2000000 bytes are shown)");
    // A line without an end is thrown away, and what follows it is read.
    let Some(bursts) = odd_server("bursts") else { return };
    let desk = Desk::with(vec![server("bursts", &bursts)]).await;
    assert_eq!(desk.call("bursts__work", json!({})).await.content, "done");
}

#[tokio::test]
async fn what_is_no_message_is_passed_over() {
    let Some((mut desk, result)) = work("babbles").await else { return };
    assert_eq!(result.content, "done");
    assert_eq!(desk.warnings(), [""; 0]);
    // A message that is not what was asked for answers nothing.
    let Some((_desk, result)) = work("wrong").await else { return };
    assert_eq!(result.status, CallStatus::Error);
}

#[tokio::test]
async fn tools_that_change_are_there_from_the_next_turn_on() {
    let Some((mut desk, _)) = work("grows").await else { return };
    let before = Arc::clone(desk.tools.specs());
    assert_eq!(desk.names(), ["grows__work"]);
    desk.refresh().await;
    assert_eq!(desk.names(), ["grows__work_harder"]);
    let after = Arc::clone(desk.tools.specs());
    assert!(!Arc::ptr_eq(&before, &after));
    // Without a change they stay the same value, and with it the bytes that are sent.
    desk.refresh().await;
    assert!(Arc::ptr_eq(&after, desk.tools.specs()));
}

#[tokio::test]
async fn a_server_and_what_it_started_end_with_us() {
    let Some(command) = odd_server("stubborn") else { return };
    // A number of seconds that nobody else sleeps.
    let seconds = format!("9{:05}.25", std::process::id() % 100_000);
    let desk =
        Desk::with(vec![server("stubborn", &[command, vec![seconds.clone()]].concat())]).await;
    until("it starts something", || sleepers(&seconds) == 1).await;
    drop(desk);
    until("that ends", || sleepers(&seconds) == 0).await;
}

/// How many processes sleep for so many seconds.
fn sleepers(seconds: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .filter(|line| {
            line.starts_with(b"sleep\0") && line.ends_with(format!("{seconds}\0").as_bytes())
        })
        .count()
}
