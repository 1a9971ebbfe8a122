//! The entries of `tool_hooks`: which function is run at which moment of a run.
//!
//! It does not know what a function may do there.

use super::function_tool::{FunctionTool, read_entrypoint};
use super::node::Node;
use super::path::{KeyPath, Spot};
use super::problem::{Problem, shown, suggestion};
use super::problems::Problems;

/// A function that a card wants run at a moment of every run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolHook {
    /// The moment.
    pub phase: HookPhase,
    /// The function.
    pub function: FunctionTool,
}

/// A moment of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookPhase {
    /// Before the model is asked.
    BeforeModel,
    /// After it replied.
    AfterModel,
    /// Before the calls of a reply are made.
    BeforeCalls,
    /// After they all came back.
    AfterCalls,
    /// After the answer.
    Answered,
}

impl HookPhase {
    const ALL: [Self; 5] =
        [Self::BeforeModel, Self::AfterModel, Self::BeforeCalls, Self::AfterCalls, Self::Answered];

    /// The name cards have for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeforeModel => "before_llm_call",
            Self::AfterModel => "after_llm_call",
            Self::BeforeCalls => "before_tool_call",
            Self::AfterCalls => "after_tool_call",
            Self::Answered => "after_turn_complete",
        }
    }
}

/// Reads what stands under `tool_hooks`.
pub(super) fn read(node: Option<&Node>, problems: &mut Problems<'_>) -> Vec<ToolHook> {
    let path = KeyPath::top("tool_hooks");
    let Some(Node::Mapping(entries)) = node else { return Vec::new() };
    let hooks = entries.iter().filter_map(|(name, entry)| {
        let path = path.key(name);
        let Some(phase) = HookPhase::ALL.into_iter().find(|phase| phase.name() == name) else {
            let names = HookPhase::ALL.map(HookPhase::name);
            let problem = Problem::new(format!("`{}` is no moment of a run", shown(name)))
                .kind("unknown-key")
                .hint(suggestion(name, names));
            let place = problems.place(&path, Spot::Key);
            problems.add(|| problem.at(place));
            return None;
        };
        let function = read_entrypoint(&path, entry.text()?, problems)?;
        Some(ToolHook { phase, function })
    });
    hooks.collect()
}
