//! The checks of the model: where its key is, whether its endpoint answers, and on request whether
//! it can call a tool.
//!
//! Listing models costs no tokens; a question does, and is asked only if somebody wants it.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header::AUTHORIZATION;
use serde_json::Value;
use tokio::time::timeout;

use super::check::Check;
use super::hub::words;
use super::probe::{self, Probing};
use crate::config::{Config, Environment};
use crate::failure::Exit;
use crate::model::endpoint::{self, Endpoint, Target};
use crate::net::{self, Proxying};
use crate::runtime::Blueprint;
use crate::secret::Secret;

const MODEL: &str = "model";
const ENDPOINT: &str = "endpoint";

/// How long an endpoint may take to list its models.
const PATIENCE: Duration = Duration::from_secs(10);

/// The model, its endpoint, and a question if one is to be asked.
pub(super) async fn checks(
    blueprint: Result<Blueprint, &'static str>,
    config: &Config,
    environment: &Environment,
    probing: Probing,
) -> Vec<Check> {
    let blueprint = match blueprint {
        Ok(blueprint) => blueprint,
        Err(why) => return vec![Check::skipped(MODEL, why), Check::skipped(ENDPOINT, why)],
    };
    let model = model(&blueprint, config, environment);
    let endpoint = match &blueprint.target {
        Target::Builtin(_) => {
            let nothing = "none: the model is part of this program, and is not asked";
            return vec![model, Check::ok(ENDPOINT, nothing)];
        }
        Target::Endpoint(endpoint) => match &endpoint.key {
            Ok(key) => reached(endpoint, key.as_ref(), config).await,
            Err(_) => Check::skipped(ENDPOINT, "there is no key to ask it with"),
        },
    };
    let mut checks = vec![model, endpoint];
    if probing == Probing::Asked {
        checks.push(probe::probe(blueprint, config).await);
    }
    checks
}

/// Which model it is, and where its key is.
fn model(blueprint: &Blueprint, config: &Config, environment: &Environment) -> Check {
    let name = blueprint.model_name();
    let Some(endpoint) = blueprint.endpoint() else { return Check::ok(MODEL, name) };
    let check = match &endpoint.key {
        Ok(Some(_)) => {
            let place = endpoint::key_place(config, &endpoint.provider, environment);
            Check::ok(MODEL, name)
                .and(format!("key: in {}", place.as_deref().unwrap_or("the configuration")))
        }
        Ok(None) => Check::ok(MODEL, name).and("key: none, and none is needed"),
        Err(error) => {
            let check = Check::fail(MODEL, Exit::Authentication, error.to_string()).and(name);
            error.hints().into_iter().fold(check, Check::hint)
        }
    };
    let context = match endpoint.context {
        Some(tokens) => format!("context: {tokens} tokens"),
        None => "context: not known; `context` of the provider may say it".to_owned(),
    };
    let fallbacks = blueprint.fallbacks.iter().map(|target| format!("fallback: {}", target.name()));
    fallbacks.fold(check.and(context), Check::and)
}

/// Whether the endpoint answers, accepts the key and has the model.
async fn reached(endpoint: &Endpoint, key: Option<&Secret>, config: &Config) -> Check {
    let url = &endpoint.base_url;
    let started = Instant::now();
    let answer = timeout(PATIENCE, list(endpoint, key, config)).await;
    let took = started.elapsed().as_millis();
    let unreachable = |why: &str| {
        Check::fail(ENDPOINT, Exit::Unreachable, format!("{url} cannot be reached: {why}"))
            .hint("is the server running? --base-url, `base_url` and a proxy decide where it is")
    };
    let (status, body) = match answer {
        Err(_) => return unreachable("it is silent"),
        Ok(Err(error)) => return unreachable(&words(&error)),
        Ok(Ok(answer)) => answer,
    };
    let answers = format!("{url} answers in {took} ms");
    let untried = "streaming, tool calls and reasoning: --probe asks the model, which costs tokens";
    match status.as_u16() {
        401 | 403 => Check::fail(
            ENDPOINT,
            Exit::Authentication,
            format!("{url} does not accept the key ({status})"),
        )
        .hint("check the key of this provider"),
        200 => of_list(Check::ok(ENDPOINT, answers), endpoint, &body).and(untried),
        404 | 405 => Check::ok(ENDPOINT, answers).and("it lists no models").and(untried),
        _ => Check::warn(ENDPOINT, format!("{answers}, with {status}"))
            .hint("does --base-url point at an OpenAI-compatible API? It usually ends in /v1"),
    }
}

async fn list(
    endpoint: &Endpoint,
    key: Option<&Secret>,
    config: &Config,
) -> Result<(StatusCode, Value), reqwest::Error> {
    let url = &endpoint.base_url;
    let proxying = if url.is_loopback() { Proxying::Direct } else { Proxying::System };
    let http = net::client(proxying, config.timeouts.connect.value)?;
    let mut request = http.get(format!("{url}/models")).headers(endpoint.headers.clone());
    if let Some(key) = key {
        request = request.header(AUTHORIZATION, key.bearer());
    }
    let response = request.send().await?;
    let status = response.status();
    // A body that is no JSON is no list of models.
    Ok((status, serde_json::from_slice(&response.bytes().await?).unwrap_or_default()))
}

/// Whether the model is in the list. A suffix behind its id is the router's.
fn of_list(check: Check, endpoint: &Endpoint, body: &Value) -> Check {
    let models = body.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<&str> = models.iter().filter_map(|model| model.get("id")?.as_str()).collect();
    let model = endpoint.model.as_str();
    let bare = model.rsplit_once(':').map_or(model, |(bare, _)| bare);
    if ids.is_empty() {
        check.and("it lists no models")
    } else if ids.iter().any(|id| *id == model || *id == bare) {
        check.and(format!("it has {model}"))
    } else {
        check
            .worse()
            .and(format!("{model} is not among the {} models it lists", ids.len()))
            .hint(format!("it has, for example, {}", ids[0]))
    }
}
