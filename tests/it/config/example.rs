//! The example file shows every key, and its defaults are the defaults.

use std::collections::BTreeSet;

use agentcard::config::mcp::Address;
use agentcard::config::{
    Config, Environment, Flags, KeyRule, MaxTokensField, Origin, PolicyEffect, ProviderRow,
    Sourced, load,
};
use http::{HeaderMap, HeaderValue};

/// The example file with the lines of some kinds taken out of their comments.
fn example(settings: impl Fn(&str) -> Option<String>) -> String {
    let text = include_str!("../../../config.example.toml");
    text.lines().filter_map(|line| settings(line.strip_prefix('#')?)).collect()
}

fn default_setting(line: &str) -> Option<String> {
    let is_setting = !line.is_empty() && !line.starts_with([' ', ':']);
    is_setting.then(|| format!("{line}\n"))
}

fn any_setting(line: &str) -> Option<String> {
    line.strip_prefix(": ").map(|line| format!("{line}\n")).or_else(|| default_setting(line))
}

fn loaded(text: &str) -> Config {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("config.toml"), text).unwrap();
    let flags = Flags { config: Some("config.toml".into()), ..Flags::default() };
    load(&flags, &Environment::fixed([]), directory.path()).unwrap().0
}

fn by_default<T>(set: Sourced<T>) -> Sourced<T> {
    assert!(matches!(set.origin, Origin::File { .. }), "the example does not set it");
    Sourced::by_default(set.value)
}

#[test]
fn the_defaults_it_shows_are_the_defaults() {
    let text = example(default_setting);
    let mut config = loaded(&text);
    config.color = by_default(config.color);
    config.limits.turns = by_default(config.limits.turns);
    config.limits.calls = by_default(config.limits.calls);
    config.timeouts.connect = by_default(config.timeouts.connect);
    config.timeouts.idle = by_default(config.timeouts.idle);
    config.timeouts.reply = by_default(config.timeouts.reply);
    config.timeouts.tool = by_default(config.timeouts.tool);
    config.retries.attempts = by_default(config.retries.attempts);
    config.retries.first_wait = by_default(config.retries.first_wait);
    config.retries.patience = by_default(config.retries.patience);
    config.hub.endpoint = by_default(config.hub.endpoint);
    config.hub.max_results = by_default(config.hub.max_results);
    config.hub.offline = by_default(config.hub.offline);
    config.shell.sandbox = by_default(config.shell.sandbox);
    config.shell.pass = by_default(config.shell.pass);
    config.policy.read_only = by_default(config.policy.read_only);
    config.keep_transcripts = by_default(config.keep_transcripts);
    assert_eq!(config, Config::default());
}

#[test]
fn its_examples_are_read_as_what_they_say() {
    let config = loaded(&example(any_setting));
    assert_eq!(config.model.unwrap().value, "hf.openai/gpt-oss-20b:groq?reasoning=low");
    let fallbacks = ["groq.openai/gpt-oss-20b", "ollama.gpt-oss:20b"];
    let fallbacks = fallbacks.map(|spec| spec.parse().unwrap());
    assert_eq!(config.model_fallbacks.value, fallbacks);
    assert_eq!(config.base_url.unwrap().value.as_str(), "http://localhost:8080/v1");
    assert_eq!(config.card.unwrap().value.as_os_str(), "cards/hf-user-small.md");
    assert_eq!(config.limits.tokens.unwrap().value, 200_000);
    assert_eq!(config.limits.time.unwrap().value.as_secs(), 300);
    let mut headers = HeaderMap::new();
    headers.insert("X-HF-Bill-To", HeaderValue::from_static("my-org"));
    let row = ProviderRow {
        base_url: "https://llm.example.org/v1".parse().ok(),
        key_env: Some(vec!["MINE_API_KEY".to_owned()]),
        key: Some(KeyRule::Required),
        hub_login: Some(false),
        max_tokens_field: Some(MaxTokensField::MaxTokens),
        schema_patterns: Some(false),
        context: Some(32768),
        example: Some("gpt-oss-20b".to_owned()),
        headers,
    };
    assert_eq!(config.providers, [("mine".to_owned(), row)].into());
    let rule = &config.policy.rules[0];
    assert_eq!(rule.effect, PolicyEffect::Allow);
    assert_eq!(rule.request, "POST /models/my-org/*/discussions/*/status");
    assert_eq!(serde_json::Value::from(rule.body.clone()), serde_json::json!({"status": "closed"}));
    assert_eq!((rule.matches.len(), rule.misses.len()), (1, 1));
    assert_eq!(config.model_references["system.fast"].value, "groq.openai/gpt-oss-20b");
    let environment = Environment::fixed([("EXAMPLE_TOKEN", "secret")]);
    let address = |name: &str| config.mcp_servers[name].address(&environment).unwrap();
    let Address::Process(files) = address("files") else { panic!() };
    assert_eq!(files.line, "LOG_LEVEL=… npx -y @modelcontextprotocol/server-filesystem . (in .)");
    assert_eq!(files.environment["LOG_LEVEL"], "info");
    let Address::Http(elsewhere) = address("elsewhere") else { panic!() };
    assert_eq!(elsewhere.headers["authorization"], "Bearer secret");
    let small = "hf.openai/gpt-oss-20b:groq?temperature=0".parse().unwrap();
    assert_eq!(config.aliases, [("small".to_owned(), small)].into());
}

/// The keys a line shows: that of a setting, or all parts of a table's.
fn names(line: &str) -> Vec<String> {
    match line.trim_start_matches('[').split_once(']') {
        Some((table, _)) if line.starts_with('[') => table.split('.').map(str::to_owned).collect(),
        _ => line.split(' ').take(1).map(str::to_owned).collect(),
    }
}

/// The keys there are, as the hint for an unknown one lists them.
#[test]
fn it_shows_every_key() {
    let probes = "zz = 1\n[limits]\nzz = 1\n[timeouts]\nzz = 1\n[retries]\nzz = 1\n[hub]\nzz = 1\n[shell]\nzz = 1\n[policy]\nzz = 1\n[[policy.rules]]\nzz = 1\n[transcripts]\nzz = 1\n[mcp]\nzz = 1\n[mcp.servers.p]\nzz = 1\n[providers.p]\nzz = 1";
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("agentcard.toml"), probes).unwrap();
    let diagnostics =
        load(&Flags::default(), &Environment::fixed([]), directory.path()).unwrap_err();
    let diagnostics = diagnostics.into_iter().filter(|diagnostic| diagnostic.hint.is_some());
    let known: BTreeSet<String> = diagnostics
        .flat_map(|diagnostic| {
            let hint = diagnostic.hint.unwrap();
            let keys = hint.strip_prefix("the keys here are ").unwrap();
            keys.split(", ").map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let shown: BTreeSet<String> = example(any_setting)
        .lines()
        .flat_map(names)
        .filter(|name| {
            !["small", "mine", "system", "fast", "files", "elsewhere", "clock"]
                .contains(&name.as_str())
        })
        .collect();
    assert_eq!(shown, known);
}
