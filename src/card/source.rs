//! Reads a card's file, never more of it than a card may have.
//!
//! It does not know what is in a card.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use super::problem::{Problem, place_of};
use crate::diagnostic::did_you_mean;

/// The largest card that is read, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// How many entries of a directory are looked at for a hint.
const MOST_ENTRIES: usize = 1000;

/// How a card is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Front matter and a body.
    Markdown,
    /// YAML alone, with the prompt under `instruction`.
    Yaml,
}

impl Format {
    /// Tells the format by the file's name.
    pub(super) fn of(path: &Path) -> Result<Self, Problem> {
        if path.file_name().is_some_and(|name| name == "SKILL.md") {
            return Err(Problem::new("this is a skill, not a card"));
        }
        Self::by_suffix(path).ok_or_else(|| {
            Problem::new("this is not the name of a card")
                .hint("a card's name ends in .md, .markdown, .yaml or .yml".to_owned())
        })
    }

    /// The format that goes with a suffix.
    pub(super) fn by_suffix(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Self::Markdown),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }
}

/// Reads the bytes of the card at a path.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if metadata.is_dir() {
        return Err(Problem::new("this is a directory, not a card").hint(cards_in(path)));
    }
    Format::of(path)?;
    if !metadata.is_file() {
        return Err(Problem::new("this is not a regular file"));
    }
    if metadata.len() > MOST_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
    // Bounded all the same: the file may have grown since its size was looked at.
    File::open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}

/// Decodes a card's bytes and takes the byte order mark off.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, Problem> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST_BYTES) {
        return Err(too_large());
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
        Problem::new("this is not UTF-8 text")
            .at(place_of(&good, good.len()))
            .hint("save the file as UTF-8".to_owned())
    })?;
    match memchr::memchr(b'\0', bytes) {
        Some(nul) => Err(Problem::new("a card holds no NUL characters").at(place_of(text, nul))),
        None => Ok(text),
    }
}

fn too_large() -> Problem {
    Problem::new(format!("a card has at most {MOST_BYTES} bytes, and this has more"))
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => Problem::new("there is no such file").hint(neighbor(path)),
        _ => Problem::new(format!("this cannot be read: {error}")),
    }
}

/// Suggests the file of a like name beside the one that is missing.
fn neighbor(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let names = names_in(directory.unwrap_or(Path::new(".")));
    let nearest = did_you_mean(wanted, names.iter().map(String::as_str))?;
    Some(format!("did you mean `{}`?", path.with_file_name(nearest).display()))
}

fn cards_in(directory: &Path) -> String {
    let mut names = names_in(directory);
    names.retain(|name| Format::of(Path::new(name)).is_ok());
    names.sort();
    match names.as_slice() {
        [] => "name the card's file; there is none in this directory".to_owned(),
        [first, ..] => {
            format!("name the card's file: `{}`", directory.join(first).display())
        }
    }
}

fn names_in(directory: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let names = entries.take(MOST_ENTRIES).filter_map(Result::ok);
    names.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}
