//! The entries of `tool_hooks` and `lifecycle_hooks`: which function is run at which moment.
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

/// The moments of a run, as cards name them.
pub(super) const OF_A_RUN: &[&str] = &[
    HookPhase::BeforeModel.name(),
    HookPhase::AfterModel.name(),
    HookPhase::BeforeCalls.name(),
    HookPhase::AfterCalls.name(),
    HookPhase::Answered.name(),
];

/// Those of an agent.
pub(super) const OF_AN_AGENT: &[&str] = &["on_start", "on_shutdown"];

/// The functions that a card wants run once for its agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LifecycleHooks {
    /// Before the first request to its model.
    pub on_start: Option<FunctionTool>,
    /// When it has done its work, however that ended.
    pub on_shutdown: Option<FunctionTool>,
}

/// Reads what stands under `tool_hooks`.
pub(super) fn read(node: Option<&Node>, problems: &mut Problems<'_>) -> Vec<ToolHook> {
    let phases = HookPhase::ALL.map(|phase| (phase.name(), phase));
    functions(("tool_hooks", node), phases, "a run", problems)
        .map(|(phase, function)| ToolHook { phase, function })
        .collect()
}

/// Reads what stands under `lifecycle_hooks`.
pub(super) fn read_lifecycle(node: Option<&Node>, problems: &mut Problems<'_>) -> LifecycleHooks {
    type Field = fn(&mut LifecycleHooks) -> &mut Option<FunctionTool>;
    let moments: [(&str, Field); 2] = [
        ("on_start", |hooks| &mut hooks.on_start),
        ("on_shutdown", |hooks| &mut hooks.on_shutdown),
    ];
    let mut hooks = LifecycleHooks::default();
    for (field, function) in functions(("lifecycle_hooks", node), moments, "an agent", problems) {
        *field(&mut hooks) = Some(function);
    }
    hooks
}

/// The functions under a key, each with its moment; `whole` is what those are moments of.
fn functions<T: Copy, const N: usize>(
    (key, node): (&str, Option<&Node>),
    moments: [(&'static str, T); N],
    whole: &str,
    problems: &mut Problems<'_>,
) -> impl Iterator<Item = (T, FunctionTool)> {
    let path = KeyPath::top(key);
    let entries = match node {
        Some(Node::Mapping(entries)) => entries.as_slice(),
        _ => &[],
    };
    let functions = entries.iter().filter_map(|(name, entry)| {
        let path = path.key(name);
        let Some((_, moment)) = moments.iter().find(|(moment, _)| moment == name) else {
            let names = moments.map(|(name, _)| name);
            let problem = Problem::new(format!("`{}` is no moment of {whole}", shown(name)))
                .kind("unknown-key")
                .hint(suggestion(name, names));
            let place = problems.place(&path, Spot::Key);
            problems.add(|| problem.at(place));
            return None;
        };
        Some((*moment, read_entrypoint(&path, entry.text()?, problems)?))
    });
    functions.collect::<Vec<_>>().into_iter()
}
