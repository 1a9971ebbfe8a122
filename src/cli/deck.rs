//! Which cards a command runs with: those that were typed, configured or lie in a folder of cards.
//!
//! It finds files and addresses and has them loaded; what a card says and which one is asked is decided in `card`.

mod remote;

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use super::args::AgentArgs;
use crate::card::deck::{Broken, Deck, DeckError, Hand};
use crate::card::{self, Card, KeyPath, Origin};
use crate::config::{Config, Environment};
use crate::diagnostic::Diagnostic;
use crate::failure::{Exit, Failure};
use crate::suggest::did_you_mean;

/// The card that is run when none is named.
const BUILT_IN_CARD: &[u8] = include_bytes!("../../cards/hf-user-small.md");

/// What the built-in card is called where a path is expected.
pub(super) const BUILT_IN_PATH: &str = "built-in/hf-user-small.md";

/// Where cards lie that nobody has to name, unless `FAST_AGENT_HOME` says where.
pub(super) const HOME: &str = ".fast-agent";

/// Where in there those lie that may be asked.
pub(super) const CARDS: &str = "agent-cards";

/// Where in there those lie that are tools of whichever is asked.
pub(super) const TOOLS: &str = "tool-cards";

/// The cards of a run, and what the person should know of where they come from.
pub(super) struct Cards {
    /// The cards.
    pub(super) deck: Deck,
    /// Where they were read from.
    pub(super) places: Places,
    /// What the person did not ask for.
    pub(super) notices: Vec<String>,
}

/// The files, directories and addresses that cards are read from.
#[derive(Default)]
pub(super) struct Places {
    /// Those of the cards that may be asked.
    pub(super) cards: Vec<PathBuf>,
    /// Those of the cards that are tools of whichever is asked.
    pub(super) offered: Vec<PathBuf>,
}

/// Loads the cards of a run, and adds to the configuration what lies beside them.
pub(super) async fn load(
    agent: &AgentArgs,
    config: &mut Config,
    environment: &Environment,
) -> Result<Cards, Failure> {
    let (places, mut notices) = given(agent, config, environment)?;
    add_fast_agent(config, places.cards.iter().chain(&places.offered), environment)?;
    // One path alone names no file twice.
    let may_repeat = places.cards.len() + places.offered.len() > 1;
    let (seen, broken) = (may_repeat.then(HashSet::new), Vec::new());
    let mut reading = Reading { config, environment, seen, broken };
    let cards = reading.cards(&places.cards).await?;
    let offered = reading.cards(&places.offered).await?;
    let hand = Hand { cards, offered, broken: reading.broken };
    let deck = Deck::assemble(hand, agent.agent.as_deref()).map_err(undecided)?;
    notices.extend(deck.unneeded.iter().map(|diagnostic| format!("left out: {diagnostic}")));
    notices.extend(deck.needed().flat_map(|card| odd(card, config)));
    Ok(Cards { deck, places, notices })
}

/// What is odd about a card that runs.
fn odd(card: &Card, config: &Config) -> Vec<String> {
    let odd = card.warnings.iter().filter(|warning| warning.code != "unset-variable");
    let mut odd: Vec<String> = odd.map(ToString::to_string).collect();
    if let Some(model) = card.model.as_ref().filter(|model| config.is_dangling(model)) {
        let message = format!("`{model}` is defined nowhere: the configured model takes its place");
        let dangling = card.complaint("dead-model", &KeyPath::top("model"), message);
        odd.push(dangling.to_string());
    }
    odd
}

/// Which cards are read, and what the person did not ask for of that.
fn given(
    agent: &AgentArgs,
    config: &Config,
    environment: &Environment,
) -> Result<(Places, Vec<String>), Failure> {
    let local = |paths: &[PathBuf]| paths.iter().cloned().map(remote::local).collect();
    let mut offered: Vec<PathBuf> = local(&agent.card_tools);
    let named = match &config.card {
        Some(card) if agent.cards.is_empty() => std::slice::from_ref(&card.value),
        _ => &agent.cards,
    };
    if !named.is_empty() {
        return Ok((Places { cards: local(named), offered }, Vec::new()));
    }
    let home = home(environment);
    let cards = home.join(CARDS);
    let has_cards = |directory: &Path| {
        card_files(directory).map(|files| files.is_some_and(|files| !files.is_empty()))
    };
    if !has_cards(&cards)? {
        return Ok((Places { cards: vec![BUILT_IN_PATH.into()], offered }, Vec::new()));
    }
    let mut notices = vec![format!("the cards of {} are used", cards.display())];
    let tools = home.join(TOOLS);
    if has_cards(&tools)? {
        notices.push(format!("the cards of {} are offered to the agent", tools.display()));
        offered.push(tools);
    }
    Ok((Places { cards: vec![cards], offered }, notices))
}

/// The folder of fast-agent, whether or not there is one.
pub(super) fn home(environment: &Environment) -> PathBuf {
    environment.get("FAST_AGENT_HOME").map_or_else(|| HOME.into(), PathBuf::from)
}

