//! Cards: Markdown files whose front matter says what an agent has and whose body is its prompt.
//!
//! A card is data that was checked; nothing here knows how a model, a tool or an agent is made of
//! it.

mod front_matter;
mod function_tool;
mod path;
mod problem;
mod request_params;
mod yaml;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

pub use function_tool::FunctionTool;
pub use request_params::RequestParams;

use crate::diagnostic::Diagnostic;
use path::{KeyPath, Spot};
use problem::Problem;
use yaml::{Document, Node};

/// What a card says, checked and with its placeholders expanded.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The file it came from, as it was named.
    pub path: PathBuf,
    /// The agent's name; the file's stem unless the card gives one. It holds no spaces.
    pub name: String,
    /// What the agent is for, in a sentence.
    pub description: Option<String>,
    /// The system prompt.
    pub instruction: String,
    /// How the agent is offered to people.
    pub standing: Standing,
    /// The model, as written: `hf.openai/gpt-oss-20b:groq`.
    pub model: Option<String>,
    /// The functions it may call.
    pub function_tools: Vec<FunctionTool>,
    /// What is asked of the model and the loop.
    pub request_params: RequestParams,
    /// Whether a later prompt of a session sees the earlier ones.
    pub use_history: bool,
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

/// Loads the card at a path. `today` is what `{{currentDate}}` stands for.
pub fn load(path: &Path, today: Date) -> Result<Card, Vec<Diagnostic>> {
    let bytes = std::fs::read(path).map_err(|error| {
        vec![Problem::new(format!("the card cannot be read: {error}")).in_file(path)]
    })?;
    parse(path, &bytes, today)
}

/// Parses the bytes of the card that is at a path, without reading anything.
pub fn parse(path: &Path, bytes: &[u8], _today: Date) -> Result<Card, Vec<Diagnostic>> {
    read(path, bytes).map_err(|problem| vec![problem.in_file(path)])
}

fn read(path: &Path, bytes: &[u8]) -> Result<Card, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| Problem::new(error.to_string()))?;
    let parts = front_matter::split(text.strip_prefix('\u{feff}').unwrap_or(text))?;
    let document = Document::read(&parts.block, parts.block_line)?;
    let mut card = Card {
        path: path.to_owned(),
        name: path.file_stem().unwrap_or_default().to_string_lossy().replace(' ', "_"),
        description: None,
        instruction: parts.body.trim().to_owned(),
        standing: Standing::Listed,
        model: None,
        function_tools: Vec::new(),
        request_params: RequestParams::default(),
        use_history: true,
    };
    let Node::Mapping(entries) = document.root() else {
        let kind = document.root().kind();
        return Err(Problem::new(format!("the front matter must be a mapping, not {kind}")));
    };
    for (key, node) in entries {
        let place = document.place(&KeyPath::top(key), Spot::Value);
        match (key.as_str(), node) {
            ("type", Node::Text(kind)) if kind == "agent" => {}
            ("name", Node::Text(name)) => card.name = name.replace(' ', "_"),
            ("description", Node::Text(text)) => card.description = Some(text.clone()),
            ("model", Node::Text(model)) => card.model = Some(model.clone()),
            ("default", Node::Flag(true)) => card.standing = Standing::Default,
            ("function_tools", Node::List(tools)) => {
                for (index, tool) in tools.iter().enumerate() {
                    let path = KeyPath::top(key).index(index);
                    let place = document.place(&path, Spot::Value);
                    let Node::Text(entry) = tool else {
                        return Err(Problem::new("must be text").about(path.to_string()).at(place));
                    };
                    card.function_tools.extend(FunctionTool::parse(entry, place));
                }
            }
            _ => return Err(Problem::new("is not supported yet").about(key).at(place)),
        }
    }
    Ok(card)
}
