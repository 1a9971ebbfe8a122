//! `get_resource`: the resources of all servers of an agent, by one name.
//!
//! It reads what `ReadResource` reads, and in its way.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::servers::Servers;
use crate::message::{Schema, ToolSpec};
use crate::tool::{Step, Tool, ToolContext, ToolError};

/// The tool.
pub struct GetResource {
    spec: ToolSpec,
    servers: Option<Arc<Servers>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    uri: String,
    server_name: Option<String>,
}

/// What a model is told about it.
pub fn spec() -> ToolSpec {
    ToolSpec {
        name: "get_resource".to_owned(),
        description: "Reads a resource of an MCP server, by its URI.".to_owned(),
        parameters: Schema::written(
            r#"{"type":"object","properties":{"uri":{"type":"string","description":"The URI of the resource."},"server_name":{"type":"string","description":"The server that has it; found out if not given."}},"required":["uri"]}"#,
        ),
    }
}

impl GetResource {
    /// The tool for these servers, if there are any.
    pub fn new(servers: Option<Arc<Servers>>) -> Self {
        Self { spec: spec(), servers }
    }

    async fn read(
        &self,
        arguments: Map<String, Value>,
        context: &ToolContext,
    ) -> Result<Step, ToolError> {
        let arguments = serde_json::from_value(Value::Object(arguments));
        let Arguments { uri, server_name } =
            arguments.map_err(|error| ToolError::new(error.to_string()))?;
        let Some(servers) = &self.servers else {
            return Err(ToolError::new("There is no MCP server, and so there are no resources."));
        };
        servers.read(&uri, server_name.as_deref(), context).await
    }
}

impl Tool for GetResource {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(self.read(arguments, context))
    }
}
