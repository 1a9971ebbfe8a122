//! Tools that the words of a card name and it does not have.
//!
//! Only what looks like the name of a tool counts: a word in backticks or before the word "tool" that
//! is the name of a tool of this program, nearly that of one the card has, or says whose it is; and
//! what is called with named arguments. Everything else is prose.

use crate::card::Card;
use crate::config::Config;
use crate::suggest::is_typo;

/// The tools of this program, and what gives a card each of them.
const OURS: &[(&str, &str)] = &[
    ("hf_api_request", "function_tools: [hf_api_tool.py:hf_api_request]"),
    ("bash", "shell: true"),
    ("execute", "shell: true"),
    ("process", "shell: true"),
    ("read_text_file", "shell: true"),
    ("write_text_file", "shell: true"),
    ("edit_file", "shell: true"),
    ("read_skill", "skills: [DIRECTORY]"),
    ("__human_input", "human_input: true"),
    ("subagent", "subagents: true"),
    ("slash_command", "harness_tools: true"),
    ("get_resource", "harness_tools: true"),
];

/// What a card may call.
pub(super) struct Tools<'a> {
    /// The names that are known without running anything.
    names: &'a [String],
    /// The MCP servers it may use, each with tools of its own.
    servers: Vec<&'a str>,
    config: &'a Config,
}

/// A word that names a tool the card does not have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dead<'w> {
    /// Where in its line, in bytes.
    pub(super) at: usize,
    /// The word.
    pub(super) name: &'w str,
    /// What to do about it.
    pub(super) hint: String,
}

/// How a word is marked as a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// It is in backticks.
    Backticks,
    /// The word "tool" follows.
    Tool,
    /// It is called with named arguments: `name_of_tool(argument=`.
    Called,
}

impl<'a> Tools<'a> {
    /// The tools of a card, of which these names are known.
    pub(super) fn new(card: &'a Card, names: &'a [String], config: &'a Config) -> Self {
        let placed = card.mcp.placed.iter().map(|server| server.name.as_str());
        let servers = card.mcp.named.iter().map(|server| server.name.as_str()).chain(placed);
        Self { names, servers: servers.collect(), config }
    }

    /// The words of a line that name tools the card does not have.
    pub(super) fn dead<'w>(&self, line: &'w str) -> Vec<Dead<'w>> {
        let mut found: Vec<Dead<'w>> = Vec::new();
        let words = called(line).chain(in_backticks(line)).chain(before_tool(line));
        for (at, name, mark) in words {
            if found.iter().any(|dead| dead.at == at) {
                continue;
            }
            found.extend(self.missing(name, mark).map(|hint| Dead { at, name, hint }));
        }
        found.sort_by_key(|dead| dead.at);
        found
    }

    /// What to do about a name, if it is that of a tool the card does not have.
    fn missing(&self, name: &str, mark: Mark) -> Option<String> {
        let has = |name: &str| self.names.iter().any(|tool| tool == name);
        if has(name) || (name == "execute" && has("bash")) {
            return None;
        }
        if let Some((server, tool)) = name.split_once("__").filter(|(server, _)| !server.is_empty())
        {
            return self.missing_of(server, tool, mark);
        }
        if let Some(near) =
            self.names.iter().find(|tool| name.contains(['_', '-']) && is_typo(name, tool))
        {
            return Some(format!("did you mean `{near}`?"));
        }
        // A server may have a tool of any name.
        if !self.servers.is_empty() {
            return None;
        }
        let is_word = !name.contains('_') && mark != Mark::Tool;
        match OURS.iter().find(|(ours, _)| *ours == name) {
            Some((_, key)) => (!is_word).then(|| format!("`{key}` gives the card that tool")),
            None => (mark == Mark::Called).then(|| self.listed()),
        }
    }

    /// The same of a name that says whose tool it is.
    fn missing_of(&self, owner: &str, tool: &str, mark: Mark) -> Option<String> {
        if owner == "agent" {
            return Some(format!("`agents: [{tool}]` gives the card that tool"));
        }
        // A word with two lines in it may be anything where nobody speaks of servers.
        let is_meant = mark != Mark::Backticks
            || !self.servers.is_empty()
            || self.config.mcp_servers.contains_key(owner);
        let is_known = self.servers.contains(&owner);
        (is_meant && !is_known).then(|| match self.servers.as_slice() {
            [] => format!("`servers: [{owner}]` gives the card that server's tools"),
            servers => format!("its servers are {}", servers.join(", ")),
        })
    }

    fn listed(&self) -> String {
        match self.names {
            [] => "it has no tools".to_owned(),
            names => format!("it has {}", names.join(", ")),
        }
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// The names that are called with named arguments, as tools are: `name_of_tool(argument=`.
fn called(line: &str) -> impl Iterator<Item = (usize, &str, Mark)> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices('(').filter_map(move |(open, _)| {
        let start = line[..open]
            .rfind(|c| !is_letter(c))
            .map_or(0, |before| before + line[before..].chars().next().map_or(1, char::len_utf8));
        let name = &line[start..open];
        let after = &line[open + 1..];
        let argument = &after[..after.find(|c| !is_letter(c))?];
        let is_call = after[argument.len()..].starts_with('=') && !argument.is_empty();
        let is_method = line[..start].ends_with('.');
        (name.contains('_') && is_call && !is_method).then_some((start, name, Mark::Called))
    })
}

