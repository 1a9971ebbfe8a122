//! The MCP servers of a card: those it names, looked up in the configuration, and those whose place
//! it says itself.
//!
//! It starts none: the first turn that needs their tools does.

mod hub_token;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::Source;
use crate::card::{Card, NamedServer, Origin, PlacedServer};
use crate::config::{Config, Environment, FileTrust, mcp as configured};
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::net::{self, Proxying};
use crate::runtime::SetupError;
use crate::runtime::connect::Surrounding;
use crate::tool::mcp::{
    Address, Definition, Endpoint, Filter, Greeting, Launch, Manner, Root, Servers,
};
use crate::tool::shell::is_passed;
use crate::trust::{Kind, Program};

/// How long a server may take where nobody says: `npx` may have to fetch it first.
const PATIENCE: Duration = Duration::from_mins(1);

/// How the names of scripts end.
const SCRIPTS: [&str; 8] = ["py", "js", "mjs", "cjs", "ts", "sh", "rb", "pl"];

/// The most that is read of a script, in bytes.
const MOST_OF_A_SCRIPT: u64 = 64 * 1024 * 1024;

/// The servers of a card, before they run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runtime) struct Planned {
    servers: Vec<Server>,
    /// The environment of those that are started, without keys and tokens.
    variables: Vec<(String, String)>,
    /// Where they run unless they say otherwise.
    directory: PathBuf,
}

/// A server, before it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Server {
    name: String,
    address: configured::Address,
    timeout: Duration,
    roots: Vec<Root>,
    greeting: Greeting,
    tools: Filter,
    resources: Filter,
    prompts: Filter,
    /// What takes a yes, if it is a stranger who defined it.
    program: Option<Program>,
}

