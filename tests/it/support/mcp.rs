//! MCP servers of the registries, fetched once, and small ones of our own that misbehave.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The reference servers in JavaScript.
const NODE: &[&str] =
    &["@modelcontextprotocol/server-everything", "@modelcontextprotocol/server-filesystem"];

/// One in Python.
const PYTHON: &str = "mcp-server-time";

/// A reference server in JavaScript: `mcp-server-everything`. Nothing, and a line that says so, where
/// it cannot be had.
pub(crate) fn node_server(name: &str) -> Option<String> {
    static FETCHED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let folder = FETCHED.get_or_init(|| {
        fetched("node", |folder| {
            let npm = Command::new("npm")
                .args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"])
                .arg(folder)
                .args(NODE)
                .stdout(Stdio::null())
                .status();
            npm.is_ok_and(|status| status.success())
        })
    });
    Some(format!("{}/node_modules/.bin/{name}", folder.as_ref()?.display()))
}

/// The reference server in Python.
pub(crate) fn time_server() -> Option<String> {
    static FETCHED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let folder = FETCHED.get_or_init(|| {
        fetched("python", |folder| {
            let succeeds = |command: &mut Command| {
                command.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
            };
            succeeds(Command::new("python3").args(["-m", "venv"]).arg(folder))
                && succeeds(Command::new(folder.join("bin/pip")).args(["install", "-q", PYTHON]))
        })
    });
    Some(format!("{}/bin/{PYTHON}", folder.as_ref()?.display()))
}

/// A server of our own that does what `manner` says. Nothing where Python is missing.
pub(crate) fn odd_server(manner: &str) -> Option<Vec<String>> {
    let runs = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if !runs.is_ok_and(|status| status.success()) {
        eprintln!("skipped: python3 is missing");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mcp/odd.py");
    let script = script.to_str().unwrap().to_owned();
    Some(vec!["python3".to_owned(), script, manner.to_owned()])
}

/// A folder below `target/` that is whole if it is there. Its name holds what its scripts hold, its own
/// place, so that it is made where it stays; a mark says that it is whole.
fn fetched(kind: &str, fetch: impl FnOnce(&Path) -> bool) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mcp").join(kind);
    let mark = folder.join("whole");
    if !mark.exists() {
        // What is left of a fetch that was cut off is of no use.
        let _none = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        if !fetch(&folder) {
            eprintln!("skipped: the MCP servers in {kind} cannot be fetched");
            return None;
        }
        fs::write(mark, "").unwrap();
    }
    Some(folder)
}
