//! The files a prompt includes: where they are looked for, and which may be.
//!
//! It does not know what is in them.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use crate::config::Environment;

/// The largest file that is included, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Where a file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// In the card's directory, or named from there.
    Card,
    /// In the working directory, or named from there.
    WorkingDirectory,
}

/// A file that is included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    /// How the prompt names it.
    pub written: String,
    /// Where it is, without links.
    pub path: PathBuf,
    /// Where it was found.
    pub beside: Beside,
}

/// Why a file is not included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The files include each other, or too many one after the other.
    pub(super) fn cycle(names: &[String]) -> Self {
        let is_cycle = names.split_last().is_some_and(|(last, open)| open.contains(last));
        let names = names.join(" -> ");
        let what = if is_cycle { "includes itself" } else { "is included too deep" };
        Self::new("include-cycle", format!("{what}: {names}"))
    }
}

/// The working directory, and fast-agent's.
pub(super) fn places(environment: &Environment) -> (PathBuf, PathBuf) {
    let working = environment.directory().unwrap_or_default();
    let home = environment.get("FAST_AGENT_HOME").unwrap_or_else(|| ".fast-agent".to_owned());
    let home = working.join(home);
    (working, home)
}

/// The two places where files may be: beside the card, and in the working directory.
pub(super) struct Files<'a> {
    card: &'a Path,
    working: &'a Path,
}

impl<'a> Files<'a> {
    pub(super) fn new(card: &'a Path, working: &'a Path) -> Self {
        Self { card, working }
    }

    /// Finds a file, beside the card first. It has to be inside one of the two places, wherever
    /// links lead; none is returned if there is no such file.
    pub(super) fn find(&self, written: &str) -> Result<Option<Included>, Refusal> {
        let path = Path::new(written);
        if path.has_root() || written.starts_with('~') {
            let message = "names a file by its absolute path; name it from the card's directory";
            return Err(Refusal::new("outside-file", message));
        }
        let roots: Vec<PathBuf> = [self.card, self.working]
            .into_iter()
            .filter_map(|root| root.canonicalize().ok())
            .collect();
        let mut is_outside = roots.iter().all(|root| leaves(root, path, &roots));
        for (base, beside) in [(self.card, Beside::Card), (self.working, Beside::WorkingDirectory)]
        {
            let Ok(found) = base.join(path).canonicalize() else { continue };
            if roots.iter().any(|root| found.starts_with(root)) {
                return Ok(Some(Included { written: written.to_owned(), path: found, beside }));
            }
            is_outside = true;
        }
        if is_outside {
            let message = "is outside the card's directory and the working directory";
            return Err(Refusal::new("outside-file", message));
        }
        Ok(None)
    }

    /// How a file is named to a person: from the working directory, if it is in there.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        let inside = self.working.canonicalize().ok();
        let inside = inside.and_then(|working| path.strip_prefix(working).ok().map(Path::to_owned));
        inside.unwrap_or_else(|| path.to_owned())
    }

    /// What to say of a file that is not there.
    pub(super) fn missing(&self, written: &str) -> Refusal {
        let places = if self.card == self.working {
            format!("in {}", self.card.display())
        } else {
            format!("in {} nor in {}", self.card.display(), self.working.display())
        };
        let message = format!("names nothing that is there: no `{written}` {places}");
        Refusal::new("dead-file", message)
    }
}

/// Whether a path written from a directory is outside all of the roots, as far as its words say.
fn leaves(base: &Path, path: &Path, roots: &[PathBuf]) -> bool {
    let mut whole = base.to_owned();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                whole.pop();
            }
            Component::Normal(name) => whole.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    !roots.iter().any(|root| whole.starts_with(root))
}

/// Reads a file, never more of it than may be included.
pub(super) fn read(path: &Path) -> Result<String, Refusal> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Refusal::new("dead-file", format!("cannot be read: {error}"))
    };
    let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(Refusal::new("dead-file", "is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return Err(Refusal::new("large-file", format!("has more than {LARGEST} bytes")));
    }
    let text =
        String::from_utf8(bytes).map_err(|_| Refusal::new("dead-file", "is not UTF-8 text"))?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}