/// The names in backticks, with or without arguments.
fn in_backticks(line: &str) -> impl Iterator<Item = (usize, &str, Mark)> {
    let mut start = 0;
    line.split('`').enumerate().filter_map(move |(index, part)| {
        let at = start;
        start += part.len() + 1;
        let end = part.find(|c| !is_letter(c)).unwrap_or(part.len());
        let is_name = end > 0 && matches!(part[end..].chars().next(), None | Some('('));
        let mark = if is_tool(&line[(at + part.len() + 1).min(line.len())..]) {
            Mark::Tool
        } else {
            Mark::Backticks
        };
        (index % 2 == 1 && is_name).then_some((at, &part[..end], mark))
    })
}

/// The names the word "tool" follows.
fn before_tool(line: &str) -> impl Iterator<Item = (usize, &str, Mark)> {
    line.match_indices(" tool").filter_map(|(end, _)| {
        let start = line[..end]
            .rfind(|c| !is_letter(c))
            .map_or(0, |before| before + line[before..].chars().next().map_or(1, char::len_utf8));
        let is_name = start < end && is_tool(&line[end..]);
        is_name.then_some((start, &line[start..end], Mark::Tool))
    })
}

/// Whether a text goes on with the word "tool".
fn is_tool(text: &str) -> bool {
    let rest = text.strip_prefix(" tool");
    rest.is_some_and(|rest| !rest.starts_with(|c: char| is_letter(c) && c != 's'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(line: &str, names: &[&str], servers: &[&'static str]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let config = Config::default();
        let tools = Tools { names: &names, servers: servers.to_vec(), config: &config };
        tools.dead(line).into_iter().map(|dead| format!("{} {}", dead.at, dead.name)).collect()
    }

    #[test]
    fn names_of_tools_the_card_does_not_have_are_found() {
        for (line, found) in [
            ("Read it with `read_text_file`.", &["14 read_text_file"][..]),
            ("Read it with `read_text_file(path)`.", &["14 read_text_file"]),
            ("Use the bash tool, or the `process` tool.", &["8 bash", "27 process"]),
            (
                "Call `hf_api_reqest` or hf-api-request tool.",
                &["6 hf_api_reqest", "24 hf-api-request"],
            ),
            ("Ask `agent__helper`.", &["5 agent__helper"]),
            ("Use the time__now tool.", &["8 time__now"]),
            ("é get_file(path=\"a\") or print(x=1)", &["3 get_file"]),
            ("`get_file(path=1)`", &["1 get_file"]),
        ] {
            assert_eq!(dead(line, &["hf_api_request"], &[]), found, "{line}");
        }
        let servers = ["clock"];
        assert_eq!(dead("`time__now` and `clock__now`", &[], &servers), ["1 time__now"]);
    }

    #[test]
    fn prose_is_left_alone() {
        for line in [
            "Use hf_api_request(endpoint=\"/whoami-v2\") or the hf_api_request tool.",
            "Write a `bash` script; the process is slow, and `execute` it with care.",
            "Set `max_results`, `hf_token`, `__init__`, `name__icontains` and `HF_ENDPOINT`.",
            "A tool is a useful tool; these tools and toolkits bash toolboxes.",
            "os.make_dirs(name=1) json.dump_all(x) `a` `` ` `x y`",
        ] {
            assert_eq!(dead(line, &["hf_api_request"], &[]), [""; 0], "{line}");
        }
        // What a server has is known once it runs.
        assert_eq!(dead("Use `read_text_file` and get_file(path=1).", &[], &["files"]), [""; 0]);
        assert_eq!(dead("The execute tool.", &["bash"], &[]), [""; 0]);
    }
}
