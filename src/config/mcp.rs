//! MCP servers as somebody wrote them down, and what that comes to.
//!
//! It starts none and connects to none.

mod target;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use toml::de::DeValue;
use url::Url;

use super::base_url::is_loopback;
use super::file::Trust;
use super::reader::{Bad, Item, Reader, duration, mismatch, parsed, text};
use super::{Environment, expand};
use crate::variable::variables;

const KEYS: [&str; 10] =
    ["target", "command", "args", "env", "cwd", "url", "headers", "transport", "roots", "timeout"];

const ONE_PLACE: &str = "must have one of `target`, `command` and `url`";

/// An MCP server as it was written: `${VARIABLE}` stands in it still.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Where it is, in short: a URL, a package of npm, a command line.
    pub target: Option<String>,
    /// The program that serves on its standard input and output.
    pub command: Option<String>,
    /// The program's arguments; those of `target` go before them.
    pub args: Vec<String>,
    /// What the program finds in its environment besides what every program needs.
    pub env: BTreeMap<String, String>,
    /// Where the program runs.
    pub cwd: Option<PathBuf>,
    /// Its address, if it is spoken to over HTTP.
    pub url: Option<String>,
    /// What is sent with every request.
    pub headers: BTreeMap<String, String>,
    /// How it is spoken to, if that is said.
    pub transport: Option<Transport>,
    /// The directories it is told to work in.
    pub roots: Vec<Root>,
    /// How long it may take to start, and how long a call may take.
    pub timeout: Option<Duration>,
    /// Who wrote it.
    pub trust: Trust,
}

/// A directory that a server is told to work in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Its path, or a `file://` URI.
    pub place: String,
    /// What it is called.
    pub name: Option<String>,
}

/// How an MCP server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Over its standard input and output.
    Stdio,
    /// Over HTTP.
    Http,
    /// Over HTTP in the older way, with one stream of events for all answers.
    Sse,
}

/// In which way a server is spoken to over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// The newer, and the older where the server knows only that.
    Streamable,
    /// The older.
    Sse,
}

impl FromStr for Transport {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "stdio" => Ok(Self::Stdio),
            "http" => Ok(Self::Http),
            "sse" => Ok(Self::Sse),
            _ => Err("must be `stdio`, `http` or `sse`".to_owned()),
        }
    }
}

/// Where an MCP server is.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A program on this machine.
    Process(Process),
    /// A server on a network.
    Http(Http),
}

/// A program that serves MCP on its standard input and output.
#[derive(Clone, PartialEq, Eq)]
pub struct Process {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// What is added to its environment.
    pub environment: BTreeMap<String, String>,
    /// Where it runs.
    pub directory: Option<PathBuf>,
    /// The command line as it was written, for people, with the names of what its environment adds:
    /// nothing that `${VARIABLE}` stands for is in it.
    pub line: String,
    /// All of it as it was written, its environment too: what a yes is said to. Two that are not the
    /// same are written differently.
    pub written: String,
}

/// A server that is spoken to over HTTP.
#[derive(Clone, PartialEq, Eq)]
pub struct Http {
    /// Its address.
    pub url: Url,
    /// What is sent with every request.
    pub headers: HeaderMap,
    /// In which way it is spoken to.
    pub manner: Manner,
}

impl Server {
    /// A server of which nothing is said yet.
    pub const fn new(trust: Trust) -> Self {
        Self {
            target: None,
            command: None,
            args: Vec::new(),
            env: BTreeMap::new(),
            cwd: None,
            url: None,
            headers: BTreeMap::new(),
            transport: None,
            roots: Vec::new(),
            timeout: None,
            trust,
        }
    }

    /// A server at a target: `https://…`, `@scope/package`, `uvx …`, any command line.
    pub fn at(target: impl Into<String>, trust: Trust) -> Self {
        Self { target: Some(target.into()), ..Self::new(trust) }
    }

    /// Where it is, with the variables looked up. The error says what is wrong with the definition.
    ///
    /// What a stranger wrote may have variables handed to a program, which runs only after a yes to
    /// it, and to this machine, and not to any other.
    pub fn address(&self, environment: &Environment) -> Result<Address, String> {
        let said = (self.target.as_deref(), self.command.as_deref(), self.url.as_deref());
        match said {
            (Some(target), None, None) => match target::read(target)? {
                target::Target::Url(url) => self.http(&url, environment),
                target::Target::Command(program, arguments) => {
                    self.process(&program, arguments, environment)
                }
            },
            (None, Some(command), None) => self.process(command, Vec::new(), environment),
            (None, None, Some(url)) => self.http(url, environment),
            _ => Err(ONE_PLACE.to_owned()),
        }
    }

    /// The directories it is told to work in, as URIs, those without a beginning below `directory`.
    /// The error says which is none.
    pub fn roots(&self, environment: &Environment, directory: &Path) -> Result<Vec<Root>, String> {
        let root = |Root { place, name }: &Root| {
            let meant = expand::expand(place, |name| environment.get(name));
            let url = if meant.starts_with("file://") {
                Url::parse(&meant).ok()
            } else {
                Url::from_file_path(directory.join(&meant)).ok().filter(|_| !meant.contains("://"))
            };
            let url = url.ok_or_else(|| {
                format!("its root `{place}` is neither a directory nor a `file://` URI")
            })?;
            Ok(Root { place: url.into(), name: name.clone() })
        };
        self.roots.iter().map(root).collect()
    }

