//! Carries out a reading call within the time it may take.
//!
//! It does not know how the result is worded for a model.

use serde_json::{Map, Value};
use url::Url;

use super::catalog::{Action, Answer, Method};
use super::client::{Client, Shaping};
use super::exchange::{Request, Trouble, Watch};
use super::hint;
use super::identity;
use super::problem::{Problem, Sender};
use super::query::Query;
use super::route::Route;
use super::scan::Malformed;
use super::shape::{self, LeftOut};
use super::tally;

/// The endpoint whose answer is remembered, and its path.
const WHOAMI: &str = "whoami-v2";
const WHOAMI_PATH: &str = "/whoami-v2";

/// The largest object that is read whole.
const MOST_BYTES: usize = 8 << 20;

/// A call's result.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Where it came from, redirects followed.
    pub url: String,
    /// The status of the answer.
    pub status: u16,
    /// The answer, or the part of it that was asked for.
    pub data: Value,
    /// Which part of a list that is.
    pub part: Option<Part>,
    /// What was left out of it, by name.
    pub left_out: Vec<String>,
}

/// Which part of a list a result shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// How many elements it shows; how many counts, where elements were counted.
    pub shown: u64,
    /// How many it passed over.
    pub offset: u64,
    /// How many there are, where that is known.
    pub total: Option<u64>,
    /// Whether nothing follows those shown.
    pub complete: bool,
    /// Where to go on, if one can.
    pub next: Option<u64>,
    /// How many elements were looked at to answer a question about the whole list.
    pub scanned: Option<u64>,
    /// Why it was not followed further, where that was not the caller's wish.
    pub gave_up: Option<String>,
}

/// What to show of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Want {
    /// How many elements to pass over.
    pub offset: u64,
    /// How many to show.
    pub limit: u64,
    /// Which elements and which of their fields.
    pub query: Query,
}

impl Client {
    /// Carries out a reading call.
    pub async fn read(
        &self,
        route: &Route,
        want: &Want,
        watch: Watch<'_>,
    ) -> Result<Reading, Problem> {
        let whole = self.settings.patience.whole;
        tokio::time::timeout(whole, self.try_read(route, want, watch))
            .await
            .unwrap_or_else(|_| {
                let url = self.url(&route.path, &route.query);
                Err(Problem::unanswered(url.as_str(), &Trouble::TooLong(whole)))
            })
            .map_err(|problem| self.advise(problem, route))
    }

    /// Adds what can be done about a problem.
    pub(super) fn advise(&self, mut problem: Problem, route: &Route) -> Problem {
        if problem.hint.is_none() {
            let secret = self.settings.token.read().ok().flatten();
            problem.hint = hint::hint(&problem, route, self.identity.login(secret.as_ref()));
        }
        problem
    }

    async fn try_read(
        &self,
        route: &Route,
        want: &Want,
        watch: Watch<'_>,
    ) -> Result<Reading, Problem> {
        let answer = match &route.endpoint.action {
            Action::Read(read) => read.answer,
            Action::Write(_) => Answer::Object,
        };
        match answer {
            Answer::List(list) => self.read_list(route, list, want, watch).await,
            Answer::Object if route.endpoint.id == WHOAMI => {
                narrow(self.whoami(watch).await?, &want.query)
            }
            Answer::Object | Answer::Text => {
                let url = self.url(&route.path, &route.query);
                narrow(self.read_whole(url, answer, watch).await?, &want.query)
            }
        }
    }

    /// Asks who the token belongs to, unless that was just asked.
    async fn whoami(&self, watch: Watch<'_>) -> Result<Reading, Problem> {
        let secret = self.settings.token.read().ok().flatten();
        if let Some(known) = secret.as_ref().and_then(|secret| self.identity.recall(secret)) {
            return Ok(known);
        }
        let url = self.url(WHOAMI_PATH, &[]);
        let reading = self.read_whole(url, Answer::Object, watch).await?;
        if let Some(secret) = secret {
            self.identity.learn(secret, reading.clone());
        }
        Ok(reading)
    }

    /// The name of the token's owner, if the Hub tells.
    pub(super) async fn own_name(&self, watch: Watch<'_>) -> Option<String> {
        identity::name(&self.whoami(watch).await.ok()?)
    }

    /// The name of the token's owner, where that was asked for lately; it sends nothing.
    pub fn known_name(&self) -> Option<String> {
        let secret = self.settings.token.read().ok().flatten()?;
        identity::name(&self.identity.recall(&secret)?)
    }

    async fn read_whole(
        &self,
        url: Url,
        answer: Answer,
        watch: Watch<'_>,
    ) -> Result<Reading, Problem> {
        let request = Request { method: Method::Get, url, body: None };
        let mut response = self.answer(&request, watch).await?;
        let sender = Sender::of(&response);
        let body = self.body(&mut response, MOST_BYTES).await?;
        let mut data = match (serde_json::from_slice::<Value>(&body), answer) {
            (Ok(value @ Value::Object(_)), Answer::Object) if value.get("error").is_none() => value,
            (Err(_), Answer::Text) if body.len() < 200 && !body.starts_with(b"<") => {
                Value::String(String::from_utf8_lossy(&body).trim().to_owned())
            }
            (Ok(Value::String(text)), Answer::Text) => Value::String(text),
            (Err(error), Answer::Object) if body.starts_with(b"{") => {
                return Err(sender.malformed(if error.is_eof() {
                    Malformed::BrokeOff
                } else {
                    Malformed::Syntax(error.to_string())
                }));
            }
            _ => return Err(sender.malformed(Malformed::Shape(body))),
        };
        let (url, status) = (response.url().to_string(), response.status().as_u16());
        let mut left_out = LeftOut::default();
        if self.settings.shaping == Shaping::Compact {
            shape::tidy(&mut data, &mut left_out);
        }
        Ok(Reading { url, status, data, part: None, left_out: left_out.into_names() })
    }
}

/// Keeps the wanted fields of an object.
fn narrow(mut reading: Reading, query: &Query) -> Result<Reading, Problem> {
    if query.fields.is_empty() || !reading.data.is_object() {
        return Ok(reading);
    }
    let picked = query.pick(&reading.data);
    if picked.as_object().is_some_and(Map::is_empty) {
        let names = tally::names(&reading.data);
        let fields = query.fields.join(", ");
        return Err(Problem::unknown_field(&reading.url, reading.status, &fields, &names));
    }
    reading.data = picked;
    Ok(reading)
}
