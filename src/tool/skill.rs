//! `read_skill`: the files of the skills an agent has, and no others.
//!
//! It runs nothing of what it reads.

use std::fs;
use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::clip::{MOST_BYTES, excerpt, head};
use super::{OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput, arguments};
use crate::message::{Schema, ToolSpec};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// A skill: a directory with a `SKILL.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skill {
    /// Its name.
    pub name: String,
    /// What it is for, and when.
    pub description: String,
    /// Where it is, absolute and without links.
    pub directory: PathBuf,
}

/// The tool.
#[derive(Debug)]
pub struct ReadSkill {
    skills: Vec<Skill>,
    spec: ToolSpec,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    path: String,
    #[serde(default)]
    offset: usize,
}

impl ReadSkill {
    /// Makes the tool for these skills.
    pub fn new(skills: Vec<Skill>) -> Self {
        Self { skills, spec: spec() }
    }

    /// The file that is meant, inside the directory of a skill wherever links lead.
    fn find(&self, written: &str) -> Result<PathBuf, ToolError> {
        let named = |skill: &Skill| match written.split_once('/') {
            Some((name, rest)) if name == skill.name => skill.directory.join(rest),
            None if written == skill.name => skill.directory.join("SKILL.md"),
            _ => Path::new(written).to_owned(),
        };
        let path = self.skills.iter().map(named).find_map(|path| path.canonicalize().ok());
        let is_inside =
            |path: &PathBuf| self.skills.iter().any(|skill| path.starts_with(&skill.directory));
        path.filter(is_inside).ok_or_else(|| {
            let names: Vec<&str> = self.skills.iter().map(|skill| skill.name.as_str()).collect();
            ToolError::new(format!(
                "`{written}` is no file of a skill. Name one by its location, or as \
                 `NAME/FILE`. The skills are: {}.",
                names.join(", ")
            ))
        })
    }
}

/// What a model is told about it.
pub fn spec() -> ToolSpec {
    ToolSpec {
        name: "read_skill".to_owned(),
        description: "Reads a skill, or a file in the directory of one.".to_owned(),
        parameters: Schema::written(
            r#"{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","description":"The location of the skill, or the path of a file in its directory."},"offset":{"type":"integer","minimum":0,"description":"The byte to begin with."}},"required":["path"]}"#,
        ),
    }
}

impl Tool for ReadSkill {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        _: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move {
            let Arguments { path, offset } = arguments::parse(&self.spec.name, arguments)?;
            let text = text(&self.find(&path)?, &path)?;
            let rest = &text[text.ceil_char_boundary(offset.min(text.len()))..];
            let shown = head(rest, MOST_BYTES);
            let end = text.len() - rest.len() + shown.len();
            let mut content = shown.to_owned();
            if end < text.len() {
                content = format!(
                    "{content}\n[{end} of {} bytes; read on with offset {end}]",
                    text.len()
                );
            }
            let summary = format!("{} bytes", shown.len());
            // Whoever wrote the skill is not the person.
            let foreign = excerpt(shown);
            Ok(Step::Done(ToolOutput { content, summary, kind: OutputKind::Success, foreign }))
        })
    }
}

fn text(file: &Path, written: &str) -> Result<String, ToolError> {
    let cannot =
        |why: &dyn std::fmt::Display| ToolError::new(format!("`{written}` cannot be read: {why}"));
    let metadata = fs::metadata(file).map_err(|error| cannot(&error))?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err(cannot(&"it is no file of text"));
    }
    let bytes = fs::read(file).map_err(|error| cannot(&error))?;
    String::from_utf8(bytes).map_err(|_| cannot(&"it is no text"))
}
