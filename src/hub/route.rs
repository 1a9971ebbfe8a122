//! From a call as a model wrote it to an endpoint of the catalog and the exact path and query.
//!
//! A [`Route`] is the proof that a call is allowed: nothing reaches the wire without one. It sends
//! nothing itself.

use serde_json::{Map, Value};
use url::Url;

use super::catalog::{Action, ENDPOINTS, Endpoint, Method, NOT_OFFERED};
use super::params::{self, Window};
use super::path::Captured;
use super::refuse;
use super::written::{self, Written};

/// A call, as written.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The path, with or without its usual decorations.
    pub endpoint: &'a str,
    /// The method; empty means GET.
    pub method: &'a str,
    /// The query parameters.
    pub params: &'a Map<String, Value>,
}

/// A call that is allowed, in the form in which it is sent.
#[derive(Debug)]
pub struct Route {
    /// Its row in the catalog.
    pub endpoint: &'static Endpoint,
    /// What the placeholders stand for.
    pub names: Captured,
    /// The path, without `/api`. Made of checked segments only.
    pub path: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// The part of a list that was asked for by parameters.
    pub window: Window,
    /// What was read differently than it was written, for the model.
    pub repaired: Vec<String>,
}

/// Why a call is not sent, for the model: what is wrong and what to call instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

impl Refusal {
    /// Wraps a text for the model.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Finds the endpoint a call means and checks its parameters.
pub fn resolve(call: &Call<'_>, origin: &Url) -> Result<Route, Refusal> {
    let Written { segments, inline, mut repaired } = written::read(call.endpoint, origin)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (endpoint, names) = find(call.method, &segments, &mut repaired)?;
    let given = merge(call.params, inline, &mut repaired);
    let checked = match &endpoint.action {
        Action::Read(read) => params::check(read, &given, &mut repaired)?,
        Action::Write(_) if given.is_empty() => params::Checked::default(),
        Action::Write(write) => return Err(refuse::params_on_a_write(endpoint, write)),
    };
    Ok(Route {
        endpoint,
        path: endpoint.path.fill(&names),
        names,
        query: checked.query,
        window: checked.window,
        repaired,
    })
}

fn find(
    written_method: &str,
    segments: &[&str],
    repaired: &mut Vec<String>,
) -> Result<(&'static Endpoint, Captured), Refusal> {
    let method_name = written_method.trim().to_ascii_uppercase();
    let method = match method_name.as_str() {
        "" | "GET" => Some(Method::Get),
        "POST" => Some(Method::Post),
        _ => None,
    };
    if method.is_some() && !written_method.is_empty() && method_name != written_method {
        repaired.push(format!("method read as {method_name}"));
    }
    let mut other_method = None;
    for endpoint in ENDPOINTS {
        let Some(names) = endpoint.path.match_segments(segments) else { continue };
        if Some(endpoint.method()) == method {
            return Ok((endpoint, names));
        }
        other_method.get_or_insert(endpoint);
    }
    // A row for exactly this method says more than one for the path alone.
    let rows = || NOT_OFFERED.iter().filter(|row| row.path.match_segments(segments).is_some());
    let impossible = rows()
        .find(|row| row.method == method_name)
        .or_else(|| rows().next().filter(|_| other_method.is_none()));
    Err(match (impossible, other_method) {
        (Some(row), _) => Refusal::new(row.why),
        (None, Some(endpoint)) => refuse::wrong_method(&method_name, endpoint),
        (None, None) => refuse::no_such_endpoint(segments),
    })
}

/// Adds what was written into the path to the parameters; those given as such win.
fn merge(
    params: &Map<String, Value>,
    inline: Vec<(String, String)>,
    repaired: &mut Vec<String>,
) -> Map<String, Value> {
    let mut given = params.clone();
    for (name, value) in inline {
        match params.get(&name) {
            None => add(&mut given, name, value),
            Some(Value::String(same)) if *same == value => {}
            Some(_) => repaired.push(format!("`{name}` was given twice; the one in params counts")),
        }
    }
    given
}

/// A name that is repeated in a query string makes a list.
fn add(given: &mut Map<String, Value>, name: String, value: String) {
    let value = Value::String(value);
    match given.get_mut(&name) {
        None => {
            given.insert(name, value);
        }
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}
