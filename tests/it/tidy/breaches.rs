//! Breaking each tidy rule on purpose: a rule that cannot fail keeps nothing.

use super::source::Source;
use super::{LONGEST_FILE, MOST_EVENTS, MOST_USES, complaints};

/// A file, its text and the complaint that must follow.
const BROKEN: &[(&str, &str, &str)] = &[
    ("src/hub.rs", "//! Hub.\nuse crate::agent::Run;\n", "src/hub.rs:2: hub may not use agent"),
    (
        "src/hub/page.rs",
        "//! Page.\nfn f() { crate::cli::g() }\n",
        "src/hub/page.rs:2: hub may not use cli",
    ),
    (
        "src/hub/page.rs",
        "//! Page.\nuse super::super::tool::Tool;\n",
        "src/hub/page.rs:2: hub may not use tool",
    ),
    (
        "src/model.rs",
        "//! Model.\nuse crate::{\n    message::Message,\n    tool::Tool,\n};\n",
        "src/model.rs:4: model may not use tool",
    ),
    (
        "src/main.rs",
        "//! Main.\nuse agentcard::agent::Run;\n",
        "src/main.rs:2: main may not use agent",
    ),
    (
        "src/attic.rs",
        "//! Attic.\n",
        "src/attic.rs:1: attic is no room: give it a row in ROOMS (tests/it/tidy.rs)",
    ),
    ("src/repl.rs", "//! Repl.\nuse clap::Parser;\n", "src/repl.rs:2: clap stays in src/cli"),
    (
        "src/card/load.rs",
        "//! Load.\nuse std::{env, fs};\n",
        "src/card/load.rs:2: std::env stays in src/config/layers.rs, src/main.rs",
    ),
    (
        "src/tool.rs",
        "//! Tool.\n#[allow(dead_code)]\nfn f() {}\n",
        "src/tool.rs:2: a lint is silenced with `#[expect(…, reason = \"…\")]`",
    ),
    (
        "src/agent.rs",
        "//! Agent.\nfn f() { eprintln!(\"x\") }\n",
        "src/agent.rs:2: only render and failure print",
    ),
    (
        "src/config.rs",
        "//! Config.\nstatic mut LEVEL: u8 = 0;\n",
        "src/config.rs:2: no global state",
    ),
    (
        "src/config.rs",
        "//! Config.\nstatic ALL: Mutex<u8> = Mutex::new(0);\n",
        "src/config.rs:2: no global state",
    ),
    (
        "src/repl.rs",
        "//! Repl.\nfn f() { model.reply(prompt, &events) }\n",
        "src/repl.rs:2: only the loop asks the model",
    ),
    (
        "src/tool/set.rs",
        "//! Set.\nfn f() { plan.approve() }\n",
        "src/tool/set.rs:2: only approvers (approve*.rs, cli, repl) say yes to a write",
    ),
    (
        "src/tool/set.rs",
        "//! Set.\nfn f() { plan.map(WritePlan::approve) }\n",
        "src/tool/set.rs:2: only approvers (approve*.rs, cli, repl) say yes to a write",
    ),
    (
        "src/runtime/connect.rs",
        "//! Connect.\nfn f() { untrusted.trust() }\n",
        "src/runtime/connect.rs:2: only who asks the person trusts programs",
    ),
    ("src/hub/mod.rs", "//! Hub.\n", "src/hub/mod.rs:1: a module is `name.rs`, not `mod.rs`"),
    (
        "src/hub.rs",
        "use std::fmt;\n",
        "src/hub.rs:1: a file starts with `//!`: what it owns, what it refuses to know",
    ),
    (
        "tests/it/hub.rs",
        "//! Hub.\n// TODO: more\n",
        "tests/it/hub.rs:2: nothing is left TODO or FIXME",
    ),
];

/// A file and a text nobody may complain about.
const FINE: &[(&str, &str)] = &[
    ("src/model/transport.rs", "//! A.\nuse crate::message::Message;\nuse async_openai::Client;\n"),
    ("src/model/transport.rs", "//! A.\nuse super::wire::Chunk;\nuse crate::model::error;\n"),
    ("src/cli/ask.rs", "//! A.\nuse clap::Parser;\nfn f() { plan.approve() }\n"),
    ("src/tool/approve.rs", "//! A.\nfn f() { plan.approve() }\n"),
    ("src/render/text.rs", "//! A.\nfn f() { println!() }\n"),
    ("src/hub.rs", "//! A.\n// crate::cli\nconst A: &str = \"crate::cli TODO println!(\";\n"),
    ("src/hub.rs", "//! A.\n#[cfg(test)]\nmod tests { use crate::cli::f; use axum::Router; }\n"),
    ("src/hub/tests.rs", "//! A.\nuse crate::sandbox::Server;\n"),
    ("src/lib.rs", "//! A.\npub mod cli;\npub use crate::cli::main;\n"),
    ("tests/it/hub.rs", "//! A.\nuse axum::Router;\nfn f() { println!() }\n"),
];

#[test]
fn every_rule_can_be_broken() {
    for (path, text, complaint) in BROKEN {
        assert_eq!(complaints(&Source::new(path, text)), [*complaint], "{path}:\n{text}");
    }
}

#[test]
fn every_limit_can_be_passed() {
    let repeated = |line: &str, times: usize| format!("//! A.\n{}", line.repeat(times));
    let variants = repeated("    A { a: u8, b: u8 },\n", MOST_EVENTS + 1);
    let past_limits = [
        ("src/hub.rs", repeated("\n", LONGEST_FILE), "src/hub.rs:500: 500 lines, 499 at most"),
        (
            "src/hub.rs",
            repeated("use std::fmt;\n", MOST_USES + 1),
            "src/hub.rs:17: 16 `use` lines, 15 at most",
        ),
        (
            "src/event.rs",
            variants.replacen('\n', "\npub enum Event {\n", 1) + "}\n",
            "src/event.rs:2: 13 kinds of event, 12 at most",
        ),
    ];
    for (path, text, complaint) in past_limits {
        assert_eq!(complaints(&Source::new(path, &text)), [complaint]);
    }
}

#[test]
fn what_is_allowed_passes() {
    for (path, text) in FINE {
        assert_eq!(complaints(&Source::new(path, text)), [""; 0], "{path}:\n{text}");
    }
}
