//! Questions about whole lists: filtered, counted, narrowed to some fields.

use agentcard::hub::Client;
use agentcard::tool::hub::{EndpointPattern, HubTool};
use agentcard::tool::{OutputKind, Tool};
use serde_json::{Value, json};

use super::server::{Answer, Seen, Server, json as ok};
use super::{ask, http, result, settings, tool};

/// 125 discussions in pages of 50: every fifth by ada, of the others every third by kenji, the rest
/// by priya, and two of deleted accounts.
fn discussions(seen: &Seen) -> Answer {
    let page: u64 = seen.target.split("p=").nth(1).map_or(0, |page| page.parse().unwrap());
    let list: Vec<Value> =
        (page * 50..(page * 50 + 50).min(125)).map(|n| discussion(125 - n)).collect();
    ok(json!({"discussions": list, "count": 125, "start": page * 50}).to_string())
}

fn discussion(num: u64) -> Value {
    let author = match num {
        3 | 99 => return json!({"num": num, "title": "Gone", "status": "open"}),
        num if num.is_multiple_of(5) => "ada-moreau",
        num if num.is_multiple_of(3) => "kenji-watts",
        _ => "priya-ramanan",
    };
    json!({
        "num": num,
        "author": {"_id": "x", "avatarUrl": "/a.svg", "fullname": "Somebody", "name": author},
        "title": if num == 42 { "vLLM CRASH on load" } else { "Question" },
        "status": if num.is_multiple_of(4) { "closed" } else { "open" },
        "createdAt": format!("2026-{:02}-{:02}T12:00:00.000Z", num / 28 + 1, num % 28 + 1),
    })
}

const PATH: &str = "/models/lumen-labs/aurora-7b/discussions";

#[tokio::test]
async fn who_opens_most_is_counted_over_all_of_them() {
    let server = Server::start(discussions).await;
    let call = json!({"endpoint": PATH, "count_by": "author.name"});
    let output = ask(&tool(&server.origin), call).await.unwrap();
    assert_eq!(output.summary, "200, 4 of 4 shown, 125 read");
    let result: Value = serde_json::from_str(&output.content).unwrap();
    // Counted here by other means than the tool's.
    let count = |name: &str| (1..=125).filter(|n| discussion(*n)["author"]["name"] == name).count();
    let expected = json!({
        "count_by": "author.name",
        "counted": 125,
        "counts": {
            "priya-ramanan": count("priya-ramanan"),
            "kenji-watts": count("kenji-watts"),
            "ada-moreau": count("ada-moreau"),
            "(none)": 2,
        },
    });
    assert_eq!(result["data"].to_string(), expected.to_string(), "the largest comes first");
    let page = json!({"shown": 4, "offset": 0, "total": 4, "complete": true, "scanned": 125});
    assert_eq!(result["page"], page);
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test]
async fn an_account_counts_under_its_name_and_conditions_come_first() {
    let server = Server::start(discussions).await;
    let call = json!({
        "endpoint": PATH, "count_by": "author", "where": {"status": "closed"}, "max_results": 1,
    });
    let result = result(&tool(&server.origin), call).await;
    let closed = (1..=125).filter(|num| num % 4 == 0).count();
    assert_eq!(result["data"]["counted"], closed);
    assert_eq!(result["data"]["counts"].as_object().unwrap().len(), 1);
    let page = json!({
        "shown": 1, "offset": 0, "total": 3, "complete": false, "next_offset": 1, "scanned": 125,
    });
    assert_eq!(result["page"], page);
}

#[tokio::test]
async fn a_filter_looks_at_the_whole_list_and_shows_a_part() {
    let server = Server::start(discussions).await;
    let tool = tool(&server.origin);
    let call = json!({"endpoint": PATH, "where": {"title": {"contains": "crash"}}});
    let crash = result(&tool, call).await;
    assert_eq!(crash["data"]["discussions"][0]["num"], 42);
    let page = json!({"shown": 1, "offset": 0, "total": 1, "complete": true, "scanned": 125});
    assert_eq!(crash["page"], page);

    let call = json!({
        "endpoint": PATH, "fields": ["num", "author.name"], "max_results": 2, "offset": 1,
        "where": {"createdAt": {"min": "2026-05-01"}},
    });
    let recent = result(&tool, call).await;
    let total = (1..=125).filter(|num| num / 28 + 1 >= 5).count();
    let expected = json!([
        {"num": 124, "author.name": "priya-ramanan"},
        {"num": 123, "author.name": "kenji-watts"},
    ]);
    assert_eq!(recent["data"], json!({ "discussions": expected }));
    let page = json!({
        "shown": 2, "offset": 1, "total": total, "complete": false, "next_offset": 3,
        "scanned": 125,
    });
    assert_eq!(recent["page"], page);
}

