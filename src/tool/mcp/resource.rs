//! The tool by which a model reads what a server has to read: its resources.
//!
//! The protocol says that reading one changes nothing, so that nobody is asked.

mod template;

use std::fmt::Write as _;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use rmcp::model::ReadResourceRequestParams;
use serde_json::{Map, Value, json};

use super::Definition;
use super::connection::Offers;
use super::output::{World, contents, made};
use super::server::Server;
use crate::message::ToolSpec;
use crate::tool::{OutputKind, Step, Tool, ToolContext, ToolError};

/// How many resources a model is told of.
const MOST_LISTED: usize = 20;

/// Reads the resources of a server.
pub(super) struct ReadResource {
    spec: ToolSpec,
    server: Arc<Server>,
}

impl ReadResource {
    /// What a server would call the tool.
    pub(super) const NAME: &'static str = "read_resource";

    /// The tool, if the server has anything to read.
    pub(super) fn of(
        offers: &Offers,
        server: &Arc<Server>,
        name: impl FnOnce() -> String,
    ) -> Option<Self> {
        let resources = offers.resources.iter().map(|resource| {
            (resource.uri.as_str(), resource.name.as_str(), resource.description.as_deref())
        });
        let templates = offers.templates.iter().map(|template| {
            let description = template.description.as_deref();
            (template.uri_template.as_str(), template.name.as_str(), description)
        });
        let count = offers.resources.len() + offers.templates.len();
        if count == 0 {
            return None;
        }
        let own = &server.definition.name;
        let mut description = format!("Reads a resource of `{own}`, by its URI. There are:");
        for (uri, name, about) in resources.chain(templates).take(MOST_LISTED) {
            // Writing to a string cannot fail.
            let _infallible = write!(description, "\n{uri} ({name})");
            if let Some(line) = about.and_then(|about| about.lines().next()) {
                let _infallible = write!(description, ": {line}");
            }
        }
        if count > MOST_LISTED {
            let _infallible = write!(description, "\nand {} more", count - MOST_LISTED);
        }
        let parameters = json!({
            "type": "object",
            "properties": {"uri": {
                "type": "string",
                "description": "The URI; what stands in braces is filled in.",
            }},
            "required": ["uri"],
        });
        let spec = ToolSpec { name: name(), description, parameters: parameters.into() };
        Some(Self { spec, server: Arc::clone(server) })
    }

    async fn read(
        &self,
        arguments: &Map<String, Value>,
        context: &ToolContext,
    ) -> Result<Step, ToolError> {
        let uri = arguments.get("uri").and_then(Value::as_str);
        let uri = uri.ok_or_else(|| ToolError::new("`uri` is missing: the URI of a resource"))?;
        read(&self.server, uri, context).await
    }
}

/// Reads a resource of a server, if it is one that may be read.
pub(super) async fn read(
    server: &Server,
    uri: &str,
    context: &ToolContext,
) -> Result<Step, ToolError> {
    let Definition { name, resources, .. } = &server.definition;
    if !resources.takes(uri) && !is_offered(uri, &*server.offers(&context.events).await) {
        return Err(ToolError::new(format!(
            "`{uri}` is none of the resources of the MCP server `{name}` that may be read"
        )));
    }
    let connection = server.connection(&context.events).await;
    let connection = connection.map_err(|reason| server.unusable(&reason))?;
    let reading = connection.service.read_resource(ReadResourceRequestParams::new(uri));
    let Some(result) = server.wait(reading, context).await else {
        return Err(server.silent());
    };
    let result = match result {
        Ok(result) => result,
        Err(error) => return Err(server.failed(&connection, &error).await),
    };
    let text = result.contents.iter().map(contents).collect::<Vec<_>>().join("\n");
    Ok(Step::Done(made(text, OutputKind::Success, World::Open)))
}

/// Whether it is among what the filter let through, which may have been by name.
fn is_offered(uri: &str, offers: &Offers) -> bool {
    offers.resources.iter().any(|resource| resource.uri == uri)
        || offers.templates.iter().any(|template| template::fits(&template.uri_template, uri))
}

impl Tool for ReadResource {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move { self.read(&arguments, context).await })
    }
}
