//! The tool `hf_api_request`: the Hub as a model calls it.
//!
//! It turns arguments into a checked route, and what the Hub said into the result a card promises.
//! How the Hub is spoken to is [`crate::hub`]'s business.

mod arguments;
mod foreign;
mod report;
mod result;
mod schema;
mod table;
mod write;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::{Approved, Step, Tool, ToolContext, ToolError, ToolOutput, WritePlan, Written};
use crate::event::Events;
use crate::hub::catalog::Action;
use crate::hub::{Call, Client, Route, Want, resolve};
use crate::message::ToolSpec;
use arguments::Arguments;
use report::Reporter;

pub use schema::{EndpointPattern, spec};

/// Its name.
pub const NAME: &str = "hf_api_request";

/// The most elements one result shows.
const MOST_RESULTS: u64 = 1000;

/// Calls the Hub for a model.
#[derive(Debug)]
pub struct HubTool {
    client: Client,
    spec: ToolSpec,
}

impl HubTool {
    /// Makes the tool for one Hub.
    pub fn new(client: Client, pattern: EndpointPattern) -> Self {
        Self { client, spec: schema::spec(pattern) }
    }

    async fn answer(
        &self,
        arguments: Map<String, Value>,
        events: &Events,
    ) -> Result<Step, ToolError> {
        let arguments = Arguments::parse(arguments)?;
        let call = Call {
            endpoint: &arguments.endpoint,
            method: &arguments.method,
            params: &arguments.params,
        };
        let mut route = resolve(&call, &self.client.settings().origin)
            .map_err(|refusal| ToolError::new(refusal.to_string()))?;
        route.repaired.extend_from_slice(&arguments.repaired);
        match &route.endpoint.action {
            Action::Read(_) => self.read(&arguments, &route, events).await.map(Step::Done),
            Action::Write(write) => self.plan(arguments, (&route, write), events).await,
        }
    }

    async fn read(
        &self,
        arguments: &Arguments,
        route: &Route,
        events: &Events,
    ) -> Result<ToolOutput, ToolError> {
        arguments.refuse_body()?;
        if arguments.query.scans() && !route.endpoint.answers_list() {
            return Err(ToolError::new(
                "`where` and `count_by` are for lists, and this endpoint does not answer one.",
            ));
        }
        let mut repaired = route.repaired.clone();
        let limit = arguments
            .max_results
            .or(route.window.limit)
            .unwrap_or(self.client.settings().max_results);
        if limit > MOST_RESULTS {
            repaired.push(format!("max_results={limit} lowered to {MOST_RESULTS}"));
        }
        let offset = route.window.offset.unwrap_or(0);
        let want = Want {
            offset: offset.saturating_add(arguments.offset.unwrap_or(0)),
            limit: limit.min(MOST_RESULTS),
            query: arguments.query.clone(),
        };
        let reporter = Reporter::new(events);
        let report = |notice| reporter.report(notice);
        Ok(match self.client.read(route, &want, &report).await {
            Ok(reading) => {
                let own = self.client.known_name();
                let shaping = self.client.settings().shaping;
                result::success(reading, &repaired, shaping, own.as_deref())
            }
            Err(problem) => result::failure(&problem),
        })
    }
}

impl Tool for HubTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(self.answer(arguments, &context.events))
    }

    fn plan_again<'a>(
        &'a self,
        plan: WritePlan,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<WritePlan, ToolError>> {
        Box::pin(async move { self.renew(plan, &context.events).await })
    }

    fn write<'a>(
        &'a self,
        approved: Approved,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Written, ToolError>> {
        Box::pin(async move { self.send(&approved, &context.events).await })
    }
}
