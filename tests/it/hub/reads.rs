//! Reading: whole objects, parts of lists, and lists over several pages.

use serde_json::{Value, json};

use super::server::{Answer, Seen, Server, json as ok};
use super::{ask, result, tool};

/// Followers in pages of 500 with a `Link` to the next, as the Hub sends them.
fn followers(count: usize) -> impl Fn(&Seen) -> Answer {
    move |seen| {
        let from: usize = seen.target.split("cursor=").nth(1).map_or(0, |at| at.parse().unwrap());
        let to = (from + 500).min(count);
        let page: Vec<Value> = (from..to).map(|n| json!({"user": format!("reader-{n}")})).collect();
        let answer = ok(Value::from(page).to_string());
        if to == count {
            return answer;
        }
        let link = format!("</api/users/ada/followers?cursor={to}>; rel=\"next\"");
        answer.header("link", link)
    }
}

fn names(result: &Value) -> Vec<&str> {
    result["data"].as_array().unwrap().iter().map(|user| user["user"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_object_is_passed_on_with_its_address_and_the_token_is_sent() {
    let server = Server::start(|_| ok(r#"{"user":"ada","fullname":"Ada Moreau 🌌"}"#)).await;
    let output = ask(&tool(&server.origin), json!({"endpoint": "/users/ada/overview"})).await;
    let output = output.unwrap();
    let url = format!("{}/api/users/ada/overview", server.origin);
    assert_eq!(
        output.content,
        format!(
            r#"{{"url":"{url}","status":200,"data":{{"user":"ada","fullname":"Ada Moreau 🌌"}}}}"#
        )
    );
    assert_eq!(output.summary, "200");
    assert_eq!(server.lines(), ["GET /api/users/ada/overview"]);
    assert_eq!(server.seen()[0].authorization.as_deref(), Some("Bearer hf_secret"));
}

#[tokio::test]
async fn the_first_results_of_a_list_say_that_there_are_more() {
    let server = Server::start(followers(621)).await;
    let output =
        ask(&tool(&server.origin), json!({"endpoint": "/users/ada/followers"})).await.unwrap();
    assert_eq!(output.summary, "20 shown, there are more".replacen("", "200, ", 1));
    let result: Value = serde_json::from_str(&output.content).unwrap();
    assert_eq!(names(&result).len(), 20);
    let page = json!({"shown": 20, "offset": 0, "complete": false, "next_offset": 20});
    assert_eq!(result["page"], page);
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn an_offset_reaches_over_pages_to_the_end() {
    let server = Server::start(followers(621)).await;
    let call = json!({"endpoint": "/users/ada/followers", "offset": 490, "max_results": 20});
    let over = result(&tool(&server.origin), call).await;
    assert_eq!(names(&over)[9..11], ["reader-499", "reader-500"]);
    let call = json!({"endpoint": "/users/ada/followers", "offset": 615});
    let last = result(&tool(&server.origin), call).await;
    assert_eq!(names(&last).first(), Some(&"reader-615"));
    let page = json!({"shown": 6, "offset": 615, "total": 621, "complete": true});
    assert_eq!(last["page"], page);
    let call = json!({"endpoint": "/users/ada/followers", "offset": 700});
    let beyond = result(&tool(&server.origin), call).await;
    let page = json!({"shown": 0, "offset": 700, "total": 621, "complete": true});
    assert_eq!(beyond["page"], page);
}

#[tokio::test]
async fn twenty_of_three_hundred_thousand_stop_the_transfer_early() {
    let everyone = format!("[{}{{}}]", r#"{"user":"reader","fullname":"Reader"},"#.repeat(299_999));
    let whole = everyone.len();
    let server = Server::start(move |_| ok(everyone.clone())).await;
    let result = result(&tool(&server.origin), json!({"endpoint": "/users/ada/followers"})).await;
    assert_eq!(names(&result).len(), 20);
    assert_eq!(result["page"]["complete"], false);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(server.sent() < whole / 2, "{} of {whole} bytes were sent", server.sent());
}

/// Discussions in pages of 50, with their count.
fn discussions(count: usize) -> impl Fn(&Seen) -> Answer {
    move |seen| {
        let page: usize = seen.target.split("p=").nth(1).map_or(0, |page| page.parse().unwrap());
        let from = (page * 50).min(count);
        let list: Vec<Value> =
            (from..(from + 50).min(count)).map(|n| json!({"num": count - n})).collect();
        ok(json!({"discussions": list, "count": count, "start": from}).to_string())
    }
}

#[tokio::test]
async fn numbered_pages_are_entered_where_the_offset_is() {
    let server = Server::start(discussions(125)).await;
    let call = json!({"endpoint": "/models/a/b/discussions", "offset": 95, "max_results": 10});
    let result = result(&tool(&server.origin), call).await;
    let numbers: Vec<u64> = result["data"]["discussions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|discussion| discussion["num"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (21..=30).rev().collect::<Vec<_>>());
    assert_eq!(result["data"]["count"], 125);
    let page =
        json!({"shown": 10, "offset": 95, "total": 125, "complete": false, "next_offset": 105});
    assert_eq!(result["page"], page);
    let expected = ["GET /api/models/a/b/discussions?p=1", "GET /api/models/a/b/discussions?p=2"];
    assert_eq!(server.lines(), expected);
}

#[tokio::test]
async fn a_list_inside_an_object_is_cut_and_the_rest_of_the_object_stays() {
    let events: Vec<Value> =
        (0..30).map(|n| json!({"id": n, "data": {"raw": "]},{\\\""}})).collect();
    let body = json!({"num": 7, "tags": ["a"], "events": events, "org": {"name": "b"}}).to_string();
    let server = Server::start(move |_| ok(body.clone())).await;
    let call = json!({"endpoint": "/models/a/b/discussions/7", "max_results": 2, "offset": 1});
    let result = result(&tool(&server.origin), call).await;
    let expected = json!({
        "num": 7,
        "tags": ["a"],
        "events": [{"id": 1, "data": {"raw": "]},{\\\""}}, {"id": 2, "data": {"raw": "]},{\\\""}}],
        "org": {"name": "b"},
    });
    assert_eq!(result["data"], expected);
}

#[tokio::test]
async fn the_access_check_answers_in_plain_text() {
    let server = Server::start(|_| ok("OK")).await;
    let result = result(&tool(&server.origin), json!({"endpoint": "/models/a/b/auth-check"})).await;
    assert_eq!(result["data"], "OK");
}
