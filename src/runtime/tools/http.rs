//! The requests a card describes, as tools.
//!
//! It decides where they may go and that secrets go along only after a yes; it sends none.

use std::sync::Arc;

use reqwest::Method;
use reqwest::header::HeaderName;

use super::Source;
use crate::card::{Card, HttpMethod, HttpTool as Described};
use crate::config::BaseUrl;
use crate::diagnostic::Diagnostic;
use crate::message::ToolSpec;
use crate::net;
use crate::runtime::SetupError;
use crate::runtime::connect::{Surrounding, proxying};
use crate::tool::http::{Endpoint, HttpTool};
use crate::tool::{Tool, WriteClass};
use crate::trust::{Kind, Program};

/// A request that may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runtime) struct Resolved {
    described: Described,
    server: BaseUrl,
    /// What takes a yes: sending what may be a secret there.
    pub(super) program: Option<Program>,
}

/// The requests of a card, or everything that is wrong with them.
pub(super) fn resolve(card: &Card) -> Result<Vec<Source>, Vec<SetupError>> {
    let mut sources = Vec::new();
    let mut errors = Vec::new();
    for described in &card.http_tools {
        match resolve_one(card, described) {
            Ok(resolved) => sources.push(Source::Http(Box::new(resolved))),
            Err(diagnostic) => errors.push(SetupError::Card(diagnostic)),
        }
    }
    if errors.is_empty() { Ok(sources) } else { Err(errors) }
}

fn resolve_one(card: &Card, described: &Described) -> Result<Resolved, Box<Diagnostic>> {
    let bad_url = |message| Box::new(card.complaint("bad-url", &described.key.key("url"), message));
    let server: BaseUrl = server_of(&described.url)
        .parse()
        .map_err(|error| bad_url(format!("`{}` is no address: {error}", described.url)))?;
    if server.as_str().starts_with("http:") && !server.is_loopback() {
        let message = "must begin with `https:`, unless it is on this machine".to_owned();
        return Err(bad_url(message));
    }
    let names: Vec<&str> = described.headers.keys().map(HeaderName::as_str).collect();
    let program = (!names.is_empty()).then(|| {
        let name = format!("{}, which sends {} to {server}", described.name, names.join(", "));
        let mut content = format!("{} {}", described.method.as_str(), described.url).into_bytes();
        for (name, value) in &described.headers {
            content.extend([b"\n", name.as_str().as_bytes(), b": ", value.as_bytes()].concat());
        }
        Program::new(&card.path, Kind::HttpTool, name.as_str(), &content)
    });
    Ok(Resolved { described: described.clone(), server, program })
}

/// The part of a URL in which no parameter can stand.
fn server_of(url: &str) -> &str {
    let path = url.find("://").and_then(|at| Some(at + 3 + url[at + 3..].find('/')?));
    &url[..path.unwrap_or(url.len())]
}

impl Resolved {
    /// What a model is told about it.
    pub(super) fn spec(&self) -> ToolSpec {
        let Described { name, description, method, url, parameters, .. } = &self.described;
        let description = if description.is_empty() {
            format!("Sends {} {url}.", method.as_str())
        } else {
            description.clone()
        };
        ToolSpec { name: name.clone(), description, parameters: parameters.clone().into() }
    }

    /// The tool itself.
    pub(super) fn connect(
        self,
        surrounding: &Surrounding<'_>,
    ) -> Result<Vec<Arc<dyn Tool>>, SetupError> {
        let timeouts = &surrounding.config.timeouts;
        let client = net::client(proxying(&self.server), timeouts.connect.value)?;
        let (method, class) = match self.described.method {
            HttpMethod::Get => (Method::GET, None),
            HttpMethod::Post => (Method::POST, Some(WriteClass::Additive)),
            HttpMethod::Put => (Method::PUT, Some(WriteClass::Destructive)),
            HttpMethod::Patch => (Method::PATCH, Some(WriteClass::Destructive)),
            HttpMethod::Delete => (Method::DELETE, Some(WriteClass::Destructive)),
        };
        let Described { url, headers, .. } = self.described.clone();
        let endpoint = Endpoint { method, url, headers, class };
        Ok(vec![Arc::new(HttpTool::new(self.spec(), client, endpoint, timeouts.tool.value))])
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::card::{Origin, parse};

    #[test]
    fn a_yes_is_to_the_headers_as_they_are_sent() {
        let yes_to = |value: &str| {
            let text = format!(
                "---\nhttp_tools: [{{name: get, url: 'https://api.example.com/', headers: {{x-user: \
                 {value}}}}}]\n---\nWork.\n"
            );
            let path = Path::new("/nowhere/card.md");
            let card = parse(path, text.as_bytes(), Origin::Local, &|_| None).unwrap();
            resolve_one(&card, &card.http_tools[0]).unwrap().program.unwrap()
        };
        assert_eq!(yes_to("ada").name(), "get, which sends x-user to https://api.example.com");
        assert_eq!(yes_to("ada"), yes_to("ada"));
        assert_ne!(yes_to("ada"), yes_to("another"));
    }
}
