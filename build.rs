//! How the released program is linked on Linux: so that starting it costs little.
//!
//! Each start of a program that is started for one question counts. It compiles nothing.

use std::env;
use std::io::{self, Write};

/// An unwinder of its own. Only the backtrace of a panic needs one, and loading the shared library
/// for it takes 0.2 ms and 0.1 MiB at every start.
const OWN_UNWINDER: &str = "cargo::rustc-link-lib=static:-bundle=gcc_eh";

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "cargo::rerun-if-changed=build.rs")?;
    let linux = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if linux && is("PROFILE", "release") {
        writeln!(out, "{OWN_UNWINDER}")?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this is how cargo tells what is being built")]
fn is(name: &str, value: &str) -> bool {
    env::var(name).is_ok_and(|found| found == value)
}