/// Adds what `fast-agent.yaml` says beside the cards of this machine that are not part of this
/// program: in their directory, in the one the program is started in, and in the folder of
/// fast-agent they belong to. Each directory is looked at once.
pub(super) fn add_fast_agent<'a>(
    config: &mut Config,
    paths: impl Iterator<Item = &'a PathBuf>,
    environment: &Environment,
) -> Result<(), Failure> {
    let own = |path: &&PathBuf| *path != Path::new(BUILT_IN_PATH) && !remote::is_remote(path);
    let directories: Vec<&Path> =
        paths.filter(own).map(|path| if path.is_dir() { path } else { beside(path) }).collect();
    if directories.is_empty() {
        return Ok(());
    }
    let is_of_home = |path: &&&Path| [CARDS, TOOLS].iter().any(|name| path.ends_with(name));
    let homes = directories.iter().filter(is_of_home).map(|path| beside(path));
    let mut seen = HashSet::new();
    let directories: Vec<PathBuf> = directories
        .iter()
        .copied()
        .chain([Path::new(".")])
        .chain(homes)
        .filter(|directory| directory.canonicalize().is_ok_and(|real| seen.insert(real)))
        .map(|directory| directory.strip_prefix(".").unwrap_or(directory).to_owned())
        .collect();
    let added = config.add_fast_agent(&directories, environment);
    added.map_err(|diagnostics| Failure::invalid(&diagnostics))
}

/// A path as it can be used from another directory; what is built in or elsewhere is so already.
pub(super) fn absolute(path: &Path, directory: &Path) -> String {
    if path == Path::new(BUILT_IN_PATH) || remote::is_remote(path) {
        return path.display().to_string();
    }
    directory.join(path).display().to_string()
}

/// The directory a file lies in.
pub(super) fn beside(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

/// Loads a card, or the built-in one.
pub(super) fn load_card(path: Option<&Path>, environment: &Environment) -> Result<Card, Failure> {
    read_card(path.unwrap_or(Path::new(BUILT_IN_PATH)), environment)
        .map_err(|diagnostics| Failure::invalid(&diagnostics))
}

/// Loads a card, or says everything that is wrong with it.
pub(super) fn read_card(path: &Path, environment: &Environment) -> Result<Card, Vec<Diagnostic>> {
    let variables = |name: &str| environment.get(name);
    if path == Path::new(BUILT_IN_PATH) {
        return card::parse(path, BUILT_IN_CARD, Origin::Local, &variables);
    }
    card::load(path, &variables)
}

/// The cards in a directory, if it is there. What else lies in it is left alone.
pub(super) fn card_files(directory: &Path) -> Result<Option<Vec<PathBuf>>, Failure> {
    match card::folder::look(directory) {
        Ok(folder) => Ok(Some(folder.cards)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let message = format!("{} cannot be read: {error}", directory.display());
            Err(Failure::new(Exit::Invalid, message))
        }
    }
}

/// Cards being read from files and directories, each file once.
struct Reading<'a> {
    config: &'a Config,
    environment: &'a Environment,
    /// The files so far, if one could come again.
    seen: Option<HashSet<PathBuf>>,
    broken: Vec<Broken>,
}

impl Reading<'_> {
    /// The cards of files, directories and addresses. A file that was named has to be a good card.
    async fn cards(&mut self, paths: &[PathBuf]) -> Result<Vec<Card>, Failure> {
        let mut cards = Vec::new();
        let mut wrong = Vec::new();
        for path in paths {
            let is_named = !path.is_dir();
            for file in files(path)? {
                if let Some(seen) = &mut self.seen
                    && !seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone()))
                {
                    continue;
                }
                let read = if remote::is_remote(&file) {
                    remote::read(&file, self.config).await
                } else {
                    read_card(&file, self.environment)
                };
                match read {
                    Ok(card) => cards.push(card),
                    Err(diagnostics) if is_named => wrong.extend(diagnostics),
                    Err(diagnostics) => self.broken.push(Broken { path: file, diagnostics }),
                }
            }
        }
        if wrong.is_empty() { Ok(cards) } else { Err(Failure::invalid(&wrong)) }
    }
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let files = card_files(path)?.unwrap_or_default();
    if files.is_empty() {
        let message = format!("{}: there is no card in this directory", path.display());
        return Err(Failure::new(Exit::Invalid, message).hint(
            "a card is Markdown with front matter, or YAML with an `instruction`; \
             `agentcard cards new` makes one",
        ));
    }
    Ok(files)
}

fn undecided(error: DeckError) -> Failure {
    match error {
        DeckError::Wrong(diagnostics) => Failure::invalid(&diagnostics),
        DeckError::Empty => Failure::new(Exit::Usage, "there is no card to ask"),
        DeckError::Unknown { named, names } => {
            let failure = Failure::new(Exit::Usage, format!("there is no agent `{named}`"));
            match did_you_mean(&named, names.iter().map(String::as_str)) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint(format!("there are: {}", names.join(", "))),
            }
        }
        DeckError::Undecided { names } => {
            Failure::new(Exit::Usage, format!("several agents can be asked: {}", names.join(", ")))
                .hint("name one: --agent NAME")
                .hint("or write `default: true` into its card")
        }
    }
}
