//! The skills an agent may read: where they are looked for, and how its prompt lists them.
//!
//! A skill is text. It runs nothing, and it gives no tool but the one that reads it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::SetupError;
use super::files::{self, Files};
use crate::card::{self, Card, KeyPath, SkillHead};
use crate::tool::skill::Skill;

/// Where skills lie that no card names, besides those of the runtime's own directory.
const PLACES: [&str; 2] = [".agents/skills", ".claude/skills"];

/// The most skills of one directory.
const MOST: usize = 200;

/// What every skill is described in.
const FILE: &str = "SKILL.md";

/// The parts a skill may have, each a directory.
const PARTS: [&str; 3] = ["scripts", "references", "assets"];

/// The skills of a card: those of the directories it names, or of the usual ones if its prompt wants
/// them listed. Of two with one name the later is used.
pub(super) fn resolve(
    card: &Card,
    directory: &Path,
    home: &Path,
) -> Result<Vec<Skill>, Vec<SetupError>> {
    let mut errors = Vec::new();
    let mut skills: Vec<Skill> = Vec::new();
    let mut add = |skill: Skill| match skills.iter_mut().find(|other| other.name == skill.name) {
        Some(other) => *other = skill,
        None => skills.push(skill),
    };
    match &card.skills {
        Some(named) => {
            let beside = directory.join(&card.path);
            let files = Files::new(beside.parent().unwrap_or(directory), directory);
            for (index, written) in named.iter().enumerate() {
                let key = KeyPath::top("skills").index(index);
                let found = files.find(written).map(|found| found.filter(|it| it.path.is_dir()));
                let refusal = match found {
                    Ok(Some(found)) => {
                        for skill in in_directory(&found.path) {
                            skill.map_or_else(|error| errors.push(error), &mut add);
                        }
                        continue;
                    }
                    Ok(None) => files.missing(written),
                    Err(refusal) => refusal,
                };
                let message = format!("`{written}` {}", refusal.message);
                let complaint = card.complaint("dead-skills", &key, message);
                errors.push(SetupError::Card(Box::new(complaint)));
            }
        }
        None if card.instruction.lists_skills() => {
            let usual = [home.join("skills")].into_iter();
            for place in usual.chain(PLACES.map(|place| directory.join(place))) {
                for skill in in_directory(&place) {
                    skill.map_or_else(|error| errors.push(error), &mut add);
                }
            }
        }
        None => {}
    }
    if errors.is_empty() { Ok(skills) } else { Err(errors) }
}

/// The skills in a directory, in the order of their directories' names.
fn in_directory(place: &Path) -> Vec<Result<Skill, SetupError>> {
    let Ok(entries) = std::fs::read_dir(place) else { return Vec::new() };
    let mut directories: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    directories.sort();
    let described = directories.into_iter().filter(|directory| directory.join(FILE).is_file());
    described.take(MOST).map(|directory| read(&directory)).collect()
}

fn read(directory: &Path) -> Result<Skill, SetupError> {
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let path = directory.join(FILE);
    let text = files::read(&path).map_err(|refusal| {
        let message = format!("{}: the skill {}", path.display(), refusal.message);
        SetupError::Skill(message)
    })?;
    let SkillHead { name, description } = card::skill(&path, &text).map_err(SetupError::Card)?;
    Ok(Skill { name, description, directory })
}

/// The skills as a prompt lists them; nothing if there are none.
pub(super) fn block(skills: &[Skill]) -> String {
    if skills.is_empty() {
        return String::new();
    }
    let mut text = "Skills provide specialized capabilities and domain knowledge. Use a Skill if \
                    its description fits what you are asked: read its location with `read_skill` \
                    first, and then what it refers to in its directory.\n\n<available_skills>\n"
        .to_owned();
    for Skill { name, description, directory } in skills {
        text.push_str("<skill>\n");
        let mut line = |tag: &str, value: &str| {
            // Writing to a string cannot fail.
            let _infallible = writeln!(text, "  <{tag}>{}</{tag}>", escaped(value));
        };
        line("name", name);
        line("description", description);
        line("location", &directory.join(FILE).display().to_string());
        line("directory", &directory.display().to_string());
        for part in PARTS {
            let path = directory.join(part);
            if path.is_dir() {
                line(part, &path.display().to_string());
            }
        }
        text.push_str("</skill>\n");
    }
    text.push_str("</available_skills>");
    text
}

/// A description is a stranger's: it ends no element.
fn escaped(text: &str) -> Cow<'_, str> {
    if text.contains(['<', '&']) {
        text.replace('&', "&amp;").replace('<', "&lt;").into()
    } else {
        text.into()
    }
}
