//! The front matter of a `SKILL.md`: what a skill is called and what it is for.
//!
//! It does not know where skills are kept, nor what a model does with them.

use std::path::Path;

use super::front_matter;
use super::node::Node;
use super::path::{KeyPath, Spot};
use super::problem::{Problem, shown};
use super::values::Values;
use super::yaml::Document;
use crate::diagnostic::Diagnostic;

/// What a skill says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillHead {
    /// Its name.
    pub name: String,
    /// What it is for, and when.
    pub description: String,
}

/// Reads the beginning of the skill that is at a path. Keys other than these two are others' business.
pub fn skill(path: &Path, text: &str) -> Result<SkillHead, Box<Diagnostic>> {
    head(text).map_err(|problem| Box::new(problem.kind("bad-skill").in_file(path)))
}

fn head(text: &str) -> Result<SkillHead, Problem> {
    let split = front_matter::split(text)?;
    let document = Document::read(&split.block, split.block_line)?;
    let Node::Mapping(entries) = document.root() else {
        return Err(Problem::new("a skill has a `name` and a `description`"));
    };
    let text = |key: &str| {
        Values(entries).text(key).map(|text| text.trim().to_owned()).ok_or_else(|| {
            let place = document.place(&KeyPath::top(key), Spot::Value);
            Problem::new(format!("a skill has a `{}`, which is text", shown(key))).at(place)
        })
    };
    Ok(SkillHead { name: text("name")?, description: text("description")? })
}
