//! Cards written for Claude Code, where `tools` lists tools of that program by its names.
//!
//! What has a counterpart here is taken for that, and the rest is warned of. Their other keys are
//! those of any card.

use super::mcp::McpServers;
use super::node::Node;
use super::path::KeyPath;
use super::problem::{Problem, shown, suggestion};
use super::problems::Problems;
use super::shell::{Shell, ShellTool};
use super::values::Values;

/// What stands for the model of whoever calls such an agent: it has none of its own.
pub(super) const INHERIT: &str = "inherit";

/// What begins the name of a server's tool: `mcp__time__get_current_time`.
const SERVER: &str = "mcp__";

/// What a tool of that program is here.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    /// A tool of the shell or of files.
    Place(ShellTool),
    Subagents,
    HumanInput,
    /// Something that comes with another tool, or by itself.
    Included,
    /// Nothing; this says what does the same.
    Nothing(Option<&'static str>),
}

const COMMANDS_CAN: Option<&str> = Some("`Bash` can do what it does");
const SERVERS_CAN: Option<&str> =
    Some("a server can do what it does: `mcp_connect: {fetch: uvx mcp-server-fetch}`");

const TOOLS: &[(&str, Meaning)] = &[
    ("Bash", Meaning::Place(ShellTool::Commands)),
    ("Read", Meaning::Place(ShellTool::Read)),
    ("Write", Meaning::Place(ShellTool::Write)),
    ("Edit", Meaning::Place(ShellTool::Edit)),
    ("MultiEdit", Meaning::Place(ShellTool::Edit)),
    ("Task", Meaning::Subagents),
    ("Agent", Meaning::Subagents),
    ("AskUserQuestion", Meaning::HumanInput),
    ("BashOutput", Meaning::Included),
    ("KillBash", Meaning::Included),
    ("KillShell", Meaning::Included),
    ("Skill", Meaning::Included),
    ("Glob", Meaning::Nothing(COMMANDS_CAN)),
    ("Grep", Meaning::Nothing(COMMANDS_CAN)),
    ("LS", Meaning::Nothing(COMMANDS_CAN)),
    ("WebFetch", Meaning::Nothing(SERVERS_CAN)),
    ("WebSearch", Meaning::Nothing(None)),
    ("NotebookEdit", Meaning::Nothing(None)),
    ("NotebookRead", Meaning::Nothing(None)),
    ("TodoWrite", Meaning::Nothing(None)),
    ("SlashCommand", Meaning::Nothing(None)),
    ("ExitPlanMode", Meaning::Nothing(None)),
];

/// What the names under `tools` come to.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// The tools of the shell and of files among them.
    pub(super) shell: Option<Shell>,
    /// Whether the agent may start clones of itself; the card's own key goes first.
    pub(super) subagents: Option<bool>,
    /// Whether it may ask the person.
    pub(super) human_input: bool,
}

/// Reads `tools` where it names tools. Those of servers are added to the card's.
pub(super) fn read(
    values: Values<'_>,
    servers: &mut McpServers,
    problems: &mut Problems<'_>,
) -> Named {
    let mut named = Named::default();
    for (path, name) in names(values) {
        if let Some(tool) = name.strip_prefix(SERVER) {
            let (server, tool) = tool.split_once("__").unwrap_or((tool, "*"));
            servers.add(server, tool, problems.locator(&path));
            continue;
        }
        let (name, only) = name.split_once('(').map_or((name, None), |(name, only)| {
            (name.trim_end(), Some(only.trim_end_matches(')')))
        });
        let found = TOOLS.iter().find(|(tool, _)| *tool == name);
        match found.map(|(_, meaning)| *meaning) {
            Some(Meaning::Place(tool)) => {
                if let Some(only) = only {
                    problems.warn_at_value(&path, unlimited(name, only));
                }
                let place = || Shell::alone(problems.locator(&path));
                named.shell.get_or_insert_with(place).add(tool);
            }
            Some(Meaning::Subagents) => named.subagents = Some(true),
            Some(Meaning::HumanInput) => named.human_input = true,
            Some(Meaning::Included) => {}
            Some(Meaning::Nothing(hint)) => {
                problems.warn_at_value(&path, absent(name, hint.map(str::to_owned)));
            }
            None => {
                let hint = suggestion(name, TOOLS.iter().map(|(tool, _)| *tool));
                problems.warn_at_value(&path, absent(name, hint));
            }
        }
    }
    named
}

/// The names and where each is: in a list, or between commas in one text.
fn names(values: Values<'_>) -> Vec<(KeyPath, &str)> {
    let path = KeyPath::top("tools");
    match values.get("tools") {
        Some(Node::Text(text)) => split(text).map(|name| (path.clone(), name)).collect(),
        Some(Node::List(list)) => {
            let names = list.iter().enumerate();
            names
                .filter_map(|(index, node)| Some((path.index(index), node.text()?.trim())))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Splits at commas that are in no parentheses: `Bash(git log, git show), Read` is two names.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let names = text.split(move |letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    });
    names.map(str::trim).filter(|name| !name.is_empty())
}

fn unlimited(name: &str, only: &str) -> Problem {
    let message = format!(
        "`{}` is taken without `({})`: each call waits for a yes",
        shown(name),
        shown(only)
    );
    Problem::new(message).kind("foreign-tool")
}

fn absent(name: &str, hint: Option<String>) -> Problem {
    let message =
        format!("`{}` is no tool of this program; the agent runs without it", shown(name));
    Problem::new(message).kind("foreign-tool").hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_in_parentheses_do_not_end_a_name() {
        let names: Vec<&str> = split(" Read,Bash(git log, git show:*) ,, mcp__a__b ").collect();
        assert_eq!(names, ["Read", "Bash(git log, git show:*)", "mcp__a__b"]);
    }
}
