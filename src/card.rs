//! Cards: Markdown files whose front matter says what an agent has and whose body is its prompt.
//!
//! A card is data that was checked; nothing here knows how a model, a tool or an agent is made of
//! it.

mod answer_form;
mod check;
mod children;
mod claude;
mod command;
pub mod deck;
pub mod folder;
mod front_matter;
mod function_tool;
mod hook;
mod http_tool;
mod idle;
mod input_schema;
mod instruction;
mod keys;
mod locate;
mod mcp;
mod node;
mod path;
mod placeholder;
mod problem;
mod problems;
mod prompt;
mod reference;
mod request_params;
mod schema;
mod shape;
mod shell;
mod skill;
mod source;
mod subagents;
mod values;
mod variable;
mod workflow;
mod yaml;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

pub use path::KeyPath;
pub use prompt::{Missing, Piece, Placeholder, Prompt, PromptValue};
pub use reference::reference;
pub use request_params::{RequestParams, ResultMode, ServiceTier, ToolPolicy};
pub use schema::front_matter_schema;
pub use yaml::Front;
pub use {
    children::{Children, HistorySource, MOST_SHOWN, MergeTarget},
    command::CardCommand,
    deck::LONGEST_ABOUT,
    function_tool::{FunctionCode, FunctionTool},
    hook::{HookPhase, LifecycleHooks, ToolHook},
    http_tool::{HttpMethod, HttpTool},
    mcp::{Greeting, McpServers, NamedServer, PlacedServer},
    shell::{Shell, ShellTool},
    skill::{SkillHead, skill},
    subagents::Subagents,
    workflow::{Kind, Workflow},
};

use crate::{diagnostic::Diagnostic, secret::Secret};
use check::{FrontMatter, check};
use instruction::Passage;
use problem::{Problem, suggestion};
use problems::{Found, Problems};
use source::Format;
use yaml::Document;

/// What a card says, checked and with its placeholders expanded.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the card")]
pub struct Card {
    /// The file it came from, as it was named.
    pub path: PathBuf,
    /// What it is a card of.
    pub kind: Kind,
    /// The agent's name; the file's stem unless the card gives one. It holds no spaces.
    pub name: String,
    /// What the agent is for, in a sentence.
    pub description: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The system prompt: the body, or the `instruction` of a card without one. A card that has
    /// neither gets the usual prompt of such cards.
    pub instruction: Prompt,
    /// How the agent is offered to people.
    pub standing: Standing,
    /// The model, as written: `hf.openai/gpt-oss-20b:groq`.
    pub model: Option<String>,
    /// The functions it may call.
    pub function_tools: Vec<FunctionTool>,
    /// The functions that look on while it runs.
    pub tool_hooks: Vec<ToolHook>,
    /// The functions that are run once for it.
    pub lifecycle_hooks: LifecycleHooks,
    /// The commands it brings to conversations.
    pub commands: Vec<CardCommand>,
    /// The requests to servers it may make.
    pub http_tools: Vec<HttpTool>,
    /// The names of other agents it may call.
    pub agents: Vec<String>,
    /// How it runs those.
    pub children: Children,
    /// Whether it may start clones of itself.
    pub subagents: Option<Subagents>,
    /// Whether it may look itself up.
    pub harness_tools: bool,
    /// What it takes when another agent calls it: a JSON Schema; a `message` if not given.
    pub input_schema: Option<serde_json::Value>,
    /// Whether it may run commands and use files, and where.
    pub shell: Option<Shell>,
    /// The MCP servers it may use.
    pub mcp: McpServers,
    /// What is asked of the model and the loop.
    pub request_params: RequestParams,
    /// Whether a later prompt of a session sees the earlier ones.
    pub use_history: bool,
    /// Whether each run is to be kept, by itself.
    pub save_trajectory: bool,
    /// The files of messages its conversations begin with, as written.
    pub messages: Vec<String>,
    /// The directories of its skills, as written; the usual ones if it does not say.
    pub skills: Option<Vec<String>>,
    /// Whether it may ask the person.
    pub human_input: bool,
    /// Whether the results of a run's calls are dropped once it has answered.
    pub trim_tool_history: bool,
    /// The key of its model's provider, which goes there and nowhere else.
    pub api_key: Option<Secret>,
    /// What its own placeholders stand for.
    pub variables: BTreeMap<String, String>,
    /// Its YAML, in which the place of a key is found.
    pub front: Front,
    /// What is odd about it and keeps nothing from running.
    pub warnings: Vec<Diagnostic>,
}

