//! One request and the answer to it: token, time limits, redirects and repetition.
//!
//! It looks at statuses and headers only as far as they say "elsewhere" or "later"; what an answer
//! means is not its business.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use serde_json::Value;
use url::Url;

use super::catalog::Method;
use super::client::{Client, Reach};
use super::problem::Effect;
use super::retry;
use super::token::TokenError;

/// A renamed repo takes one hop; more than a few is a loop.
const MOST_HOPS: usize = 5;

/// How much of a warning of the Hub is passed on, in characters.
const LONGEST_WARNING: usize = 300;

/// What is sent.
#[derive(Debug, Clone)]
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<&'a Value>,
}

/// Something a person may want to know while a call is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A request is about to be repeated.
    Retry {
        /// Which attempt comes next, counted from 2.
        attempt: u32,
        /// How long it waits first.
        wait: Duration,
        /// What failed.
        reason: String,
    },
    /// The Hub warns, in its own words: `X-HF-Warning`, which may come with any answer.
    Warning(String),
}

/// Who is told.
pub type Watch<'a> = &'a (dyn Fn(Notice) + Send + Sync);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Nothing may be sent.
    #[error("offline mode is on (HF_HUB_OFFLINE), nothing was sent")]
    Offline,
    /// There is a token and it cannot be used.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The write needs a token that may write.
    #[error("{0}, nothing was sent")]
    NotAllowed(&'static str),
    /// No connection was made: nothing was sent.
    #[error("the Hub cannot be reached: {0}")]
    Unreachable(String),
    /// The connection failed after the request had begun.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// Nothing came for too long.
    #[error("the Hub did not answer within {} s", .0.as_secs_f32())]
    Silent(Duration),
    /// The whole call took too long.
    #[error("the call was not done within {} s", .0.as_secs_f32())]
    TooLong(Duration),
    /// The answer names another origin, to which nothing is sent.
    #[error("the Hub redirected to {0}, which is not its own API; it was not followed")]
    LedAway(String),
    /// The redirects go in a circle.
    #[error("the Hub redirected in a circle")]
    Circle,
    /// A write was redirected in a way that would have dropped its body.
    #[error("the Hub answered the write with a redirect ({0}) that was not followed")]
    WriteRedirected(StatusCode),
}

impl Client {
    /// The Hub's answer, whatever its status. Reads are tried again where that makes sense.
    pub(super) async fn exchange(
        &self,
        request: &Request<'_>,
        watch: Watch<'_>,
    ) -> Result<reqwest::Response, Trouble> {
        let mut waited = Duration::ZERO;
        let mut attempt = 1;
        loop {
            let outcome = self.once(request).await;
            if let Some(warning) = outcome.as_ref().ok().and_then(warning) {
                watch(Notice::Warning(warning));
            }
            let patience = &self.settings.patience;
            let Some((wait, reason)) = retry::advice(&outcome, attempt, patience) else {
                return outcome;
            };
            waited += wait;
            attempt += 1;
            let allowed = request.method == Method::Get
                && attempt <= patience.tries
                && waited <= patience.all_waits;
            if !allowed {
                return outcome;
            }
            watch(Notice::Retry { attempt, wait, reason });
            tokio::time::sleep(wait).await;
        }
    }

    /// One try, redirects within the Hub's own API included.
    async fn once(&self, request: &Request<'_>) -> Result<reqwest::Response, Trouble> {
        if self.settings.reach == Reach::Offline {
            return Err(Trouble::Offline);
        }
        let mut url = request.url.clone();
        let mut seen = vec![url.clone()];
        for _hop in 0..MOST_HOPS {
            let response = self.send(request, url).await?;
            let Some(next) = self.redirect(request, &response)? else {
                return Ok(response);
            };
            if seen.contains(&next) {
                return Err(Trouble::Circle);
            }
            seen.push(next.clone());
            url = next;
        }
        Err(Trouble::Circle)
    }

    async fn send(&self, request: &Request<'_>, url: Url) -> Result<reqwest::Response, Trouble> {
        let mut builder = match request.method {
            Method::Get => self.http.get(url),
            Method::Post => self.http.post(url),
        };
        if let Some(secret) = self.settings.token.read()? {
            builder = builder.header(AUTHORIZATION, secret.bearer());
        }
        if let Some(body) = request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let silence = self.settings.patience.silence;
        match tokio::time::timeout(silence, builder.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(Trouble::of(error, silence)),
            Err(_) => Err(Trouble::Silent(silence)),
        }
    }

    /// Where an answer leads, if it is a redirect that may be followed.
    fn redirect(
        &self,
        request: &Request<'_>,
        response: &reqwest::Response,
    ) -> Result<Option<Url>, Trouble> {
        let status = response.status();
        let keeps_body =
            matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
        let moved = keeps_body
            || matches!(
                status,
                StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER
            );
        let Some(location) = response.headers().get(LOCATION).filter(|_| moved) else {
            return Ok(None);
        };
        let led_away = |place: &str| Trouble::LedAway(place.chars().take(200).collect());
        let location = location.to_str().map_err(|_| led_away("an unreadable address"))?;
        let mut next = response.url().join(location).map_err(|_| led_away(location))?;
        if !self.is_own(&next) {
            return Err(led_away(&next.origin().ascii_serialization()));
        }
        if request.method == Method::Post && !keeps_body {
            return Err(Trouble::WriteRedirected(status));
        }
        if next.query().is_none() {
            next.set_query(response.url().query());
        }
        next.set_fragment(None);
        Ok(Some(next))
    }

    /// The next piece of an answer's body; nothing at its end.
    pub(super) async fn chunk(
        &self,
        response: &mut reqwest::Response,
    ) -> Result<Option<bytes::Bytes>, Trouble> {
        let silence = self.settings.patience.silence;
        match tokio::time::timeout(silence, response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(error)) => Err(Trouble::of(error, silence)),
            Err(_) => Err(Trouble::Silent(silence)),
        }
    }
}

fn warning(response: &reqwest::Response) -> Option<String> {
    let warning = response.headers().get("x-hf-warning")?.to_str().ok()?;
    Some(warning.chars().take(LONGEST_WARNING).collect())
}

impl Trouble {
    /// Names a transport error. Its own text would repeat the URL, and hide the cause.
    fn of(error: reqwest::Error, silence: Duration) -> Self {
        let connect = error.is_connect();
        if error.is_timeout() && !connect {
            return Self::Silent(silence);
        }
        let error = error.without_url();
        let mut cause: &dyn std::error::Error = &error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        if connect { Self::Unreachable(cause.to_string()) } else { Self::Broken(cause.to_string()) }
    }

    /// What a write that met with this did.
    pub fn effect(&self) -> Effect {
        match self {
            Self::Offline | Self::Token(_) | Self::NotAllowed(_) | Self::Unreachable(_) => {
                Effect::Unsent
            }
            Self::LedAway(_) | Self::Circle => Effect::Nothing,
            Self::Broken(_) | Self::Silent(_) | Self::TooLong(_) | Self::WriteRedirected(_) => {
                Effect::Unknown
            }
        }
    }
}
