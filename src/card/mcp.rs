//! The MCP servers of a card: those that are defined elsewhere, those whose place it says itself, and
//! what it takes of them.
//!
//! It does not know which servers are defined, and starts none.

use std::collections::BTreeMap;
use std::fmt;

use url::Url;

use super::check::check_entries;
use super::idle;
use super::keys::{MCP_SERVER, Spelling};
use super::node::Node;
use super::path::KeyPath;
use super::problem::{Problem, shown, suggestion};
use super::problems::Problems;
use super::values::Values;
use super::yaml::Locator;
use crate::diagnostic::Place;
use crate::variable::variables;

/// What a card says of MCP servers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct McpServers {
    /// `servers`: those that are defined elsewhere.
    pub named: Vec<NamedServer>,
    /// `mcp_connect`: those whose place it says.
    pub placed: Vec<PlacedServer>,
    /// `tools`: by server, the patterns of the tools it takes.
    pub tools: BTreeMap<String, Vec<String>>,
    /// `resources`: the same of resources.
    pub resources: BTreeMap<String, Vec<String>>,
    /// `prompts`: the same of prompts.
    pub prompts: BTreeMap<String, Vec<String>>,
}

/// A server that is defined elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedServer {
    /// Its name.
    pub name: String,
    place: Locator,
}

/// A server whose place a card says.
#[derive(Clone, PartialEq, Eq)]
pub struct PlacedServer {
    /// Its name: the one that is given, or one made of the target.
    pub name: String,
    /// Where it is: a URL, a package of npm, a command line.
    pub target: String,
    /// What is sent with every request, if it is spoken to over HTTP.
    pub headers: BTreeMap<String, String>,
    /// The token that is sent with every request.
    pub access_token: Option<String>,
    /// How it is greeted.
    pub greeting: Greeting,
    place: Locator,
}

/// How a server is greeted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Greeting {
    /// As all servers know it, and then as the newest do.
    #[default]
    Any,
    /// Only as the newest know it.
    Modern,
    /// Only as all know it.
    Legacy,
}

impl NamedServer {
    /// Where the card names it.
    pub fn place(&self) -> Option<Place> {
        self.place.find()
    }
}

impl PlacedServer {
    /// A variable that was to be sent to it and is not set: what is set was filled in when the card
    /// was read.
    pub fn unset_variable(&self) -> Option<&str> {
        let mut sent = self.headers.values().chain(&self.access_token);
        sent.find_map(|text| Some(variables(text).next()?.name))
    }

    /// Where the card says its place.
    pub fn place(&self) -> Option<Place> {
        self.place.find()
    }
}

impl McpServers {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty() && self.placed.is_empty()
    }

    /// Takes a tool of a server that is defined elsewhere, or tools: `*` is all of them.
    pub(super) fn add(&mut self, server: &str, tool: &str, place: Locator) {
        if !self.names().any(|name| name == server) {
            self.named.push(NamedServer { name: server.to_owned(), place });
        }
        self.tools.entry(server.to_owned()).or_default().push(tool.to_owned());
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let placed = self.placed.iter().map(|server| server.name.as_str());
        self.named.iter().map(|server| server.name.as_str()).chain(placed)
    }
}

/// What may be secret is not shown.
impl fmt::Debug for PlacedServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&String> = self.headers.keys().collect();
        f.debug_struct("PlacedServer")
            .field("name", &self.name)
            .field("headers", &headers)
            .field("greeting", &self.greeting)
            .finish_non_exhaustive()
    }
}

/// Reads the keys that are about MCP servers.
pub(super) fn read(values: Values<'_>, problems: &mut Problems<'_>) -> McpServers {
    let path = KeyPath::top("servers");
    let named = values
        .texts("servers")
        .into_iter()
        .enumerate()
        .map(|(index, name)| NamedServer { name, place: problems.locator(&path.index(index)) });
    let mut servers = McpServers { named: named.collect(), ..McpServers::default() };
    servers.placed = placed(values.get("mcp_connect"), problems);
    report_twins(&servers, problems);
    servers.tools = chosen("tools", values, &servers, problems);
    servers.resources = chosen("resources", values, &servers, problems);
    servers.prompts = chosen("prompts", values, &servers, problems);
    servers
}

