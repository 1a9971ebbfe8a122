//! What is mended in a call, what is refused, and with which words.

use agentcard::hub::{Call, Route, resolve};
use serde_json::{Value, json};

fn routed(endpoint: &str, method: &str, params: Value) -> Result<Route, String> {
    let Value::Object(params) = params else { panic!("params are an object") };
    let origin = "https://huggingface.co".parse().unwrap();
    resolve(&Call { endpoint, method, params: &params }, &origin).map_err(|error| error.to_string())
}

fn refused(endpoint: &str, method: &str, params: Value) -> String {
    routed(endpoint, method, params).unwrap_err()
}

/// The query as it will be sent, and what the model is told about it.
fn mended(endpoint: &str, params: Value) -> String {
    let route = routed(endpoint, "GET", params).unwrap();
    let query: Vec<String> =
        route.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}?{} {:?} {:?}", route.path, query.join("&"), route.window, route.repaired)
}

const LIST: &str = "/models/a/b/discussions";

#[test]
fn what_a_model_means_is_sent_and_said() {
    let mended = [
        mended(LIST, json!({"type": "pr", "status": "Open", "author": "@ada"})),
        mended(LIST, json!({"type": "pr|discussion", "status": "open|closed"})),
        mended("/models/a/b/discussions/7", json!({"diff": true})),
        mended("/models/a/b/discussions/7?diff=1", json!({})),
        mended(
            "/collections",
            json!({"owner": ["ada", "lumen-labs"], "expand": "True", "q": null}),
        ),
        mended("/collections?owner=ada&owner=kenji", json!({})),
        mended("/users/ada/followers", json!({"limit": 50, "offset": "10"})),
        mended("/organizations/a/members", json!({"limit": 5000})),
        mended(LIST, json!({"p": 2})),
        mended(
            "/models/a/b/user-access-request/pending",
            json!({"after": "2026-01-31", "limit": 5}),
        ),
        mended("https://huggingface.co/a/b/discussions/7", json!({})),
        mended("/orgs/lumen-labs", json!({})),
    ];
    insta::assert_snapshot!(mended.join("\n"), @r#"
    /models/a/b/discussions?type=pull_request&status=open&author=ada Window { offset: None, limit: None } ["type=pr sent as pull_request", "status=Open sent as open", "author=@ada sent as ada"]
    /models/a/b/discussions? Window { offset: None, limit: None } ["type=pr|discussion left out: it means any", "status=open|closed left out: it means any"]
    /models/a/b/discussions/7?diff=1 Window { offset: None, limit: None } []
    /models/a/b/discussions/7?diff=1 Window { offset: None, limit: None } ["the query string was moved into params"]
    /collections?owner=ada&owner=lumen-labs&expand=true Window { offset: None, limit: None } ["expand=True sent as true"]
    /collections?owner=ada&owner=kenji Window { offset: None, limit: None } ["the query string was moved into params"]
    /users/ada/followers? Window { offset: Some(10), limit: Some(50) } ["limit=50 read as max_results=50"]
    /organizations/a/members?limit=500 Window { offset: None, limit: Some(5000) } []
    /models/a/b/discussions? Window { offset: Some(100), limit: None } ["p=2 read as offset=100"]
    /models/a/b/user-access-request/pending?after=2026-01-31T00:00:00.000Z&limit=10 Window { offset: None, limit: Some(5) } ["after=2026-01-31 sent as 2026-01-31T00:00:00.000Z"]
    /models/a/b/discussions/7? Window { offset: None, limit: None } ["a page's address was read as its API path"]
    /organizations/lumen-labs/overview? Window { offset: None, limit: None } ["`/orgs` read as `/organizations`", "`/overview` was added"]
    "#);
}

#[test]
fn what_the_hub_would_ignore_or_reject_is_refused_with_the_way_out() {
    let refused = [
        refused(LIST, "GET", json!({"status": "merged"})),
        refused(LIST, "GET", json!({"sort": "newest"})),
        refused(LIST, "GET", json!({"assignee": "ada"})),
        refused(LIST, "GET", json!({"author": "ada moreau"})),
        refused(LIST, "GET", json!({"author": {"name": "ada"}})),
        refused("/users/ada/likes", "GET", json!({"cursor": "x"})),
        refused("/whoami-v2", "GET", json!({"verbose": 1})),
        refused("/models/a/b/user-access-request/pending", "GET", json!({"after": "yesterday"})),
        refused("/models/a/b/discussions/7/comment", "POST", json!({"comment": "x"})),
    ];
    insta::assert_snapshot!(refused.join("\n"), @r#"
    `status` in params takes all, open, closed; not "merged". Leave it out and use the argument where={"status": "merged"}.
    `sort` in params takes recently-created, trending, reactions; not "newest".
    This endpoint has no parameter `assignee`; it has params type (all|discussion|pull_request), status (all|open|closed), author, search, sort (recently-created|trending|reactions).
    `author` in params takes one user name, without spaces; not "ada moreau".
    `author` in params takes text, not an object.
    `cursor` is not needed: pages are followed for you. Use offset and max_results.
    This endpoint has no parameter `verbose`; it has no params (max_results and offset choose the part of a list).
    `after` in params takes a moment such as 2026-01-31T00:00:00Z; not "yesterday".
    POST /{repo_type}s/{repo_id}/discussions/{num}/comment takes no params; it takes json_body {comment: text of at most 65536 characters (required)}.
    "#);
}

#[test]
fn a_path_that_is_not_there_names_the_nearest_one() {
    let refused = [
        refused("/users/ada/follower", "GET", json!({})),
        refused("/members/lumen-labs", "GET", json!({})),
        refused("/models/a/b/discussion/7", "GET", json!({})),
        refused("/models/a/b/access-requests/pending", "GET", json!({})),
        refused("/collections/aurora-69050a07f07cd7ad625a4e11", "GET", json!({})),
        refused("/spaces/a/b/secrets", "GET", json!({})),
        refused("/models/a/b", "GET", json!({})),
        refused("/xyz", "GET", json!({})),
    ];
    insta::assert_snapshot!(refused.join("\n"), @r#"
    /users/ada/follower is no endpoint. Nearest: GET /users/{username}/followers.
    /members/lumen-labs is no endpoint. Nearest: GET /organizations/{organization}/members with params limit, search.
    /models/a/b/discussion/7 is no endpoint. Nearest: GET /{repo_type}s/{repo_id}/discussions/{num} with params diff (1).
    /models/a/b/access-requests/pending is no endpoint. Nearest: GET /{repo_type}s/{repo_id}/user-access-request/pending with params limit, after (2026-01-31T00:00:00Z), before (2026-01-31T00:00:00Z), q.
    /collections/aurora-69050a07f07cd7ad625a4e11 is no endpoint. A collection's slug has two parts, `namespace/words-<24 hex digits>`: GET /collections with params {"owner": "…"} lists slugs, GET /collections/{slug} shows one.
    /spaces/a/b/secrets is no endpoint. What can be read under /spaces: /{repo_type}s/{repo_id}/discussions, /{repo_type}s/{repo_id}/discussions/{num}, /{repo_type}s/{repo_id}/user-access-request/pending, /{repo_type}s/{repo_id}/user-access-request/accepted, /{repo_type}s/{repo_id}/user-access-request/rejected, /{repo_type}s/{repo_id}/user-access-request/reset, /{repo_type}s/{repo_id}/auth-check.
    /models/a/b is no endpoint. What can be read under /models: /{repo_type}s/{repo_id}/discussions, /{repo_type}s/{repo_id}/discussions/{num}, /{repo_type}s/{repo_id}/user-access-request/pending, /{repo_type}s/{repo_id}/user-access-request/accepted, /{repo_type}s/{repo_id}/user-access-request/rejected, /{repo_type}s/{repo_id}/user-access-request/reset, /{repo_type}s/{repo_id}/auth-check.
    /xyz is no endpoint. What can be read: /whoami-v2, /users/{username}/overview, /users/{username}/likes, /users/{username}/followers, /users/{username}/following, /organizations/{organization}/overview, /organizations/{organization}/members, /organizations/{organization}/followers, /{repo_type}s/{repo_id}/discussions, /{repo_type}s/{repo_id}/discussions/{num}, /{repo_type}s/{repo_id}/user-access-request/pending, /{repo_type}s/{repo_id}/user-access-request/accepted, /{repo_type}s/{repo_id}/user-access-request/rejected, /{repo_type}s/{repo_id}/user-access-request/reset, /collections, /collections/{slug}, /{repo_type}s/{repo_id}/auth-check.
    "#);
}

#[test]
fn a_method_that_is_not_there_says_which_is() {
    let refused = [
        refused("/models/a/b/discussions/7/comment", "GET", json!({})),
        refused("/whoami-v2", "POST", json!({})),
        refused("/users/ada/likes", "DELETE", json!({})),
    ];
    insta::assert_snapshot!(refused.join("\n"), @r"
    /{repo_type}s/{repo_id}/discussions/{num}/comment is called with method POST and json_body {comment: text of at most 65536 characters (required)}.
    POST /whoami-v2 does not exist; /whoami-v2 is read with method GET.
    DELETE /users/{username}/likes does not exist; /users/{username}/likes is read with method GET.
    ");
}

#[test]
fn what_the_card_names_and_the_tool_does_not_do_is_said_plainly() {
    let slug = "/collections/ada/to-read-69050a075071a45fe7aecc8f";
    let item = format!("{slug}/items/69050a074833b88fa816d82a");
    let refused = [
        refused(slug, "DELETE", json!({})),
        refused(slug, "PATCH", json!({})),
        refused(&item, "PATCH", json!({})),
        refused(&item, "DELETE", json!({})),
        refused("/models/a/b/like", "POST", json!({})),
        refused("/models/a/b/like", "DELETE", json!({})),
        refused("/models/a/b/discussions/7/merge", "POST", json!({})),
    ];
    insta::assert_snapshot!(refused.join("\n"), @r"
    Deleting a collection is not possible with this tool (GET and POST only); its owner can delete it on its page on the Hub.
    Changing a collection's title, description, theme, visibility or position is not possible with this tool (GET and POST only); its owner can edit it on its page on the Hub.
    Changing an item's note or position is not possible with this tool (GET and POST only); the collection's owner can do it on its page on the Hub.
    Removing an item from a collection is not possible with this tool (GET and POST only); the collection's owner can do it on its page on the Hub.
    The Hub does not let programs like a repo; a person can do it on the repo's page. GET /users/{username}/likes lists what somebody likes.
    Taking a like back is not possible with this tool (GET and POST only); a person can do it on the repo's page.
    Merging a pull request is not offered by this tool; somebody with write access can do it on the pull request's page.
    ");
}

#[test]
fn parameters_given_twice_are_those_in_params() {
    let route = routed("/collections?owner=ada", "get", json!({"owner": "kenji"})).unwrap();
    assert_eq!(route.query, [("owner".to_owned(), "kenji".to_owned())]);
    let expected = [
        "the query string was moved into params",
        "method read as GET",
        "`owner` was given twice; the one in params counts",
    ];
    assert_eq!(route.repaired, expected);
}
