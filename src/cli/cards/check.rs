//! `agentcard cards check`: everything that is wrong with cards, as a compiler says it.
//!
//! It runs nothing and asks nobody. What is wrong is found in the rooms of cards and of the runtime;
//! here it is put together, each card among those it lies with.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::super::args::{CheckArgs, CheckFormat};
use super::super::{chat::guests, deck, setup};
use super::gather::{self, Read};
use super::{fix, models, prose, report, secrets};
use crate::card::deck::{Broken, Deck};
use crate::card::{self, Card, Examined, Kind};
use crate::config::{Config, Environment, Flags};
use crate::diagnostic::Diagnostic;
use crate::failure::{Exit, Failure};
use crate::render::sanitize::sanitize;
use crate::runtime::{self, SetupError, Surroundings};

/// Checks cards and prints what is wrong with them.
pub(in crate::cli) fn check(args: &CheckArgs, environment: &Environment) -> Exit {
    let checked = match checked(args, environment) {
        Ok(checked) => checked,
        Err(failure) => {
            let _unseen = failure.print(io::stderr());
            return failure.exit;
        }
    };
    let text = match args.format {
        CheckFormat::Human => report::human(&checked),
        CheckFormat::Json => report::json(&checked),
        CheckFormat::Sarif => report::sarif(&checked),
    };
    // Whoever closed the output has seen enough; the exit code says the rest.
    let _unseen = io::stdout().write_all(text.as_bytes());
    if checked.iter().all(|card| card.errors.is_empty()) { Exit::Answered } else { Exit::Invalid }
}

/// A card that was checked.
pub(super) struct Checked {
    /// The file.
    pub(super) path: PathBuf,
    /// What it says; empty if it cannot be read as text.
    pub(super) text: String,
    /// What is wrong with it, in the order of the file.
    pub(super) errors: Vec<Diagnostic>,
    /// What is odd about it and keeps nothing from running.
    pub(super) warnings: Vec<Diagnostic>,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    /// The card cannot run so.
    Error,
    /// It can.
    Warning,
}

impl Severity {
    /// How SARIF and this program call it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Checked {
    /// Everything that was found, in the order of the file.
    pub(super) fn found(&self) -> Vec<(Severity, &Diagnostic)> {
        let errors = self.errors.iter().map(|error| (Severity::Error, error));
        let warnings = self.warnings.iter().map(|warning| (Severity::Warning, warning));
        let mut found: Vec<_> = errors.chain(warnings).collect();
        found.sort_by_key(|(_, diagnostic)| (diagnostic.place.is_none(), diagnostic.place));
        found
    }
}

fn checked(args: &CheckArgs, environment: &Environment) -> Result<Vec<Checked>, Failure> {
    let flags = Flags { config: args.config.clone(), ..Flags::default() };
    let (config, _) = setup::settings(&flags, environment)?;
    let lots = gather::lots(&args.paths, environment)?;
    if args.fix {
        let files = lots.iter().flat_map(|lot| &lot.files);
        files.into_iter().try_for_each(|file| mend(file, environment))?;
    }
    let read: Vec<_> = lots.iter().map(|lot| gather::read(lot, environment)).collect();
    let names = read.iter().flat_map(|(checked, _)| checked).flat_map(|read| &read.examined.card);
    let names: BTreeSet<String> = names.map(|card| card.name.clone()).collect();
    let names = names.iter().map(String::as_str).collect();
    let mut checked = Vec::new();
    for (lot, (cards, beside)) in lots.iter().zip(read) {
        let mut config = config.clone();
        // What lies in the directory of a project's agents belongs to both of its halves.
        let halves = lot.folders.get(1..).filter(|halves| !halves.is_empty());
        let folders = halves.unwrap_or(&lot.folders);
        deck::add_fast_agent(&mut config, folders.iter(), environment)?;
        let offered = offered(&cards, &beside);
        let (between, odd) = between(&cards, beside, &names);
        let among = Among { between, odd, offered, config, environment };
        checked.extend(cards.into_iter().map(|read| among.check(read)));
    }
    Ok(checked)
}

