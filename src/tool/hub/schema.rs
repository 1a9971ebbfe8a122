//! What the tool tells a model about itself: the schema existing cards were written for, and the
//! few arguments beyond it.

use crate::hub::catalog::endpoint_pattern;
use crate::message::{Schema, ToolSpec};

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
    let parameters = Schema::written(PARAMETERS);
    let parameters = match pattern {
        EndpointPattern::Omitted => parameters,
        EndpointPattern::Included => {
            let mut parameters = parameters.tree().clone();
            parameters["properties"]["endpoint"]["pattern"] = endpoint_pattern().into();
            parameters.into()
        }
    };
    ToolSpec {
        name: super::NAME.to_owned(),
        description: "Call the Hugging Face Hub API (GET/POST only).".to_owned(),
        parameters,
    }
}

/// As it goes into requests, where blanks would cost tokens.
const PARAMETERS: &str = concat!(
    r#"{"additionalProperties":false,"properties":{"#,
    r#""endpoint":{"type":"string","description":"API endpoint relative to /api (e.g. \"/whoami-v2\")."},"#,
    r#""method":{"default":"GET","type":"string","description":"HTTP method (GET or POST)."},"#,
    r#""params":{"anyOf":[{"additionalProperties":true,"type":"object"},{"type":"null"}],"default":null,"#,
    r#""description":"Optional query parameters."},"#,
    r#""json_body":{"anyOf":[{"additionalProperties":true,"type":"object"},{"type":"null"}],"default":null,"#,
    r#""description":"Optional JSON payload for POST requests."},"#,
    r#""max_results":{"anyOf":[{"type":"integer"},{"type":"null"}],"default":null,"#,
    r#""description":"Max results when response is a list (defaults to HF_MAX_RESULTS)."},"#,
    r#""offset":{"anyOf":[{"type":"integer"},{"type":"null"}],"default":null,"#,
    r#""description":"Client-side offset when response is a list (defaults to 0)."},"#,
    r#""fields":{"anyOf":[{"items":{"type":"string"},"type":"array"},{"type":"null"}],"default":null,"#,
    r#""description":"Only these fields of each result, e.g. [\"num\", \"author.name\"]."},"#,
    r#""count_by":{"anyOf":[{"type":"string"},{"type":"null"}],"default":null,"#,
    r#""description":"Count by this field over the whole list (10000 at most), e.g. \"author.name\"."},"#,
    r#""where":{"anyOf":[{"additionalProperties":true,"type":"object"},{"type":"null"}],"default":null,"#,
    r#""description":"Filter the whole list: {\"status\": \"open\"}, {\"title\": {\"contains\": \"x\"}}, "#,
    r#"{\"createdAt\": {\"min\": \"2026-01-31\"}}."}"#,
    r#"},"required":["endpoint"],"type":"object"}"#,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_are_compact_json() {
        let parameters = Schema::written(PARAMETERS);
        assert!(parameters.tree().is_object());
        assert_eq!(parameters.tree().to_string(), PARAMETERS);
    }
}
