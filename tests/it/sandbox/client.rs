//! The emulator is good enough for the Hub's own Python client, an old one and a new one.
//!
//! The first run installs them beside the build's other products; later runs are offline. Without
//! Python or the package index the tests say so and are skipped, except where `CI` was set when
//! they were built.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::hub::HubThread;

#[test]
fn the_python_client_2_passes() {
    drive("2.4.0");
}

#[test]
fn the_python_client_1_passes() {
    drive("1.4.1");
}

/// Runs every method of the client against a fresh emulator.
fn drive(version: &str) {
    let python = match installed(version) {
        Ok(python) => python,
        Err(reason) if option_env!("CI").is_none() => {
            println!("skipped: huggingface_hub {version} is not here: {reason}");
            return;
        }
        Err(reason) => panic!("{reason}"),
    };
    let hub = HubThread::standard();
    let home = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/hub_client.py");
    let output = Command::new(python)
        .arg("-B")
        .arg(script)
        .env_clear()
        .env("HOME", home.path())
        .env("HF_ENDPOINT", &hub.origin)
        .env("HF_HUB_DISABLE_TELEMETRY", "1")
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert_eq!(printed, format!("huggingface_hub {version}: 33 methods\n"), "{complaints}");
    assert!(output.status.success(), "{}", output.status);
}

/// The interpreter of an environment that has this version, which is made if need be.
fn installed(version: &str) -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join(format!("python-{version}"));
    // Tests of another process may be at it: one makes it, the others wait.
    let lock = File::create(target.join(format!("python-{version}.lock"))).unwrap();
    lock.lock().unwrap();
    let python = folder.join("bin/python");
    let complete = folder.join("complete");
    if !complete.exists() {
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let install = ["-m", "pip", "install", "--quiet", "--retries", "1"];
        run(Command::new(&python).args(install).arg(format!("huggingface_hub=={version}")))?;
        File::create(complete).unwrap();
    }
    Ok(python)
}

/// Runs a command; the error is the last line it wrote.
fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_owned();
    let output = command.output().map_err(|error| format!("{}: {error}", program.display()))?;
    if output.status.success() {
        return Ok(());
    }
    let written = [output.stdout, output.stderr].concat();
    let written = String::from_utf8_lossy(&written);
    let last = written.lines().map(str::trim).rfind(|line| !line.is_empty());
    Err(last.unwrap_or("it failed without a word").to_owned())
}
