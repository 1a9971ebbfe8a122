//! The Hub's tool, for the function by which cards name it.
//!
//! It does not know what the tool does.

use std::sync::Arc;

use super::Source;
use crate::card::{Card, FunctionTool};
use crate::diagnostic::Diagnostic;
use crate::message::ToolSpec;
use crate::runtime::SetupError;
use crate::runtime::connect::Surrounding;
use crate::tool::Tool;
use crate::tool::hub::{EndpointPattern, HubTool};

/// The Hub, if that is the function a card names.
pub(super) fn resolve(card: &Card, tool: &FunctionTool) -> Result<Source, SetupError> {
    let module = tool.module.file_name().and_then(|name| name.to_str());
    match (module, tool.function.as_str()) {
        (Some("hf_api_tool.py"), "hf_api_request") => Ok(Source::Hub),
        _ => Err(SetupError::Card(Box::new(not_built_in(card, tool)))),
    }
}

/// What a model is told about it.
pub(super) fn spec(pattern: EndpointPattern) -> ToolSpec {
    crate::tool::hub::spec(pattern)
}

/// The tool itself.
pub(super) fn connect(surrounding: &Surrounding<'_>) -> Result<Vec<Arc<dyn Tool>>, SetupError> {
    Ok(vec![Arc::new(HubTool::new(surrounding.hub()?, surrounding.pattern))])
}

fn not_built_in(card: &Card, tool: &FunctionTool) -> Diagnostic {
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