/// What is wrong between the cards of a lot, and what is odd. Those `beside` come first, so that of two with one name
/// the one that is checked is told of.
fn between(
    read: &[Read],
    beside: Vec<Card>,
    names: &BTreeSet<&str>,
) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let broken = read
        .iter()
        .filter(|read| read.examined.card.is_none())
        .map(|read| Broken { path: read.path.clone(), diagnostics: read.examined.errors.clone() });
    let broken: Vec<Broken> = broken.collect();
    let mut cards = beside;
    cards.extend(read.iter().filter_map(|read| read.examined.card.clone()));
    (card::deck::between(&cards, &broken, names), card::deck::odd(&cards))
}

/// The tools that the agents are which are offered to whoever is asked: those of the folder for them.
fn offered(read: &[Read], beside: &[Card]) -> Vec<String> {
    let cards = read.iter().filter_map(|read| read.examined.card.as_ref()).chain(beside);
    let cards = cards.filter(|card| deck::beside(&card.path).ends_with(deck::TOOLS));
    cards.map(|card| format!("agent__{}", card.name)).collect()
}

/// What a card is checked among.
struct Among<'a> {
    /// What is wrong between the cards it lies with.
    between: Vec<Diagnostic>,
    /// What is odd between them.
    odd: Vec<Diagnostic>,
    /// The names of the agents that may be its tools though it does not say so.
    offered: Vec<String>,
    config: Config,
    environment: &'a Environment,
}

impl Among<'_> {
    fn check(&self, read: Read) -> Checked {
        let Read { path, text, examined: Examined { card, mut errors, mut warnings } } = read;
        errors.extend(self.between.iter().filter(|found| found.file == path).cloned());
        warnings.extend(self.odd.iter().filter(|found| found.file == path).cloned());
        if let Some(card) = card {
            warnings.extend(card.unknown_placeholders());
            warnings.extend(guests::shadowed(&card));
            if self.offered.is_empty() {
                warnings.extend(card.keys_without_agents());
            }
            let models = models::check(&card, &self.config, self.environment).into_iter();
            // What is misspelled may have been its name.
            let is_broken = !errors.is_empty();
            let models = models.filter(|(_, found)| !is_broken || found.code != "no-model");
            for (severity, found) in models.chain(self.resolved(card, &text)) {
                match severity {
                    Severity::Error => errors.push(found),
                    Severity::Warning => warnings.push(found),
                }
            }
        }
        errors.extend(secrets::check(&path, &text));
        Checked { path, text, errors, warnings }
    }

    /// What keeps an agent from being made of a card, and what is odd about its words.
    fn resolved(&self, card: Card, text: &str) -> Vec<(Severity, Diagnostic)> {
        let severity = match card.kind {
            Kind::Agent => Severity::Error,
            // That it cannot run yet is not the card's fault.
            Kind::Workflow(_) => Severity::Warning,
        };
        let (config, environment) = (&self.config, self.environment);
        let known = runtime::known(&card, config, environment);
        let names = [known.names, self.offered.clone()].concat();
        let odd = prose::check(&card, text, &names, config).into_iter();
        let odd = odd.chain(known.odd).map(|odd| (Severity::Warning, odd));
        let deck = Deck::single(card);
        let resolved = runtime::resolve(config, &deck, environment, Surroundings::Real);
        let errors = resolved.err().unwrap_or_default().into_iter();
        let wrong = errors.flat_map(of).chain(known.undefined);
        wrong.map(|wrong| (severity, wrong)).chain(odd).collect()
    }
}

/// What an error says of a card. Models are looked at by themselves, and what is wrong with the
/// configuration is not the card's.
fn of(error: SetupError) -> Vec<Diagnostic> {
    match error {
        SetupError::Card(diagnostic) => vec![*diagnostic],
        SetupError::Functions(diagnostics) => diagnostics,
        _ => Vec::new(),
    }
}

/// Mends a card, and says what was changed beside the report.
fn mend(path: &Path, environment: &Environment) -> Result<(), Failure> {
    for change in fix::fix(path, environment)? {
        // Whoever closed standard error does not want to know.
        let _unseen = writeln!(io::stderr(), "fixed {}", sanitize(&change));
    }
    Ok(())
}
