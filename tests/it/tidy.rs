//! The rules of the code base, kept by reading it: who may use whom, which crate stays behind which
//! fence, how large things may grow.
//!
//! A rule that turns out wrong is changed here, in the open, and ARCHITECTURE.md with it.

mod breaches;
mod source;

use std::fs;
use std::io;
use std::path::Path;

use source::{Source, braced, lines_with};

/// Which rooms (top-level modules) a room may use besides itself. A room uses only rooms that stand
/// above it.
const ROOMS: &[(&str, &[&str])] = &[
    ("message", &[]),
    ("suggest", &[]),
    ("secret", &[]),
    ("variable", &[]),
    ("model_spec", &["suggest"]),
    ("diagnostic", &["suggest"]),
    ("schema", &["diagnostic"]),
    ("net", &[]),
    ("process", &[]),
    ("trust", &[]),
    ("event", &["message"]),
    ("conversation", &["message"]),
    ("card", &["model_spec", "diagnostic", "secret", "variable"]),
    ("config", &["model_spec", "diagnostic", "secret", "variable"]),
    ("hub", &["secret"]),
    ("model", &["message", "suggest", "secret", "conversation", "event", "model_spec", "config"]),
    ("policy", &["hub"]),
    ("tool", &["message", "process", "conversation", "event", "hub", "policy"]),
    ("audit", &["policy", "tool"]),
    ("sandbox", &["message", "suggest", "hub", "model"]),
    ("agent", &["message", "schema", "conversation", "event", "model", "tool"]),
    ("transcript", &["message", "event", "conversation"]),
    (
        "runtime",
        &[
            "message",
            "model_spec",
            "diagnostic",
            "secret",
            "schema",
            "net",
            "event",
            "conversation",
            "transcript",
            "card",
            "config",
            "hub",
            "model",
            "tool",
            "trust",
            "sandbox",
            "agent",
        ],
    ),
    ("render", &["message", "schema", "event", "conversation"]),
    ("failure", &["diagnostic", "render"]),
    ("repl", &["suggest", "failure"]),
    (
        "cli",
        &[
            "message",
            "suggest",
            "model_spec",
            "diagnostic",
            "secret",
            "schema",
            "net",
            "event",
            "conversation",
            "card",
            "config",
            "hub",
            "policy",
            "model",
            "tool",
            "trust",
            "audit",
            "sandbox",
            "agent",
            "runtime",
            "render",
            "transcript",
            "failure",
            "repl",
        ],
    ),
    ("fuzzing", &["card", "hub", "model", "model_spec", "transcript"]),
    ("main", &["cli"]),
];

/// What stays behind a fence, and the files (or the starts of their paths) that may name it.
const FENCES: &[(&str, &[&str])] = &[
    ("clap", &["src/cli"]),
    ("clap_complete", &["src/cli"]),
    ("rustyline", &["src/repl/editor"]),
    ("rmcp", &["src/tool/mcp"]),
    ("landlock", &["src/tool/shell/confine.rs"]),
    ("async_openai", &["src/model/transport.rs"]),
    (
        "rustix",
        &[
            "src/cli/approve/person.rs",
            "src/cli/look.rs",
            "src/process.rs",
            "src/repl/editor.rs",
            "src/repl/editor/ahead.rs",
            "src/runtime/prompt/values.rs",
        ],
    ),
    ("pulldown_cmark", &["src/render/markdown"]),
    ("syntect", &["src/render/markdown/highlight.rs"]),
    ("axum", &["src/sandbox/"]),
    ("boon", &["src/schema.rs"]),
    ("gray_matter", &["src/card/front_matter.rs"]),
    ("serde_yaml", &["src/card", "src/config/fast_agent.rs"]),
    ("std::env", &["src/config/layers.rs", "src/main.rs"]),
];

/// What code may not say at all, or only in the files whose paths start so.
const WORDS: &[(&str, &[&str], &str)] = &[
    ("#[allow(", &[], "a lint is silenced with `#[expect(…, reason = \"…\")]`"),
    ("#![allow(", &[], "a lint is silenced with `#[expect(…, reason = \"…\")]`"),
    ("print!(", &["src/render", "src/failure"], "only render and failure print"),
    ("println!(", &["src/render", "src/failure"], "only render and failure print"),
    ("thread_local!", &[], "no global state"),
    ("static mut ", &[], "no global state"),
    (".trust()", &["src/cli/trust", "src/trust"], "only who asks the person trusts programs"),
    (".reply(", &["src/agent", "src/model"], "only the loop asks the model"),
];

const LONGEST_FILE: usize = 499;
const MOST_USES: usize = 15;
const MOST_EVENTS: usize = 12;

/// One broken rule: `src/hub.rs:3: hub may not use agent`.
type Complaint = String;

