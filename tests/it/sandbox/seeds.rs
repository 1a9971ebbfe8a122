//! Worlds that somebody wrote.

use agentcard::sandbox::server::{Options, start};
use agentcard::sandbox::world::World;
use serde_json::Value;

use super::http;

#[tokio::test]
async fn a_small_seed_makes_a_small_world() {
    let seed = r#"{
        "users": [{"name": "mia", "fullname": "Mia", "followers": ["noor"]},
                  {"name": "noor", "fullname": "Noor"}],
        "repos": [{"type": "space", "id": "mia/demo", "lastModified": "2026-01-01T00:00:00.000Z",
                   "discussions": [{"num": 4, "title": "Closed to all", "status": "open",
                                    "createdAt": "2026-01-02T00:00:00.000Z", "locked": true,
                                    "events": []}]}],
        "tokens": [{"token": "secret", "user": "noor", "name": "n", "role": "write"}]
    }"#;
    let world = World::parse(seed).unwrap();
    let hub = start(Options { world, ..Options::default() }).await.unwrap();
    let followers = format!("{}/api/users/mia/followers", hub.origin);
    let followers: Value = http().get(followers).send().await.unwrap().json().await.unwrap();
    assert_eq!(followers[0]["fullname"], "Noor");
    assert_eq!(followers[0]["_id"].as_str().unwrap().len(), 24);
    let comment = format!("{}/api/spaces/mia/demo/discussions/4/comment", hub.origin);
    let comment = http().post(comment).bearer_auth("secret").body("{\"comment\":\"hello\"}");
    let answer = comment.send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(answer.headers()["x-error-message"], "This discussion is locked");
}

#[test]
fn a_seed_that_makes_no_sense_is_explained() {
    let complaints = [
        "{\n  \"users\": [{\"name\": \"mia\"}]\n}",
        "{\"planets\": []}",
        "{\"users\": [{\"name\": \"mia\", \"fullname\": \"Mia\", \"followers\": [7]}]}",
        "{\"users\": [{\"name\": \"mia\", \"fullname\": \"Mia\", \"followers\": [\"noor\"]}]}",
        "{\"organizations\": [{\"name\": \"org\", \"fullname\": \"Org\",
           \"followers\": [{\"crowd\": \"fans\", \"count\": 3}]}]}",
        "{\"crowds\": [{\"name\": \"fans\", \"fullname\": \"Fan\", \"digits\": 3, \"size\": 9}],
          \"users\": [{\"name\": \"mia\", \"fullname\": \"Mia\",
                     \"followers\": [{\"crowd\": \"fans\", \"count\": 10}]}]}",
        "{\"repos\": [{\"type\": \"model\", \"id\": \"mia/x\", \"lastModified\": \"\"}]}",
        "{\"tokens\": [{\"token\": \"t\", \"user\": \"mia\", \"name\": \"laptop\", \"role\": \"god\"}]}",
        "{\"moved\": [{\"type\": \"model\", \"from\": \"old\", \"to\": \"mia/new\"}]}",
        "not json",
    ]
    .map(|seed| World::parse(seed).unwrap_err().to_string())
    .join("\n");
    insta::assert_snapshot!(complaints, @r#"
    line 2, column 27: missing field `fullname`
    line 1, column 10: unknown field `planets`, expected one of `users`, `crowds`, `organizations`, `repos`, `moved`, `papers`, `collections`, `tokens`
    line 1, column 62: expected a username or {"crowd": …, "count": …}
    users "mia", followers: no user "noor"
    organizations "org", followers: no crowd "fans"
    users "mia", followers: no crowd of 10 among the 9 of "fans"
    repos "mia/x": no user or organization "mia"
    line 1, column 73: unknown variant `god`, expected one of `read`, `write`, `fineGrained`
    moved "old": no model "mia/new"
    line 1, column 2: expected ident
    "#);
}
