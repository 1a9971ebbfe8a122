//! Which files of a directory are cards.
//!
//! It looks at names and at how files begin. What is wrong with a card is found when it is loaded.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::keys::TYPES;
use super::source::Format;

/// The most cards of a directory.
const MOST_CARDS: usize = 1000;

/// How much of a file is looked at: as much YAML as a card may have.
const MOST_BYTES: u64 = 64 * 1024;

/// The files of a directory that have a card's suffix, each kind in the order of names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    /// The cards.
    pub cards: Vec<PathBuf>,
    /// What is none: Markdown without front matter, YAML that is no agent's, the files of a name
    /// that says so. They are left alone.
    pub others: Vec<PathBuf>,
}

/// Looks through a directory, and not through those in it.
pub fn look(directory: &Path) -> io::Result<Folder> {
    let mut files: Vec<PathBuf> = fs::read_dir(directory)?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let (path, kind) = (entry.path(), entry.file_type().ok()?);
            let is_hidden = name(&path).is_none_or(|name| name.starts_with('.'));
            let may_be = !is_hidden && Format::by_suffix(&path).is_some();
            (may_be && (kind.is_file() || kind.is_symlink() && path.is_file())).then_some(path)
        })
        .collect();
    files.sort();
    let (cards, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|path| is_card(path));
    if cards.len() > MOST_CARDS {
        let message = format!("it holds {} cards; the most is {MOST_CARDS}", cards.len());
        return Err(io::Error::other(message));
    }
    Ok(Folder { cards, others })
}

fn name(path: &Path) -> Option<&str> {
    path.file_name().and_then(OsStr::to_str)
}

fn is_card(path: &Path) -> bool {
    let name = name(path).unwrap_or_default().to_lowercase();
    if is_something_else(&name) {
        return false;
    }
    let is_one = |file: File| match Format::by_suffix(path) {
        Some(Format::Markdown) => has_front_matter(file),
        Some(Format::Yaml) => is_agents(file),
        None => Ok(false),
    };
    // What cannot be read is taken for one: loading it says why.
    File::open(path).and_then(is_one).unwrap_or(true)
}

/// Whether a name is another thing's: a skill, a description, a configuration of fast-agent.
fn is_something_else(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    name == "skill.md" || matches!(stem, "readme" | "fast-agent" | "fastagent")
}

/// The beginning of a file, line by line. Of most nothing but the first is read.
fn lines(file: File) -> impl Iterator<Item = io::Result<String>> {
    let lines = BufReader::with_capacity(512, file.take(MOST_BYTES)).split(b'\n');
    lines.map(|line| Ok(String::from_utf8_lossy(&line?).into_owned()))
}

fn has_front_matter(file: File) -> io::Result<bool> {
    for line in lines(file) {
        match line?.trim_start_matches('\u{feff}').trim() {
            "" => {}
            first => return Ok(matches!(first, "---" | "+++")),
        }
    }
    Ok(false)
}

/// Whether YAML has a prompt or a card's type at its top.
fn is_agents(file: File) -> io::Result<bool> {
    for line in lines(file) {
        match line?.split_once(':') {
            Some(("instruction", _)) => return Ok(true),
            Some(("type", kind)) if TYPES.contains(&&*kind.trim().to_lowercase()) => {
                return Ok(true);
            }
            _ => {}
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_told_from_what_lies_beside_them() {
        let home = tempfile::tempdir().unwrap();
        let files = [
            ("b.md", "---\nmodel: x\n---\nHello.\n"),
            ("a.MD", "\u{feff}\n\n  ---  \n---\n"),
            ("c.yaml", "name: c\ninstruction: Hello.\n"),
            ("d.yml", "type: Chain\nsequence: [a]\n"),
            ("e.markdown", "+++\n+++\n"),
            ("story.md", "Once upon a time\n---\n"),
            ("empty.md", ""),
            ("rule.md", "----\n"),
            ("README.md", "---\nlicense: mit\n---\n"),
            ("SKILL.md", "---\nname: x\n---\n"),
            ("fast-agent.yaml", "instruction: x\n"),
            ("fastagent.config.yaml", "default_model: x\n"),
            ("fast-agent.secrets.yaml", "hf: {api_key: x}\n"),
            ("compose.yaml", "services:\n  a:\n    instruction: x\n    type: agent\n"),
            ("workflow.yml", "type: object\n"),
            (".hidden.md", "---\n---\n"),
            ("a.txt", "---\n---\n"),
        ];
        for (name, text) in files {
            fs::write(home.path().join(name), text).unwrap();
        }
        fs::create_dir(home.path().join("deeper.md")).unwrap();
        let Folder { cards, others } = look(home.path()).unwrap();
        let names = |paths: &[PathBuf]| {
            paths.iter().filter_map(|path| name(path)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&cards), "a.MD b.md c.yaml d.yml e.markdown");
        assert_eq!(
            names(&others),
            "README.md SKILL.md compose.yaml empty.md fast-agent.secrets.yaml fast-agent.yaml \
             fastagent.config.yaml rule.md story.md workflow.yml"
        );
    }
}
