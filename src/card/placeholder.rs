//! The placeholders of a prompt: what is written between `{{` and `}}`.
//!
//! It does not know what they stand for.

use std::fmt;

/// The longest placeholder, in bytes: a prompt full of openings must not be searched to its end for
/// each of them.
const LONGEST: usize = 1024;

/// Something that stands for other text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placeholder {
    /// A value the runtime knows.
    Value(PromptValue),
    /// `{{file:PATH}}`, and `{{file_silent:PATH}}`, which stands for nothing if the file is missing.
    File {
        /// As written.
        path: String,
        /// What its absence means.
        missing: Missing,
    },
    /// `{{url:ADDRESS}}`: what is there.
    Url(String),
    /// Any other name: one of the card's own variables, or plain text.
    Named(String),
}

/// What it means that a file is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The card cannot run.
    Error,
    /// The placeholder stands for nothing.
    Empty,
}

/// The values a prompt may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptValue {
    /// Today, in words: `24 November 2026`.
    CurrentDate,
    /// The machine's system: `Linux-6.1.0-x86_64`.
    HostPlatform,
    /// The version of `python3`.
    PythonVersion,
    /// The working directory.
    WorkspaceRoot,
    /// The agent's name.
    AgentName,
    /// `basic`: other runtimes of cards call type `agent` so.
    AgentType,
    /// The card's file.
    AgentCardPath,
    /// The directory the card is in.
    AgentCardDir,
    /// The model as its provider knows it: `openai/gpt-oss-20b:groq`.
    ModelName,
    /// The provider: `hf`.
    ModelProvider,
    /// What may stand in the place of a model: `$system.fast`.
    ModelReferences,
    /// What is said to this model alone, which is nothing here.
    ModelSpecific,
    /// What the agent works in, as a list.
    Env,
    /// Where the agent's work is carried out.
    ExecutionEnvironment,
    /// The program's name.
    ClientDisplay,
    /// The directory of the runtime's own files: `.fast-agent`.
    HomeDir,
    /// What MCP servers say of themselves.
    ServerInstructions,
    /// The skills there are.
    AgentSkills,
    /// The agents a planner has.
    Agents,
}

const VALUES: &[(&str, PromptValue)] = &[
    ("currentDate", PromptValue::CurrentDate),
    ("hostPlatform", PromptValue::HostPlatform),
    ("pythonVer", PromptValue::PythonVersion),
    ("workspaceRoot", PromptValue::WorkspaceRoot),
    ("agentName", PromptValue::AgentName),
    ("agentType", PromptValue::AgentType),
    ("agentCardPath", PromptValue::AgentCardPath),
    ("agentCardDir", PromptValue::AgentCardDir),
    ("modelName", PromptValue::ModelName),
    ("modelProvider", PromptValue::ModelProvider),
    ("modelReferences", PromptValue::ModelReferences),
    ("model_specific", PromptValue::ModelSpecific),
    ("env", PromptValue::Env),
    ("executionEnvironment", PromptValue::ExecutionEnvironment),
    ("clientDisplay", PromptValue::ClientDisplay),
    ("homeDir", PromptValue::HomeDir),
    ("serverInstructions", PromptValue::ServerInstructions),
    ("agentSkills", PromptValue::AgentSkills),
    ("agents", PromptValue::Agents),
];

/// Placeholders other runtimes know, and why they stand for nothing here.
const FOREIGN: &[(&str, &str)] =
    &[("agentInternalResources", "names resources of another runtime")];

/// What two opening braces begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// A placeholder.
    Placeholder(Placeholder),
    /// One that cannot be filled in, and why.
    Refused(&'static str),
}

/// The names of all values.
pub(super) fn names<'a>() -> impl Iterator<Item = &'a str> {
    VALUES.iter().map(|(name, _)| *name)
}

/// Finds the placeholder a text begins with, and how long it is in bytes. It has to be written
/// exactly so: `{{ name }}` is text.
pub(super) fn begins(text: &str) -> Option<(Found, usize)> {
    let inner = text.strip_prefix("{{")?;
    let window = &inner[..inner.floor_char_boundary(LONGEST)];
    let name = window.split(|c: char| !(c == '_' || c.is_ascii_alphanumeric())).next()?;
    let rest = &window[name.len()..];
    if rest.starts_with("}}") && !name.is_empty() {
        return Some((named(name), name.len() + 4));
    }
    let argument = rest.strip_prefix(':')?;
    let argument = argument.lines().next()?;
    let argument = &argument[..argument.find("}}")?];
    Some((with_argument(name, argument)?, name.len() + argument.len() + 5))
}

fn named(name: &str) -> Found {
    let is_it = |(known, _): &&(&str, _)| *known == name;
    if let Some((_, value)) = VALUES.iter().find(is_it) {
        return Found::Placeholder(Placeholder::Value(*value));
    }
    match FOREIGN.iter().find(|(known, _)| *known == name) {
        Some((_, why)) => Found::Refused(why),
        None => Found::Placeholder(Placeholder::Named(name.to_owned())),
    }
}

fn with_argument(name: &str, argument: &str) -> Option<Found> {
    let file = |missing| Placeholder::File { path: argument.to_owned(), missing };
    let placeholder = match name {
        "file" => file(Missing::Error),
        "file_silent" => file(Missing::Empty),
        "url" => Placeholder::Url(argument.to_owned()),
        "internal" => return Some(Found::Refused("names a text of another runtime")),
        _ => return None,
    };
    if argument.trim().is_empty() {
        return Some(Found::Refused("names nothing"));
    }
    Some(Found::Placeholder(placeholder))
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{{{{{}}}}}", value.name()),
            Self::File { path, missing: Missing::Error } => write!(f, "{{{{file:{path}}}}}"),
            Self::File { path, missing: Missing::Empty } => write!(f, "{{{{file_silent:{path}}}}}"),
            Self::Url(address) => write!(f, "{{{{url:{address}}}}}"),
            Self::Named(name) => write!(f, "{{{{{name}}}}}"),
        }
    }
}

impl PromptValue {
    /// How it is written.
    fn name(self) -> &'static str {
        VALUES.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_written_as_it_is_read() {
        for (name, value) in VALUES {
            let text = format!("{{{{{name}}}}} and more");
            let placeholder = Placeholder::Value(*value);
            assert_eq!(placeholder.to_string(), text[..name.len() + 4]);
            assert_eq!(begins(&text), Some((Found::Placeholder(placeholder), name.len() + 4)));
        }
    }

    #[test]
    fn an_argument_ends_on_its_line_and_within_reason() {
        let url = Placeholder::Url("http://x/{y}/z".to_owned());
        assert_eq!(begins("{{url:http://x/{y}/z}}"), Some((Found::Placeholder(url), 22)));
        assert_eq!(begins("{{file:a\n}}"), None);
        assert_eq!(begins(&format!("{{{{file:{}}}}}", "x".repeat(LONGEST))), None);
        assert_eq!(begins("{{other:x}}"), None);
    }
}
