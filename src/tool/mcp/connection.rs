//! One server that runs, or that is spoken to: from its definition to its first answer.
//!
//! It does not know what happens with what a server offers.

mod child;

use std::error::Error;
use std::sync::Arc;

use rmcp::model::{Prompt, ProtocolVersion, Resource, ResourceTemplate, Tool};
use rmcp::service::{ClientInitializeError, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::{
    StreamableHttpClientTransportConfig, StreamableHttpError,
};
use rmcp::{ClientLifecycleMode, RoleClient, ServiceError, serve_client_with_lifecycle};

use super::client::Client;
use super::desk::Desk;
use super::{Address, Definition, Endpoint, Greeting};
use child::Child;

/// A server that answers.
pub(super) struct Connection {
    /// Where requests are made.
    pub(super) service: RunningService<RoleClient, Client>,
    child: Option<Child>,
}

/// What a server offers, as far as its filters let it through.
#[derive(Debug, Default)]
pub(super) struct Offers {
    pub(super) tools: Vec<Tool>,
    pub(super) resources: Vec<Resource>,
    pub(super) templates: Vec<ResourceTemplate>,
    pub(super) prompts: Vec<Prompt>,
    /// What it wants a model to know about it.
    pub(super) instructions: Option<String>,
}

/// Starts a server, or calls on it, and asks what it offers. The error says what is wrong with it.
pub(super) async fn open(
    definition: &Definition,
    desk: &Arc<Desk>,
) -> Result<(Connection, Offers), String> {
    let modern = || {
        let preferred_versions = vec![ProtocolVersion::LATEST];
        greet(definition, desk, ClientLifecycleMode::Discover { preferred_versions })
    };
    let legacy = || greet(definition, desk, ClientLifecycleMode::Initialize);
    match definition.greeting {
        Greeting::Modern => modern().await,
        Greeting::Legacy => legacy().await,
        Greeting::Any => match legacy().await {
            Err(Trouble::Refused(refusal)) => modern().await.map_err(|_| Trouble::Refused(refusal)),
            opened => opened,
        },
    }
    .map_err(Trouble::into_text)
}

/// Why there is no connection.
enum Trouble {
    /// The server does not take the greeting; it may be one that knows a later one only.
    Refused(String),
    /// Anything else.
    Other(String),
}

impl Trouble {
    fn into_text(self) -> String {
        match self {
            Self::Refused(text) | Self::Other(text) => text,
        }
    }
}

async fn greet(
    definition: &Definition,
    desk: &Arc<Desk>,
    mode: ClientLifecycleMode,
) -> Result<(Connection, Offers), Trouble> {
    let client = Client { desk: Arc::clone(desk), roots: definition.roots.clone() };
    let (child, pipes) = match &definition.address {
        Address::Process(launch) => {
            let (child, pipes) = Child::start(launch).map_err(Trouble::Other)?;
            (Some(child), Some(pipes))
        }
        Address::Http(_) => (None, None),
    };
    let opening = async {
        let service = match (&definition.address, pipes) {
            (Address::Http(endpoint), _) => {
                serve_client_with_lifecycle(client, transport(endpoint), mode).await
            }
            (Address::Process(_), Some(pipes)) => {
                serve_client_with_lifecycle(client, pipes, mode).await
            }
            (Address::Process(_), None) => return Err(Trouble::Other(String::new())),
        };
        let service = service.map_err(|error| trouble(&error))?;
        let offers =
            list(definition, &service).await.map_err(|error| Trouble::Other(told(&error)))?;
        Ok((service, offers))
    };
    let patience = definition.timeout;
    let Ok(opened) = tokio::time::timeout(patience, opening).await else {
        let words = child.map(|child| child.words()).unwrap_or_default();
        let patience = patience.as_secs_f32();
        return Err(Trouble::Other(format!("it did not answer within {patience} s{words}")));
    };
    match (opened, &child) {
        (Ok((service, offers)), _) => Ok((Connection { service, child }, offers)),
        (Err(Trouble::Other(text)), Some(child)) => {
            Err(Trouble::Other(format!("{text}{}", child.end().await)))
        }
        (Err(trouble), _) => Err(trouble),
    }
}

fn transport(endpoint: &Endpoint) -> StreamableHttpClientTransport<reqwest::Client> {
    let headers = endpoint.headers.iter().map(|(name, value)| (name.clone(), value.clone()));
    let config = StreamableHttpClientTransportConfig::with_uri(endpoint.url.as_str())
        .custom_headers(headers.collect());
    StreamableHttpClientTransport::with_client(endpoint.http.clone(), config)
}

/// All a server offers that its filters let through.
pub(super) async fn list(
    definition: &Definition,
    service: &RunningService<RoleClient, Client>,
) -> Result<Offers, ServiceError> {
    let mut offers = Offers::default();
    let Some(info) = service.peer_info() else { return Ok(offers) };
    let peer = service.peer();
    offers.instructions.clone_from(&info.instructions);
    if info.capabilities.tools.is_some() {
        offers.tools = peer.list_all_tools().await?;
        offers.tools.retain(|tool| definition.tools.takes(&tool.name));
    }
    if info.capabilities.resources.is_some() {
        let takes = |name: &str, uri: &str| {
            definition.resources.takes(uri) || definition.resources.takes(name)
        };
        offers.resources = peer.list_all_resources().await?;
        offers.resources.retain(|resource| takes(&resource.name, &resource.uri));
        // Servers that have resources need not know templates.
        offers.templates = peer.list_all_resource_templates().await.unwrap_or_default();
        offers.templates.retain(|template| takes(&template.name, &template.uri_template));
    }
    if info.capabilities.prompts.is_some() {
        offers.prompts = peer.list_all_prompts().await?;
        offers.prompts.retain(|prompt| definition.prompts.takes(&prompt.name));
    }
    Ok(offers)
}

impl Connection {
    /// Whether the server is gone.
    pub(super) fn is_over(&self) -> bool {
        self.service.is_closed() || self.service.peer().is_transport_closed()
    }

    /// How a server that is gone ended, behind `it`.
    pub(super) async fn end(&self) -> String {
        match &self.child {
            Some(child) => format!("ended{}", child.end().await),
            None => "closed the connection".to_owned(),
        }
    }
}

fn trouble(error: &ClientInitializeError) -> Trouble {
    match error {
        ClientInitializeError::JsonRpcError(error) => {
            Trouble::Refused(format!("it refused the greeting: {}", error.message))
        }
        ClientInitializeError::NoCompatibleProtocolVersion { .. } => {
            Trouble::Refused("it speaks another version of the protocol".to_owned())
        }
        ClientInitializeError::ConnectionClosed(_) => {
            Trouble::Other("it ended before it answered".to_owned())
        }
        ClientInitializeError::TransportError { error, .. } => {
            Trouble::Other(innermost(error.error.as_ref()))
        }
        error => Trouble::Other(format!("it does not speak the protocol: {error}")),
    }
}

/// What went wrong with a request, in words.
pub(super) fn told(error: &ServiceError) -> String {
    match error {
        ServiceError::McpError(error) => error.message.to_string(),
        ServiceError::TransportSend(error) => innermost(error.error.as_ref()),
        error => error.to_string(),
    }
}

/// The error that caused the others, which are about our own layers, without the URL: a key may be in
/// its query.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(cause) = cause(error) {
        error = cause;
    }
    let text = error.to_string();
    match error.downcast_ref::<reqwest::Error>().and_then(reqwest::Error::url) {
        Some(url) => text.replace(&format!(" for url ({url})"), ""),
        None => text,
    }
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<StreamableHttpError<reqwest::Error>>() {
        // It repeats the text of this one, and does not say that it is its cause.
        Some(StreamableHttpError::Client(cause)) => Some(cause),
        _ => error.source(),
    }
}
