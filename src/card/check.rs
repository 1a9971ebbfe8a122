//! Checks front matter against the tables of keys and types what acts.
//!
//! It does not know what a key does.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::function_tool::{self, FunctionTool};
use super::keys::{self, KEYS, Key, REQUEST_PARAMS, Spelling, Support, TYPES};
use super::node::Node;
use super::path::{KeyPath, Spot};
use super::problem::{Problem, shown, suggestion};
use super::problems::Problems;
use super::request_params::RequestParams;
use super::shell::{self, Shell};
use super::values::Values;
use super::workflow::{self, Kind};
use super::{
    Standing,
    children::{self, Children},
    claude,
    command::{self, CardCommand},
    hook::{self, LifecycleHooks, ToolHook},
    http_tool::{self, HttpTool},
    mcp::{self, McpServers},
    subagents,
};
use crate::diagnostic::did_you_mean;
use crate::secret::Secret;

/// What the front matter of a card says.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the card")]
pub(super) struct FrontMatter {
    pub(super) kind: Kind,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) instruction: Option<String>,
    pub(super) standing: Standing,
    pub(super) model: Option<String>,
    pub(super) function_tools: Vec<FunctionTool>,
    pub(super) http_tools: Vec<HttpTool>,
    pub(super) shell: Option<Shell>,
    pub(super) tool_hooks: Vec<ToolHook>,
    pub(super) lifecycle_hooks: LifecycleHooks,
    pub(super) commands: Vec<CardCommand>,
    pub(super) mcp: McpServers,
    pub(super) request_params: RequestParams,
    pub(super) use_history: Option<bool>,
    pub(super) save_trajectory: bool,
    pub(super) skills: Option<Vec<String>>,
    pub(super) human_input: bool,
    pub(super) messages: Vec<String>,
    pub(super) trim_tool_history: bool,
    pub(super) api_key: Option<Secret>,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) agents: Vec<String>,
    pub(super) children: Children,
    pub(super) subagents: subagents::Wish,
    pub(super) harness_tools: bool,
    pub(super) input_schema: Option<serde_json::Value>,
}

/// Checks everything and reads what is right; what is wrong has been reported when this returns.
/// `None` means that it is of no known type, so that the rest of the card says nothing either.
pub(super) fn check(root: &Node, problems: &mut Problems<'_>) -> Option<FrontMatter> {
    let entries: &[(String, Node)] = match root {
        Node::Null => &[],
        Node::Mapping(entries) => entries,
        other => {
            let message =
                format!("the front matter must map keys to values; this is {}", other.kind());
            let place = problems.place(&KeyPath::default(), Spot::Value);
            problems.add(|| Problem::new(message).at(place));
            return None;
        }
    };
    let values = Values(entries);
    let kind = card_type(values, problems)?;
    walk(&KeyPath::default(), root, problems);
    let usual = match kind {
        CardType::Agent => None,
        CardType::Smart => Some(true),
        CardType::Workflow(kind) => return Some(workflow_card(kind, entries, problems)),
    };
    check_entries(&KeyPath::default(), entries, KEYS, Spelling::Snake, problems);
    let params = Values::of(values.get("request_params"));
    let use_history = values.flag("use_history").or(params.flag("use_history"));
    let mut mcp = mcp::read(values, problems);
    let named = claude::read(values, &mut mcp, problems);
    let mut variables = params.values("template_vars");
    variables.extend(values.values("variables"));
    Some(FrontMatter {
        kind: Kind::Agent,
        name: values.text("name"),
        description: values.text("description"),
        instruction: values.text("instruction"),
        standing: standing(values, problems),
        model: model(values, params),
        function_tools: function_tool::read(values.get("function_tools"), problems),
        tool_hooks: hook::read(values.get("tool_hooks"), problems),
        lifecycle_hooks: hook::read_lifecycle(values.get("lifecycle_hooks"), problems),
        commands: command::read(values.get("commands"), problems),
        http_tools: http_tool::read(values.get("http_tools"), problems),
        shell: shell::read(values, problems).or(named.shell),
        mcp,
        request_params: request_params(params, problems),
        use_history,
        save_trajectory: save_trajectory(values, use_history, problems),
        messages: values.texts("messages"),
        skills: values.get("skills").map(|_| values.texts("skills")),
        human_input: values.flag("human_input").unwrap_or(named.human_input),
        trim_tool_history: values.flag("trim_tool_history") == Some(true),
        api_key: api_key(values, problems),
        variables,
        agents: values.texts("agents"),
        children: children::read(values),
        subagents: subagents::read(values, usual.or(named.subagents)),
        harness_tools: values.flag("harness_tools").or(usual) == Some(true),
        input_schema: super::input_schema::read(values.get("tool_input_schema"), problems),
    })
}

/// The model it names, if it names one.
fn model(values: Values<'_>, params: Values<'_>) -> Option<String> {
    let model = values.text("model").or_else(|| params.text("model"));
    model.filter(|model| model != claude::INHERIT)
}

/// What a card of another type than `agent` says.
fn workflow_card(
    kind: &'static workflow::Type,
    entries: &[(String, Node)],
    problems: &mut Problems<'_>,
) -> FrontMatter {
    let values = Values(entries);
    FrontMatter {
        kind: Kind::Workflow(kind.read(entries, problems)),
        name: values.text("name"),
        description: values.text("description"),
        instruction: values.text("instruction"),
        standing: standing(values, problems),
        ..FrontMatter::default()
    }
}

