//! What a model gets to read of an answer, and what it is told is missing.

use agentcard::hub::Shaping;
use serde_json::{Value, json};

use super::server::{Server, json as ok};
use super::{ask, result, settings, tool, tool_with};

/// A discussion as the Hub lists it; every tenth has something special about it.
fn discussion(num: u64) -> Value {
    let authors = [
        ("ada-moreau", "Ada Moreau"),
        ("kenji-watts", "Kenji Watts"),
        ("priya-ramanan", "Priya Ramanan"),
        ("tomas-lindqvist", "Tomas Lindqvist"),
        ("nadia-okaforo", "Nadia Okaforo"),
    ];
    let titles = [
        "Chat template drops system turn",
        "How was the harbor subset filtered?",
        "vLLM crash on load",
        "Add a quantized variant to the card",
        "Great model, thank you",
        "Tokenizer config has two BOS tokens",
    ];
    let (name, fullname) = authors[(num % 5) as usize];
    let status = ["open", "closed", "open", "merged", "draft"][(num % 5) as usize];
    let reactions =
        if num.is_multiple_of(10) { json!([{"reaction": "🔥", "count": 2}]) } else { json!([]) };
    let insider = num.is_multiple_of(3);
    json!({
        "num": num,
        "author": {
            "_id": format!("6092df5dcbd3e9ae{num:08x}"),
            "avatarUrl": format!("/avatars/6692f57900867f32ae5fc05e{num:08x}.svg"),
            "fullname": fullname,
            "name": name,
            "type": "user",
            "isPro": num.is_multiple_of(4),
            "isHf": false,
            "isHfAdmin": false,
            "isMod": false,
            "followerCount": num,
        },
        "repo": {"name": "lumen-labs/aurora-7b", "type": "model"},
        "title": format!("{} ({num})", titles[(num % 6) as usize]),
        "status": status,
        "createdAt": format!("2026-02-{:02}T19:06:00.000Z", num % 28 + 1),
        "isPullRequest": num % 5 >= 3,
        "numComments": if num.is_multiple_of(2) { 1 } else { num },
        "topReactions": reactions,
        "numReactionUsers": if num.is_multiple_of(10) { 2 } else { 0 },
        "pinned": num.is_multiple_of(25),
        "repoOwner": {
            "name": "lumen-labs",
            "isParticipating": insider || num.is_multiple_of(7),
            "type": "org",
            "isDiscussionAuthor": insider,
        },
    })
}

fn page() -> Value {
    let discussions: Vec<Value> = (76..=125).rev().map(discussion).collect();
    json!({"discussions": discussions, "count": 125, "start": 0, "numClosedDiscussions": 25})
}

