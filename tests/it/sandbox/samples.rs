//! The emulator plays all samples of the Hub's answers, in their order, and is compared with them
//! byte by byte.
//!
//! What a run makes up, ids of new things and moments of today, is replaced on both sides. The ids
//! and pictures of readers are the emulator's own.

use std::collections::BTreeMap;
use std::path::Path;

use agentcard::sandbox::server::Running;
use agentcard::sandbox::world::now;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{ADA, KENJI, http, standard};

/// The day on which the samples were made, and so what is new in them.
const SAMPLE_DAY: &str = "2026-11-24T";

/// Ids that are made up on the way: in which sample they appear, and where.
const MADE: &[(&str, &str)] = &[
    ("discussions.comment", "/newMessage/id"),
    ("discussions.status", "/newStatus/id"),
    ("collections.create", "/slug"),
    ("collections.items.add", "/items/0/_id"),
];

/// A sample: the request, and what is known of the answer besides its body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    request: SampleRequest,
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// `cut to 4 of 50 discussions of this page`
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleRequest {
    method: String,
    path: String,
    #[serde(default)]
    params: Map<String, Value>,
    body: Option<Value>,
    auth: String,
}

#[tokio::test]
async fn the_emulator_answers_as_the_samples_say() {
    let hub = standard().await;
    let started = now();
    let index: Map<String, Value> = serde_json::from_str(&read("index")).unwrap();
    let mut made: Vec<(String, String)> = Vec::new();
    for (name, sample) in index {
        let sample: Sample = serde_json::from_value(sample).unwrap();
        let (status, headers, body) = send(&hub, &sample.request, &made).await;
        assert_eq!(status, sample.status, "{name}: {body}");
        for (header, value) in &sample.headers {
            let found = headers.get(header).map(|found| found.to_str().unwrap());
            let found = found.map(|found| found.replace(&hub.origin, "https://huggingface.co"));
            assert_eq!(found.as_ref(), Some(value), "{name}: {header}");
        }

        let mut expected: Value = serde_json::from_str(&read(&name)).unwrap();
        let mut actual = serde_json::from_str(&body).unwrap_or(Value::String(body));
        if let Some((shown, total)) = sample.note.as_deref().map(cut) {
            let list = list_in(&mut actual);
            assert_eq!(list.len(), total, "{name}");
            list.truncate(shown);
        }
        for (_, pointer) in MADE.iter().filter(|(made_in, _)| *made_in == name) {
            let text = |value: &Value| value.pointer(pointer).unwrap().as_str().unwrap().to_owned();
            made.push((text(&expected), text(&actual)));
        }
        forget_the_day(&mut expected, &|moment| moment.starts_with(SAMPLE_DAY));
        forget_the_day(&mut actual, &|moment| moment >= started.as_str());
        let expected = pretty(&expected);
        let actual =
            made.iter().fold(pretty(&actual), |text, (sample, own)| text.replace(own, sample));
        assert_eq!(actual, expected, "{name}");
    }
}

async fn send(
    hub: &Running,
    request: &SampleRequest,
    made: &[(String, String)],
) -> (u16, HeaderMap, String) {
    let path =
        made.iter().fold(request.path.clone(), |path, (sample, own)| path.replace(sample, own));
    let mut url = url::Url::parse(&format!("{}{path}", hub.origin)).unwrap();
    for (name, value) in &request.params {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        url.query_pairs_mut().append_pair(name, &value);
    }
    let method = Method::from_bytes(request.method.as_bytes()).unwrap();
    let mut sent = http().request(method, url);
    sent = match request.auth.as_str() {
        "none" => sent,
        "write" => sent.bearer_auth(ADA),
        "fineGrained" => sent.bearer_auth("hf_test_fine_ada"),
        "other user" => sent.bearer_auth(KENJI),
        other => panic!("whose token is {other:?}?"),
    };
    if let Some(body) = &request.body {
        let text = body.to_string().replace("<201 characters>", &"x".repeat(201));
        sent = sent.body(text);
    }
    let response = sent.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.headers().clone(), response.text().await.unwrap())
}

fn read(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sandbox");
    std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()
}

/// How many of how many elements a sample shows.
fn cut(note: &str) -> (usize, usize) {
    let mut numbers = note.split(' ').filter_map(|word| word.parse().ok());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

/// The list in an answer, bare or not.
fn list_in(answer: &mut Value) -> &mut Vec<Value> {
    let list = if answer.is_array() { answer } else { &mut answer["discussions"] };
    list.as_array_mut().unwrap()
}

/// Replaces every moment that is new.
fn forget_the_day(value: &mut Value, is_new: &dyn Fn(&str) -> bool) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| forget_the_day(value, is_new)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| forget_the_day(value, is_new));
        }
        Value::String(text) if text.ends_with('Z') && text.starts_with("20") && is_new(text) => {
            "today".clone_into(text);
        }
        _ => {}
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}
