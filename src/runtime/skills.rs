//! The skills an agent may read: where they are looked for, and how its prompt lists them.
//!
//! A skill is text. It runs nothing, and it gives no tool but the one that reads it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::files::{self, Files};
use crate::card::{self, Card, KeyPath, SkillHead};
use crate::diagnostic::{Diagnostic, Place};
use crate::tool::skill::Skill;

/// Where skills lie that no card names, besides those of the runtime's own directory.
const PLACES: [&str; 2] = [".agents/skills", ".claude/skills"];

/// The most skills of one directory.
const MOST: usize = 200;

/// What every skill is described in.
const FILE: &str = "SKILL.md";

/// The parts a skill may have, each a directory.
const PARTS: [&str; 3] = ["scripts", "references", "assets"];

/// What is found where a card's skills are looked for.
#[derive(Default)]
pub(super) struct Found {
    /// The skills. Of two with one name the later is used.
    pub(super) skills: Vec<Skill>,
    /// What keeps the card from running.
    pub(super) wrong: Vec<Diagnostic>,
    /// What is odd.
    pub(super) odd: Vec<Diagnostic>,
}

/// Finds the skills of a card: those of the directories it names, or of the usual ones if its prompt
/// wants them listed.
pub(super) fn find(card: &Card, working: &Path, home: &Path) -> Found {
    let mut found = Found::default();
    match &card.skills {
        Some(named) => {
            let beside = working.join(&card.path);
            let files = Files::new(beside.parent().unwrap_or(working), working);
            for (index, written) in named.iter().enumerate() {
                let key = KeyPath::top("skills").index(index);
                found.named(card, (&key, written), &files);
            }
        }
        None if card.instruction.lists_skills() => {
            let files = Files::new(working, working);
            let usual = [home.join("skills")].into_iter();
            for place in usual.chain(PLACES.map(|place| working.join(place))) {
                found.look(&place, &files);
            }
        }
        None => {}
    }
    found
}

impl Found {
    /// Adds the skills of a directory that a card names.
    fn named(&mut self, card: &Card, (key, written): (&KeyPath, &str), files: &Files<'_>) {
        let found = files.find(written).map(|found| found.filter(|it| it.path.is_dir()));
        let refusal = match found {
            Ok(Some(found)) => {
                if self.look(&found.path, files) == 0 {
                    let message = format!("`{written}` holds no skill: no directory with a {FILE}");
                    let complaint = card.complaint("dead-skills", key, message);
                    let is_one = found.path.join(FILE).is_file();
                    let hint = is_one.then(|| "name the directory that it lies in".to_owned());
                    self.odd.push(Diagnostic { hint, ..complaint });
                }
                return;
            }
            Ok(None) => files.missing(written),
            Err(refusal) => refusal,
        };
        let message = format!("`{written}` {}", refusal.message);
        self.wrong.push(card.complaint("dead-skills", key, message));
    }

    /// Adds the skills in a directory, in the order of their directories' names, and says how many
    /// were there, good or bad.
    fn look(&mut self, place: &Path, files: &Files<'_>) -> usize {
        let Ok(entries) = std::fs::read_dir(place) else { return 0 };
        let directories = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let mut directories: Vec<PathBuf> =
            directories.filter(|directory| directory.join(FILE).is_file()).collect();
        directories.sort();
        directories.truncate(MOST);
        for directory in &directories {
            self.read(directory, files);
        }
        directories.len()
    }

    fn read(&mut self, directory: &Path, files: &Files<'_>) {
        let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
        let path = directory.join(FILE);
        let shown = files.shown(&path);
        let complaint = |place, message| Diagnostic {
            code: "bad-skill",
            file: shown.clone(),
            place,
            key: None,
            message,
            hint: None,
        };
        let text = match files::read(&path) {
            Ok(text) => text,
            Err(refusal) => {
                let place = Some(Place { line: 1, column: 1 });
                let message = format!("the skill {}", refusal.message);
                self.wrong.push(complaint(place, message));
                return;
            }
        };
        match card::skill(&shown, &text) {
            Ok(SkillHead { name, description, place }) => {
                let called = directory.file_name().unwrap_or_default().to_string_lossy();
                if called != name.as_str() {
                    let message =
                        format!("the skill `{name}` lies in a directory called `{called}`");
                    let hint = "give both one name, so that nobody looks for the other".to_owned();
                    self.odd.push(Diagnostic { hint: Some(hint), ..complaint(place, message) });
                }
                self.add(Skill { name, description, directory });
            }
            Err(complaint) => self.wrong.push(*complaint),
        }
    }

    fn add(&mut self, skill: Skill) {
        match self.skills.iter_mut().find(|other| other.name == skill.name) {
            Some(other) => *other = skill,
            None => self.skills.push(skill),
        }
    }
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
