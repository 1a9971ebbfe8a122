//! An entry of `function_tools`: which function of which module.
//!
//! It does not know whether there is such a function.

use std::path::PathBuf;

use crate::diagnostic::Place;

/// A function a card wants as a tool: `hf_api_tool.py:hf_api_request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionTool {
    /// The module's file, as written; a relative one is meant from the card's directory.
    pub module: PathBuf,
    /// The function in it.
    pub function: String,
    /// Where the card names it.
    pub place: Option<Place>,
}

impl FunctionTool {
    /// Parses `module.py:function`, split at the last colon.
    pub(super) fn parse(entrypoint: &str, place: Option<Place>) -> Option<Self> {
        let (module, function) = entrypoint.rsplit_once(':')?;
        let letters = |c: char| c == '_' || c.is_alphanumeric();
        let named = function.chars().all(letters)
            && function.starts_with(|c| letters(c) && !char::is_numeric(c));
        (named && !module.trim().is_empty()).then(|| Self {
            module: PathBuf::from(module),
            function: function.to_owned(),
            place,
        })
    }
}
