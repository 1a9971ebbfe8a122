//! `agentcard cards`: which cards there are, and what one resolves to.
//!
//! It connects nothing: `show` prints what would be used, for which it fetches what a prompt includes.

pub(super) mod check;
mod fix;
mod new;
mod prose;
mod report;

use std::fmt::{self, Write as _};
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use super::args::{AgentArgs, CardsCommand, LimitArgs, OutputArgs, RuleArgs};
use super::{deck, setup};
use crate::card::{Card, Kind};
use crate::config::Environment;
use crate::conversation::BYTES_PER_TOKEN;
use crate::failure::Failure;
use crate::message::ToolSpec;
use crate::model::endpoint::Target;
use crate::render::sanitize::reveal;
use crate::runtime::{Beside, Blueprint, Included};
use crate::trust::Program;

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
            let shown = shown(&agent, environment).await?;
            Ok(if json { format!("{:#}\n", as_json(&shown)) } else { as_text(&shown) })
        }
    }
}

/// What a card comes to.
struct Shown {
    blueprint: Blueprint,
    prompt: String,
}

async fn shown(agent: &AgentArgs, environment: &Environment) -> Result<Shown, Failure> {
    let (limits, output) = (LimitArgs::default(), OutputArgs::default());
    let setup = setup::load(agent, &limits, &output, &RuleArgs::default(), environment).await?;
    let blueprint = setup::resolve(&setup.config, &setup.deck, agent, environment)?;
    let prompt = setup::prompt(&blueprint, &setup.config).await?;
    Ok(Shown { blueprint, prompt })
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

fn as_json(shown: &Shown) -> Value {
    let Shown { blueprint, prompt } = shown;
    let included = blueprint.prompt.included.iter();
    let included: Vec<_> =
        included.map(|file| json!({"written": file.written, "path": file.path})).collect();
    let (card, tools) = (&blueprint.card, blueprint.tool_specs());
    let servers = blueprint.servers().into_iter();
    let servers: Vec<_> =
        servers.map(|(name, place)| json!({"name": name, "place": place})).collect();
    json!({
        "name": card.name,
        "path": card.path,
        "description": card.description,
        "model": blueprint.model_name(),
        "fallbacks": blueprint.fallbacks.iter().map(Target::name).collect::<Vec<_>>(),
        "endpoint": blueprint.endpoint().map(|endpoint| endpoint.base_url.to_string()),
        "tools": tools,
        "unread_tools": blueprint.unread_tools(),
        "programs": blueprint.programs().iter().map(program).collect::<Vec<_>>(),
        "servers": servers,
        "included": included,
        "prompt": prompt,
        "prompt_size": Size::of(prompt.len()),
        "tools_size": Size::of(tools.iter().map(|spec| Size::of_tool(spec).bytes).sum()),
    })
}

/// Where a model is asked, and whether with a key.
fn place(target: &Target) -> String {
    let Target::Endpoint(endpoint) = target else {
        return "part of this program".to_owned();
    };
    let key = match &endpoint.key {
        Ok(Some(_)) => "with a key".to_owned(),
        Ok(None) => "without a key".to_owned(),
        Err(error) => error.to_string(),
    };
    format!("{} ({key})", endpoint.base_url)
}

fn as_text(shown: &Shown) -> String {
    let Shown { blueprint, prompt } = shown;
    let card = &blueprint.card;
    let mut text = format!(
        "name         {}\ncard         {}\ndescription  {}\nmodel        {}\nendpoint     {}\n",
        card.name,
        card.path.display(),
        card.description.as_deref().unwrap_or("none"),
        blueprint.model_name(),
        place(&blueprint.target),
    );
    for fallback in &blueprint.fallbacks {
        let (name, place) = (fallback.name(), place(fallback));
        let _infallible = writeln!(text, "fallback     {name}: {place}");
    }
    for spec in blueprint.tool_specs() {
        let first = spec.description.lines().next().unwrap_or_default();
        let size = Size::of_tool(&spec);
        let _infallible = writeln!(text, "tool         {}: {first} ({size})", spec.name);
    }
    for name in blueprint.unread_tools() {
        let _infallible = writeln!(text, "tool         {}: known once it runs", reveal(&name));
    }
    for ran in blueprint.programs().iter().map(program) {
        let _infallible = writeln!(text, "program      {ran}, which runs after a yes");
    }
    for (name, place) in blueprint.servers() {
        let (name, place) = (reveal(name), reveal(&place));
        let _infallible = writeln!(text, "server       {name}: {place}");
    }
    for Included { written, path, beside } in &blueprint.prompt.included {
        let beside = match beside {
            Beside::Card => "beside the card",
            Beside::WorkingDirectory => "in the working directory",
        };
        let path = path.display();
        let _infallible = writeln!(text, "included     {written}: {beside} ({path})");
    }
    let size = Size::of(prompt.len());
    let _infallible = write!(text, "prompt       {size}\n\n{prompt}\n");
    text
}

/// What would run on this machine.
fn program(program: &Program) -> String {
    format!("{}: {}", reveal(program.name()), program.kind().words())
}

/// How much a text is. Only its provider can count tokens: here they are estimated.
#[derive(Debug, Clone, Copy, Serialize)]
struct Size {
    bytes: usize,
    estimated_tokens: u64,
}

impl Size {
    fn of(bytes: usize) -> Self {
        Self { bytes, estimated_tokens: (bytes as u64).div_ceil(BYTES_PER_TOKEN) }
    }

    /// The size of what a model is told about a tool.
    fn of_tool(spec: &ToolSpec) -> Self {
        Self::of(serde_json::to_string(spec).map_or(0, |text| text.len()))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, estimated at {} tokens", self.bytes, self.estimated_tokens)
    }
}
