//! What the kernel keeps commands from, where it can.

use std::path::Path;

use agentcard::tool::shell::{Confinement, Places, is_enforced};
use serde_json::json;

use super::Bench;

/// A shell that can read the system and write its own directory.
fn confined(directory: &Path) -> Option<Bench> {
    if !is_enforced() {
        eprintln!("skipped: this kernel has no Landlock");
        return None;
    }
    let read = ["/usr", "/bin", "/lib", "/lib64", "/etc", "/proc/sys"].map(Into::into).to_vec();
    let places = Places { read, write: vec![directory.to_owned()] };
    Some(Bench::confined(directory, &[], Confinement::Places(places)))
}

#[tokio::test]
async fn a_command_reaches_its_own_directory_and_no_other() {
    let around = tempfile::tempdir().unwrap();
    let (inside, outside) = (around.path().join("work"), around.path().join("secret"));
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(&outside, "a secret").unwrap();
    let Some(bench) = confined(&inside) else { return };
    let work = "echo text > file && cat file && ls && head -c 3 /dev/zero | wc -c";
    let done = bench.ok("bash", json!({ "command": work })).await;
    assert_eq!(done, "text\nfile\n3\nprocess exit code was 0");
    for attempt in [
        "cat ../secret",
        "echo mine > ../secret",
        "rm ../secret",
        "mv ../secret .",
        "ln ../secret here",
        "ls ..",
        "ln -s ../secret link && cat link",
        "mkdir ../new",
        "cat /dev/tty",
        "echo a question > /dev/tty",
        "echo x > /etc/agentcard-was-here",
    ] {
        let denied = bench.error("bash", json!({ "command": attempt })).await;
        assert!(
            denied.contains("Permission denied") || denied.contains("cross-device"),
            "{attempt}: {denied}"
        );
    }
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), "a secret");
}

#[tokio::test]
async fn a_command_cannot_look_into_this_program_or_stop_it() {
    let directory = tempfile::tempdir().unwrap();
    let Some(bench) = confined(directory.path()) else { return };
    let us = std::process::id();
    let look = bench.error("bash", json!({"command": format!("cat /proc/{us}/environ")})).await;
    assert!(look.contains("Permission denied"), "{look}");
    // Process substitution goes through /proc all the same.
    let pipes = bench.ok("bash", json!({"command": "cat <(echo one) <(echo two)"})).await;
    assert_eq!(pipes, "one\ntwo\nprocess exit code was 0");
    let stop = bench.error("bash", json!({"command": format!("kill -CONT {us}")})).await;
    assert!(stop.contains("Operation not permitted"), "{stop}");
}

#[tokio::test]
async fn nobody_else_is_confined() {
    let directory = tempfile::tempdir().unwrap();
    let Some(bench) = confined(directory.path()) else { return };
    bench.ok("bash", json!({"command": "true"})).await;
    let free = tempfile::tempdir().unwrap();
    std::fs::write(free.path().join("file"), "written").unwrap();
    let other = std::process::Command::new("cat").arg(free.path().join("file")).output().unwrap();
    assert_eq!(other.stdout, b"written");
}
