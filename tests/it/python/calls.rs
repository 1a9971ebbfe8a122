//! Calls of functions: arguments, results, what is printed, and many at once.

use std::fmt::Write as _;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::python::{self, Functions};
use crate::support::wait::PATIENCE;

macro_rules! needs_python {
    () => {
        if !python::is_there() {
            return;
        }
    };
}

#[tokio::test]
async fn results_are_text_as_it_is_and_json_otherwise() {
    needs_python!();
    let functions = Functions::new(&["made"]).await;
    let mut results = String::new();
    for what in [
        "none",
        "empty",
        "text",
        "dict",
        "nan",
        "tuple",
        "keys",
        "dataclass",
        "moment",
        "path",
        "bytes",
        "odd",
        "odds",
        "surrogate",
    ] {
        let result = functions.call("made", json!({"what": what})).await;
        writeln!(results, "{what}: {result}").unwrap();
    }
    insta::assert_snapshot!(results);
}

#[tokio::test]
async fn arguments_are_read_as_they_are_meant() {
    needs_python!();
    let functions = [
        ("behavior.py", "add"),
        ("behavior.py", "takes_dict"),
        ("behavior.py", "echo"),
        ("behavior.py", "when"),
        ("several.py", "unions"),
        ("records.py", "dataclasses"),
        ("records.py", "recursive"),
        ("records.py", "named_tuples"),
    ];
    let functions = Functions::of(&functions, PATIENCE).await;
    let mut results = String::new();
    for (name, arguments) in [
        ("add", json!({"a": 1})),
        ("add", json!({"a": "3", "b": "2.5", "flag": "yes"})),
        ("add", json!({"a": 4.0, "b": 2, "flag": 1})),
        ("add", json!({"a": 4.5})),
        ("add", json!({"a": "four", "b": null})),
        ("add", json!({"b": 1, "c": "x".repeat(100)})),
        ("takes_dict", json!({"params": {"a": [1, null]}})),
        ("takes_dict", json!({"params": "{\"a\": 1}"})),
        ("echo", json!({"value": "3"})),
        ("when", json!({"at": "2025-03-09 10:30:00+01:00", "price": "1.50"})),
        ("when", json!({"at": 1_741_512_600_000_u64, "price": 2})),
        ("unions", json!({"a": "x", "b": []})),
        ("when", json!({"at": "tomorrow", "price": "Infinity"})),
        ("dataclasses", json!({"a": {"x": "1", "tags": ["t"], "more": 1}, "b": []})),
        ("dataclasses", json!({"a": {"y": "high"}, "b": [{"x": 1}, {"x": []}]})),
        ("recursive", json!({"tree": {"value": 1, "children": [{"value": "2"}]}})),
        ("recursive", json!({"tree": {"value": 1, "children": [{"value": "two"}]}})),
        ("named_tuples", json!({"span": [1]})),
        ("named_tuples", json!({"span": [1, 2, 3]})),
    ] {
        let result = functions.call(name, arguments.clone()).await;
        writeln!(results, "{name} {arguments}\n    {}", result.replace('\n', "\n    ")).unwrap();
    }
    insta::assert_snapshot!(results);
}