#[tokio::test]
async fn a_field_that_is_not_there_is_an_error_with_those_that_are() {
    let server = Server::start(discussions).await;
    let tool = tool(&server.origin);
    for query in [
        json!({"count_by": "user"}),
        json!({"where": {"user": "ada-moreau"}}),
        json!({"fields": ["user"]}),
    ] {
        let mut call = json!({ "endpoint": PATH });
        call.as_object_mut().unwrap().extend(query.as_object().unwrap().clone());
        let output = ask(&tool, call).await.unwrap();
        assert_eq!(output.kind, OutputKind::Failure);
        let told: Value = serde_json::from_str(&output.content).unwrap();
        assert_eq!(told["error"], "the answer has no field user");
        let hint = "The fields are num, author.fullname, author.name, title, status, createdAt.";
        assert_eq!(told["hint"], hint);
    }
}

#[tokio::test]
async fn fields_choose_from_an_object_too() {
    let server = Server::start(|_| {
        ok(r#"{"user":"ada","numLikes":46,"orgs":[{"name":"lumen-labs"},{"name":"tidepool-ai"}]}"#)
    })
    .await;
    let call = json!({"endpoint": "/users/ada/overview", "fields": "numLikes, orgs.name"});
    let result = result(&tool(&server.origin), call).await;
    assert_eq!(result["data"], json!({"numLikes": 46, "orgs.name": ["lumen-labs", "tidepool-ai"]}));
}

#[tokio::test]
async fn a_list_without_end_is_read_so_far_and_no_further() {
    let server = Server::start(|seen| {
        let at: u64 = seen.target.split("cursor=").nth(1).map_or(0, |at| at.parse().unwrap());
        let page = format!("[{}{{\"user\":\"b\"}}]", r#"{"user":"a"},"#.repeat(999));
        ok(page)
            .header("link", format!("</api/users/ada/followers?cursor={}>; rel=\"next\"", at + 1))
    })
    .await;
    let call = json!({"endpoint": "/users/ada/followers", "count_by": "user"});
    let result = result(&tool(&server.origin), call).await;
    assert_eq!(result["data"]["counts"], json!({"a": 9990, "b": 10}));
    let page = json!({
        "shown": 2, "offset": 0, "complete": false, "scanned": 10_000,
        "stopped": "10000 elements were read",
    });
    assert_eq!(result["page"], page);
}

#[tokio::test]
async fn a_question_about_a_list_is_for_lists() {
    let server = Server::start(|_| ok("{}")).await;
    let call = json!({"endpoint": "/whoami-v2", "count_by": "name"});
    let refused = ask(&tool(&server.origin), call).await.unwrap_err();
    insta::assert_snapshot!(refused, @r"`where` and `count_by` are for lists, and this endpoint does not answer one.");
    assert_eq!(server.seen(), []);
}

fn with_pattern() -> HubTool {
    let settings = settings("https://huggingface.co");
    HubTool::new(Client::new(http(), settings), EndpointPattern::Included)
}

#[test]
fn the_schema_is_the_one_cards_were_written_for_and_three_arguments_more() {
    let tool = with_pattern();
    let spec = serde_json::to_value(tool.spec()).unwrap();
    assert!(spec["parameters"]["properties"]["endpoint"]["pattern"].is_string());
    assert_eq!(tool.spec().name, "hf_api_request");
    assert_eq!(tool.spec().description, "Call the Hugging Face Hub API (GET/POST only).");
    let mut spec = spec["parameters"].clone();
    spec["properties"]["endpoint"]["pattern"] = json!("…");
    insta::assert_snapshot!(spec, @r#"{"additionalProperties":false,"properties":{"endpoint":{"type":"string","description":"API endpoint relative to /api (e.g. \"/whoami-v2\").","pattern":"…"},"method":{"default":"GET","type":"string","description":"HTTP method (GET or POST)."},"params":{"anyOf":[{"additionalProperties":true,"type":"object"},{"type":"null"}],"default":null,"description":"Optional query parameters."},"json_body":{"anyOf":[{"additionalProperties":true,"type":"object"},{"type":"null"}],"default":null,"description":"Optional JSON payload for POST requests."},"max_results":{"anyOf":[{"type":"integer"},{"type":"null"}],"default":null,"description":"Max results when response is a list (defaults to HF_MAX_RESULTS)."},"offset":{"anyOf":[{"type":"integer"},{"type":"null"}],"default":null,"description":"Client-side offset when response is a list (defaults to 0)."},"fields":{"anyOf":[{"items":{"type":"string"},"type":"array"},{"type":"null"}],"default":null,"description":"Only these fields of each result, e.g. [\"num\", \"author.name\"]."},"count_by":{"anyOf":[{"type":"string"},{"type":"null"}],"default":null,"description":"Count by this field over the whole list (10000 at most), e.g. \"author.name\"."},"where":{"anyOf":[{"additionalProperties":true,"type":"object"},{"type":"null"}],"default":null,"description":"Filter the whole list: {\"status\": \"open\"}, {\"title\": {\"contains\": \"x\"}}, {\"createdAt\": {\"min\": \"2026-01-31\"}}."}},"required":["endpoint"],"type":"object"}"#);
}