#[test]
fn the_source_keeps_the_rules() {
    let sources = sources().expect("the source is readable");
    assert!(sources.iter().any(|source| source.path == "src/lib.rs"), "looked in the wrong place");
    let complaints: Vec<Complaint> = sources.iter().flat_map(complaints).collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_rooms_form_a_hierarchy() {
    for (index, (room, uses)) in ROOMS.iter().enumerate() {
        for used in *uses {
            let stands_above = ROOMS[..index].iter().any(|(other, _)| other == used);
            assert!(stands_above, "{room} uses {used}, which does not stand above it");
        }
    }
}

fn sources() -> io::Result<Vec<Source>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "tests", "benches"] {
        let folder = root.join(folder);
        if folder.is_dir() {
            collect(root, &folder, &mut sources)?;
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
            sources.push(Source::new(&name.replace('\\', "/"), &fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn complaints(source: &Source) -> Vec<Complaint> {
    let mut found = form(source);
    if !source.is_test() {
        found.extend(imports(source));
        found.extend(fences(source));
        found.extend(words(source));
        found.extend(globals(source));
        found.extend(yeses(source));
        found.extend(sizes(source));
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|(line, rule)| format!("{}:{line}: {rule}", source.path)).collect()
}

/// The rules that hold for tests too.
fn form(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    if source.path.ends_with("/mod.rs") {
        found.push((1, "a module is `name.rs`, not `mod.rs`".to_owned()));
    }
    if !source.text.starts_with("//!") {
        let rule = "a file starts with `//!`: what it owns, what it refuses to know";
        found.push((1, rule.to_owned()));
    }
    for mark in ["TODO", "FIXME"] {
        for line in lines_with(&source.comments, mark) {
            found.push((line, "nothing is left TODO or FIXME".to_owned()));
        }
    }
    let lines = source.text.lines().count();
    if lines > LONGEST_FILE {
        found.push((lines, format!("{lines} lines, {LONGEST_FILE} at most")));
    }
    found
}

fn imports(source: &Source) -> Vec<(usize, String)> {
    let module = source.module();
    let room = module[0];
    if room == "lib" {
        return Vec::new();
    }
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        let rule = format!("{room} is no room: give it a row in ROOMS (tests/it/tidy.rs)");
        return vec![(1, rule)];
    };
    let root = if room == "main" { "agentcard" } else { "crate" };
    source
        .paths()
        .into_iter()
        .filter_map(|path| {
            let supers = path.segments.iter().take_while(|segment| *segment == "super").count();
            let used = if path.segments[0] == root {
                path.segments.get(1)?
            } else if supers >= module.len() {
                path.segments.get(supers)?
            } else {
                return None;
            };
            let fine = used == room || allowed.contains(&used.as_str());
            (!fine).then(|| (path.line, format!("{room} may not use {used}")))
        })
        .collect()
}

fn fences(source: &Source) -> Vec<(usize, String)> {
    let paths = source.paths();
    let mut found = Vec::new();
    for (fenced, homes) in FENCES {
        if homes.iter().any(|home| source.path.starts_with(home)) {
            continue;
        }
        let fenced_segments: Vec<&str> = fenced.split("::").collect();
        for path in &paths {
            if path.segments.len() >= fenced_segments.len()
                && path.segments.iter().zip(&fenced_segments).all(|(a, b)| a == b)
            {
                found.push((path.line, format!("{fenced} stays in {}", homes.join(", "))));
            }
        }
    }
    found
}

fn words(source: &Source) -> Vec<(usize, String)> {
    WORDS
        .iter()
        .filter(|(_, homes, _)| !homes.iter().any(|home| source.path.starts_with(home)))
        .flat_map(|(word, _, rule)| {
            source.lines_with(word).into_iter().map(|line| (line, (*rule).to_owned()))
        })
        .collect()
}

/// A `static` may be a table, even a lazily made one; it may not be something that changes.
fn globals(source: &Source) -> Vec<(usize, String)> {
    const CHANGING: &[&str] = &["Mutex<", "RwLock<", "RefCell<", "Cell<", "OnceLock<", "Atomic"];
    source
        .lines_with("static ")
        .into_iter()
        .filter(|line| {
            let text = source.code.lines().nth(line - 1).unwrap_or_default();
            CHANGING.iter().any(|kind| text.contains(kind))
        })
        .map(|line| (line, "no global state".to_owned()))
        .collect()
}

fn yeses(source: &Source) -> Vec<(usize, String)> {
    let module = source.module();
    let approver = module.iter().any(|name| name.starts_with("approve"));
    if approver || matches!(module[0], "cli" | "repl") {
        return Vec::new();
    }
    let rule = "only approvers (approve*.rs, cli, repl) say yes to a write";
    [".approve(", "WritePlan::approve"]
        .into_iter()
        .flat_map(|call| source.lines_with(call))
        .map(|line| (line, rule.to_owned()))
        .collect()
}

fn sizes(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let uses: Vec<usize> = source
        .code
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("use ") || line.starts_with("pub use "))
        .map(|(index, _)| index + 1)
        .collect();
    if let Some(line) = uses.get(MOST_USES) {
        found.push((*line, format!("{} `use` lines, {MOST_USES} at most", uses.len())));
    }
    if let Some((line, events)) = variants(&source.code, "pub enum Event {")
        && events > MOST_EVENTS
    {
        found.push((line, format!("{events} kinds of event, {MOST_EVENTS} at most")));
    }
    found
}

/// The line an enum starts on and how many variants it has.
fn variants(code: &str, opening: &str) -> Option<(usize, usize)> {
    let start = code.find(opening)?;
    let (open, close) = braced(code, start)?;
    let mut depth = 0_usize;
    let mut commas_and_names = String::new();
    for character in code[open..close].chars() {
        match character {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ if depth == 0 => commas_and_names.push(character),
            _ => {}
        }
    }
    let count = commas_and_names.split(',').filter(|name| !name.trim().is_empty()).count();
    Some((code[..start].lines().count() + 1, count))
}
