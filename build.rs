//! How the released program is linked on Linux: so that starting it costs little.
//!
//! Each start of a program that is started for one question counts. It compiles nothing.

use std::env;
use std::io::{self, Write};

/// An unwinder of its own. Only the backtrace of a panic needs one, and loading the shared library
/// for it takes 0.2 ms and 0.1 MiB at every start.
const OWN_UNWINDER: &str = "cargo::rustc-link-lib=static:-bundle=gcc_eh";

/// What runs while a question is answered lies together. A kernel maps the pages around each one that
/// is touched: strewn over the program, these functions take nearly all of it into memory. The list
/// is made by `link/order`; one that is out of date costs memory and nothing else.
const FIRST: &str = "link/first.ld";

/// At an address of its own, for which nothing has to be rewritten. A program that may lie anywhere has
/// each of its tables of pointers written to at every start: 102 pages, 0.3 ms and 0.3 MiB. Stack, heap
/// and libraries still lie at random addresses; that the program itself does not would help somebody
/// who already can write to its memory, and this crate has no unsafe code to let them.
const FIXED_ADDRESS: &str = "cargo::rustc-link-arg-bins=-no-pie";

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "cargo::rerun-if-changed=build.rs")?;
    writeln!(out, "cargo::rerun-if-changed={FIRST}")?;
    let linux = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if linux && is("PROFILE", "release") {
        writeln!(out, "{OWN_UNWINDER}")?;
        let root = env::current_dir()?;
        writeln!(out, "cargo::rustc-link-arg-bins=-Wl,-T,{}", root.join(FIRST).display())?;
        writeln!(out, "{FIXED_ADDRESS}")?;
    }
    Ok(())
}

fn is(name: &str, value: &str) -> bool {
    variable(name).is_some_and(|found| found == value)
}

#[expect(clippy::disallowed_methods, reason = "this is how cargo tells what is being built")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
