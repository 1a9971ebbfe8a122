//! Tools that the words of a card name and it does not have.
//!
//! Only what looks like the name of a tool counts: a word in backticks or before the word "tool" that
//! is the name of a tool of this program, nearly that of one the card has, or says whose it is; what
//! is called with named arguments; and what its sentence says is a tool. Everything else is prose.

use super::sentence::{Mark, marked};
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

/// The tools of the shell and of files.
const PLACE: &[&str] = &["bash", "read_text_file", "write_text_file", "edit_file"];

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
        for (at, name, mark) in marked(line) {
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
        if has(name) || (name == "execute" && has("bash")) || has(&format!("agent__{name}")) {
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
        let is_word = !name.contains('_') && !matches!(mark, Mark::Tool | Mark::Said);
        if let Some((_, key)) = OURS.iter().find(|(ours, _)| *ours == name) {
            return (!is_word).then(|| format!("`{key}` gives the card that tool"));
        }
        // Where commands are run, their programs are called tools, too.
        let is_said = mark == Mark::Said && !PLACE.iter().any(|tool| has(tool));
        (mark == Mark::Called || is_said).then(|| self.listed())
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
            ("Use the `get_weather` tool, or call the tool `news`.", &["9 get_weather", "46 news"]),
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
        // What the tools of a server are called is its business, and commands are tools, too.
        assert_eq!(dead("Use the `jq` tool.", &[], &["files"]), [""; 0]);
        assert_eq!(dead("Use the `jq` tool.", &["bash"], &[]), [""; 0]);
        assert_eq!(dead("Use the `writer` tool.", &["agent__writer"], &[]), [""; 0]);
    }
}
