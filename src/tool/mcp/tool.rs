//! One tool of a server, as a model calls it.
//!
//! What a server marks as only reading is done at once; all else is proposed first.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use rmcp::ServiceError;
use rmcp::model::{CallToolRequestParams, Tool as Offered, ToolAnnotations};
use serde_json::{Map, Value};

use super::output::{self, World};
use super::server::Server;
use crate::message::ToolSpec;
use crate::policy::{Call, Request};
use crate::tool::{
    Approved, Step, Tool, ToolContext, ToolError, WriteClass, WriteEffect, WritePlan, Written,
    arguments,
};

/// A tool of a server.
pub(super) struct McpTool {
    spec: ToolSpec,
    /// What the server calls it.
    own_name: String,
    /// How careful to be with a call; nothing if it only reads.
    class: Option<WriteClass>,
    world: World,
    server: Arc<Server>,
}

impl McpTool {
    pub(super) fn new(name: String, offered: &Offered, server: Arc<Server>) -> Self {
        let description = offered.description.as_deref().or(offered.title.as_deref());
        let spec = ToolSpec {
            name,
            description: description.unwrap_or_default().to_owned(),
            parameters: Value::Object((*offered.input_schema).clone()).into(),
        };
        let hints = offered.annotations.as_ref();
        let world = match hints.and_then(|hints| hints.open_world_hint) {
            Some(false) => World::Closed,
            _ => World::Open,
        };
        let class = hints.map_or(Some(WriteClass::Additive), class);
        Self { spec, own_name: offered.name.to_string(), class, world, server }
    }

    fn plan(&self, arguments: Map<String, Value>, class: WriteClass) -> WritePlan {
        let (tool, server) = (&self.own_name, &self.server.definition.name);
        let body = Some(Value::Object(arguments));
        WritePlan {
            words: format!("Call the tool `{tool}` of the MCP server `{server}`"),
            request: Request::Call(Call { tool: self.spec.name.clone(), action: None, body }),
            now: None,
            class,
        }
    }

    /// Makes the call. It fails where nothing was sent.
    async fn send(
        &self,
        arguments: Map<String, Value>,
        context: &ToolContext,
    ) -> Result<Written, ToolError> {
        let connection = self.server.connection(&context.events).await;
        let connection = connection.map_err(|reason| self.server.unusable(&reason))?;
        let params = CallToolRequestParams::new(self.own_name.clone()).with_arguments(arguments);
        let call = connection.service.call_tool(params);
        let (output, effect) = match self.server.wait(call, context).await {
            Some(Ok(result)) => {
                let effect = match result.is_error {
                    Some(true) => WriteEffect::Unknown,
                    _ => WriteEffect::Done { status: None, answer: Value::Null },
                };
                (output::output(&result, self.world), effect)
            }
            Some(Err(error)) => {
                let effect = match error {
                    ServiceError::McpError(_) => WriteEffect::Nothing,
                    _ => WriteEffect::Unknown,
                };
                (output::failure(&self.server.failed(&connection, &error).await), effect)
            }
            None => (output::failure(&self.server.silent()), WriteEffect::Unknown),
        };
        Ok(Written { output, effect })
    }
}

/// How careful to be with a tool of which its server says this; nothing if it only reads.
fn class(hints: &ToolAnnotations) -> Option<WriteClass> {
    match (hints.read_only_hint, hints.destructive_hint) {
        (Some(true), _) => None,
        (_, Some(true)) => Some(WriteClass::Destructive),
        (_, Some(false) | None) => Some(WriteClass::Additive),
    }
}

impl Tool for McpTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move {
            Ok(match self.class {
                Some(class) => Step::Write(Box::new(self.plan(arguments, class))),
                None => Step::Done(self.send(arguments, context).await?.output),
            })
        })
    }

    fn plan_again<'a>(
        &'a self,
        plan: WritePlan,
        _context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<WritePlan, ToolError>> {
        Box::pin(async move { Ok(self.plan(arguments::of(&plan)?, plan.class)) })
    }

    fn write<'a>(
        &'a self,
        approved: Approved,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Written, ToolError>> {
        Box::pin(async move { self.send(arguments::of(approved.plan())?, context).await })
    }
}