/// What stands under `mcp_connect`: servers by name, or a list of them.
fn placed(node: Option<&Node>, problems: &mut Problems<'_>) -> Vec<PlacedServer> {
    let path = KeyPath::top("mcp_connect");
    match node {
        Some(Node::Mapping(entries)) => entries
            .iter()
            .filter_map(|(name, entry)| server(&path.key(name), Some(name), entry, problems))
            .collect(),
        Some(Node::List(list)) => list
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| server(&path.index(index), None, entry, problems))
            .collect(),
        // Whatever else it is, its shape was complained about.
        _ => Vec::new(),
    }
}

fn server(
    path: &KeyPath,
    name: Option<&str>,
    entry: &Node,
    problems: &mut Problems<'_>,
) -> Option<PlacedServer> {
    let entries: &[(String, Node)] = match entry {
        Node::Text(_) => &[],
        Node::Mapping(entries) => entries,
        other => {
            let message = format!("must be a target or a mapping, not {}", other.kind());
            problems.at_value(path, Problem::new(message).kind("wrong-type"));
            return None;
        }
    };
    check_entries(path, entries, MCP_SERVER, Spelling::Snake, problems);
    let values = Values(entries);
    report_unspoken(path, values, problems);
    let Some(target) = entry.text().map(str::to_owned).or_else(|| values.text("target")) else {
        let hint = "a URL, a package of npm (`@scope/name`) or a command line".to_owned();
        problems.at_value(path, Problem::new("has no `target`").kind("missing-key").hint(hint));
        return None;
    };
    report_unsent(path, &target, values, problems);
    let named = values.text("name").or_else(|| name.map(str::to_owned));
    Some(PlacedServer {
        name: named.unwrap_or_else(|| name_of(&target)),
        target,
        headers: headers(values),
        access_token: values.text("access_token"),
        greeting: match values.text("protocol_mode").as_deref() {
            Some("modern") => Greeting::Modern,
            Some("legacy") => Greeting::Legacy,
            _ => Greeting::Any,
        },
        place: problems.locator(path),
    })
}

/// Whether a key says something.
fn is_given(values: Values<'_>, key: &str) -> bool {
    match values.get(key) {
        None => false,
        Some(Node::Mapping(entries)) => !entries.is_empty(),
        Some(_) => true,
    }
}

/// What is sent with requests has no effect where none are made.
fn report_unsent(path: &KeyPath, target: &str, values: Values<'_>, problems: &mut Problems<'_>) {
    // A variable that is not set may be either.
    if ["http://", "https://", "${"].iter().any(|start| target.trim().starts_with(start)) {
        return;
    }
    for key in ["headers", "access_token"].into_iter().filter(|key| is_given(values, key)) {
        let hint = "name it under `servers`, and define it in config.toml with an `env`";
        let problem = idle::no_effect("has no effect: a command is sent no headers".to_owned());
        problems.warn_at_key(&path.key(key), problem.hint(hint.to_owned()));
    }
}

