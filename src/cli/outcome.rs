//! What a run's outcome means outside: an exit code, a message with hints, a document.
//!
//! One exhaustive match for each; the run itself knows none of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::writes::Remains;
use crate::agent::{CallRecord, Limit, Outcome, RunReport, Stuck};
use crate::failure::{Exit, Failure};
use crate::model::{ModelError, ModelErrorKind};
use crate::render::document::{Call, Document, SCHEMA_VERSION, Timings, milliseconds};
use crate::schema::Violation;

/// The failure a run ended in, if it did.
pub(super) fn failure(report: &RunReport, remains: &Remains) -> Option<Failure> {
    match &report.outcome {
        Outcome::Answered => remains.failure.clone(),
        Outcome::Failed(error) => Some(model_failure(error, &report.model)),
        Outcome::Limit(limit) => Some(limit_failure(*limit)),
        Outcome::Unfit(violations) => Some(unfit(violations)),
        Outcome::Stuck(stuck) => Some(stuck_failure(stuck)),
        Outcome::Interrupted => Some(Failure::new(Exit::Interrupted, "interrupted")),
    }
}

/// The document of a run.
pub(super) fn document(report: &RunReport, remains: &Remains) -> Document {
    let failure = failure(report, remains);
    let exit = failure.as_ref().map_or(Exit::Answered, |failure| failure.exit);
    let calls: Vec<Call> = report.calls.iter().map(call).collect();
    Document {
        schema_version: SCHEMA_VERSION,
        outcome: exit.word(),
        exit_code: exit.code(),
        answer: (!report.answer.is_empty()).then(|| report.answer.clone()),
        answer_value: report.answer_value.clone(),
        violations: match &report.outcome {
            Outcome::Unfit(violations) => violations.clone(),
            _ => Vec::new(),
        },
        error: failure.map(|failure| failure.problem()),
        model: Some(report.model.clone()),
        turns: report.turns,
        compactions: report.compactions,
        usage: report.usage,
        timings: Timings {
            total_ms: milliseconds(report.elapsed),
            first_text_ms: None,
            // A sum of nothing would be -0.0.
            tools_ms: calls.iter().map(|call| call.elapsed_ms).fold(0.0, |sum, ms| sum + ms),
        },
        calls,
        repairs: BTreeMap::new(),
        plan: remains.plan.as_ref().and_then(|plan| serde_json::to_value(plan).ok()),
    }
}

fn call(record: &CallRecord) -> Call {
    Call {
        name: record.name.clone(),
        arguments: record.arguments.clone(),
        status: record.status,
        summary: record.summary.clone(),
        bytes: record.bytes,
        elapsed_ms: milliseconds(record.elapsed),
    }
}

fn unfit(violations: &[Violation]) -> Failure {
    let lines = violations.iter().map(|violation| format!("\n  {violation}"));
    Failure::new(
        Exit::Failed,
        format!("the answer does not fit the schema:{}", lines.collect::<String>()),
    )
    .hint("say in the question what each part of the document is, or allow more in the schema")
}

fn limit_failure(limit: Limit) -> Failure {
    let (message, hint) = match limit {
        Limit::Turns(turns) => {
            (format!("stopped after {turns} model requests"), "raise it with --max-turns")
        }
        Limit::Calls(calls) => {
            (format!("stopped after {calls} tool calls"), "raise `limits.calls` in the config")
        }
        Limit::Tokens(tokens) => {
            (format!("stopped after {tokens} tokens"), "raise `limits.tokens` in the config")
        }
        Limit::Time(time) => (format!("stopped after {}", words(time)), "raise it with --timeout"),
        Limit::ReplyLength => (
            "the model's answer was cut off at its length limit".to_owned(),
            "raise `max_tokens`: --model '…?max_tokens=4096'",
        ),
    };
    Failure::new(Exit::Limit, message).hint(hint)
}

