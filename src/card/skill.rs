//! The front matter of a `SKILL.md`: what a skill is called and what it is for.
//!
//! It does not know where skills are kept, nor what a model does with them.

use std::path::Path;

use super::front_matter;
use super::node::Node;
use super::path::{KeyPath, Spot};
use super::problem::{Problem, place_of};
use super::values::Values;
use super::yaml::Document;
use crate::diagnostic::{Diagnostic, Place};

/// What a skill says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillHead {
    /// Its name.
    pub name: String,
    /// What it is for, and when.
    pub description: String,
    /// Where its name is.
    pub place: Option<Place>,
}

/// Reads the beginning of the skill that is at a path. Keys other than these two are others' business.
pub fn skill(path: &Path, text: &str) -> Result<SkillHead, Box<Diagnostic>> {
    head(text).map_err(|problem| Box::new(problem.kind("bad-skill").in_file(path)))
}

/// How one begins.
const FORM: &str = "begin the file with `---`, `name: …`, `description: …` and a closing `---`";

fn head(text: &str) -> Result<SkillHead, Problem> {
    let start = place_of(text, text.len() - text.trim_start().len());
    if !text.trim_start().starts_with("---") {
        let message = "a skill begins with front matter, and this does not";
        return Err(Problem::new(message).at(start).hint(FORM.to_owned()));
    }
    let split = front_matter::split(text)?;
    let document = Document::read(&split.block, split.block_line)?;
    let Node::Mapping(entries) = document.root() else {
        let message = "a skill has a `name` and a `description`";
        return Err(Problem::new(message).at(start).hint(FORM.to_owned()));
    };
    let text = |key: &str, hint: &str| {
        Values(entries).text(key).map(|text| text.trim().to_owned()).ok_or_else(|| {
            let place = document.place(&KeyPath::top(key), Spot::Value);
            let message = format!("a skill has a `{key}`, which is text");
            Problem::new(message).at(place.unwrap_or(start)).hint(hint.to_owned())
        })
    };
    let name = text("name", "write `name: …`, which is what its directory is called")?;
    let about = "write `description: …`: what the skill is for, and when it is to be read";
    let place = document.place(&KeyPath::top("name"), Spot::Value);
    Ok(SkillHead { name, description: text("description", about)?, place })
}
