//! The prompts servers have for a person to use: which there are, and what one says.
//!
//! It does not know how a person asks for one.

use std::fmt;

use rmcp::model::{GetPromptRequestParams, GetPromptResult, Prompt as Offered, Role};
use serde_json::{Map, Value};

use super::output::block;

/// A prompt that a server has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Its name behind its server's, as a tool's: `everything__simple-prompt`.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it takes.
    pub arguments: Vec<PromptArgument>,
    /// Which server has it, and what that calls it.
    pub(super) source: (String, String),
}

/// What a prompt takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptArgument {
    /// Its name.
    pub name: String,
    /// Whether the prompt cannot do without it.
    pub is_required: bool,
}

impl Prompt {
    pub(super) fn new(server: &str, offered: &Offered) -> Self {
        let arguments = offered.arguments.iter().flatten().map(|argument| PromptArgument {
            name: argument.name.clone(),
            is_required: argument.required == Some(true),
        });
        Self {
            name: format!("{server}__{}", offered.name),
            description: offered.description.clone().unwrap_or_default(),
            arguments: arguments.collect(),
            source: (server.to_owned(), offered.name.clone()),
        }
    }

    /// The one of this name, with its server's name or, where only one server has such a prompt, without.
    pub fn named<'a>(prompts: &'a [Self], name: &str) -> Option<&'a Self> {
        let whole = prompts.iter().find(|prompt| prompt.name == name);
        let mut bare = prompts.iter().filter(|prompt| prompt.source.1 == name);
        whole.or_else(|| bare.next().filter(|_| bare.next().is_none()))
    }

    /// What it cannot do without and was not given.
    pub(super) fn lacks(&self, given: &[(String, String)]) -> Vec<&str> {
        let is_given = |name: &str| given.iter().any(|(given, _)| given == name);
        let needed = self.arguments.iter().filter(|argument| argument.is_required);
        needed.map(|argument| argument.name.as_str()).filter(|name| !is_given(name)).collect()
    }
}

/// As it is asked for: `everything__args-prompt city=… [state=…]: A prompt with arguments`.
impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for PromptArgument { name, is_required } in &self.arguments {
            match is_required {
                true => write!(f, " {name}=…")?,
                false => write!(f, " [{name}=…]")?,
            }
        }
        match self.description.lines().next() {
            Some(line) => write!(f, ": {line}"),
            None => Ok(()),
        }
    }
}

pub(super) fn request(name: &str, given: Vec<(String, String)>) -> GetPromptRequestParams {
    let arguments: Map<String, Value> =
        given.into_iter().map(|(name, value)| (name, value.into())).collect();
    let params = GetPromptRequestParams::new(name);
    if arguments.is_empty() { params } else { params.with_arguments(arguments) }
}

/// All a prompt says, as one question. What it puts into the mouth of the model is marked.
pub(super) fn question(result: &GetPromptResult) -> String {
    let texts = result.messages.iter().map(|message| match message.role {
        Role::Assistant => format!("Assistant: {}", block(&message.content)),
        Role::User => block(&message.content),
    });
    texts.collect::<Vec<_>>().join("\n\n")
}
