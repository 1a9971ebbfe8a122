//! Requests to servers that a card describes: no code, and no server but the one it names.
//!
//! It does not know how a card is written.

use std::fmt::Write as _;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::HeaderMap;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Map, Value};
use tokio::time::timeout;
use url::Url;

use super::clip::{clip, excerpt};
use super::{
    Approved, OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput, WriteClass, WriteEffect,
    WritePlan, Written, arguments,
};
use crate::message::ToolSpec;
use crate::policy::{Call, Request};

/// The most bytes of an answer that are read.
const MOST: usize = 1024 * 1024;

/// A request that is a tool.
pub struct HttpTool {
    spec: ToolSpec,
    client: reqwest::Client,
    endpoint: Endpoint,
    patience: Duration,
}

/// Where a request goes, and how.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// How the server is asked.
    pub method: Method,
    /// Where, with parameters in braces behind the server's name.
    pub url: String,
    /// What is sent along.
    pub headers: HeaderMap,
    /// How careful to be with it; nothing if it only reads.
    pub class: Option<WriteClass>,
}

impl HttpTool {
    /// Makes the tool. A request that takes longer than `patience` fails.
    pub fn new(
        spec: ToolSpec,
        client: reqwest::Client,
        endpoint: Endpoint,
        patience: Duration,
    ) -> Self {
        Self { spec, client, endpoint, patience }
    }

    fn plan(
        &self,
        arguments: Map<String, Value>,
        class: WriteClass,
    ) -> Result<WritePlan, ToolError> {
        let (url, _) = self.endpoint.fill(&arguments)?;
        let words = format!("Send {} {url}", self.endpoint.method);
        let tool = self.spec.name.clone();
        let body = (!arguments.is_empty()).then_some(Value::Object(arguments));
        let request = Request::Call(Call { tool, action: None, body });
        Ok(WritePlan { words, request, now: None, class })
    }

    /// Sends the request. It fails where nothing was sent.
    async fn send(&self, arguments: &Map<String, Value>) -> Result<Written, ToolError> {
        let Endpoint { method, headers, .. } = &self.endpoint;
        let (url, body) = self.endpoint.fill(arguments)?;
        let request = self.client.request(method.clone(), url).headers(headers.clone());
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answered = timeout(self.patience, async {
            let response = request.send().await.map_err(|error| (error.is_connect(), error))?;
            let status = response.status();
            let location = location(&response);
            Ok((status, location, read(response).await.map_err(|error| (false, error))?))
        });
        match answered.await {
            Ok(Ok((status, location, text))) => Ok(written(status, location, text)),
            Ok(Err((true, error))) => {
                Err(ToolError::new(format!("the server cannot be reached: {}", told(&error))))
            }
            Ok(Err((false, error))) => {
                Ok(self.lost(&format!("the answer broke off: {}", told(&error))))
            }
            Err(_late) => {
                Ok(self.lost(&format!("no answer within {} s", self.patience.as_secs_f32())))
            }
        }
    }

    /// The result of a request whose answer nobody knows.
    fn lost(&self, why: &str) -> Written {
        let content = match self.endpoint.class {
            None => format!("Error: {why}"),
            Some(_) => format!("Error: {why}; whether it did anything is not known"),
        };
        let summary = "no answer".to_owned();
        let output = ToolOutput { content, summary, kind: OutputKind::Failure, foreign: None };
        Written { output, effect: WriteEffect::Unknown }
    }
}

impl Endpoint {
    /// The address and the body of a request with these arguments: those that stand in the address go
    /// there, the others into the query of a request without a body, or into the body.
    fn fill(&self, arguments: &Map<String, Value>) -> Result<(Url, Option<Value>), ToolError> {
        let mut left = arguments.clone();
        let mut filled = String::new();
        let mut rest = self.url.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((name, after)) = behind.split_once('}') else { break };
            filled.push_str(before);
            let value = arguments.get(name).map(plain).unwrap_or_default();
            // `..` would lead to another place than the card means.
            if matches!(value.as_str(), "" | "." | "..") {
                return Err(ToolError::new(format!(
                    "`{name}` must be given, and not as `{value}`"
                )));
            }
            filled.push_str(&encoded(&value));
            left.shift_remove(name);
            rest = after;
        }
        filled.push_str(rest);
        let unusable = |error| ToolError::new(format!("`{filled}` is no address: {error}"));
        let mut url = Url::parse(&filled).map_err(unusable)?;
        let has_body = !matches!(self.method, Method::GET | Method::DELETE);
        if has_body {
            return Ok((url, Some(Value::Object(left))));
        }
        for (name, value) in &left {
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for value in values {
                url.query_pairs_mut().append_pair(name, &plain(value));
            }
        }
        Ok((url, None))
    }
}

