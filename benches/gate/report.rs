//! What the measurements look like in print.

use std::error::Error;
use std::io::{self, Write};

use crate::gate::{Check, Pair, Start, mebibytes, median, millis};
use crate::measure::Finished;

/// Prints the Markdown table of the README.
pub(crate) fn table(start: &Start, pairs: &[Pair]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "| | wall, ms (floor) | CPU, ms (floor) | first text, ms (floor) | peak MiB (floor) | bytes sent to the model (floor) | connections: model, Hub |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?;
    for Pair { exchange, agentcard, floor } in pairs {
        writeln!(
            out,
            "| {} | {} | {} | {} | {:.2} ({:.2}) | {} ({}) | {}, {} |",
            exchange.name(),
            compared(agentcard.wall(), floor.wall()),
            compared(agentcard.cpu(), floor.cpu()),
            compared(agentcard.first_text(), floor.first_text()),
            agentcard.memory(),
            floor.memory(),
            agentcard.most(|sample| sample.model.body_bytes),
            floor.most(|sample| sample.model.body_bytes),
            agentcard.most(|sample| sample.model.connections),
            agentcard.most(|sample| sample.hub.connections),
        )?;
    }
    let (wall, cpu, memory) = summary(&start.version);
    let (true_wall, true_cpu, true_memory) = summary(&start.nothing);
    writeln!(
        out,
        "| `--version` (`/bin/true`) | {} | {} | | {memory:.2} ({true_memory:.2}) | | |\n",
        compared(wall, true_wall),
        compared(cpu, true_cpu)
    )
}

/// Prints every check: whether its target is met and, if not, whether that fails the run.
pub(crate) fn checks(checks: &[Check]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for check in checks {
        let verdict = match (check.meets(), check.holds()) {
            (true, _) => "ok  ",
            (false, true) => "miss",
            (false, false) => "FAIL",
        };
        let Check { what, value, target, .. } = check;
        writeln!(out, "{verdict} {value:6.3} of {target:6.3}  {what}")?;
    }
    let passed = checks.iter().filter(|check| check.meets()).count();
    writeln!(out, "{passed} of {} targets met", checks.len())
}

/// Says something on stderr.
pub(crate) fn note(text: &str) {
    // Whether anybody can read it changes no measurement.
    let _unread = writeln!(io::stderr(), "gate: {text}");
}

/// Says why nothing was measured.
pub(crate) fn complain(error: &dyn Error) {
    note(&error.to_string());
}

fn compared(value: f64, floor: f64) -> String {
    format!("{value:.2} ({floor:.2}): {:.2}×", value / floor)
}

fn summary(runs: &[Finished]) -> (f64, f64, f64) {
    let memory = runs.iter().map(|run| run.rss).max().unwrap_or_default();
    (
        millis(runs.iter().map(|run| run.wall).min()),
        millis(median(runs.iter().map(|run| run.cpu))),
        mebibytes(memory),
    )
}
