//! The tool that reads skills, for agents that have some.
//!
//! It does not know where skills are looked for.

use std::sync::Arc;

use super::Source;
use crate::tool::Tool;
use crate::tool::skill::{ReadSkill, Skill};

pub(super) use crate::tool::skill::spec;

/// The tool, if there are skills.
pub(super) fn resolve(skills: Vec<Skill>) -> Option<Source> {
    (!skills.is_empty()).then_some(Source::Skills(skills))
}

/// The tool itself.
pub(super) fn connect(skills: Vec<Skill>) -> Vec<Arc<dyn Tool>> {
    vec![Arc::new(ReadSkill::new(skills))]
}