/// A value as it stands in an address.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A text as one part of an address: nothing in it divides.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Where an answer sends us on to; nobody goes there, since headers may be secrets.
fn location(response: &Response) -> Option<String> {
    let location = response.headers().get(reqwest::header::LOCATION)?.to_str().ok()?;
    response.status().is_redirection().then(|| location.to_owned())
}

async fn read(mut response: Response) -> Result<String, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST {
            bytes.truncate(MOST);
            break;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn written(status: StatusCode, location: Option<String>, text: String) -> Written {
    // JSON without its spaces is the same in fewer tokens.
    let text = serde_json::from_str::<Value>(&text).map_or(text, |value| value.to_string());
    let kind = if status.is_success() { OutputKind::Success } else { OutputKind::Failure };
    let foreign = excerpt(&text);
    let clipped = clip(&text, "Ask for less, if the tool can.");
    let content = match (kind, location) {
        (OutputKind::Success, _) if clipped.is_empty() => format!("({status}, nothing else)"),
        (OutputKind::Success, _) => clipped,
        (OutputKind::Failure, Some(location)) => {
            format!("Error: {status}, to {location}, which was not followed\n{clipped}")
        }
        (OutputKind::Failure, None) => format!("Error: {status}\n{clipped}"),
    };
    let effect = match kind {
        OutputKind::Success => {
            WriteEffect::Done { status: Some(status.as_u16()), answer: Value::Null }
        }
        OutputKind::Failure if status.is_server_error() => WriteEffect::Unknown,
        OutputKind::Failure => WriteEffect::Nothing,
    };
    let output = ToolOutput { content, summary: status.as_u16().to_string(), kind, foreign };
    Written { output, effect }
}

/// What went wrong, from the outside to the inside, without the address, which the model knows.
fn told(error: &reqwest::Error) -> String {
    let mut source = std::error::Error::source(error);
    let mut told = String::new();
    while let Some(error) = source {
        if !told.is_empty() {
            told.push_str(": ");
        }
        told.push_str(&error.to_string());
        source = error.source();
    }
    told
}

/// The arguments, as far as a schema's names go: those that are needed are there, and no others are.
fn checked(spec: &ToolSpec, arguments: &Map<String, Value>) -> Result<(), ToolError> {
    let schema = spec.parameters.tree();
    let names = schema["properties"].as_object();
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    for name in required {
        if arguments.get(name).is_none_or(Value::is_null) {
            return Err(ToolError::new(format!("`{name}` is missing, so nothing was sent")));
        }
    }
    for (name, value) in arguments {
        let Some(wanted) = names.and_then(|names| names.get(name)) else {
            let known = names.into_iter().flat_map(Map::keys).map(String::as_str);
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(ToolError::new(format!(
                "`{name}` is no parameter, so nothing was sent; there are: {known}"
            )));
        };
        if !is_of(wanted, value) {
            let wanted = match &wanted["enum"] {
                Value::Null => wanted["type"].to_string(),
                values => values.to_string(),
            };
            return Err(ToolError::new(format!(
                "`{name}` must be {wanted}, so nothing was sent; it is {value}"
            )));
        }
    }
    Ok(())
}

fn is_of(schema: &Value, value: &Value) -> bool {
    let is_type = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    is_type && schema["enum"].as_array().is_none_or(|values| values.contains(value))
}

impl Tool for HttpTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        _context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move {
            checked(&self.spec, &arguments)?;
            Ok(match self.endpoint.class {
                Some(class) => Step::Write(Box::new(self.plan(arguments, class)?)),
                None => Step::Done(self.send(&arguments).await?.output),
            })
        })
    }

    fn plan_again<'a>(
        &'a self,
        plan: WritePlan,
        _context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<WritePlan, ToolError>> {
        Box::pin(async move {
            let arguments = arguments::of(&plan)?;
            checked(&self.spec, &arguments)?;
            self.plan(arguments, plan.class)
        })
    }

    fn write<'a>(
        &'a self,
        approved: Approved,
        _context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Written, ToolError>> {
        Box::pin(async move { self.send(&arguments::of(approved.plan())?).await })
    }
}
