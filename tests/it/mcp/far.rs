//! Servers on a network: what is sent to them, and what is said of those that cannot be had.

use super::*;
use crate::support::model_server::{ModelServer, Response};
use crate::support::wait::Nobody;
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
    let nobody = Nobody::there();
    let mut said = vec![said_of(&nobody.origin()).await];
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
    the MCP server `far` cannot be used: it does not know who asks (HTTP 401): give it a token, as `access_token` in the card's `mcp_connect` or in the `headers` of its configuration
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

#[tokio::test]
async fn one_who_is_not_known_is_told_how_to_be() {
    let challenge =
        || Response::new(401, "text/plain", "no").header("www-authenticate", "Bearer realm=\"x\"");
    for manner in [Manner::Streamable, Manner::Sse] {
        for answer in [challenge(), Response::new(401, "text/plain", "no")] {
            let server = ModelServer::start([answer]);
            let mut definition = far(&server.url());
            let Address::Http(endpoint) = &mut definition.address else { panic!("it is far") };
            endpoint.manner = manner;
            let said = Desk::with(vec![definition]).await.warnings().join("\n");
            assert!(said.contains("give it a token, as `access_token`"), "{said}");
        }
    }
}

#[tokio::test]
async fn headers_are_not_sent_where_a_server_points_to() {
    let elsewhere = ModelServer::start([]);
    let moved = || Response::new(307, "text/plain", "").header("location", &elsewhere.url());
    for manner in [Manner::Streamable, Manner::Sse] {
        let server = ModelServer::start([moved(), moved()]);
        let mut definition = far(&server.url());
        let Address::Http(endpoint) = &mut definition.address else { panic!("it is far") };
        endpoint.manner = manner;
        endpoint.headers.insert("authorization", "Bearer secret".parse().unwrap());
        assert_eq!(Desk::with(vec![definition]).await.warnings().len(), 1);
        assert_eq!(server.requests()[0].header("authorization"), Some("Bearer secret"));
    }
    assert_eq!(elsewhere.requests().len(), 0);
}