/// What only a provider could do that speaks to servers itself, or a login that nobody does here.
fn report_unspoken(path: &KeyPath, values: Values<'_>, problems: &mut Problems<'_>) {
    let mut report = |key: &str, message: &str, hint: &str| {
        let problem = Problem::new(message).kind("unsupported-value").hint(hint.to_owned());
        problems.at_value(&path.key(key), problem);
    };
    if values.text("management").as_deref() == Some("provider") {
        let hint = "write `client`, and the server's own URL as `target`";
        report("management", "no provider speaks to servers itself here", hint);
    }
    if values.get("connector_id").is_some() {
        let hint = "write the server's own URL as `target`, and its token as `access_token`";
        report(
            "connector_id",
            "is known to a provider only, and none speaks to servers here",
            hint,
        );
    }
    if values.flag("defer_loading") == Some(true) {
        let hint = "remove it, and choose among them with `tools`";
        report("defer_loading", "tools are not searched for here: a model is told of all", hint);
    }
    let needs_no_login = match values.get("auth") {
        None | Some(Node::Flag(false)) => true,
        Some(Node::Mapping(entries)) => entries.is_empty(),
        Some(_) => false,
    };
    if !needs_no_login {
        let hint = "write what it is to be sent as `access_token` or `headers`";
        report("auth", "nobody is logged in to servers here", hint);
    }
}

fn headers(values: Values<'_>) -> BTreeMap<String, String> {
    let Some(Node::Mapping(entries)) = values.get("headers") else { return BTreeMap::new() };
    let texts = entries.iter().filter_map(|(name, value)| Some((name, value.text()?)));
    texts.map(|(name, value)| (name.clone(), value.to_owned())).collect()
}

/// A name for a server that was given none: the host of a URL, the package or program of a command.
fn name_of(target: &str) -> String {
    let target = target.trim();
    if let Some(host) = Url::parse(target).ok().as_ref().and_then(Url::host_str) {
        return host.to_owned();
    }
    let mut words = target.split_whitespace().filter(|word| !word.starts_with('-'));
    let first = words.next().unwrap_or(target);
    let word = match first {
        "npx" | "uvx" | "pipx" | "node" | "python" | "python3" => words.next().unwrap_or(first),
        other => other,
    };
    let base = word.rsplit('/').next().unwrap_or(word);
    let base = base.split('@').next().filter(|base| !base.is_empty()).unwrap_or(base);
    base.strip_suffix(".py").or_else(|| base.strip_suffix(".js")).unwrap_or(base).to_owned()
}

/// Two servers of one name would give their tools the same names.
fn report_twins(servers: &McpServers, problems: &mut Problems<'_>) {
    let names: Vec<&str> = servers.names().collect();
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            let key = if index < servers.named.len() { "servers" } else { "mcp_connect" };
            let message = format!("names two servers `{}`", shown(name));
            let hint = "give one of them another `name`".to_owned();
            problems.at_key(&KeyPath::top(key), Problem::new(message).kind("conflict").hint(hint));
        }
    }
}

/// The patterns under one of the keys that choose among what servers offer.
fn chosen(
    key: &str,
    values: Values<'_>,
    servers: &McpServers,
    problems: &mut Problems<'_>,
) -> BTreeMap<String, Vec<String>> {
    let Some(Node::Mapping(entries)) = values.get(key) else { return BTreeMap::new() };
    let mut chosen = BTreeMap::new();
    for (name, _) in entries {
        if !servers.names().any(|server| server == name) {
            let hint = suggestion(name, servers.names());
            let problem = Problem::new("is no server of this card").kind("dead-server").hint(hint);
            problems.at_key(&KeyPath::top(key).key(name), problem);
        }
        chosen.insert(name.clone(), Values(entries).texts(name));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_a_name_is_named_after_its_target() {
        for (target, name) in [
            ("https://mcp.example.org:8443/mcp?login", "mcp.example.org"),
            ("https://ada:hf_secret@mcp.example.org/mcp", "mcp.example.org"),
            ("http://[::1]:3000/mcp", "[::1]"),
            ("@modelcontextprotocol/server-everything", "server-everything"),
            ("npx -y @scope/server-files@1.2.0 /tmp", "server-files"),
            ("uvx mcp-server-time@2026.1.1 --local", "mcp-server-time"),
            ("python3 servers/notes.py", "notes"),
            ("./run-server --fast", "run-server"),
        ] {
            assert_eq!(name_of(target), name, "{target}");
        }
    }
}
