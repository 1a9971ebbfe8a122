//! Servers on a network: what is sent to them, and what is said of those that cannot be had.

use std::net::TcpListener;

use super::*;
use crate::support::model_server::{ModelServer, Response};
use agentcard::net::Proxying;
use agentcard::tool::mcp::{Endpoint, Manner};
use http::HeaderMap;

/// A server at this address.
pub(super) fn far(url: &str) -> Definition {
    let http = agentcard::net::client(Proxying::Direct, Duration::from_secs(10)).unwrap();
    let endpoint = Endpoint {
        url: url.parse().unwrap(),
        manner: Manner::Streamable,
        headers: HeaderMap::new(),
        http,
    };
    Definition { address: Address::Http(endpoint), ..server("far", &[String::new()]) }
}

/// What is said of a server at an address that has secrets in it.
async fn said_of(origin: &str) -> String {
    let url = origin.replace("http://", "http://somebody:password@") + "/mcp?key=secret";
    Desk::with(vec![far(&url)]).await.warnings().join("\n")
}

#[tokio::test]
async fn what_is_said_of_a_server_does_not_repeat_the_secrets_of_its_address() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut said = vec![said_of(&format!("http://{free}")).await];
    for status in [302, 401, 404, 500] {
        let answer =
            || Response::new(status, "text/plain", "no").header("location", "/else?key=secret");
        let server = ModelServer::start((0..4).map(|_| answer()));
        said.push(said_of(server.url().trim_end_matches("/v1")).await);
    }
    let said = said.join("\n");
    assert!(!said.contains("secret") && !said.contains("password"), "{said}");
    insta::assert_snapshot!(said, @r"
    the MCP server `far` cannot be used: Connection refused (os error 111)
    the MCP server `far` cannot be used: unexpected server response: HTTP 302 Found: no
    the MCP server `far` cannot be used: unexpected server response: HTTP 401 Unauthorized: no
    the MCP server `far` cannot be used: unexpected server response: HTTP 404 Not Found: no
    the MCP server `far` cannot be used: HTTP 500
    ");
}

#[tokio::test]
async fn a_server_is_sent_its_headers_from_the_first_request_on() {
    let server = ModelServer::start([Response::new(401, "text/plain", "no")]);
    let mut definition = far(&server.url());
    let Address::Http(endpoint) = &mut definition.address else { panic!("it is far") };
    endpoint.headers.insert("x-team", "kettles".parse().unwrap());
    drop(Desk::with(vec![definition]).await);
    assert_eq!(server.requests()[0].header("x-team"), Some("kettles"));
}
