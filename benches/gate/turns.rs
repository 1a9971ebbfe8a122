//! A conversation of a thousand turns: what a turn costs must grow no faster than what it sends.
//!
//! It is measured apart from the gate, since it takes a minute and no run of the gate needs it.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::Outcome;
use crate::exchange::Exchange;
use crate::gate::{Check, Pair, Samples, as_number, measure, mebibytes};
use crate::measure::Workshop;
use crate::report;

/// How many tool rounds the runs have, each twice the one before.
const ROUNDS: [usize; 4] = [125, 250, 500, 1000];
const RUNS: usize = 3;
/// CPU time for a byte sent, in the longest run to that in the shortest.
const GROWTH: f64 = 1.0;

/// Measures the runs, prints the table and says whether time grows faster than bytes.
pub(crate) fn run(workshop: &Workshop) -> Outcome<ExitCode> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "| turns | sent to the model, MiB | CPU, ms (floor) | CPU a turn, ms | CPU a MiB sent, ms | peak MiB (floor) |\n|--:|--:|--:|--:|--:|--:|"
    )?;
    let mut costs = Vec::new();
    for rounds in ROUNDS {
        let exchange = Exchange::Rounds(rounds);
        let (agentcard, floor) = (Samples::default(), Samples::default());
        let mut pair = Pair { exchange, agentcard, floor };
        measure(workshop, &mut pair, RUNS)?;
        let Pair { agentcard, floor, .. } = pair;
        let sent = mebibytes(agentcard.most(|sample| sample.model.body_bytes));
        let cost = agentcard.cpu() / sent;
        writeln!(
            out,
            "| {rounds} | {sent:.1} | {:.0} ({:.0}) | {:.2} | {cost:.2} | {:.1} ({:.1}) |",
            agentcard.cpu(),
            floor.cpu(),
            agentcard.cpu() / as_number(rounds as u64),
            agentcard.memory(),
            floor.memory(),
        )?;
        costs.push(cost);
    }
    let growth = costs.last().zip(costs.first()).map_or(f64::NAN, |(last, first)| last / first);
    let check = Check::new("CPU for a byte sent, 1000 turns to 125", growth, GROWTH);
    report::checks(std::slice::from_ref(&check))?;
    Ok(if check.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
