//! Carries out a reading call: asks, takes the part of a list that is wanted, and says what part
//! that is.
//!
//! It does not know how the result is worded for a model.

use serde_json::{Map, Value};

use super::catalog::{Action, Answer, List, Method, Paging, Place, Trim};
use super::client::{Client, Shaping};
use super::exchange::{Request, Watch};
use super::hint;
use super::page::{End, MOST_PAGES, Walk, Walked};
use super::problem::{Problem, Sender};
use super::route::Route;
use super::scan::Malformed;
use super::shape::{self, LeftOut};
use super::slice::Slice;

/// The endpoint whose answer is remembered.
const WHOAMI: &str = "whoami-v2";

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
    /// How many elements it shows.
    pub shown: u64,
    /// How many it passed over.
    pub offset: u64,
    /// How many there are, where that is known.
    pub total: Option<u64>,
    /// Whether the list ends with those shown.
    pub complete: bool,
    /// Why it was not followed further, where that was not the caller's wish.
    pub gave_up: Option<String>,
}

/// Which part of a list to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slicing {
    /// How many elements to pass over.
    pub offset: u64,
    /// How many to show.
    pub limit: u64,
}

impl Client {
    /// Carries out a reading call.
    pub async fn read(
        &self,
        route: &Route,
        slicing: Slicing,
        watch: Watch<'_>,
    ) -> Result<Reading, Problem> {
        self.try_read(route, slicing, watch).await.map_err(|problem| self.advise(problem, route))
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
        slicing: Slicing,
        watch: Watch<'_>,
    ) -> Result<Reading, Problem> {
        let (answer, decoration) = match &route.endpoint.action {
            Action::Read(read) => (read.answer, read.decoration),
            Action::Write(_) => (Answer::Object, [].as_slice()),
        };
        match answer {
            Answer::List(list) => self.read_list(route, (list, decoration), slicing, watch).await,
            Answer::Object if route.endpoint.id == WHOAMI => self.whoami(route, watch).await,
            Answer::Object | Answer::Text => self.read_whole(route, answer, watch).await,
        }
    }

    /// Asks who the token belongs to, unless that was just asked.
    async fn whoami(&self, route: &Route, watch: Watch<'_>) -> Result<Reading, Problem> {
        let secret = self.settings.token.read().ok().flatten();
        if let Some(known) = secret.as_ref().and_then(|secret| self.identity.recall(secret)) {
            return Ok(known);
        }
        let reading = self.read_whole(route, Answer::Object, watch).await?;
        if let Some(secret) = secret {
            self.identity.learn(secret, reading.clone());
        }
        Ok(reading)
    }

    async fn read_whole(
        &self,
        route: &Route,
        answer: Answer,
        watch: Watch<'_>,
    ) -> Result<Reading, Problem> {
        let url = self.url(&route.path, &route.query);
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

    async fn read_list(
        &self,
        route: &Route,
        (list, decoration): (List, &[Trim]),
        slicing: Slicing,
        watch: Watch<'_>,
    ) -> Result<Reading, Problem> {
        // Where pages are numbered and their size is known, the first ones need not be read.
        let (first, start) = match list.paging {
            Paging::Numbered(size) => (slicing.offset / size, slicing.offset / size * size),
            Paging::Link(_) | Paging::Whole => (0, 0),
        };
        let mut slice = Slice::new(start, slicing.offset, slicing.limit);
        let walk = Walk { list, path: &route.path, query: &route.query, first, pages: MOST_PAGES };
        let Walked { front, end } = self.walk(&walk, &mut slice, watch).await?;
        let (mut items, seen) = slice.finish();
        let part = part(slicing, items.len() as u64, seen, (&end, front.rest.as_ref()));
        let mut left_out = LeftOut::default();
        for name in front.shortened {
            left_out.add(&format!("the end of {name}, which is long"));
        }
        let mut rest = front.rest;
        if self.settings.shaping == Shaping::Compact {
            for item in &mut items {
                shape::trim(item, decoration, &mut left_out);
            }
            if let Some(rest) = &mut rest {
                shape::tidy(rest, &mut left_out);
            }
        }
        Ok(Reading {
            url: front.url.to_string(),
            status: front.status,
            data: place(list.place, rest, Value::Array(items)),
            part: Some(part),
            left_out: left_out.into_names(),
        })
    }
}

fn part(slicing: Slicing, shown: u64, seen: u64, (end, rest): (&End, Option<&Value>)) -> Part {
    let count = rest.and_then(|rest| rest.get("count")).and_then(Value::as_u64);
    let complete = *end == End::Reached;
    Part {
        shown,
        offset: slicing.offset,
        // A list that was read to its end has been counted.
        total: count.or(complete.then_some(seen)),
        complete,
        gave_up: match end {
            End::GaveUp(reason) => Some(reason.clone()),
            End::Reached | End::Enough => None,
        },
    }
}

/// Puts the list back where the answer had it.
pub(super) fn place(place: Place, rest: Option<Value>, list: Value) -> Value {
    match (place, rest) {
        (Place::Under(key), Some(Value::Object(mut rest))) => {
            rest.insert(key.to_owned(), list);
            // Where the Hub's page began says nothing once elements are chosen across pages.
            rest.shift_remove("start");
            Value::Object(rest)
        }
        (Place::Under(key), _) => Value::Object(Map::from_iter([(key.to_owned(), list)])),
        (Place::Bare, _) => list,
    }
}
