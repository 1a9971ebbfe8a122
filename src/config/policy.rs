//! The rules about writes, as they are written: requests are texts here.
//!
//! It does not know which requests there are; whoever builds a policy of them checks that.

use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use super::file::Trust;
use super::reader::{Bad, Item, Reader, mismatch, switch, text};
use super::{Origin, Sourced};

/// What is said about writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Whether nothing may be written at all.
    pub read_only: Sourced<bool>,
    /// The rules, in the order in which they are tried: flags, the project's, the person's.
    pub rules: Vec<PolicyRule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyRule {
    /// What becomes of the requests it matches.
    pub effect: PolicyEffect,
    /// Which these are: `POST /models/my-org/*/discussions/*/comment`.
    pub request: String,
    /// What fields of the body must be.
    pub body: Map<String, Value>,
    /// Requests it must match.
    pub matches: Vec<String>,
    /// Requests it must not match.
    pub misses: Vec<String>,
    /// Where it is written.
    pub origin: Origin,
}

/// What becomes of the requests a rule matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyEffect {
    /// They are sent.
    Allow,
    /// The person is asked.
    Ask,
    /// They are not sent.
    Deny,
}

const KEYS: [&str; 2] = ["read_only", "rules"];
const RULE_KEYS: [&str; 5] = ["effect", "request", "body", "matches", "misses"];

impl Default for Policy {
    fn default() -> Self {
        Self { read_only: Sourced::by_default(false), rules: Vec::new() }
    }
}

impl PolicyRule {
    /// What `--allow` says.
    pub(super) fn from_flag(request: String) -> Self {
        Self {
            effect: PolicyEffect::Allow,
            request,
            body: Map::new(),
            matches: Vec::new(),
            misses: Vec::new(),
            origin: Origin::Flag("--allow"),
        }
    }
}

/// Reads the `[policy]` of a file. Its rules are tried before those of the files below it.
pub(super) fn read(policy: &mut Policy, reader: &mut Reader<'_>, item: &Item<'_>, trust: Trust) {
    for (key, item) in reader.table("policy", item).into_iter().flatten() {
        match key.get_ref().as_ref() {
            "read_only" => {
                let parse = |value: &DeValue<'_>| read_only(value, trust);
                reader.set(&mut policy.read_only, "policy.read_only", item, parse);
            }
            "rules" => {
                let rules = rules(reader, item, trust);
                policy.rules.splice(0..0, rules);
            }
            _ => reader.unknown("policy", key, &KEYS),
        }
    }
}

fn rules(reader: &mut Reader<'_>, item: &Item<'_>, trust: Trust) -> Vec<PolicyRule> {
    let DeValue::Array(items) = item.get_ref() else {
        let bad = mismatch("an array of rules, each written as [[policy.rules]]", item.get_ref());
        reader.complain(item.span().start, Some("policy.rules"), bad);
        return Vec::new();
    };
    items.iter().filter_map(|item| rule(reader, item, trust)).collect()
}

fn rule(reader: &mut Reader<'_>, item: &Item<'_>, trust: Trust) -> Option<PolicyRule> {
    let (mut effect, mut request) = (None, None);
    let (mut body, mut matches, mut misses) = (Map::new(), Vec::new(), Vec::new());
    for (key, item) in reader.table("policy.rules", item)? {
        let path = format!("policy.rules.{}", key.get_ref());
        match key.get_ref().as_ref() {
            "effect" => effect = reader.value(&path, item, |value| parse_effect(value, trust)),
            "request" => reader.fill(&mut request, &path, item, text),
            "body" => body = reader.value(&path, item, condition).unwrap_or_default(),
            "matches" => matches = reader.value(&path, item, texts).unwrap_or_default(),
            "misses" => misses = reader.value(&path, item, texts).unwrap_or_default(),
            _ => reader.unknown("policy.rules", key, &RULE_KEYS),
        }
    }
    let Some((effect, Sourced { value: request, origin })) = effect.zip(request) else {
        require(reader, item, &["effect", "request"]);
        return None;
    };
    Some(PolicyRule { effect, request, body, matches, misses, origin })
}

/// Writes down which of these keys a rule does not have.
fn require(reader: &mut Reader<'_>, item: &Item<'_>, keys: &[&str]) {
    let table = item.get_ref().as_table();
    let has = |key: &str| table.is_some_and(|table: &DeTable<'_>| table.contains_key(key));
    for key in keys.iter().filter(|key| !has(key)) {
        let bad = Bad { message: format!("a rule needs `{key}`"), hint: None };
        reader.complain(item.span().start, Some("policy.rules"), bad);
    }
}

/// A project's file may lie in a repository somebody else wrote: it may forbid and never permit.
fn parse_effect(value: &DeValue<'_>, trust: Trust) -> Result<PolicyEffect, Bad> {
    match (text(value)?.as_str(), trust) {
        ("allow", Trust::Full) => Ok(PolicyEffect::Allow),
        ("allow", Trust::Project) => Err(permits()),
        ("ask", _) => Ok(PolicyEffect::Ask),
        ("deny", _) => Ok(PolicyEffect::Deny),
        (other, _) => Err(format!("expected allow, ask or deny, found `{other}`").into()),
    }
}

fn read_only(value: &DeValue<'_>, trust: Trust) -> Result<bool, Bad> {
    match (switch(value)?, trust) {
        (false, Trust::Project) => Err(permits()),
        (read_only, _) => Ok(read_only),
    }
}

fn permits() -> Bad {
    Bad {
        message: "a project's file may not permit writes: somebody else may have written it"
            .to_owned(),
        hint: Some(
            "set it in your own config.toml, or name this file with `--config` if you trust it"
                .to_owned(),
        ),
    }
}

fn texts(value: &DeValue<'_>) -> Result<Vec<String>, Bad> {
    match value {
        DeValue::Array(items) => items.iter().map(|item| text(item.get_ref())).collect(),
        other => Err(mismatch("an array of requests", other)),
    }
}

fn condition(value: &DeValue<'_>) -> Result<Map<String, Value>, Bad> {
    match json(value)? {
        Value::Object(object) => Ok(object),
        _ => Err(mismatch("a table such as { status = \"closed\" }", value)),
    }
}

/// What a body of a write can hold.
fn json(value: &DeValue<'_>) -> Result<Value, Bad> {
    Ok(match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Table(table) => {
            let field = |(key, item): (&toml::Spanned<toml::de::DeString<'_>>, &Item<'_>)| {
                Ok((key.get_ref().to_string(), json(item.get_ref())?))
            };
            Value::Object(table.iter().map(field).collect::<Result<_, Bad>>()?)
        }
        other => return Err(mismatch("text, true or false, or a table", other)),
    })
}
