//! Writes: from a checked call to a plan, and from an approved plan to the result.
//!
//! Nothing but an approved plan is ever sent, and it is sent as it was approved.

use serde_json::{Map, Value};

use super::arguments::Arguments;
use super::report::Reporter;
use super::{HubTool, result};
use crate::event::Events;
use crate::hub::catalog::{Action, Write};
use crate::hub::{Call, Declined, Effect, Route, resolve};
use crate::policy::{Post, Request};
use crate::tool::{Approved, Step, ToolError, WriteEffect, WritePlan, Written};

impl HubTool {
    /// Proposes a write, reading first what it would replace.
    pub(super) async fn plan(
        &self,
        arguments: Arguments,
        (route, write): (&Route, &Write),
        events: &Events,
    ) -> Result<Step, ToolError> {
        let given = arguments.body.unwrap_or_default();
        match self.propose((route, write), given, events).await {
            Ok(plan) => Ok(Step::Write(Box::new(plan))),
            Err(Declined::Refused(refusal)) => Err(ToolError::new(refusal.to_string())),
            Err(Declined::Failed(problem)) => Ok(Step::Done(result::failure(&problem))),
        }
    }

    /// Proposes what a plan says once more: checked, worded and read anew.
    pub(super) async fn renew(
        &self,
        plan: WritePlan,
        events: &Events,
    ) -> Result<WritePlan, ToolError> {
        let (route, write, body) = self.planned(&plan)?;
        let given = match body {
            Some(Value::Object(body)) => body.clone(),
            _ => Map::new(),
        };
        self.propose((&route, write), given, events).await.map_err(|declined| match declined {
            Declined::Refused(refusal) => ToolError::new(refusal.to_string()),
            Declined::Failed(problem) => ToolError::new(problem.error),
        })
    }

    async fn propose(
        &self,
        (route, write): (&Route, &Write),
        given: Map<String, Value>,
        events: &Events,
    ) -> Result<WritePlan, Declined> {
        let reporter = Reporter::new(events);
        let report = |notice| reporter.report(notice);
        let proposal = self.client.propose((route, write), given, &report).await?;
        Ok(WritePlan {
            words: proposal.words,
            request: Request::post(route.path.clone(), proposal.body),
            now: proposal.now,
            class: proposal.class,
        })
    }

    /// Sends an approved plan. Its path is looked up again: the catalog, not the plan, says what
    /// may be sent at all.
    pub(super) async fn send(
        &self,
        approved: &Approved,
        events: &Events,
    ) -> Result<Written, ToolError> {
        let plan = approved.plan();
        let (route, write, body) = self.planned(plan)?;
        let reporter = Reporter::new(events);
        let report = |notice| reporter.report(notice);
        match self.client.perform((&route, write), body, &report).await {
            Ok(done) => Ok(Written {
                effect: WriteEffect::Done { status: done.status, answer: done.answer.clone() },
                output: result::written(done),
            }),
            Err(problem) => {
                let output = result::failure(&problem);
                match problem.effect {
                    Effect::Unsent => Err(ToolError::new(format!(
                        "{}. {}",
                        problem.error,
                        problem.hint.unwrap_or_default()
                    ))),
                    Effect::Nothing => Ok(Written { output, effect: WriteEffect::Nothing }),
                    Effect::Unknown => Ok(Written { output, effect: WriteEffect::Unknown }),
                }
            }
        }
    }

    /// What a plan of this tool is about: where it goes, what it writes there, and with what body.
    fn planned<'a>(
        &self,
        plan: &'a WritePlan,
    ) -> Result<(Route, &'static Write, Option<&'a Value>), ToolError> {
        let foreign = || ToolError::new("The plan is not one of this tool; nothing was sent.");
        let Request::Post(Post { path, body }) = &plan.request else { return Err(foreign()) };
        let call = Call { endpoint: path, method: "POST", params: &Map::new() };
        let route = resolve(&call, &self.client.settings().origin)
            .map_err(|refusal| ToolError::new(refusal.to_string()))?;
        let body_fits = body.as_ref().is_none_or(Value::is_object);
        match &route.endpoint.action {
            Action::Write(write) if route.path == *path && body_fits => {
                Ok((route, write, body.as_ref()))
            }
            _ => Err(foreign()),
        }
    }
}
