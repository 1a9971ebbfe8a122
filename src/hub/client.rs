//! The client of one Hub: where it is, which token goes there, how long anything may take.
//!
//! It sends what a [`Route`](super::Route) allows and nothing else; what an answer means for a
//! model is said elsewhere.

use std::time::Duration;

use url::Url;

use super::identity::Identity;
use super::token::TokenSource;

/// Speaks to one Hub.
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) http: reqwest::Client,
    pub(super) settings: Settings,
    pub(super) identity: Identity,
}

/// How a Hub is spoken to.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the Hub is, without `/api`. The token goes to this origin only.
    pub origin: Url,
    /// Where the token comes from.
    pub token: TokenSource,
    /// How many elements of a list are shown unless a call says otherwise.
    pub max_results: u64,
    /// Whether anything may be sent at all.
    pub reach: Reach,
    /// Whether answers are made smaller.
    pub shaping: Shaping,
    /// How long things may take.
    pub patience: Patience,
}

/// Whether the network may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It may.
    Online,
    /// It may not: `HF_HUB_OFFLINE` is set.
    Offline,
}

/// Whether answers are made smaller before a model reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shaping {
    /// Decoration is left out, and the result says so.
    Compact,
    /// Everything the Hub sent is passed on.
    Raw,
}

/// How long things may take, and how often a read is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The longest silence while waiting for an answer or its next bytes.
    pub silence: Duration,
    /// The longest a whole call may take, waits and all pages included.
    pub whole: Duration,
    /// How often a read is tried.
    pub tries: u32,
    /// The wait before the second try where the Hub names none; it doubles with each.
    pub first_wait: Duration,
    /// How long all the waits of one request together may be. What needs longer is an answer:
    /// the caller is told when to come back.
    pub all_waits: Duration,
    /// How long a write may take to show in reads.
    pub settle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(30),
            whole: Duration::from_mins(2),
            tries: 4,
            first_wait: Duration::from_millis(500),
            all_waits: Duration::from_secs(10),
            settle: Duration::from_secs(1),
        }
    }
}

impl Settings {
    /// The usual settings for the Hub at this origin: no token, 20 results, compact answers.
    pub fn new(origin: Url) -> Self {
        Self {
            origin,
            token: TokenSource::Disabled,
            max_results: 20,
            reach: Reach::Online,
            shaping: Shaping::Compact,
            patience: Patience::default(),
        }
    }
}

impl Client {
    /// Makes a client that sends through `http`, which must not follow redirects by itself.
    pub fn new(http: reqwest::Client, settings: Settings) -> Self {
        Self { http, settings, identity: Identity::default() }
    }

    /// How it speaks to the Hub.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The address of a path of the API.
    pub(super) fn url(&self, path: &str, query: &[(String, String)]) -> Url {
        let mut url = self.settings.origin.clone();
        url.set_path(&format!("{}{path}", self.api()));
        url.set_query(None);
        url.set_fragment(None);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Whether a URL leads to this Hub's API, and so may be sent the token.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.settings.origin.origin()
            && url.path().strip_prefix(&self.api()).is_some_and(|rest| rest.starts_with('/'))
            && url.username().is_empty()
            && url.password().is_none()
    }

    fn api(&self) -> String {
        format!("{}/api", self.settings.origin.path().trim_end_matches('/'))
    }
}
