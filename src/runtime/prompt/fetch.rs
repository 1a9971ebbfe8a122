//! The texts a prompt includes from elsewhere: fetched when the agent is connected, within bounds.
//!
//! What is fetched is text as it is: no placeholder in it is filled in, since it is somebody else's.

use std::time::Duration;

use reqwest::header::LOCATION;
use reqwest::{Client, Response};
use tokio::time::timeout;
use url::Url;

use super::Fetched;
use crate::config::Config;
use crate::net::{self, Proxying};
use crate::runtime::SetupError;

/// The longest text that is fetched, in bytes.
const LONGEST: usize = 1024 * 1024;

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often it may be elsewhere.
const MOST_REDIRECTS: usize = 5;

/// Reads an address that may be fetched: `https`, and `http` on this machine.
pub(super) fn address(written: &str) -> Result<Url, String> {
    let url = Url::parse(written).map_err(|error| format!("is no address: {error}"))?;
    allowed(&url)?;
    Ok(url)
}

fn allowed(url: &Url) -> Result<(), String> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a name or a password".to_owned());
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err("must begin with `https:`, unless it is on this machine".to_owned()),
        scheme => Err(format!("cannot be fetched by `{scheme}:`; only by `https:`")),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Fetches a text.
pub(super) async fn fetch(fetched: &Fetched, config: &Config) -> Result<String, SetupError> {
    let Fetched { url, at } = fetched;
    let proxying = if is_loopback(url) { Proxying::Direct } else { Proxying::System };
    let http = net::client(proxying, config.timeouts.connect.value)?;
    let fetched = match timeout(PATIENCE, text(&http, url.clone())).await {
        Ok(fetched) => fetched,
        Err(_late) => Err(format!("was not there within {} s", PATIENCE.as_secs())),
    };
    fetched.map_err(|why| at.complaint("dead-url", format!("`{{{{url:{url}}}}}` {why}")))
}

async fn text(http: &Client, url: Url) -> Result<String, String> {
    let is_here = is_loopback(&url);
    let mut url = url;
    for _ in 0..=MOST_REDIRECTS {
        let request = http.get(url.clone()).send().await;
        let response = request.map_err(|error| format!("cannot be fetched: {error}"))?;
        if response.status().is_redirection() {
            url = next(&url, &response)?;
            // What is elsewhere does not get to ask servers on this machine.
            if is_loopback(&url) && !is_here {
                return Err("leads to this machine".to_owned());
            }
            continue;
        }
        if !response.status().is_success() {
            return Err(format!("was answered with {}", response.status()));
        }
        return body(response).await;
    }
    Err("is elsewhere, again and again".to_owned())
}

fn next(url: &Url, response: &Response) -> Result<Url, String> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let next = location.and_then(|location| url.join(location).ok());
    let next = next.ok_or_else(|| "leads nowhere".to_owned())?;
    allowed(&next)?;
    Ok(next)
}

async fn body(mut response: Response) -> Result<String, String> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return Err(format!("broke off: {error}")),
        }
        if bytes.len() > LONGEST {
            return Err(format!("is longer than {LONGEST} bytes"));
        }
    }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())
}