/// Where a card comes from, and with that what of this machine it may draw on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It is a file of this machine, or part of this program.
    Local,
    /// It is somebody else's: no variable and no file of this machine gets into it.
    Remote,
}

/// How an agent is offered to people when several cards are at hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// It is one of those that can be asked.
    #[default]
    Listed,
    /// It is the one that is asked when none is named.
    Default,
    /// It is only there for other agents to call.
    ToolOnly,
}

impl Card {
    /// A complaint about a value in it, with the value's place. Values that are not given have none.
    pub fn complaint(&self, code: &'static str, key: &KeyPath, message: String) -> Diagnostic {
        Diagnostic {
            code,
            file: self.path.clone(),
            // A list of one may be written without being one.
            place: self
                .front
                .place(key, path::Spot::Value)
                .or_else(|| self.front.place(&key.first(), path::Spot::Value)),
            key: Some(key.to_string()),
            message,
            hint: None,
        }
    }

    /// The names of the cards it calls, and where each is named.
    pub fn calls(&self) -> impl Iterator<Item = (KeyPath, &str)> {
        let calls: &[(KeyPath, String)] = match &self.kind {
            Kind::Agent => &[],
            Kind::Workflow(workflow) => &workflow.calls,
        };
        let agents = self.agents.iter().enumerate();
        agents
            .map(|(index, name)| (KeyPath::top("agents").index(index), name.as_str()))
            .chain(calls.iter().map(|(key, name)| (key.clone(), name.as_str())))
    }

    /// Whether its prompt may have a placeholder that is written so between its braces.
    pub fn knows_placeholder(&self, written: &str) -> bool {
        let takes_name = ["file:", "file_silent:", "url:"];
        placeholder::names().any(|name| name == written)
            || self.variables.contains_key(written)
            || takes_name.iter().any(|start| written.starts_with(start))
    }

    /// The placeholders of its prompt that stand for nothing and stay as they are, which may be
    /// meant.
    pub fn unknown_placeholders(&self) -> Vec<Diagnostic> {
        let unknown = self.instruction.unknown();
        let unknown = unknown.filter(|(name, _)| !self.variables.contains_key(*name));
        let unknown = unknown.map(|(name, place)| {
            let message = format!("`{{{{{name}}}}}` stands for nothing and stays as it is");
            Problem::new(message)
                .kind("unknown-placeholder")
                .at(place.or_else(|| self.instruction.place()))
                .hint(suggestion(
                    name,
                    placeholder::names().chain(self.variables.keys().map(String::as_str)),
                ))
                .in_file(&self.path)
        });
        unknown.collect()
    }
}

/// What the variables of the environment stand for.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Loads the card at a path. `variables` is what `${NAME}` stands for in its front matter.
///
/// A card is `.md`, `.markdown`, `.yaml` or `.yml`, at most 1 MiB, of which at most 64 KiB are YAML.
/// What is wrong with it comes back all at once, in the order of the file, as far as it can be read;
/// problems beyond the first 25 are only counted. With their hints, diagnostics read like this:
///
/// ```text
/// cards/hub.md:3:1: `modle`: there is no such key
///     hint: did you mean `model`?
/// cards/hub.md:5:16: `request_params.temperature`: must be a number from 0 to 2, not text
///     hint: write it without quotes
/// cards/hub.md:6:5: `mcp_connect.mail.auth`: is not supported yet
///     hint: remove it: a card that needs it cannot run yet
/// cards/hub.md:9:9: `{{agents}}` is for cards of type `orchestrator` alone
///     hint: write `\{{agents}}` if it is meant as text
/// ```
pub fn load(path: &Path, variables: Lookup<'_>) -> Result<Card, Vec<Diagnostic>> {
    let bytes = read(path).map_err(|diagnostic| vec![*diagnostic])?;
    parse(path, &bytes, Origin::Local, variables)
}

/// Reads the bytes of the card at a path, if they are as many as a card may have.
pub fn read(path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    source::read(path).map_err(|problem| Box::new(problem.in_file(path)))
}

