//! How long a search through ten thousand transcripts takes: `cargo bench --bench search`.
//!
//! The operating system has the files in memory; the least of seven times is what a search takes when
//! nothing is in its way.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

use agentcard::transcript::Store;

const TRANSCRIPTS: usize = 10_000;

/// How long each file is, in bytes.
const LENGTH: usize = 20_000;

fn main() -> io::Result<()> {
    let state = tempfile::tempdir()?;
    let store = Store::new(state.path());
    let bytes = fill(store.directory())?;
    let mut out = io::stdout();
    writeln!(out, "{TRANSCRIPTS} transcripts, {} MB", bytes / 1_000_000)?;
    for (what, words) in [
        ("a word of none", &["phlogiston"][..]),
        ("a word of one", &["needle-4711"]),
        ("two words of all", &["discussions", "followers"]),
    ] {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let mut times = Vec::new();
        let mut hits = 0;
        for _ in 0..7 {
            let started = Instant::now();
            hits = store.search(&words)?.len();
            times.push(started.elapsed());
        }
        times.sort_unstable();
        writeln!(out, "{what:18} {hits:>6} found  {:>5.0} ms", times[0].as_secs_f64() * 1e3)?;
    }
    Ok(())
}

/// Makes the files: a card's prompt, and a conversation about the Hub.
fn fill(directory: &Path) -> io::Result<usize> {
    std::fs::create_dir_all(directory)?;
    let prompt = "You answer questions about discussions on the Hub. ".repeat(LENGTH / 100);
    let mut bytes = 0;
    for number in 0..TRANSCRIPTS {
        let id = format!("20260101-{:06}-{number:06}", number % 240_000);
        let mut text = format!(
            "{{\"transcript\":1,\"id\":\"{id}\",\"created\":\"2026-01-01T00:00:00Z\",\"directory\":\"/\"}}\n\
             {{\"role\":\"system\",\"content\":\"{prompt}\"}}\n"
        );
        while text.len() < LENGTH {
            // Writing to a string cannot fail.
            let _infallible = writeln!(
                text,
                "{{\"role\":\"user\",\"content\":\"Who opens the most discussions, needle-{number}?\"}}\n\
                 {{\"role\":\"tool\",\"call_id\":\"1\",\"name\":\"hf_api_request\",\"content\":\
                 \"{{\\\"numFollowers\\\":30,\\\"fullname\\\":\\\"Ada Moreau\\\",\\\"numLikes\\\":46}}\"}}\n\
                 {{\"role\":\"assistant\",\"content\":\"Ada Moreau does; she has 30 followers.\"}}"
            );
        }
        bytes += text.len();
        std::fs::write(directory.join(format!("{id}.jsonl")), text)?;
    }
    Ok(bytes)
}
