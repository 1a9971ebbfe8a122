//! Folders of cards and agents that call others: what a card more and a child more cost.
//!
//! Measured apart from the gate, which asks one card and no more.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use crate::Outcome;
use crate::exchange::Exchange;
use crate::gate::{Check, Pair, Samples, measure};
use crate::measure::{Program, Workshop};
use crate::report;

/// The tool that calls another agent.
pub(crate) const CHILD_TOOL: &str = "agent__helper";

const CARDS: [usize; 2] = [1, 200];
const CHILDREN: [usize; 2] = [1, 100];
const RUNS: usize = 40;
/// The time to the first request, to the floor's, which looks for one line in each card where the
/// program reads and checks them all, to say what is wrong with any.
const FOLDER: f64 = 6.0;
/// A hundred children at once to one of them, each of which waits for its model.
const AT_ONCE: f64 = 1.5;
/// Peak resident set with all children, in MiB.
const MEMORY: f64 = 16.0;

/// Measures both, prints the tables and says whether the targets are met.
pub(crate) fn run(workshop: &Workshop) -> Outcome<ExitCode> {
    let checks = [folders(workshop)?, children(workshop)?].concat();
    report::checks(&checks)?;
    Ok(if checks.iter().all(Check::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn folders(workshop: &Workshop) -> Outcome<Vec<Check>> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "| cards in the folder | first request, ms (floor) | CPU, ms (floor) | peak MiB (floor) |\n|--:|--:|--:|--:|"
    )?;
    let mut checks = Vec::new();
    for cards in CARDS {
        let exchange = Exchange::Folder(cards);
        let (agentcard, floor) = (Samples::default(), Samples::default());
        let mut pair = Pair { exchange, agentcard, floor };
        measure(workshop, &mut pair, RUNS)?;
        let Pair { agentcard, floor, .. } = pair;
        writeln!(
            out,
            "| {cards} | {:.2} ({:.2}) | {:.2} ({:.2}) | {:.2} ({:.2}) |",
            agentcard.first_request(),
            floor.first_request(),
            agentcard.cpu(),
            floor.cpu(),
            agentcard.memory(),
            floor.memory(),
        )?;
        let ratio = agentcard.first_request() / floor.first_request();
        let what = format!("{}: first request to the floor's", exchange.name());
        checks.push(Check::new(what, ratio, FOLDER));
    }
    writeln!(out)?;
    Ok(checks)
}

fn children(workshop: &Workshop) -> Outcome<Vec<Check>> {
    let mut out = io::stdout().lock();
    writeln!(out, "| agents at once | time, ms | CPU, ms | peak MiB |\n|--:|--:|--:|--:|")?;
    let mut measured = Vec::new();
    for children in CHILDREN {
        let mut samples = Samples::default();
        for _ in 0..RUNS / 4 {
            samples.0.push(workshop.run(Program::Agentcard, Exchange::Children(children))?);
        }
        let (wall, cpu, memory) = (samples.wall(), samples.cpu(), samples.memory());
        writeln!(out, "| {children} | {wall:.1} | {cpu:.1} | {memory:.2} |")?;
        measured.push(samples);
    }
    writeln!(out)?;
    let [one, all] = &measured[..] else { return Ok(Vec::new()) };
    Ok(vec![
        Check::new("all agents at once: time to one's", all.wall() / one.wall(), AT_ONCE),
        Check::new("all agents at once: peak MiB", all.memory(), MEMORY),
    ])
}

/// Writes a folder of so many cards, in the middle of which is the default, unless it is there.
pub(crate) fn lay_folder(folder: &Path, cards: usize) -> Outcome<()> {
    if folder.exists() {
        return Ok(());
    }
    fs::create_dir(folder)?;
    for number in 0..cards {
        let default = number == cards / 2;
        fs::write(folder.join(format!("desk-{number:03}.md")), card(number, default)?)?;
    }
    Ok(())
}

fn card(number: usize, default: bool) -> Outcome<String> {
    let mut card = format!(
        "---\nname: desk-{number:03}\ndescription: Answers what is asked at desk {number}\ndefault: {default}\n\
         model: openai.gpt-oss-20b\nfunction_tools:\n  - hf_api_tool.py:hf_api_request\n\
         request_params:\n  temperature: 0.2\n  maxTokens: 4000\n---\n"
    );
    for rule in 0..20 {
        writeln!(card, "{rule}. Answer in a sentence, and say where each of its numbers is from.")?;
    }
    writeln!(card, "\nToday is {{{{currentDate}}}}.")?;
    Ok(card)
}

/// Writes an agent and the one it calls, unless they are there.
pub(crate) fn lay_children(folder: &Path) -> Outcome<()> {
    if folder.exists() {
        return Ok(());
    }
    fs::create_dir(folder)?;
    let caller = "---\ndefault: true\nagents: [helper]\n---\nYou ask others.\n";
    fs::write(folder.join("caller.md"), caller)?;
    fs::write(folder.join("helper.md"), "---\ndescription: Helps\n---\nYou answer.\n")?;
    Ok(())
}
