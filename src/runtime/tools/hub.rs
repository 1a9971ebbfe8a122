//! The Hub's tool, for the function by which cards name it.
//!
//! It does not know what the tool does.

use std::sync::Arc;

use crate::card::FunctionTool;
use crate::message::ToolSpec;
use crate::runtime::SetupError;
use crate::runtime::connect::Surrounding;
use crate::tool::Tool;
use crate::tool::hub::{EndpointPattern, HubTool};

/// Whether that is what a card means by a function.
pub(super) fn is_meant(tool: &FunctionTool) -> bool {
    tool.function == "hf_api_request"
        && tool.module.file_name().is_some_and(|name| name == "hf_api_tool.py")
}

/// What a model is told about it.
pub(super) fn spec(pattern: EndpointPattern) -> ToolSpec {
    crate::tool::hub::spec(pattern)
}

/// The tool itself.
pub(super) fn connect(surrounding: &Surrounding<'_>) -> Result<Vec<Arc<dyn Tool>>, SetupError> {
    Ok(vec![Arc::new(HubTool::new(surrounding.hub()?, surrounding.pattern))])
}
