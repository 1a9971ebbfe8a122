//! Redirects and links: the token goes to the Hub's own API and nowhere else.

use serde_json::json;

use super::server::{Answer, Server, json as ok};
use super::{ask, result, tool};

fn moved(status: u16, location: &str) -> Answer {
    Answer { status, ..Answer::default() }.header("location", location)
}

#[tokio::test]
async fn a_renamed_repo_is_followed_with_its_query() {
    let server = Server::start(|seen| {
        if seen.target.starts_with("/api/models/gpt2/") {
            return moved(307, "/api/models/openai-community/gpt2/discussions");
        }
        ok(r#"{"discussions":[{"num":1}],"count":1,"start":0}"#)
    })
    .await;
    let call = json!({"endpoint": "/models/gpt2/discussions", "params": {"status": "open"}});
    let result = result(&tool(&server.origin), call).await;
    let to = "/api/models/openai-community/gpt2/discussions?status=open";
    assert_eq!(result["url"], format!("{}{to}", server.origin));
    let expected = ["GET /api/models/gpt2/discussions?status=open".to_owned(), format!("GET {to}")];
    assert_eq!(server.lines(), expected);
    assert!(server.seen().iter().all(|seen| seen.authorization.is_some()));
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_not_followed() {
    let elsewhere = Server::start(|_| ok("{}")).await;
    let other = elsewhere.origin.clone();
    for status in [301, 302, 303, 307, 308] {
        for target in [
            format!("{other}/api/whoami-v2"),
            format!("//{}/api/whoami-v2", other.trim_start_matches("http://")),
            "https://example.org/api/whoami-v2".to_owned(),
        ] {
            let server = Server::start(move |_| moved(status, &target)).await;
            let output = ask(&tool(&server.origin), json!({"endpoint": "/whoami-v2"})).await;
            assert!(output.unwrap().content.contains("not its own API"));
        }
    }
    assert_eq!(elsewhere.seen(), []);
}

#[tokio::test]
async fn a_redirect_out_of_the_api_or_in_a_circle_ends() {
    let server = Server::start(|_| moved(302, "/login")).await;
    let output = ask(&tool(&server.origin), json!({"endpoint": "/whoami-v2"})).await.unwrap();
    assert!(output.content.contains("not its own API"), "{}", output.content);
    assert_eq!(server.lines().len(), 1);

    let server = Server::start(|seen| match seen.target.as_str() {
        "/api/users/a/likes" => moved(302, "/api/users/b/likes"),
        _ => moved(302, "/api/users/a/likes"),
    })
    .await;
    let output = ask(&tool(&server.origin), json!({"endpoint": "/users/a/likes"})).await.unwrap();
    assert!(output.content.contains("in a circle"), "{}", output.content);
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn a_next_page_on_another_origin_is_not_fetched() {
    let elsewhere = Server::start(|_| ok("[]")).await;
    let link = format!("<{}/api/users/ada/likes?cursor=1>; rel=\"next\"", elsewhere.origin);
    let server = Server::start(move |_| ok(r#"[{"n":1}]"#).header("link", link.clone())).await;
    let result = result(&tool(&server.origin), json!({"endpoint": "/users/ada/likes"})).await;
    let stopped = format!("the next page is at {}, not on this Hub", elsewhere.origin);
    let page = json!({"shown": 1, "offset": 0, "complete": false, "stopped": stopped});
    assert_eq!(result["page"], page);
    assert_eq!(elsewhere.seen(), []);
}

#[tokio::test]
async fn pages_that_go_in_a_circle_or_on_for_ever_end() {
    let server =
        Server::start(|_| ok("[1]").header("link", "</api/users/ada/likes>; rel=\"next\"")).await;
    let circle = result(&tool(&server.origin), json!({"endpoint": "/users/ada/likes"})).await;
    assert_eq!(circle["page"]["stopped"], "the pages go in a circle");
    assert_eq!(server.lines().len(), 1);

    let endless = Server::start(|seen| {
        let at: u64 = seen.target.split("cursor=").nth(1).map_or(0, |at| at.parse().unwrap());
        ok("[]").header("link", format!("</api/users/ada/likes?cursor={}>; rel=\"next\"", at + 1))
    })
    .await;
    let result = result(&tool(&endless.origin), json!({"endpoint": "/users/ada/likes"})).await;
    assert_eq!(result["page"]["stopped"], "200 pages were read");
    assert_eq!(endless.lines().len(), 200);
}
