//! The checks of the Hub: the token, whose it is and what it may do; and whether the Hub answers.
//!
//! One request tells both. The token goes to the Hub's own origin and is never shown.

use std::time::{Duration, Instant};

use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio::time::timeout;

use super::super::args::AgentArgs;
use super::check::Check;
use crate::config::{Config, Environment, TokenSource};
use crate::failure::Exit;
use crate::net::{self, Proxying};
use crate::secret::Secret;

const TOKEN: &str = "token";
const HUB: &str = "hub";

/// How long the Hub may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The token, and the Hub.
pub(super) async fn checks(
    config: &Config,
    agent: &AgentArgs,
    environment: &Environment,
) -> (Check, Check) {
    if agent.sandbox {
        let practised = "an emulator takes the place of the Hub (--sandbox)";
        return (Check::ok(TOKEN, practised), Check::ok(HUB, practised));
    }
    let endpoint = &config.hub.endpoint.value;
    let (token, place) = match token(config, environment) {
        Ok(found) => found,
        Err(check) => return (check, Check::skipped(HUB, "the token cannot be used")),
    };
    if config.hub.offline.value {
        let origin = &config.hub.offline.origin;
        let hub = Check::warn(HUB, format!("{endpoint} is not asked: offline ({origin})"));
        return (found_only(token.as_ref(), &place), hub);
    }
    let started = Instant::now();
    let answer = timeout(PATIENCE, whoami(config, token.as_ref())).await;
    let took = started.elapsed().as_millis();
    let unreachable = |why: &str| {
        let hub =
            Check::fail(HUB, Exit::Unreachable, format!("{endpoint} cannot be reached: {why}"))
                .hint("is the network there? HF_ENDPOINT and a proxy decide where requests go");
        (found_only(token.as_ref(), &place), hub)
    };
    match answer {
        Err(_) => unreachable("it is silent"),
        Ok(Err(error)) => unreachable(&words(&error)),
        Ok(Ok((status, body))) => {
            let hub = answered(endpoint.as_str(), status, took);
            (of_token(token.as_ref(), &place, status, &body), hub)
        }
    }
}

/// The token and where it is.
fn token(config: &Config, environment: &Environment) -> Result<(Option<Secret>, String), Check> {
    match &config.hub.token {
        TokenSource::Disabled => {
            Ok((None, "HF_HUB_DISABLE_IMPLICIT_TOKEN is set: none is used".to_owned()))
        }
        TokenSource::Absent => Ok((None, "none, and no home directory to look in".to_owned())),
        TokenSource::Value(secret) => {
            let names = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];
            let name = names.into_iter().find(|name| environment.get(name).is_some());
            Ok((Some(secret.clone()), format!("in {}", name.unwrap_or("the environment"))))
        }
        TokenSource::File(path) => {
            let shown = path.display();
            let read = crate::hub::TokenSource::File(path.clone()).read();
            match read {
                Ok(Some(secret)) => Ok((Some(secret), format!("in {shown}"))),
                Ok(None) => Ok((None, format!("none: neither in HF_TOKEN nor in {shown}"))),
                Err(error) => Err(Check::fail(TOKEN, Exit::Authentication, error.to_string())
                    .hint("log in again with `hf auth login`, or set HF_TOKEN")),
            }
        }
    }
}

async fn whoami(
    config: &Config,
    token: Option<&Secret>,
) -> Result<(StatusCode, Value), reqwest::Error> {
    let endpoint = &config.hub.endpoint.value;
    let proxying = if endpoint.is_loopback() { Proxying::Direct } else { Proxying::System };
    let http = net::client(proxying, config.timeouts.connect.value)?;
    let mut request = http.get(format!("{endpoint}/api/whoami-v2"));
    if let Some(token) = token {
        request = request.header(reqwest::header::AUTHORIZATION, token.bearer());
    }
    let response: Response = request.send().await?;
    let status = response.status();
    // A body that is no JSON is nobody's answer about a token, which the status says already.
    let body = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
    Ok((status, body))
}

fn answered(endpoint: &str, status: StatusCode, took: u128) -> Check {
    match status.as_u16() {
        200 | 401 | 403 => Check::ok(HUB, format!("{endpoint} answers in {took} ms")),
        429 => {
            Check::warn(HUB, format!("{endpoint} answers, and asks to be left alone for a while"))
        }
        _ => Check::warn(HUB, format!("{endpoint} answers with {status}"))
            .hint("does HF_ENDPOINT lead to a Hub?"),
    }
}

fn of_token(token: Option<&Secret>, place: &str, status: StatusCode, body: &Value) -> Check {
    match (token, status.as_u16()) {
        (None, _) => found_only(None, place),
        (Some(_), 401 | 403) => {
            Check::fail(TOKEN, Exit::Authentication, format!("{place}; the Hub does not accept it"))
                .hint("make a new one at https://huggingface.co/settings/tokens")
        }
        (Some(_), 200) => {
            let text = |pointer| body.pointer(pointer).and_then(Value::as_str).unwrap_or("unknown");
            let (name, role) = (text("/name"), text("/auth/accessToken/role"));
            let check = Check::ok(TOKEN, place).and(format!("of {name}; its role is {role}"));
            if role == "read" { check.and("writes need a token that may write") } else { check }
        }
        (Some(_), _) => found_only(token, place),
    }
}

/// What can be said of a token without the Hub.
fn found_only(token: Option<&Secret>, place: &str) -> Check {
    match token {
        Some(_) => Check::warn(TOKEN, format!("{place}; whose it is could not be asked")),
        None => Check::warn(TOKEN, place)
            .hint("public things can be read without one; set HF_TOKEN, or use `hf auth login`"),
    }
}

/// What an error of the HTTP client comes down to.
pub(super) fn words(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(cause) = source.source() {
        source = cause;
    }
    source.to_string()
}
