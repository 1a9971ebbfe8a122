//! `agentcard cards`: which cards there are, whether they are right, and what one resolves to.
//!
//! It runs no agent.

pub(super) mod check;
mod fix;
mod gather;
mod models;
mod named;
mod new;
mod prose;
mod report;
mod secrets;
mod sentence;
mod show;

use std::fmt::Write as _;
use std::path::Path;

use super::args::CardsCommand;
use super::deck;
use crate::card::{Card, Kind};
use crate::config::Environment;
use crate::failure::Failure;

/// Carries out a `cards` command and returns what it prints.
pub(super) async fn cards(
    command: CardsCommand,
    environment: &Environment,
) -> Result<String, Failure> {
    match command {
        CardsCommand::List { directory } => list(&directory, environment),
        CardsCommand::New { name, directory } => new::new(&name, &directory),
        // It has an exit code of its own.
        CardsCommand::Check(_) => Ok(String::new()),
        CardsCommand::Show { agent, json } => {
            let shown = show::shown(&agent, environment).await?;
            Ok(if json { format!("{:#}\n", shown.as_json()) } else { shown.as_text() })
        }
    }
}

/// The built-in card and those of a directory. A card that cannot be loaded is listed as such.
fn list(directory: &Path, environment: &Environment) -> Result<String, Failure> {
    let mut rows = vec![row("built in", deck::load_card(None, environment))];
    for path in deck::card_files(directory)?.unwrap_or_default() {
        rows.push(row(&path.display().to_string(), deck::load_card(Some(&path), environment)));
    }
    let widths = [0, 1].map(|column| rows.iter().map(|row| row[column].chars().count()).max());
    let mut text = String::new();
    for [name, place, description] in &rows {
        let [name_width, place_width] = widths.map(Option::unwrap_or_default);
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{name:name_width$}  {place:place_width$}  {description}");
    }
    Ok(text)
}

fn row(place: &str, card: Result<Card, Failure>) -> [String; 3] {
    match card {
        Ok(card) => {
            let description = card.description.unwrap_or_default();
            let about = match card.kind {
                Kind::Agent => description,
                Kind::Workflow(kind) => format!("(a {} cannot run yet) {description}", kind.word),
            };
            [card.name, place.to_owned(), about.trim_end().to_owned()]
        }
        Err(failure) => {
            let message = failure.message.lines().next().unwrap_or_default().to_owned();
            ["(invalid)".to_owned(), place.to_owned(), message]
        }
    }
}
