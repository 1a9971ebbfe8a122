//! How the released program is linked on Linux: so that starting it costs little.
//!
//! Each start of a program that is started for one question counts. It compiles nothing.

use std::env;
use std::io::{self, Write};
use std::process::Command;

/// An unwinder of its own. Only the backtrace of a panic needs one, and loading the shared library
/// for it takes 0.2 ms and 0.1 MiB at every start.
const OWN_UNWINDER: &str = "cargo::rustc-link-lib=static:-bundle=gcc_eh";

/// What runs while a question is answered lies together. A kernel maps the pages around each one that
/// is touched: strewn over the program, these functions take nearly all of it into memory. The list
/// is made by `link/order`; one that is out of date costs memory and nothing else.
const FIRST: &str = "link/first.ld";

/// Relocations in a form of a tenth of the size, all of which are read at every start.
const SMALL_RELOCATIONS: &str = "cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs";

/// The first C library that can read them.
const READS_THEM: (u32, u32) = (2, 36);

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "cargo::rerun-if-changed=build.rs")?;
    writeln!(out, "cargo::rerun-if-changed={FIRST}")?;
    let linux = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if linux && is("PROFILE", "release") {
        writeln!(out, "{OWN_UNWINDER}")?;
        let root = env::current_dir()?;
        writeln!(out, "cargo::rustc-link-arg-bins=-Wl,-T,{}", root.join(FIRST).display())?;
        if c_library().is_some_and(|version| version >= READS_THEM) {
            writeln!(out, "{SMALL_RELOCATIONS}")?;
        }
    }
    Ok(())
}

/// The version of this machine's C library; it is the program's too, unless another machine is built
/// for.
fn c_library() -> Option<(u32, u32)> {
    if variable("HOST") != variable("TARGET") {
        return None;
    }
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn is(name: &str, value: &str) -> bool {
    variable(name).is_some_and(|found| found == value)
}

#[expect(clippy::disallowed_methods, reason = "this is how cargo tells what is being built")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