#[tokio::test]
async fn fifty_discussions_take_a_quarter_of_the_room_and_lose_nothing() {
    let raw = page().to_string();
    let server = Server::start(|_| ok(page().to_string())).await;
    let call = json!({"endpoint": "/models/lumen-labs/aurora-7b/discussions", "max_results": 50});
    let output = ask(&tool(&server.origin), call).await.unwrap();
    let share = output.content.len() * 100 / raw.len();
    assert!(share <= 25, "{} of {} bytes: {share} %", output.content.len(), raw.len());

    let result: Value = serde_json::from_str(&output.content).unwrap();
    assert_eq!(result["data"]["count"], 125);
    assert_eq!(result["data"]["numClosedDiscussions"], 25);
    let table = &result["data"]["discussions"];
    for (row, raw) in list(&table["rows"]).iter().zip(list(&page()["discussions"])) {
        let shown = |key: &str, blank: Value| {
            let place = list(&table["columns"]).iter().position(|column| column == key);
            let value = place.map_or(&Value::Null, |place| &row[place]);
            let more = list(row).last().and_then(|more| more.get(key));
            match more.unwrap_or(value) {
                Value::Null => blank,
                value => value.clone(),
            }
        };
        for key in ["num", "title", "status", "createdAt"] {
            assert_eq!(shown(key, json!(null)), raw[key]);
        }
        assert_eq!(shown("author.name", json!(null)), raw["author"]["name"]);
        assert_eq!(shown("author.fullname", json!(null)), raw["author"]["fullname"]);
        assert_eq!(shown("numComments", json!(1)), raw["numComments"]);
        assert_eq!(shown("topReactions", json!([])), raw["topReactions"]);
        assert_eq!(shown("numReactionUsers", json!(0)), raw["numReactionUsers"]);
        for key in ["isPullRequest", "pinned"] {
            assert_eq!(shown(key, json!(false)), raw[key]);
        }
        for key in ["isParticipating", "isDiscussionAuthor"] {
            assert_eq!(shown(&format!("repoOwner.{key}"), json!(false)), raw["repoOwner"][key]);
        }
    }
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

#[tokio::test]
async fn the_result_says_once_what_was_left_out() {
    let server = Server::start(|_| ok(page().to_string())).await;
    let call = json!({"endpoint": "/models/lumen-labs/aurora-7b/discussions", "max_results": 2});
    let result = result(&tool(&server.origin), call).await;
    insta::assert_json_snapshot!(result["data"]["discussions"], @r#"
    [
      {
        "num": 125,
        "author": {
          "fullname": "Ada Moreau",
          "name": "ada-moreau"
        },
        "title": "Tokenizer config has two BOS tokens (125)",
        "status": "open",
        "createdAt": "2026-02-14T19:06:00.000Z",
        "numComments": 125,
        "pinned": true
      },
      {
        "num": 124,
        "author": {
          "fullname": "Nadia Okaforo",
          "name": "nadia-okaforo"
        },
        "title": "Great model, thank you (124)",
        "status": "draft",
        "createdAt": "2026-02-13T19:06:00.000Z",
        "isPullRequest": true
      }
    ]
    "#);
    insta::assert_snapshot!(result["left_out"], @r#"["repo","repoOwner.name","repoOwner.type","repoOwner.isParticipating=false","repoOwner.isDiscussionAuthor=false","author.type=user","author.isPro","author.followerCount","isPullRequest=false","topReactions=[]","numReactionUsers=0","_id","avatarUrl","isHf/isHfAdmin/isMod=false","pinned=false","numComments=1"]"#);
}

#[tokio::test]
async fn a_comment_is_said_once_and_keeps_its_id() {
    let server = Server::start(|_| ok(include_str!("../../fixtures/hub/discussion.json"))).await;
    let call = json!({"endpoint": "/models/lumen-labs/aurora-7b/discussions/7"});
    let result = result(&tool(&server.origin), call).await;
    insta::assert_json_snapshot!(result["data"], @r#"
    {
      "collection": "discussions",
      "num": 7,
      "title": "How was the harbor subset filtered? (7)",
      "status": "open",
      "author": {
        "fullname": "Ada Moreau",
        "name": "ada-moreau",
        "type": "user",
        "isPro": true,
        "followerCount": 30
      },
      "createdAt": "2025-11-24T14:18:00.000Z",
      "isPullRequest": false,
      "isReport": false,
      "pinned": false,
      "locked": false,
      "repo": {
        "name": "lumen-labs/aurora-7b",
        "type": "model"
      },
      "events": [
        {
          "id": "69050a076b82c8674826db85",
          "author": {
            "fullname": "Ada Moreau",
            "name": "ada-moreau",
            "isOrgMember": true
          },
          "createdAt": "2025-11-24T14:18:00.000Z",
          "type": "comment",
          "data": {
            "latest": {
              "raw": "Hello,\n\nI noticed this while evaluating the 7B checkpoint."
            }
          }
        }
      ],
      "org": {
        "fullname": "Lumen Labs",
        "name": "lumen-labs",
        "type": "org",
        "details": "Small open models, carefully measured.",
        "isEnterprise": true,
        "plan": "team"
      }
    }
    "#);
}

#[tokio::test]
async fn a_switch_passes_everything_on() {
    let server = Server::start(|_| ok(page().to_string())).await;
    let mut settings = settings(&server.origin);
    settings.shaping = Shaping::Raw;
    let call = json!({"endpoint": "/models/lumen-labs/aurora-7b/discussions", "max_results": 50});
    let result = result(&tool_with(settings), call).await;
    assert_eq!(result["data"]["discussions"], page()["discussions"]);
    assert_eq!(result.get("left_out"), None);
}
