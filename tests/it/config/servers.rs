//! MCP servers of configuration files: what they come to, and what a stranger's file may not have
//! sent.

use agentcard::config::mcp::Address;
use agentcard::config::{Environment, Flags};

use super::Place;

const VARIABLES: [(&str, &str); 2] = [("TOKEN", "hf_secret"), ("PORT", "8080")];

/// Where each server of a file is, as text, all that is sent to it included.
fn addresses(place: &Place) -> Vec<String> {
    let environment = Environment::fixed(VARIABLES);
    let config = place.load(&Flags::default());
    let shown = |address| match address {
        Ok(Address::Process(process)) => {
            format!("{} {:?} {:?}", process.program, process.arguments, process.environment)
        }
        Ok(Address::Http(http)) => format!("{} {} {:?}", http.url, http.headers.len(), http.manner),
        Err(error) => error,
    };
    config.mcp_servers.values().map(|server| shown(server.address(&environment))).collect()
}

const SERVERS: &str = r#"
[mcp.servers.a]
target = "uvx server --port ${PORT}"
args = ["--name", "x y"]
env = { TOKEN = "${TOKEN}", LEVEL = "${LEVEL:info}" }
[mcp.servers.b]
url = "https://mcp.example.org/mcp"
headers = { X-Plain = "1" }
[mcp.servers.c]
url = "https://mcp.example.org/mcp?key=${TOKEN}"
[mcp.servers.d]
target = "https://mcp.example.org/mcp"
headers = { Authorization = "Bearer ${TOKEN}" }
[mcp.servers.e]
url = "http://localhost:${PORT}/mcp"
headers = { Authorization = "Bearer ${TOKEN}" }
[mcp.servers.f]
url = "ftp://mcp.example.org"
[mcp.servers.g]
url = "https://mcp.example.org/sse"
transport = "sse"
[mcp.servers.h]
command = "server"
transport = "sse"
[mcp.servers.i]
url = "https://mcp.example.org/mcp"
transport = "stdio"
"#;

#[test]
fn variables_are_looked_up_when_a_server_is_used() {
    insta::assert_snapshot!(addresses(&Place::new().user_file(SERVERS)).join("\n"), @r#"
    uvx ["server", "--port", "8080", "--name", "x y"] {"LEVEL": "info", "TOKEN": "hf_secret"}
    https://mcp.example.org/mcp 1 Streamable
    https://mcp.example.org/mcp?key=hf_secret 0 Streamable
    https://mcp.example.org/mcp 1 Streamable
    http://localhost:8080/mcp 1 Streamable
    its URL must start with `http://` or `https://`
    https://mcp.example.org/sse 0 Sse
    its `transport` takes a `url`, not a command
    its `transport` takes a `command`, not a URL
    "#);
}

#[test]
fn a_projects_file_sends_no_variables_to_other_machines() {
    insta::assert_snapshot!(addresses(&Place::new().project_file(SERVERS)).join("\n"), @r#"
    uvx ["server", "--port", "8080", "--name", "x y"] {"LEVEL": "info", "TOKEN": "hf_secret"}
    https://mcp.example.org/mcp 1 Streamable
    a project's file may not send variables of yours to another machine: define the server in your own config.toml
    a project's file may not send variables of yours to another machine: define the server in your own config.toml
    http://localhost:8080/mcp 1 Streamable
    its URL must start with `http://` or `https://`
    https://mcp.example.org/sse 0 Sse
    its `transport` takes a `url`, not a command
    its `transport` takes a `command`, not a URL
    "#);
}

#[test]
fn what_may_be_secret_is_not_in_what_is_shown() {
    let config = Place::new().user_file(SERVERS).load(&Flags::default());
    let environment = Environment::fixed(VARIABLES);
    let addresses = config.mcp_servers.values().map(|server| server.address(&environment));
    let shown = format!("{config:?} {:?}", addresses.collect::<Vec<_>>());
    assert!(!shown.contains("hf_secret") && !shown.contains("Bearer"), "{shown}");
    let Address::Process(process) = config.mcp_servers["a"].address(&environment).unwrap() else {
        panic!();
    };
    assert_eq!(process.line, "LEVEL=… TOKEN=… uvx server --port '${PORT}' --name 'x y'");
    for part in ["\"LEVEL\": \"${LEVEL:info}\"", "\"TOKEN\": \"${TOKEN}\"", "\"${PORT}\""] {
        assert!(process.written.contains(part), "{}", process.written);
    }
}
