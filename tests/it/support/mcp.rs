//! MCP servers of the registries, fetched once, and small ones of our own that misbehave.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The reference servers in JavaScript.
const NODE: &[&str] =
    &["@modelcontextprotocol/server-everything", "@modelcontextprotocol/server-filesystem"];

/// Those in Python.
const PYTHON: &[&str] = &["mcp-server-time", "mcp-server-fetch"];

/// A reference server in JavaScript: `mcp-server-everything`. Nothing, and a line that says so, where
/// it cannot be had.
pub(crate) fn node_server(name: &str) -> Option<String> {
    Some(format!("{}/{name}", node_programs()?.display()))
}

/// Where the reference servers in JavaScript are.
pub(crate) fn node_programs() -> Option<PathBuf> {
    static FETCHED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let folder = FETCHED.get_or_init(|| {
        fetched("node", NODE, |folder| {
            let npm = Command::new("npm")
                .args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"])
                .arg(folder)
                .args(NODE)
                .stdout(Stdio::null())
                .status();
            npm.is_ok_and(|status| status.success())
        })
    });
    Some(folder.as_ref()?.join("node_modules/.bin"))
}

/// The reference server in Python that tells the time.
pub(crate) fn time_server() -> Option<String> {
    Some(format!("{}/mcp-server-time", python_programs()?.display()))
}

/// Where the reference servers in Python are.
pub(crate) fn python_programs() -> Option<PathBuf> {
    static FETCHED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let folder = FETCHED.get_or_init(|| {
        fetched("python", PYTHON, |folder| {
            let succeeds = |command: &mut Command| {
                command.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
            };
            succeeds(Command::new("python3").args(["-m", "venv"]).arg(folder))
                && succeeds(
                    Command::new(folder.join("bin/pip")).args(["install", "-q"]).args(PYTHON),
                )
        })
    });
    Some(folder.as_ref()?.join("bin"))
}

/// A server of our own that does what `manner` says. Nothing where Python is missing.
pub(crate) fn odd_server(manner: &str) -> Option<Vec<String>> {
    Some(vec!["python3".to_owned(), script("odd.py")?, manner.to_owned()])
}

/// Where a script of a server of our own is. Nothing where Python is missing.
pub(crate) fn script(name: &str) -> Option<String> {
    let runs = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if !runs.is_ok_and(|status| status.success()) {
        eprintln!("skipped: python3 is missing");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mcp").join(name);
    Some(script.to_str().unwrap().to_owned())
}

/// A folder below `target/` with these packages. Its scripts hold its own place, so that it is made
/// where it stays; a mark says which packages are there in whole.
pub(crate) fn fetched(
    kind: &str,
    packages: &[&str],
    fetch: impl FnOnce(&Path) -> bool,
) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mcp").join(kind);
    let mark = folder.join("whole");
    let packages = packages.join("\n");
    if fs::read_to_string(&mark).ok().as_ref() != Some(&packages) {
        // What is left of a fetch that was cut off is of no use.
        let _none = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        if !fetch(&folder) {
            eprintln!("skipped: the packages of {kind} cannot be fetched");
            return None;
        }
        fs::write(mark, packages).unwrap();
    }
    Some(folder)
}
