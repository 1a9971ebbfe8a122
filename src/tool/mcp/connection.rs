//! One server that runs, or that is spoken to: from its definition to its first answer.
//!
//! It does not know what happens with what a server offers.

mod child;
mod sse;
mod trouble;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue};
use rmcp::model::{Prompt, ProtocolVersion, Resource, ResourceTemplate, Tool};
use rmcp::service::RunningService;
use rmcp::transport::streamable_http_client::{
    StreamableHttpClientTransport, StreamableHttpClientTransportConfig,
};
use rmcp::{ClientLifecycleMode, RoleClient, ServiceError, serve_client_with_lifecycle};

use super::client::Client;
use super::desk::Desk;
use super::{Address, Definition, Endpoint, Greeting, Launch, Manner};
use child::Child;
use sse::Sse;
use trouble::Trouble;
pub(super) use trouble::told;

/// A connection, as the library has it.
type Service = RunningService<RoleClient, Client>;

/// A server that answers.
pub(super) struct Connection {
    /// Where requests are made.
    pub(super) service: Service,
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

async fn greet(
    definition: &Definition,
    desk: &Arc<Desk>,
    mode: ClientLifecycleMode,
) -> Result<(Connection, Offers), Trouble> {
    let client = Client { desk: Arc::clone(desk), roots: definition.roots.clone() };
    match &definition.address {
        Address::Process(launch) => greet_process(definition, launch, client, mode).await,
        Address::Http(endpoint) => {
            let serving = call_on(endpoint, client, mode).boxed();
            let (service, offers) = patiently(definition, serving).await?;
            Ok((Connection { service, child: None }, offers))
        }
    }
}

async fn greet_process(
    definition: &Definition,
    launch: &Launch,
    client: Client,
    mode: ClientLifecycleMode,
) -> Result<(Connection, Offers), Trouble> {
    let (child, pipes) = Child::start(launch).map_err(Trouble::Other)?;
    let serving = async { Ok(serve_client_with_lifecycle(client, pipes, mode).await?) };
    match patiently(definition, serving.boxed()).await {
        Ok((service, offers)) => Ok((Connection { service, child: Some(child) }, offers)),
        Err(Trouble::Silent(text)) => Err(Trouble::Silent(text + &child.words())),
        Err(Trouble::Other(text)) => Err(Trouble::Other(text + &child.end().await)),
        Err(trouble) => Err(trouble),
    }
}

/// A server on a network, in the newer way, or in the older one where it knows only that.
async fn call_on(
    endpoint: &Endpoint,
    client: Client,
    mode: ClientLifecycleMode,
) -> Result<Service, Trouble> {
    let older = async |client, mode| {
        let events = Sse::open(endpoint).await?;
        Ok(serve_client_with_lifecycle(client, events, mode).await?)
    };
    if endpoint.manner == Manner::Sse {
        return older(client, mode).await;
    }
    let config = StreamableHttpClientTransportConfig::with_uri(endpoint.url.as_str())
        .custom_headers(custom_headers(&endpoint.headers));
    let may_be_old = matches!(mode, ClientLifecycleMode::Initialize);
    let newer = StreamableHttpClientTransport::with_client(endpoint.http.clone(), config);
    match serve_client_with_lifecycle(client.clone(), newer, mode.clone()).await {
        Ok(service) => Ok(service),
        Err(error) => match Trouble::from(error) {
            Trouble::Absent(text) if may_be_old => match older(client, mode).await {
                Err(Trouble::Absent(_)) => Err(Trouble::Absent(text)),
                called => called,
            },
            trouble => Err(trouble),
        },
    }
}

/// Headers as the library takes them.
fn custom_headers(headers: &HeaderMap) -> HashMap<HeaderName, HeaderValue> {
    headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Waits for a greeting to be answered, and for what the server offers, as long as it may take.
async fn patiently(
    definition: &Definition,
    serving: BoxFuture<'_, Result<Service, Trouble>>,
) -> Result<(Service, Offers), Trouble> {
    let opening = async {
        let service = serving.await?;
        let offers = list(definition, &service).await?;
        Ok((service, offers))
    };
    let patience = definition.timeout;
    tokio::time::timeout(patience, opening).await.unwrap_or_else(|_| {
        let patience = patience.as_secs_f32();
        Err(Trouble::Silent(format!("it did not answer within {patience} s")))
    })
}

/// All a server offers that its filters let through.
pub(super) async fn list(
    definition: &Definition,
    service: &Service,
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
