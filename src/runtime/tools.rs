//! From what a card names to tools this program has.
//!
//! It makes no connection and runs nothing.

use std::sync::Arc;

use super::SetupError;
use crate::card::{Card, FunctionTool};
use crate::diagnostic::Diagnostic;
use crate::hub;
use crate::message::ToolSpec;
use crate::tool::Tool;
use crate::tool::hub::{EndpointPattern, HubTool, spec as hub_spec};

/// A tool that is part of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NativeTool {
    /// `hf_api_tool.py:hf_api_request`, which other runtimes of cards run as Python.
    Hub,
}

/// The tools a card names, in its order.
pub(super) fn resolve(card: &Card) -> Result<Vec<NativeTool>, Vec<SetupError>> {
    let mut tools = Vec::new();
    let mut errors = Vec::new();
    for tool in &card.function_tools {
        match native(tool) {
            Some(native) => tools.push(native),
            None => errors.push(SetupError::Card(Box::new(not_native(card, tool)))),
        }
    }
    if errors.is_empty() { Ok(tools) } else { Err(errors) }
}

fn native(tool: &FunctionTool) -> Option<NativeTool> {
    let module = tool.module.file_name()?.to_str()?;
    match (module, tool.function.as_str()) {
        ("hf_api_tool.py", "hf_api_request") => Some(NativeTool::Hub),
        _ => None,
    }
}

fn not_native(card: &Card, tool: &FunctionTool) -> Diagnostic {
    Diagnostic {
        code: "dead-function",
        file: card.path.clone(),
        place: tool.place(),
        key: Some("function_tools".to_owned()),
        message: format!(
            "`{}:{}`: Python function tools are not supported yet",
            tool.module.display(),
            tool.function
        ),
        hint: Some("the one built in is `hf_api_tool.py:hf_api_request`".to_owned()),
    }
}

impl NativeTool {
    /// What a model is told about it.
    pub(super) fn spec(self, pattern: EndpointPattern) -> ToolSpec {
        match self {
            Self::Hub => hub_spec(pattern),
        }
    }

    /// The tool itself.
    pub(super) fn connect(self, pattern: EndpointPattern, hub: &hub::Client) -> Arc<dyn Tool> {
        match self {
            Self::Hub => Arc::new(HubTool::new(hub.clone(), pattern)),
        }
    }
}