#[tokio::test]
async fn pydantic_reads_what_is_its_own() {
    needs_python!();
    if !python::has_pydantic() {
        return;
    }
    let functions = [("annotated.py", "fields"), ("annotated.py", "models")];
    let functions = Functions::of(&functions, PATIENCE).await;
    let call = async |name, arguments| functions.call(name, arguments).await;
    assert_eq!(call("fields", json!({"age": "7", "tags": ["a"]})).await, r#"[7,["a"],"x",3]"#);
    assert_eq!(
        call("models", json!({"item": {"title": "Tea", "count": "2"}})).await,
        r#"{"title":"Tea","count":2}"#
    );
    insta::assert_snapshot!(
        call("fields", json!({"age": -1, "tags": [], "name": "X"})).await, @r"
    Error: 3 validation errors for call[fields]
    age
      Input should be greater than or equal to 0 [type=greater_than_equal, input_value=-1, input_type=int]
    tags
      List should have at least 1 item after validation, not 0 [type=too_short, input_value=[], input_type=list]
    name
      String should match pattern '^[a-z]+$' [type=string_pattern_mismatch, input_value='X', input_type=str]
    ");
}

#[tokio::test]
async fn an_exception_is_its_words() {
    needs_python!();
    let functions = Functions::new(&["fails", "exits", "exits_async", "process"]).await;
    let process = functions.call("process", json!({})).await;
    let call = async |name, arguments| functions.call(name, arguments).await;
    assert_eq!(call("fails", json!({"message": "No such city."})).await, "Error: No such city.");
    assert_eq!(call("fails", json!({"message": ""})).await, "Error: ");
    let exit = "Error: the function ended its process (exit code 3)";
    assert_eq!(call("exits", json!({})).await, exit);
    let exit = "Error: the function ended its process (exit code 4)";
    assert_eq!(call("exits_async", json!({})).await, exit);
    assert_eq!(functions.call("process", json!({})).await, process, "none of it ends the process");
}

#[tokio::test]
async fn what_is_printed_is_no_answer() {
    needs_python!();
    let mut functions = Functions::new(&["loud", "reads", "echo"]).await;
    assert_eq!(functions.call("loud", json!({"lines": 2})).await, "said");
    assert_eq!(functions.call("reads", json!({})).await, "", "requests are not theirs to read");
    assert_eq!(functions.call("echo", json!({"value": "on"})).await, "on");
    let mut printed = functions.printed();
    printed.sort();
    assert_eq!(
        printed,
        ["from a child", "half a lineto standard error", "line 0", "line 1", "past all layers"]
    );
    assert_eq!(functions.call("loud", json!({"lines": 1000})).await, "said");
    functions.call("echo", json!({"value": "on"})).await;
    let printed = functions.printed();
    assert_eq!(printed.len(), 200, "{printed:?}");
    assert_eq!(printed.last().unwrap(), "what follows is not shown");
}

#[tokio::test]
async fn a_flood_is_neither_kept_nor_waited_for() {
    needs_python!();
    let mut functions = Functions::new(&["floods", "echo"]).await;
    assert_eq!(functions.call("floods", json!({})).await, "done");
    assert_eq!(functions.call("echo", json!({"value": 1})).await, "1");
    assert_eq!(functions.printed(), [] as [&str; 0], "a line without an end is no line");
}

#[tokio::test]
async fn a_long_result_loses_its_middle_and_says_so() {
    needs_python!();
    let functions = Functions::new(&["large"]).await;
    let whole = functions.call("large", json!({"size": 16_000})).await;
    assert_eq!(whole.len(), 16_000);
    let cut = functions.call("large", json!({"size": 50_000_000})).await;
    let (half, notice) = (
        "x".repeat(8000),
        "[Tool result truncated: showing first 8000 bytes and \
         last 8000 bytes of 50000000 bytes (~4000 of ~12500000 tokens); omitted 49984000 middle \
         bytes. Use a narrower query or request a smaller result to retain the relevant content.]",
    );
    assert_eq!(cut, format!("{half}\n{notice}\n{half}"));
}

#[tokio::test]
async fn calls_of_a_turn_run_side_by_side() {
    needs_python!();
    let functions = Functions::new(&["meets", "meets_async", "is_one_loop", "awaitable"]).await;
    // Each waits until all are there.
    let calls = ["meets", "meets_async", "meets", "meets_async", "meets", "meets_async"];
    let calls = calls.map(|name| functions.call(name, json!({"count": 6})));
    let results = join_all(calls).await;
    assert_eq!(results, ["true", "met", "true", "met", "true", "met"]);
    assert_eq!(functions.call("is_one_loop", json!({})).await, "1");
    assert_eq!(functions.call("is_one_loop", json!({})).await, "1");
    assert_eq!(functions.call("awaitable", json!({})).await, "slept");
}

#[tokio::test]
async fn fifty_calls_at_once_get_their_own_answers() {
    needs_python!();
    let functions = Functions::new(&["echo"]).await;
    let values: Vec<Value> =
        (0..50).map(|n| json!({"n": n, "text": "y".repeat(n * 100)})).collect();
    let calls = values.iter().map(|value| functions.call("echo", json!({"value": value})));
    let results = join_all(calls).await;
    assert_eq!(results, values.iter().map(Value::to_string).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_module_has_a_name_of_its_own_and_no_neighbors() {
    needs_python!();
    let functions = Functions::new(&["module"]).await;
    let module = functions.call("module", json!({})).await;
    assert_eq!(module, r#"["_agentcard_module_0_behavior","behavior.py",false,false]"#);
}
