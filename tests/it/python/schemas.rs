//! What a model is told of a function, by its signature and its docstring.

use std::fmt::Write as _;
use std::process::Command;

use agentcard::tool::Tool as _;
use serde_json::json;

use crate::support::python::{self, load};
use crate::support::wait::PATIENCE;

/// The specs of functions of a module, a part a line.
async fn specs(module: &str, functions: &[&str]) -> String {
    let functions: Vec<_> = functions.iter().map(|name| (module, *name)).collect();
    let mut text = String::new();
    for tool in load(&functions, PATIENCE).await {
        let tool = tool.unwrap();
        let spec = tool.spec();
        writeln!(text, "{}: {:?}", spec.name, spec.description).unwrap();
        for (key, part) in spec.parameters.tree().as_object().unwrap() {
            match part.as_object().filter(|_| key == "properties" || key == "$defs") {
                Some(parts) => parts.iter().for_each(|(name, part)| {
                    writeln!(text, "  {key}.{name}: {part}").unwrap();
                }),
                None => writeln!(text, "  {key}: {part}").unwrap(),
            }
        }
    }
    text
}

/// The schema of the function of the first card is known to the letter.
#[tokio::test]
async fn the_one_that_is_known_to_the_letter() {
    if !python::is_there() {
        return;
    }
    let tools = load(&[("hub.py", "hf_api_request")], PATIENCE).await;
    let spec = tools.first().unwrap().as_ref().unwrap().spec();
    let object = json!({"additionalProperties": true, "type": "object"});
    let nullable = |kind: &serde_json::Value| json!([kind, {"type": "null"}]);
    assert_eq!(
        serde_json::to_value(spec).unwrap(),
        json!({
            "name": "hf_api_request",
            "description": "Call the Hugging Face Hub API (GET/POST only).",
            "parameters": {
                "additionalProperties": false,
                "properties": {
                    "endpoint": {"type": "string",
                        "description": "API endpoint relative to /api (e.g. \"/whoami-v2\")."},
                    "method": {"default": "GET", "type": "string",
                        "description": "HTTP method (GET or POST)."},
                    "params": {"anyOf": nullable(&object), "default": null,
                        "description": "Optional query parameters."},
                    "json_body": {"anyOf": nullable(&object), "default": null,
                        "description": "Optional JSON payload for POST requests."},
                    "max_results": {"anyOf": nullable(&json!({"type": "integer"})), "default": null,
                        "description":
                            "Max results when response is a list (defaults to HF_MAX_RESULTS)."},
                    "offset": {"anyOf": nullable(&json!({"type": "integer"})), "default": null,
                        "description":
                            "Client-side offset when response is a list (defaults to 0)."},
                },
                "required": ["endpoint"],
                "type": "object",
            },
        })
    );
}

macro_rules! schemas {
    ($($test:ident $module:literal [$($function:literal),*];)*) => {$(
        #[tokio::test]
        async fn $test() {
            if python::is_there() {
                insta::assert_snapshot!(specs($module, &[$($function),*]).await);
            }
        }
    )*};
}

schemas! {
    docstrings "docstrings.py"
        ["google", "google_without_parameters", "numpy", "sphinx", "unstructured", "silent"];
    plain_types "plain.py"
        ["scalars", "anything", "moments", "texts", "described", "positions", "waiting", "nothing"];
    several "several.py" ["lists", "tuples", "mappings", "unions", "defaults"];
    choices "choices.py" ["literals", "enums", "keys"];
    records "records.py" ["dataclasses", "recursive", "typed_dicts", "named_tuples"];
}

#[tokio::test]
async fn what_only_pydantic_knows() {
    if python::is_there() && python::has_pydantic() {
        insta::assert_snapshot!(specs("annotated.py", &["fields", "models"]).await);
    }
}

/// Schemas of the fixtures and the reading of values, against pydantic itself.
#[test]
fn annotations_mean_what_they_mean_to_pydantic() {
    if !python::is_there() || !python::has_pydantic() {
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/like_pydantic.py");
    let ran = Command::new("python3").args(["-B", script]).output().unwrap();
    let (said, wrong) =
        (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert_eq!((&*said, &*wrong), ("compared\n", ""));
}

#[tokio::test]
async fn functions_that_cannot_be_tools() {
    if !python::is_there() {
        return;
    }
    let functions = [
        ("faulty.py", "rest"),
        ("faulty.py", "named"),
        ("faulty.py", "unresolved"),
        ("faulty.py", "unwritable"),
        ("faulty.py", "NOT_A_FUNCTION"),
        ("faulty.py", "nowhere"),
        ("broken_import.py", "f"),
        ("broken_syntax.py", "f"),
        ("broken_exit.py", "f"),
        ("plain.py", "nothing"),
    ];
    let mut faults = String::new();
    for ((module, function), made) in functions.iter().zip(load(&functions, PATIENCE).await) {
        let outcome = match made {
            Ok(tool) => format!("is {}", tool.spec().name),
            Err(fault) => format!("{:?} in line {:?}: {}", fault.kind, fault.line, fault.message),
        };
        writeln!(faults, "{module}:{function} {outcome}").unwrap();
    }
    insta::assert_snapshot!(faults);
}