/// Parses the bytes of the card that is at a path, as [`load`] does, without reading anything.
pub fn parse(
    path: &Path,
    bytes: &[u8],
    origin: Origin,
    variables: Lookup<'_>,
) -> Result<Card, Vec<Diagnostic>> {
    match examine(path, bytes, origin, variables) {
        Examined { card: Some(card), errors, warnings } if errors.is_empty() => {
            Ok(Card { warnings, ..card })
        }
        Examined { errors, .. } => Err(errors),
    }
}

/// What is in a card, right and wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Examined {
    /// What it says, as far as it can be understood.
    pub card: Option<Card>,
    /// What keeps it from running, in the order of the file.
    pub errors: Vec<Diagnostic>,
    /// What is odd about it.
    pub warnings: Vec<Diagnostic>,
}

/// Parses the bytes of the card that is at a path as far as that goes: what is wrong with one key
/// takes nothing from the others.
pub fn examine(path: &Path, bytes: &[u8], origin: Origin, variables: Lookup<'_>) -> Examined {
    let (document, body) = match split(path, bytes) {
        Ok(parts) => parts,
        Err(problem) => {
            let errors = vec![problem.in_file(path)];
            return Examined { card: None, errors, warnings: Vec::new() };
        }
    };
    let mut problems = Problems::new(&document);
    let filled = match origin {
        Origin::Local => variable::fill(document.root(), variables, &mut problems),
        Origin::Remote => {
            variable::leave(document.root(), &mut problems);
            None
        }
    };
    let root = filled.as_ref().unwrap_or(document.root());
    let card = check(root, &mut problems).map(|mut front| {
        if origin == Origin::Remote && !front.messages.is_empty() {
            let problem = Problem::new("a card from elsewhere brings no messages");
            problems.at_key(&KeyPath::top("messages"), problem.kind("remote-card"));
        }
        let given = front.instruction.take();
        let mut prompt = instruction::resolve(body, given, origin, &mut problems);
        if front.kind == Kind::Agent {
            instruction::check_agents(&prompt, &mut problems);
        }
        let subagents = std::mem::take(&mut front.subagents).settle(&mut prompt);
        if front.kind == Kind::Agent {
            idle::check(values::Values::of(Some(root)), &prompt, subagents.as_ref(), &mut problems);
        }
        let card = assemble(path, origin, prompt, front);
        Card { subagents, front: document.front().clone(), ..card }
    });
    let Found { errors, warnings } = problems.into_diagnostics(path);
    Examined { card, errors, warnings }
}

/// The YAML of a card, and its body if it is one that has a body.
fn split<'t>(path: &Path, bytes: &'t [u8]) -> Result<(Document, Option<Passage<'t>>), Problem> {
    let format = Format::of(path)?;
    let text = source::decode(bytes)?;
    match format {
        Format::Markdown => {
            let split = front_matter::split(text)?;
            let document = Document::read(&split.block, split.block_line)?;
            Ok((document, Some(Passage::after(text, split.body_start))))
        }
        Format::Yaml => Ok((Document::read(text, 1)?, None)),
    }
}

fn assemble(path: &Path, origin: Origin, instruction: Prompt, front: FrontMatter) -> Card {
    let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Card {
        path: path.to_owned(),
        kind: front.kind,
        name: front.name.unwrap_or_else(stem).replace(' ', "_"),
        description: front.description,
        origin,
        instruction,
        standing: front.standing,
        model: front.model,
        function_tools: front.function_tools,
        tool_hooks: front.tool_hooks,
        lifecycle_hooks: front.lifecycle_hooks,
        commands: front.commands,
        http_tools: front.http_tools,
        shell: front.shell,
        mcp: front.mcp,
        request_params: front.request_params,
        use_history: front.use_history.unwrap_or(true),
        save_trajectory: front.save_trajectory,
        messages: front.messages,
        skills: front.skills,
        human_input: front.human_input,
        trim_tool_history: front.trim_tool_history,
        api_key: front.api_key,
        variables: front.variables,
        agents: front.agents,
        children: front.children,
        subagents: None,
        harness_tools: front.harness_tools,
        input_schema: front.input_schema,
        front: Front::default(),
        warnings: Vec::new(),
    }
}
