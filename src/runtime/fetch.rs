//! Texts from elsewhere, fetched within bounds: what a prompt includes, and cards.
//!
//! It does not know what a text is for.

mod hub;

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue, LOCATION};
use reqwest::{Client, Response};
use tokio::time::timeout;
use url::{Origin, Url};

use super::connect::hub_token;
use crate::config::{Config, is_loopback};
use crate::net::{self, Proxying};

/// The longest text that is fetched, in bytes.
const LONGEST: usize = 1024 * 1024;

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often it may be elsewhere.
const MOST_REDIRECTS: usize = 5;

/// Reads an address that may be fetched: `https`, `http` on this machine, and `hf://OWNER/REPO/path`
/// for a file of the Hub.
pub fn address(written: &str, config: &Config) -> Result<Url, String> {
    if is_of_hub(written) {
        return hub::resolve(written, config);
    }
    let url = Url::parse(written).map_err(|error| format!("is no address: {error}"))?;
    allowed(&url)?;
    Ok(url)
}

/// Whether an address names a file of the Hub.
pub fn is_of_hub(written: &str) -> bool {
    written.starts_with(hub::SCHEME)
}

fn allowed(url: &Url) -> Result<(), String> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a name or a password".to_owned());
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err("must begin with `https:`, unless it is on this machine".to_owned()),
        scheme => Err(format!("cannot be fetched by `{scheme}:`; only by `https:` and `hf:`")),
    }
}

/// A text that is going to be fetched.
#[derive(Debug)]
pub struct Fetch {
    url: Url,
    /// Who is told who asks, and how. Nobody else is.
    credential: Option<(Origin, HeaderValue)>,
}

impl Fetch {
    /// What anybody can fetch.
    pub const fn new(url: Url) -> Self {
        Self { url, credential: None }
    }

    /// With the Hub's token, which goes to the Hub's own origin alone. A token that cannot be read
    /// is none.
    pub fn with_hub_token(url: Url, config: &Config) -> Self {
        let hub = Url::parse(config.hub.endpoint.value.as_str()).ok();
        let hub = hub.map(|hub| hub.origin()).filter(|hub| *hub == url.origin());
        let token = || hub_token(&config.hub.token).read().ok().flatten();
        let credential = hub.and_then(|hub| Some((hub, token()?.bearer())));
        Self { url, credential }
    }

    /// Fetches it. The error says what it did instead of being there: `was answered with 404`.
    pub async fn run(self, config: &Config) -> Result<String, String> {
        let proxying = if is_loopback(&self.url) { Proxying::Direct } else { Proxying::System };
        let http = net::client(proxying, config.timeouts.connect.value)
            .map_err(|error| format!("cannot be fetched: {error}"))?;
        match timeout(PATIENCE, self.text(&http)).await {
            Ok(fetched) => fetched,
            Err(_late) => Err(format!("was not there within {} s", PATIENCE.as_secs())),
        }
    }

    async fn text(self, http: &Client) -> Result<String, String> {
        let is_here = is_loopback(&self.url);
        let mut url = self.url;
        for _ in 0..=MOST_REDIRECTS {
            let mut request = http.get(url.clone());
            if let Some((_, bearer)) =
                self.credential.as_ref().filter(|(origin, _)| *origin == url.origin())
            {
                request = request.header(AUTHORIZATION, bearer);
            }
            let response = request.send().await;
            let response = response.map_err(|error| format!("cannot be fetched: {error}"))?;
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
