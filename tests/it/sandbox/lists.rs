//! Lists: what narrows them, how they are divided, and how long they may be.

use agentcard::sandbox::server::{Options, Running, start};
use agentcard::sandbox::world::World;
use reqwest::header::LINK;
use serde_json::Value;

use super::{ADA, http, standard};

const AURORA: &str = "/api/models/lumen-labs/aurora-7b/discussions";

/// The JSON of an answer and the address of its next page.
async fn get(hub: &Running, path: &str) -> (Value, Option<String>) {
    let url = if path.starts_with('/') { format!("{}{path}", hub.origin) } else { path.to_owned() };
    let response = http().get(url).bearer_auth(ADA).send().await.unwrap();
    let link = response.headers().get(LINK).map(|link| link.to_str().unwrap().to_owned());
    let next = link.map(|link| {
        link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned()
    });
    (response.json().await.unwrap(), next)
}

/// Numbers, total and count of closed ones of a page of discussions.
async fn numbers(hub: &Running, query: &str) -> (Vec<u64>, u64, Option<u64>) {
    let (page, _) = get(hub, &format!("{AURORA}{query}")).await;
    let numbers = page["discussions"].as_array().unwrap().iter();
    let numbers = numbers.map(|discussion| discussion["num"].as_u64().unwrap()).collect();
    (numbers, page["count"].as_u64().unwrap(), page["numClosedDiscussions"].as_u64())
}

fn texts(list: &Value, key: &str) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|element| element[key].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn discussions_are_narrowed_by_kind_status_author_and_words() {
    let hub = standard().await;
    let (found, count, closed) = numbers(&hub, "?type=pull_request&status=open").await;
    assert_eq!((found, count, closed), (vec![59, 49, 39, 29, 19, 9], 6, Some(0)));
    let (found, ..) = numbers(&hub, "?author=ada-moreau&type=discussion&status=closed").await;
    assert_eq!(found, [61, 37, 25, 13, 1]);
    assert_eq!(numbers(&hub, "?search=VLLM&author=kenji-watts").await.0, [62, 38, 14]);
    assert_eq!(numbers(&hub, "?author=nobody-here").await, (vec![], 0, Some(0)));
    assert_eq!(numbers(&hub, "?sort=reactions").await.0[..3], [7, 63, 62]);
    assert_eq!(numbers(&hub, "?no=such&parameter").await.1, 63);
}

#[tokio::test]
async fn discussions_come_fifty_to_a_page() {
    let hub = standard().await;
    let (first, count, closed) = numbers(&hub, "").await;
    assert_eq!((first, count, closed), ((14..=63).rev().collect(), 63, Some(19)));
    assert_eq!(numbers(&hub, "?p=1").await, ((1..=13).rev().collect(), 63, None));
    assert_eq!(numbers(&hub, "?p=9").await, (vec![], 63, None));
}

#[tokio::test]
async fn wrong_parameters_are_all_named() {
    let hub = standard().await;
    let (error, _) = get(&hub, &format!("{AURORA}?status=merged&author=-&sort=new&p=-1")).await;
    insta::assert_snapshot!(error["error"].as_str().unwrap(), @r#"
    ✖ Invalid option: expected one of "all"|"open"|"closed"
      → at status
    ✖ Invalid string: must match a username
      → at author
    ✖ Invalid option: expected one of "recently-created"|"trending"|"reactions"
      → at sort
    ✖ Too small: expected number to be >=0
      → at p
    "#);
    let requests = "/api/models/ada-moreau/gated-mini/user-access-request/pending";
    let (error, _) = get(&hub, &format!("{requests}?limit=5")).await;
    assert_eq!(error["error"], "✖ Too small: expected number to be >=10\n  → at limit");
}

#[tokio::test]
async fn requests_are_narrowed_by_the_beginning_of_the_name_and_by_time() {
    let hub = standard().await;
    let users = async |query: &str| {
        let path = "/api/models/ada-moreau/gated-mini/user-access-request/pending";
        let (page, _) = get(&hub, &format!("{path}{query}")).await;
        let requests = page.as_array().unwrap().iter();
        requests.map(|r| r["user"]["user"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(users("?q=KENJI").await, ["kenji-watts"]);
    assert!(users("?q=watts").await.is_empty());
    assert_eq!(users("?after=2026-03-08T00:00:00.000Z").await, ["tomas-lindqvist"]);
    assert_eq!(users("?before=2026-03-08T00:00:00.000Z").await, ["kenji-watts"]);
}

#[tokio::test]
async fn a_link_leads_through_all_collections_with_the_parameters_kept() {
    let hub = standard().await;
    let (mut page, mut next) =
        get(&hub, "/api/collections?owner=lumen-labs&sort=lastModified&limit=5&expand=false").await;
    let mut titles = texts(&page, "title");
    while let Some(url) = next {
        (page, next) = get(&hub, &url).await;
        titles.extend(texts(&page, "title"));
    }
    assert_eq!(titles.len(), 12);
    assert_eq!(titles[..2], ["Aurora 7B family", "Ablation set 11"]);
    let (page, next) = get(&hub, "/api/collections?owner=lumen-labs&owner=ada-moreau").await;
    assert_eq!(page.as_array().unwrap().len(), 10);
    assert!(next.is_some());
    let (page, _) = get(&hub, "/api/collections?item=papers/2603.01234&q=READING").await;
    assert_eq!(texts(&page, "title"), ["Reading list"]);
}

#[tokio::test]
async fn a_list_may_be_longer_than_memory() {
    let mut world = World::default();
    let most = 2_000_000_000;
    world.add_big(most);
    let hub = start(Options { world, ..Options::default() }).await.unwrap();
    let followers = |query: &str| {
        http().get(format!("{}/api/users/big{most}/followers{query}", hub.origin)).send()
    };
    let first = followers("").await.unwrap();
    assert!(first.headers().contains_key(LINK));
    let first: Value = first.json().await.unwrap();
    assert_eq!(first.as_array().unwrap().len(), 500);
    assert_eq!(first[499]["user"], "big2000000000-follower-0000500");
    // The cursor of the offset 1,999,999,999.
    let last = followers("?cursor=bzoxOTk5OTk5OTk5").await.unwrap();
    assert!(!last.headers().contains_key(LINK));
    let last: Value = last.json().await.unwrap();
    assert_eq!(texts(&last, "fullname"), ["Follower 2000000000"]);
    // The largest offset there is.
    let beyond = followers("?cursor=bzoxODQ0Njc0NDA3MzcwOTU1MTYxNQ").await.unwrap();
    assert_eq!(beyond.text().await.unwrap(), "[]");
}
