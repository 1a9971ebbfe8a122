//! What the tool tells a model about itself: the schema existing cards were written for, and the
//! few arguments beyond it.

use serde_json::{Value, json};

use crate::hub::catalog::endpoint_pattern;
use crate::message::ToolSpec;

/// Whether the schema holds the pattern every endpoint matches.
///
/// With it, providers that write arguments by grammar cannot produce a wrong path; others check
/// arguments against it and refuse the whole reply, which costs a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointPattern {
    /// It does.
    Included,
    /// It does not.
    Omitted,
}

/// The tool's spec.
pub fn spec(pattern: EndpointPattern) -> ToolSpec {
    let mut endpoint = json!({
        "type": "string",
        "description": "API endpoint relative to /api (e.g. \"/whoami-v2\").",
    });
    if pattern == EndpointPattern::Included {
        endpoint["pattern"] = Value::String(endpoint_pattern());
    }
    let parameters = json!({
        "additionalProperties": false,
        "properties": {
            "endpoint": endpoint,
            "method": {
                "default": "GET",
                "type": "string",
                "description": "HTTP method (GET or POST).",
            },
            "params": optional("object", "Optional query parameters."),
            "json_body": optional("object", "Optional JSON payload for POST requests."),
            "max_results": optional(
                "integer",
                "Max results when response is a list (defaults to HF_MAX_RESULTS).",
            ),
            "offset": optional(
                "integer",
                "Client-side offset when response is a list (defaults to 0).",
            ),
            "fields": optional(
                "array",
                "Only these fields of each result, e.g. [\"num\", \"author.name\"].",
            ),
            "count_by": optional(
                "string",
                "Count by this field over the whole list, e.g. \"author.name\".",
            ),
            "where": optional(
                "object",
                "Filter the whole list: {\"status\": \"open\"}, {\"title\": {\"contains\": \"x\"}}, \
                 {\"createdAt\": {\"min\": \"2026-01-31\"}}.",
            ),
        },
        "required": ["endpoint"],
        "type": "object",
    });
    ToolSpec {
        name: "hf_api_request".to_owned(),
        description: "Call the Hugging Face Hub API (GET/POST only).".to_owned(),
        parameters: parameters.into(),
    }
}

fn optional(kind: &str, description: &str) -> Value {
    let present = match kind {
        "object" => json!({"additionalProperties": true, "type": "object"}),
        "array" => json!({"items": {"type": "string"}, "type": "array"}),
        kind => json!({ "type": kind }),
    };
    json!({"anyOf": [present, {"type": "null"}], "default": null, "description": description})
}
