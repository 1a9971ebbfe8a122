//! The entries of `http_tools`: requests to a server, described so that no code is needed.
//!
//! It knows what may be written and sends nothing.

use std::collections::BTreeSet;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::check::check_entries;
use super::keys::{HTTP_TOOL, METHODS, Spelling};
use super::node::Node;
use super::path::KeyPath;
use super::problem::{Problem, shown, suggestion};
use super::problems::Problems;
use super::values::Values;

/// The most tools of this kind a card may have.
pub(super) const MOST_TOOLS: usize = 128;

/// The longest name providers take.
const LONGEST_NAME: usize = 64;

/// The types a parameter may have.
const PARAMETER_TYPES: &[&str] = &["string", "integer", "number", "boolean", "array", "object"];

/// A request that is a tool: `GET https://api.example.com/issues/{number}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpTool {
    /// The tool's name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How it asks.
    pub method: HttpMethod,
    /// Where, with parameters in braces behind the server's name.
    pub url: String,
    /// What is sent along. The values may be secrets, and are marked as such.
    pub headers: HeaderMap,
    /// The arguments as a JSON Schema of an object.
    pub parameters: Value,
    /// Where the card names it.
    pub key: KeyPath,
}

/// How a server is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethod {
    /// It reads.
    Get,
    /// It adds something.
    Post,
    /// It replaces something.
    Put,
    /// It changes something.
    Patch,
    /// It takes something away.
    Delete,
}

impl HttpMethod {
    /// As it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete]
            .into_iter()
            .find(|method| method.as_str() == word)
    }
}

impl HttpTool {
    /// The names in braces in a URL, in their order.
    pub fn placeholders(url: &str) -> impl Iterator<Item = &str> {
        url.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name))
    }
}

/// Reads what stands under `http_tools`.
pub(super) fn read(node: Option<&Node>, problems: &mut Problems<'_>) -> Vec<HttpTool> {
    let path = KeyPath::top("http_tools");
    let Some(Node::List(list)) = node else { return Vec::new() };
    if list.len() > MOST_TOOLS {
        let message = format!("has {} entries; the most is {MOST_TOOLS}", list.len());
        problems.at_value(&path, Problem::new(message));
        return Vec::new();
    }
    let mut names = BTreeSet::new();
    let mut tools = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        let path = path.index(index);
        let Some(tool) = read_entry(&path, entry, problems) else { continue };
        if !names.insert(tool.name.clone()) {
            let message = format!("`{}` is the name of another tool too", tool.name);
            problems.at_value(&path.key("name"), Problem::new(message).kind("duplicate-name"));
        }
        tools.push(tool);
    }
    tools
}

fn read_entry(path: &KeyPath, entry: &Node, problems: &mut Problems<'_>) -> Option<HttpTool> {
    let Node::Mapping(entries) = entry else {
        let message = format!("must be a mapping, not {}", entry.kind());
        problems.at_value(path, Problem::new(message).kind("wrong-type").hint(form()));
        return None;
    };
    check_entries(path, entries, HTTP_TOOL, Spelling::Snake, problems);
    let values = Values(entries);
    for key in ["name", "url"].into_iter().filter(|key| values.get(key).is_none()) {
        let message = format!("has no `{key}`");
        problems.at_value(path, Problem::new(message).kind("missing-key").hint(form()));
    }
    let (name, url) = (values.text("name")?, values.text("url")?);
    if !is_name(&name) {
        let message = format!("`{}` is no name for a tool", shown(&name));
        let hint = format!("letters, digits, `_` and `-`, at most {LONGEST_NAME}");
        let problem = Problem::new(message).kind("bad-name").hint(hint);
        problems.at_value(&path.key("name"), problem);
    }
    let method = values.text("method").and_then(|word| HttpMethod::read(&word));
    let parameters = parameters(path, values, problems);
    check_url(path, &url, &parameters, problems);
    Some(HttpTool {
        description: values.text("description").unwrap_or_default(),
        method: method.unwrap_or(HttpMethod::Get),
        headers: headers(path, values, problems),
        parameters: schema(parameters, &url),
        key: path.clone(),
        name,
        url,
    })
}

fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(is_part)
}

/// The server is always the card's choice: what a model says stands behind its name.
fn check_url(
    path: &KeyPath,
    url: &str,
    parameters: &Map<String, Value>,
    problems: &mut Problems<'_>,
) {
    let path = path.key("url");
    let server_end = url
        .split_once("://")
        .and_then(|(scheme, rest)| Some(scheme.len() + 3 + rest.find('/')?))
        .unwrap_or(url.len());
    if url[..server_end].contains('{') || (server_end == url.len() && url.contains('{')) {
        let problem = Problem::new("the server cannot be a parameter").kind("bad-url").hint(form());
        problems.at_value(&path, problem);
        return;
    }
    for name in HttpTool::placeholders(url).filter(|name| !parameters.contains_key(*name)) {
        let known = suggestion(name, parameters.keys().map(String::as_str));
        let message = format!("`{{{}}}` is none of its parameters", shown(name));
        problems.at_value(&path, Problem::new(message).kind("dead-parameter").hint(known));
    }
}

fn headers(path: &KeyPath, values: Values<'_>, problems: &mut Problems<'_>) -> HeaderMap {
    let path = path.key("headers");
    let mut headers = HeaderMap::new();
    for (name, value) in values.values("headers") {
        let header = HeaderName::try_from(&name).ok().zip(HeaderValue::try_from(&value).ok());
        if let Some((name, mut value)) = header {
            value.set_sensitive(true);
            headers.insert(name, value);
        } else {
            let message = "is no header: its name or its value cannot be sent";
            problems.at_value(&path.key(&name), Problem::new(message).kind("bad-header"));
        }
    }
    headers
}

/// Each parameter as it is written: a sentence, or the schema of its value.
fn parameters(
    path: &KeyPath,
    values: Values<'_>,
    problems: &mut Problems<'_>,
) -> Map<String, Value> {
    let Some(Node::Mapping(entries)) = values.get("parameters") else { return Map::new() };
    let path = path.key("parameters");
    let mut parameters = Map::new();
    for (name, node) in entries {
        let schema = match node {
            Node::Null => json!({"type": "string"}),
            Node::Text(about) => json!({"type": "string", "description": about}),
            Node::Mapping(_) => node.json(),
            other => {
                let message = format!("must be text or a schema, not {}", other.kind());
                let problem = Problem::new(message).kind("wrong-type");
                problems.at_value(&path.key(name), problem);
                continue;
            }
        };
        let kind = schema.get("type").map(|kind| kind.as_str().unwrap_or_default());
        if let Some(kind) = kind.filter(|kind| !PARAMETER_TYPES.contains(kind)) {
            let message = format!("`{}` is no type of a parameter", shown(kind));
            let hint = format!("it is one of {}", PARAMETER_TYPES.join(", "));
            let problem = Problem::new(message).kind("wrong-type").hint(hint);
            problems.at_value(&path.key(name).key("type"), problem);
        }
        parameters.insert(name.clone(), schema);
    }
    parameters
}

/// The arguments as a JSON Schema. A parameter is required unless it says `required: false`, or has a
/// default; those in the path always are.
fn schema(mut parameters: Map<String, Value>, url: &str) -> Value {
    let mut required = Vec::new();
    for (name, schema) in &mut parameters {
        let Value::Object(schema) = schema else { continue };
        let says = schema.shift_remove("required");
        let is_free = says == Some(Value::Bool(false)) || schema.contains_key("default");
        if !is_free || HttpTool::placeholders(url).any(|placeholder| placeholder == name) {
            required.push(name.clone());
        }
    }
    json!({
        "type": "object", "additionalProperties": false,
        "properties": parameters, "required": required,
    })
}

fn form() -> String {
    format!(
        "write it as `{{name: get_issue, method: {}, url: https://api.example.com/issues/{{number}}, \
         parameters: {{number: {{type: integer}}}}}}`",
        METHODS[0]
    )
}