/// The servers of a card, if it has any.
pub(super) fn resolve(
    card: &Card,
    config: &Config,
    environment: &Environment,
) -> Result<Option<Source>, Vec<SetupError>> {
    if card.mcp.is_empty() {
        return Ok(None);
    }
    let mut servers = Vec::new();
    let mut errors = Vec::new();
    let named = card.mcp.named.iter().map(|server| named(card, server, config, environment));
    let placed = card.mcp.placed.iter().map(|server| placed(card, server, config, environment));
    for server in named.chain(placed) {
        match server {
            Ok(server) => servers.push(server),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let pass = &config.shell.pass.value;
    let variables = environment.variables().into_iter();
    let variables = variables.filter(|(name, value)| is_passed(name, value, pass)).collect();
    let directory = environment.directory().unwrap_or_default();
    Ok(Some(Source::Mcp(Box::new(Planned { servers, variables, directory }))))
}

/// A server that the configuration defines.
fn named(
    card: &Card,
    named: &NamedServer,
    config: &Config,
    environment: &Environment,
) -> Result<Server, SetupError> {
    let name = named.name.as_str();
    let servers = &config.mcp_servers;
    let Some(server) = servers.get(name) else {
        let hint = match did_you_mean(name, servers.keys().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!(
                "define it in config.toml as [mcp.servers.{name}], or in fast-agent.yaml beside \
                 the card under `mcp.servers`"
            ),
        };
        let message = format!("no MCP server `{name}` is defined");
        return Err(complaint(card, ("servers", named.place()), message, Some(hint)));
    };
    let unusable = |error| {
        let message = format!("the MCP server `{name}` cannot be used: {error}");
        complaint(card, ("servers", named.place()), message, None)
    };
    let address = server.address(environment).map_err(unusable)?;
    let directory = environment.directory().unwrap_or_default();
    let directory = directory.join(server.cwd.clone().unwrap_or_default());
    let roots = server.roots(environment, &directory).map_err(unusable)?;
    let roots = roots.into_iter().map(|root| Root { uri: root.place, name: root.name }).collect();
    let timeout = server.timeout.unwrap_or(PATIENCE);
    Ok(Server {
        timeout,
        roots,
        ..server_of(card, name, (address, server.trust), (config, environment))
    })
}

/// A server whose place the card says. It is as much a stranger's as the card.
fn placed(
    card: &Card,
    placed: &PlacedServer,
    config: &Config,
    environment: &Environment,
) -> Result<Server, SetupError> {
    // Rules about a server's tools go by its name.
    let mine = config.mcp_servers.get(&placed.name);
    if mine.is_some_and(|mine| mine.trust == FileTrust::Full) {
        let message = format!("`{}` is the name of a server of your own", placed.name);
        let hint = "what you allow that one would be allowed this one: give it another `name`";
        let place = ("mcp_connect", placed.place());
        return Err(complaint(card, place, message, Some(hint.to_owned())));
    }
    let mut server = configured::Server::at(&placed.target, FileTrust::Project);
    server.headers.clone_from(&placed.headers);
    if let Some(token) = &placed.access_token {
        server.headers.insert("Authorization".to_owned(), format!("Bearer {token}"));
    }
    let address = server.address(environment).map_err(|error| {
        // A card from elsewhere gets no variables, whether or not they are set.
        let unset = placed.unset_variable().filter(|_| card.origin == Origin::Local);
        let why = unset.map_or(error, |name| format!("`{name}` is not set"));
        let message = format!("the MCP server `{}` cannot be used: {why}", placed.name);
        complaint(card, ("mcp_connect", placed.place()), message, None)
    })?;
    Ok(Server {
        greeting: match placed.greeting {
            crate::card::Greeting::Any => Greeting::Any,
            crate::card::Greeting::Modern => Greeting::Modern,
            crate::card::Greeting::Legacy => Greeting::Legacy,
        },
        ..server_of(card, &placed.name, (address, server.trust), (config, environment))
    })
}

fn server_of(
    card: &Card,
    name: &str,
    (mut address, trust): (configured::Address, FileTrust),
    (config, environment): (&Config, &Environment),
) -> Server {
    let is_strangers = trust == FileTrust::Project;
    let here = || environment.directory().unwrap_or_default();
    let program = is_strangers.then(|| program(&card.path, &address, &here())).flatten();
    // The Hub gets the token from every card anyway.
    hub_token::add(&mut address, &config.hub.token);
    let chosen = |patterns: Option<&Vec<String>>| match patterns {
        Some(patterns) => Filter::matching(patterns.clone()),
        None => Filter::all(),
    };
    Server {
        name: name.to_owned(),
        address,
        timeout: PATIENCE,
        roots: Vec::new(),
        greeting: Greeting::Any,
        tools: chosen(card.mcp.tools.get(name)),
        resources: chosen(card.mcp.resources.get(name)),
        prompts: chosen(card.mcp.prompts.get(name)),
        program,
    }
}

/// What takes a yes at a server that a stranger defined: a command that is run, with the scripts it
/// names, or headers that are sent to another machine, since a variable of the person's may be in them.
fn program(card: &Path, address: &configured::Address, here: &Path) -> Option<Program> {
    let (name, content) = match address {
        configured::Address::Process(process) => {
            let mut content = process.written.clone().into_bytes();
            for script in scripts(process, here) {
                content.push(0);
                content.extend(script);
            }
            (process.line.clone(), content)
        }
        configured::Address::Http(http) if http.headers.is_empty() || http.is_local() => {
            return None;
        }
        configured::Address::Http(http) => {
            let names: Vec<&str> = http.headers.keys().map(http::HeaderName::as_str).collect();
            let host = http.url.host_str().unwrap_or_default();
            let line = format!("{host} is sent the headers {}", names.join(", "));
            let mut content = http.url.to_string().into_bytes();
            for (name, value) in &http.headers {
                let header = [b"\n", name.as_str().as_bytes(), b": ", value.as_bytes()];
                content.extend(header.concat());
            }
            (line, content)
        }
    };
    Some(Program::new(card, Kind::McpServer, name, &content))
}

/// The texts of the scripts that a command names: what lies where it runs, as a stranger's does. What is
/// installed on this machine is the person's.
fn scripts(process: &configured::Process, here: &Path) -> Vec<Vec<u8>> {
    let directory = here.join(process.directory.as_deref().unwrap_or(Path::new("")));
    let is_named =
        |word: &&str| word.rsplit_once('.').is_some_and(|(_, end)| SCRIPTS.contains(&end));
    let program = Some(process.program.as_str()).filter(|program| program.contains('/'));
    let arguments = process.arguments.iter().map(String::as_str).filter(is_named);
    let paths = program.into_iter().chain(arguments).map(|word| directory.join(word));
    let paths = paths.filter(|path| path.starts_with(&directory) && path.is_file());
    let read = |path: PathBuf| {
        let mut text = Vec::new();
        let file =
            File::open(path).and_then(|file| file.take(MOST_OF_A_SCRIPT).read_to_end(&mut text));
        file.ok().map(|_| text)
    };
    paths.filter_map(read).collect()
}

fn complaint(
    card: &Card,
    (key, place): (&str, Option<Place>),
    message: String,
    hint: Option<String>,
) -> SetupError {
    SetupError::Card(Box::new(Diagnostic {
        code: "dead-server",
        file: card.path.clone(),
        place,
        key: Some(key.to_owned()),
        message,
        hint,
    }))
}

impl Planned {
    /// The name of each server, and where it is, without what may be secret.
    pub(super) fn places(&self) -> Vec<(&str, String)> {
        let place = |address: &configured::Address| match address {
            configured::Address::Process(process) => process.line.clone(),
            configured::Address::Http(http) => {
                let port = http.url.port().map(|port| format!(":{port}")).unwrap_or_default();
                let (scheme, host) = (http.url.scheme(), http.url.host_str().unwrap_or_default());
                format!("{scheme}://{host}{port}{}", http.url.path())
            }
        };
        let of = |server: &'_ Server| place(&server.address);
        self.servers.iter().map(|server| (server.name.as_str(), of(server))).collect()
    }

    /// What takes a yes.
    pub(super) fn programs(&self) -> Vec<Program> {
        self.servers.iter().filter_map(|server| server.program.clone()).collect()
    }
}

/// The servers, ready to be started.
pub(super) fn connect(
    planned: Planned,
    surrounding: &Surrounding<'_>,
) -> Result<Arc<Servers>, SetupError> {
    let Planned { servers, variables, directory } = planned;
    let definitions = servers.into_iter().map(|server| {
        let address = match server.address {
            configured::Address::Process(process) => {
                let mut environment = variables.clone();
                environment.extend(process.environment);
                Address::Process(Launch {
                    program: process.program,
                    arguments: process.arguments,
                    environment,
                    directory: directory.join(process.directory.unwrap_or_default()),
                })
            }
            configured::Address::Http(http) => {
                let proxying = if http.is_local() { Proxying::Direct } else { Proxying::System };
                let client = net::client(proxying, surrounding.config.timeouts.connect.value)?;
                let manner = match http.manner {
                    configured::Manner::Streamable => Manner::Streamable,
                    configured::Manner::Sse => Manner::Sse,
                };
                let (url, headers) = (http.url, http.headers);
                Address::Http(Endpoint { url, manner, headers, http: client })
            }
        };
        Ok(Definition {
            name: server.name,
            address,
            timeout: server.timeout,
            roots: server.roots,
            greeting: server.greeting,
            tools: server.tools,
            resources: server.resources,
            prompts: server.prompts,
        })
    });
    let definitions = definitions.collect::<Result<_, SetupError>>()?;
    Ok(Arc::new(Servers::new(definitions)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use configured::Server as Written;

    fn yes_to(server: &Written, here: &Path) -> Program {
        let address = server.address(&Environment::fixed([])).unwrap();
        program(&here.join("card.md"), &address, here).unwrap()
    }

    #[test]
    fn a_yes_is_to_all_of_a_command_and_to_the_script_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        fs::write(here.join("server.py"), "print(1)").unwrap();
        fs::write(here.join("notes.db"), "1").unwrap();
        let server = Written::at("python3 server.py notes.db", FileTrust::Project);
        let said = yes_to(&server, here);
        assert_eq!(said.name(), "python3 server.py notes.db");
        let env = |value: &str| [("LD_PRELOAD".to_owned(), value.to_owned())].into();
        let preloaded = Written { env: env("./a.so"), ..server.clone() };
        assert_eq!(yes_to(&preloaded, here).name(), "LD_PRELOAD=… python3 server.py notes.db");
        let elsewhere = Written { cwd: Some("deep".into()), ..server.clone() };
        assert_eq!(yes_to(&elsewhere, here).name(), "python3 server.py notes.db (in deep)");
        let other = Written { env: env("./b.so"), ..server.clone() };
        assert_ne!(yes_to(&preloaded, here), yes_to(&other, here));
        fs::write(here.join("notes.db"), "2").unwrap();
        assert_eq!(yes_to(&server, here), said, "what a server works with may change");
        fs::write(here.join("server.py"), "print(2)").unwrap();
        assert_ne!(yes_to(&server, here), said);
    }

    #[test]
    fn a_yes_is_to_the_headers_as_they_are_sent() {
        let header = |value: &str| {
            let headers = [("x-user".to_owned(), value.to_owned())].into();
            let server = Written::at("https://mcp.example.org/mcp", FileTrust::Project);
            yes_to(&Written { headers, ..server }, Path::new("/nowhere"))
        };
        assert_eq!(header("ada").name(), "mcp.example.org is sent the headers x-user");
        assert_eq!(header("ada"), header("ada"));
        assert_ne!(header("ada"), header("what a variable holds"));
    }
}