fn stuck_failure(stuck: &Stuck) -> Failure {
    let message = match stuck {
        Stuck::UnknownTools(name) => {
            format!("the model keeps calling tools that do not exist, `{name}` last")
        }
        Stuck::SameCall(name) => {
            format!("the model keeps making the same call of `{name}`, with the same result")
        }
    };
    Failure::new(Exit::Limit, message)
        .hint("ask in other words, or name another model or provider with --model")
}

fn model_failure(error: &ModelError, model: &str) -> Failure {
    let status = error.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let failure = |exit, what: &str| {
        let host = if error.url.is_empty() { String::new() } else { format!(" at {}", error.url) };
        Failure::new(exit, format!("{what}{host}{status}: {}", error.message))
    };
    match error.kind {
        ModelErrorKind::Auth => failure(Exit::Authentication, "the key was not accepted")
            .hint("check the key of this provider, and whether it may use the model"),
        ModelErrorKind::Credits => no_credits(failure(Exit::Failed, "no credits are left"), model),
        ModelErrorKind::RateLimited => {
            rate_limited(failure(Exit::RateLimited, "rate-limited"), error)
        }
        ModelErrorKind::Overflow => failure(
            Exit::Limit,
            "the conversation is too long for the model",
        )
        .hint(
            "ask for less at once, begin a new conversation, or name a model with a larger context",
        ),
        ModelErrorKind::UnsupportedModel => failure(Exit::Failed, "the model is not served")
            .hint("name another model with --model, or another provider suffix such as `:groq`"),
        ModelErrorKind::Rejected if matches!(error.status, Some(404 | 405)) => {
            failure(Exit::Failed, "nothing is served there").hint(NO_API)
        }
        ModelErrorKind::Rejected => failure(Exit::Failed, "the request was rejected"),
        ModelErrorKind::Server if error.retry_after.is_some() => {
            rate_limited(failure(Exit::RateLimited, "the model server is not available"), error)
        }
        ModelErrorKind::Server => failure(Exit::Failed, "the model server failed").hint(AGAIN),
        ModelErrorKind::Unreachable => failure(Exit::Unreachable, "nothing can be reached")
            .hint("is the server running? `agentcard cards show` prints the endpoint in use"),
        ModelErrorKind::TimedOut => failure(Exit::Unreachable, "the model server is too slow")
            .hint("try again, or raise `timeouts.idle` or `timeouts.reply` in the config"),
        ModelErrorKind::Malformed => {
            failure(Exit::Failed, "the answer is no chat completion").hint(NO_API)
        }
        ModelErrorKind::CutOff => failure(Exit::Failed, "the reply was cut off").hint(AGAIN),
        ModelErrorKind::Empty => failure(Exit::Failed, "the model said nothing").hint(AGAIN),
        ModelErrorKind::Filtered => failure(Exit::Failed, "no answer"),
    }
}

/// What to do where nothing was wrong with the question.
const AGAIN: &str = "try again later, or name another model with --model";

/// What to do where no API is.
const NO_API: &str = "does --base-url point at an OpenAI-compatible API? It usually ends in /v1";

fn no_credits(failure: Failure, model: &str) -> Failure {
    let failure = failure.hint("add credits with the provider, or name another model with --model");
    // The Hugging Face router bills whom it is told to bill.
    let failure = if model.starts_with("hf.") {
        failure.hint(
            "an organization can pay: `headers = { X-HF-Bill-To = \"my-org\" }` under \
             `[providers.hf]` in the config",
        )
    } else {
        failure
    };
    failure.hint("`model_fallbacks` in the config names models that take its place")
}

fn rate_limited(failure: Failure, error: &ModelError) -> Failure {
    match error.retry_after {
        Some(wait) => failure.hint(format!("try again in {}", words(wait))),
        None => failure.hint("try again later"),
    }
}

fn words(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 120.0 => format!("{seconds} s"),
        seconds => format!("{:.0} min", seconds / 60.0),
    }
}