/// Whose keys the rest is checked against.
enum CardType {
    Agent,
    /// An agent that has more unless it says otherwise.
    Smart,
    Workflow(&'static workflow::Type),
}

fn card_type(values: Values<'_>, problems: &mut Problems<'_>) -> Option<CardType> {
    let Some(written) = values.text("type") else { return Some(CardType::Agent) };
    let folded = written.trim().to_lowercase();
    let path = KeyPath::top("type");
    match folded.as_str() {
        "agent" => return Some(CardType::Agent),
        "smart" => {
            let message = "is an old word for `agent` with `subagents` and `harness_tools`";
            let problem = Problem::new(message)
                .kind("card-type")
                .hint("write `subagents: true` and `harness_tools: true` in its place".to_owned());
            problems.warn_at_value(&path, problem);
            return Some(CardType::Smart);
        }
        _ => {}
    }
    if let Some(kind) = workflow::find(&folded) {
        return Some(CardType::Workflow(kind));
    }
    let problem = Problem::new(format!("`{}` is not a type of card; `agent` is", shown(&written)))
        .kind("card-type")
        .hint(suggestion(&folded, TYPES.iter().copied()));
    problems.at_value(&path, problem);
    // A typing mistake does not hide the others.
    (did_you_mean(&folded, TYPES.iter().copied()) == Some("agent")).then_some(CardType::Agent)
}

/// Finds keys that are given twice, wherever they are.
fn walk(path: &KeyPath, node: &Node, problems: &mut Problems<'_>) {
    match node {
        Node::List(list) => {
            for (index, entry) in list.iter().enumerate() {
                walk(&path.index(index), entry, problems);
            }
        }
        Node::Mapping(entries) => {
            let mut seen: HashMap<&str, usize> = HashMap::new();
            for (key, entry) in entries {
                let occurrence = seen.entry(key).or_default();
                let path_of_entry = path.occurrence(key, *occurrence);
                if *occurrence > 0 {
                    let first = problems.place(&path.key(key), Spot::Key);
                    let hint = first.map(|first| format!("the first is on line {}", first.line));
                    problems.at_key(
                        &path_of_entry,
                        Problem::new("is given twice").kind("duplicate-key").hint(hint),
                    );
                }
                *occurrence += 1;
                walk(&path_of_entry, entry, problems);
            }
        }
        Node::Null | Node::Flag(_) | Node::Integer(_) | Node::Float(_) | Node::Text(_) => {}
    }
}

/// Checks the entries of a mapping against the table of its keys.
pub(super) fn check_entries(
    path: &KeyPath,
    entries: &[(String, Node)],
    table: &'static [Key],
    spelling: Spelling,
    problems: &mut Problems<'_>,
) {
    let mut seen = HashSet::new();
    let mut spelled: HashMap<&str, &str> = HashMap::new();
    for (written, node) in entries {
        if !seen.insert(written) {
            continue;
        }
        let path = path.key(written);
        let Some(key) = keys::find(table, written, spelling) else {
            let hint = suggestion(written, table.iter().map(|key| key.name));
            problems
                .at_key(&path, Problem::new("there is no such key").kind("unknown-key").hint(hint));
            continue;
        };
        if let Some(other) = spelled.insert(key.name, written) {
            let message = format!("is the same key as `{other}`, which is given too");
            problems.at_key(&path, Problem::new(message).kind("duplicate-key"));
        }
        check_entry(&path, key, node, problems);
    }
}

fn check_entry(path: &KeyPath, key: &Key, node: &Node, problems: &mut Problems<'_>) {
    if *node == Node::Null {
        return;
    }
    let misfits = key.shape.check(path, node);
    match key.support {
        Support::Never if misfits.is_empty() => {
            let problem = Problem::new("is not supported, and has no effect here");
            problems.warn_at_value(path, problem.kind("unsupported-key"));
        }
        _ => {
            for (path, problem) in misfits {
                problems.at_value(&path, problem);
            }
        }
    }
}

fn request_params(params: Values<'_>, problems: &mut Problems<'_>) -> RequestParams {
    let path = KeyPath::top("request_params");
    check_entries(&path, params.0, REQUEST_PARAMS, Spelling::SnakeOrCamel, problems);
    RequestParams::read(params, problems)
}

/// A run is saved by itself, which it is not where it is part of a longer conversation.
fn save_trajectory(
    values: Values<'_>,
    use_history: Option<bool>,
    problems: &mut Problems<'_>,
) -> bool {
    let wanted = values.flag("save_trajectory") == Some(true);
    if wanted && use_history != Some(false) {
        let problem = Problem::new("needs `use_history: false`: each run is saved by itself");
        problems.at_key(&KeyPath::top("save_trajectory"), problem.kind("conflict"));
    }
    wanted
}

fn api_key(values: Values<'_>, problems: &mut Problems<'_>) -> Option<Secret> {
    let text = values.text("api_key")?;
    // What stayed as it is names a variable that is not set, and has been warned of.
    if text.starts_with("${") {
        return None;
    }
    let key = Secret::parse(&text);
    key.unwrap_or_else(|error| {
        problems.at_value(&KeyPath::top("api_key"), Problem::new(error.to_string()));
        None
    })
}

fn standing(values: Values<'_>, problems: &mut Problems<'_>) -> Standing {
    match (values.flag("default"), values.flag("tool_only")) {
        (Some(true), Some(true)) => {
            let message = "cannot go with `default`: what is only a tool is never asked first";
            problems.at_key(&KeyPath::top("tool_only"), Problem::new(message).kind("conflict"));
            Standing::ToolOnly
        }
        (Some(true), _) => Standing::Default,
        (_, Some(true)) => Standing::ToolOnly,
        _ => Standing::Listed,
    }
}