    fn process(
        &self,
        program: &str,
        mut arguments: Vec<String>,
        environment: &Environment,
    ) -> Result<Address, String> {
        if !matches!(self.transport, None | Some(Transport::Stdio)) {
            return Err("its `transport` takes a `url`, not a command".to_owned());
        }
        arguments.extend(self.args.iter().cloned());
        let roots: Vec<&str> = self.roots.iter().map(|root| root.place.as_str()).collect();
        let written = format!("{:?}", (program, &arguments, &self.env, &self.cwd, roots));
        // A variable can have another program run than the line says; its value may be secret.
        let assignments = self.env.keys().map(|name| format!("{name}=…"));
        let command = target::line(program, &arguments);
        let place = self.cwd.iter().map(|cwd| format!("(in {})", cwd.display()));
        let line: Vec<String> = assignments.chain([command]).chain(place).collect();
        let line = line.join(" ");
        let expand = |text: &str| expand::expand(text, |name| environment.get(name));
        Ok(Address::Process(Process {
            program: expand(program),
            arguments: arguments.iter().map(|argument| expand(argument)).collect(),
            environment: self
                .env
                .iter()
                .map(|(name, value)| (name.clone(), expand(value)))
                .collect(),
            directory: self.cwd.clone(),
            line,
            written,
        }))
    }

    fn http(&self, written: &str, environment: &Environment) -> Result<Address, String> {
        let expand = |text: &str| expand::expand(text, |name| environment.get(name));
        let url = Url::parse(&expand(written)).map_err(|error| format!("its URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("its URL must start with `http://` or `https://`".to_owned());
        }
        let manner = match self.transport {
            None | Some(Transport::Http) => Manner::Streamable,
            Some(Transport::Sse) => Manner::Sse,
            Some(Transport::Stdio) => {
                return Err("its `transport` takes a `command`, not a URL".to_owned());
            }
        };
        let roots = self.roots.iter().map(|root| root.place.as_str());
        let mut texts = self.headers.values().map(String::as_str).chain(roots).chain([written]);
        let has_variable = texts.any(|text| variables(text).next().is_some());
        if has_variable && self.trust == Trust::Project && !is_loopback(&url) {
            return Err("a project's file may not send variables of yours to another machine: \
                        define the server in your own config.toml"
                .to_owned());
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let bad = || format!("its header `{name}` cannot be sent");
            let name = HeaderName::from_str(name).map_err(|_| bad())?;
            let mut value = HeaderValue::from_str(&expand(value)).map_err(|_| bad())?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(Address::Http(Http { url, headers, manner }))
    }
}

impl Http {
    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        is_loopback(&self.url)
    }
}

/// What may be secret is not shown.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let env: Vec<&String> = self.env.keys().collect();
        let headers: Vec<&String> = self.headers.keys().collect();
        f.debug_struct("Server")
            .field("command", &self.command)
            .field("env", &env)
            .field("headers", &headers)
            .field("trust", &self.trust)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(process) => write!(f, "Process({})", process.line),
            Self::Http(http) => write!(f, "Http({})", http.url.host_str().unwrap_or_default()),
        }
    }
}

/// Reads the `[mcp]` of a file. A server replaces one of that name in the files below it.
pub(super) fn read(
    servers: &mut BTreeMap<String, Server>,
    reader: &mut Reader<'_>,
    item: &Item<'_>,
    trust: Trust,
) {
    for (key, item) in reader.table("mcp", item).into_iter().flatten() {
        if key.get_ref() != "servers" {
            reader.unknown("mcp", key, &["servers"]);
            continue;
        }
        for (name, item) in reader.table("mcp.servers", item).into_iter().flatten() {
            let path = format!("mcp.servers.{}", name.get_ref());
            let server = server(&path, reader, item, trust);
            let places = [&server.target, &server.command, &server.url];
            if places.into_iter().flatten().count() != 1 {
                reader.complain(name.span().start, Some(&path), ONE_PLACE.to_owned().into());
            }
            servers.insert(name.get_ref().to_string(), server);
        }
    }
}

fn server(table: &str, reader: &mut Reader<'_>, item: &Item<'_>, trust: Trust) -> Server {
    let mut server = Server::new(trust);
    for (key, item) in reader.table(table, item).into_iter().flatten() {
        let path = format!("{table}.{}", key.get_ref());
        match key.get_ref().as_ref() {
            "target" => reader.put(&mut server.target, &path, item, text),
            "command" => reader.put(&mut server.command, &path, item, text),
            "args" => server.args = reader.value(&path, item, texts).unwrap_or_default(),
            "env" => server.env = reader.value(&path, item, named).unwrap_or_default(),
            "cwd" => reader.put(&mut server.cwd, &path, item, |value| parsed(value, str::parse)),
            "url" => reader.put(&mut server.url, &path, item, text),
            "headers" => server.headers = reader.value(&path, item, named).unwrap_or_default(),
            "transport" => {
                reader.put(&mut server.transport, &path, item, |value| parsed(value, str::parse));
            }
            "roots" => {
                let root = |place| Root { place, name: None };
                let places = reader.value(&path, item, texts).unwrap_or_default();
                server.roots = places.into_iter().map(root).collect();
            }
            "timeout" => reader.put(&mut server.timeout, &path, item, duration),
            _ => reader.unknown(table, key, &KEYS),
        }
    }
    server
}

fn texts(value: &DeValue<'_>) -> Result<Vec<String>, Bad> {
    match value {
        DeValue::Array(items) => items.iter().map(|item| text(item.get_ref())).collect(),
        other => Err(mismatch("an array of strings", other)),
    }
}

fn named(value: &DeValue<'_>) -> Result<BTreeMap<String, String>, Bad> {
    match value {
        DeValue::Table(table) => table
            .iter()
            .map(|(key, item)| Ok((key.get_ref().to_string(), text(item.get_ref())?)))
            .collect(),
        other => Err(mismatch("a table of strings", other)),
    }
}
