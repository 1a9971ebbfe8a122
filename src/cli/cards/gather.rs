//! Which cards are checked, and among which others.
//!
//! It reads the cards. What is wrong with them is found by whoever checks them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::super::deck;
use crate::card::{self, Card, Examined, Origin};
use crate::config::Environment;
use crate::failure::Failure;

/// The folders of cards that belong together in the directory of a project's agents.
const HALVES: [&str; 2] = [deck::CARDS, deck::TOOLS];

/// Cards that lie together, and may call each other.
pub(super) struct Lot {
    /// The folders they lie in.
    pub(super) folders: Vec<PathBuf>,
    /// Those that are checked.
    pub(super) files: Vec<PathBuf>,
}

/// A card as it was read.
pub(super) struct Read {
    /// The file.
    pub(super) path: PathBuf,
    /// What it says; empty if it cannot be read as text.
    pub(super) text: String,
    /// What is in it.
    pub(super) examined: Examined,
}

/// The cards of some paths, each once: files, and the cards of directories and of the fast-agent
/// folders in them. Without a path, those of the usual places.
pub(super) fn lots(paths: &[PathBuf], environment: &Environment) -> Result<Vec<Lot>, Failure> {
    let usual = [PathBuf::from("cards"), deck::home(environment)];
    let usual: Vec<PathBuf> = usual.into_iter().filter(|place| place.is_dir()).collect();
    let within = |path: &PathBuf| Some(path.join(deck::HOME)).filter(|place| place.is_dir());
    let given = paths.iter().flat_map(|path| [Some(path.clone()), within(path)]).flatten();
    let paths = if paths.is_empty() { usual } else { given.collect() };
    let mut lots: Vec<Lot> = Vec::new();
    let mut seen = HashSet::new();
    for path in &paths {
        let folders = family(path);
        let files = if path.is_dir() {
            let mut files = Vec::new();
            for folder in folders.iter().filter(|folder| folder.starts_with(path)) {
                files.extend(deck::card_files(folder)?.unwrap_or_default());
            }
            files
        } else {
            vec![path.clone()]
        };
        let is_same = |lot: &&mut Lot| real(&lot.folders[0]) == real(&folders[0]);
        let new = files.into_iter().filter(|file| seen.insert(real(file)));
        match lots.iter_mut().find(is_same) {
            Some(lot) => lot.files.extend(new),
            None => lots.push(Lot { files: new.collect(), folders }),
        }
    }
    Ok(lots)
}

/// Reads the cards of a lot: those that are checked, and then those that lie beside them.
pub(super) fn read(lot: &Lot, environment: &Environment) -> (Vec<Read>, Vec<Card>) {
    let checked: Vec<Read> = lot.files.iter().map(|file| examine(file, environment)).collect();
    let known: HashSet<PathBuf> = lot.files.iter().map(|file| real(file)).collect();
    // A folder that cannot be looked through only has fewer names to offer.
    let beside = lot.folders.iter().filter_map(|folder| deck::card_files(folder).ok().flatten());
    let beside = beside.flatten().filter(|file| !known.contains(&real(file)));
    let beside = beside.filter_map(|file| examine(&file, environment).examined.card).collect();
    (checked, beside)
}

fn examine(path: &Path, environment: &Environment) -> Read {
    let (text, examined) = match card::read(path) {
        Ok(bytes) => {
            let variables = |name: &str| environment.get(name);
            let examined = card::examine(path, &bytes, Origin::Local, &variables);
            (String::from_utf8(bytes).unwrap_or_default(), examined)
        }
        Err(unreadable) => {
            let errors = vec![*unreadable];
            (String::new(), Examined { card: None, errors, warnings: Vec::new() })
        }
    };
    Read { path: path.to_owned(), text, examined }
}

/// The folders whose cards may call each other: the directory of a path, or a project's directory of
/// agents and both of its halves.
fn family(path: &Path) -> Vec<PathBuf> {
    let directory = if path.is_dir() { path } else { deck::beside(path) };
    let is_half = HALVES.iter().any(|half| directory.ends_with(half));
    let home = directory.parent().filter(|_| is_half).unwrap_or(directory);
    let halves = HALVES.map(|half| home.join(half)).into_iter().filter(|half| half.is_dir());
    std::iter::once(home.to_owned()).chain(halves).collect()
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
