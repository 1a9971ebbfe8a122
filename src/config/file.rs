//! What a configuration file may hold, and what each key means.
//!
//! It opens no file: it is given the text and told how far to trust it.

use std::collections::BTreeMap;
use std::path::Path;

use http::{HeaderMap, HeaderName, HeaderValue};
use toml::de::{DeTable, DeValue};

use super::reader::{Bad, Item, Reader, count, duration, mismatch, parsed, switch, text};
use super::{
    BaseUrl, Config, Hub, KeyRule, Limits, MaxTokensField, ProviderRow, Retries, Sourced, Timeouts,
};
use super::{mcp, policy, shell, transcripts};
use crate::diagnostic::Diagnostic;
use crate::model_spec::{ModelSpec, ModelSpecError};

/// How far a file is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The person wrote or named it.
    Full,
    /// It lay where the program was started, as it may in a repository somebody else wrote. It may
    /// not decide where keys and tokens go, and permit no writes.
    Project,
}

/// The rows of a file that lists providers and aliases.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// Providers, by id.
    pub providers: BTreeMap<String, ProviderRow>,
    /// What aliases stand for.
    pub aliases: BTreeMap<String, ModelSpec>,
}

const KEYS: [&str; 16] = [
    "model",
    "model_fallbacks",
    "base_url",
    "card",
    "color",
    "limits",
    "timeouts",
    "retries",
    "hub",
    "shell",
    "policy",
    "transcripts",
    "providers",
    "aliases",
    "model_references",
    "mcp",
];
const LIMITS_KEYS: [&str; 4] = ["turns", "calls", "tokens", "time"];
const TIMEOUTS_KEYS: [&str; 4] = ["connect", "idle", "reply", "tool"];
const RETRIES_KEYS: [&str; 3] = ["attempts", "first_wait", "patience"];
const HUB_KEYS: [&str; 3] = ["endpoint", "max_results", "offline"];
const PROVIDER_KEYS: [&str; 9] = [
    "base_url",
    "key_env",
    "key",
    "hub_login",
    "max_tokens_field",
    "schema_patterns",
    "context",
    "example",
    "headers",
];

/// Reads a file of providers and aliases.
pub fn parse_rows(text: &str, path: &Path) -> Result<Rows, Vec<Diagnostic>> {
    let mut config = Config::default();
    let diagnostics = apply(&mut config, text, path, Trust::Full);
    if diagnostics.is_empty() {
        Ok(Rows { providers: config.providers, aliases: config.aliases })
    } else {
        Err(diagnostics)
    }
}

/// Applies a file to a configuration, as far as nothing is wrong with it.
pub(super) fn apply(config: &mut Config, text: &str, path: &Path, trust: Trust) -> Vec<Diagnostic> {
    let mut file = File { reader: Reader::new(path, text), trust };
    match DeTable::parse(text) {
        Ok(table) => file.root(config, table.get_ref()),
        Err(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            file.reader.complain(offset, None, error.message().to_owned().into());
        }
    }
    file.reader.finish()
}

struct File<'a> {
    reader: Reader<'a>,
    trust: Trust,
}

impl File<'_> {
    fn root(&mut self, config: &mut Config, table: &DeTable<'_>) {
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            match name {
                "model" => self.reader.fill(&mut config.model, name, item, text),
                "model_fallbacks" => {
                    self.reader.set(&mut config.model_fallbacks, name, item, specs);
                }
                "base_url" => {
                    let trust = self.trust;
                    self.reader.fill(&mut config.base_url, name, item, |value| url(value, trust));
                }
                "card" => self
                    .reader
                    .fill(&mut config.card, name, item, |value| parsed(value, str::parse)),
                "color" => {
                    self.reader
                        .set(&mut config.color, name, item, |value| parsed(value, str::parse));
                }
                "limits" => self.limits(&mut config.limits, item),
                "timeouts" => self.timeouts(&mut config.timeouts, item),
                "retries" => self.retries(&mut config.retries, item),
                "hub" => self.hub(&mut config.hub, item),
                "shell" => {
                    if let Some(table) = self.reader.table(name, item) {
                        shell::read(&mut config.shell, &mut self.reader, table, self.trust);
                    }
                }
                "policy" => policy::read(&mut config.policy, &mut self.reader, item, self.trust),
                "transcripts" => {
                    if let Some(table) = self.reader.table(name, item) {
                        let keep = &mut config.keep_transcripts;
                        transcripts::read(keep, &mut self.reader, table, self.trust);
                    }
                }
                "providers" => self.providers(&mut config.providers, item),
                "aliases" => self.aliases(&mut config.aliases, item),
                "model_references" => self.references(&mut config.model_references, item),
                "mcp" => mcp::read(&mut config.mcp_servers, &mut self.reader, item, self.trust),
                _ => self.reader.unknown("", key, &KEYS),
            }
        }
    }

    fn limits(&mut self, limits: &mut Limits, item: &Item<'_>) {
        for (key, item) in self.reader.table("limits", item).into_iter().flatten() {
            let path = format!("limits.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "turns" => self.reader.set(&mut limits.turns, &path, item, count),
                "calls" => self.reader.set(&mut limits.calls, &path, item, count),
                "tokens" => self.reader.fill(&mut limits.tokens, &path, item, count),
                "time" => self.reader.fill(&mut limits.time, &path, item, duration),
                _ => self.reader.unknown("limits", key, &LIMITS_KEYS),
            }
        }
    }

    fn timeouts(&mut self, timeouts: &mut Timeouts, item: &Item<'_>) {
        for (key, item) in self.reader.table("timeouts", item).into_iter().flatten() {
            let path = format!("timeouts.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "connect" => self.reader.set(&mut timeouts.connect, &path, item, duration),
                "idle" => self.reader.set(&mut timeouts.idle, &path, item, duration),
                "reply" => self.reader.set(&mut timeouts.reply, &path, item, duration),
                "tool" => self.reader.set(&mut timeouts.tool, &path, item, duration),
                _ => self.reader.unknown("timeouts", key, &TIMEOUTS_KEYS),
            }
        }
    }

    fn retries(&mut self, retries: &mut Retries, item: &Item<'_>) {
        for (key, item) in self.reader.table("retries", item).into_iter().flatten() {
            let path = format!("retries.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "attempts" => self.reader.set(&mut retries.attempts, &path, item, count),
                "first_wait" => self.reader.set(&mut retries.first_wait, &path, item, duration),
                "patience" => self.reader.set(&mut retries.patience, &path, item, duration),
                _ => self.reader.unknown("retries", key, &RETRIES_KEYS),
            }
        }
    }

    fn hub(&mut self, hub: &mut Hub, item: &Item<'_>) {
        let trust = self.trust;
        for (key, item) in self.reader.table("hub", item).into_iter().flatten() {
            let path = format!("hub.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "endpoint" => {
                    self.reader.set(&mut hub.endpoint, &path, item, |value| url(value, trust));
                }
                "max_results" => self.reader.set(&mut hub.max_results, &path, item, count),
                "offline" => self.reader.set(&mut hub.offline, &path, item, switch),
                _ => self.reader.unknown("hub", key, &HUB_KEYS),
            }
        }
    }

    fn aliases(&mut self, aliases: &mut BTreeMap<String, ModelSpec>, item: &Item<'_>) {
        for (key, item) in self.reader.table("aliases", item).into_iter().flatten() {
            let name = key.get_ref().as_ref();
            let path = format!("aliases.{name}");
            if !is_alias(name) {
                let message = "an alias stands where a model's name does: it has no `:` and no `?`";
                self.reader.complain(key.span().start, Some(&path), message.to_owned().into());
            } else if let Some(spec) = self.reader.value(&path, item, spec) {
                aliases.insert(name.to_owned(), spec);
            }
        }
    }

    fn references(&mut self, models: &mut BTreeMap<String, Sourced<String>>, item: &Item<'_>) {
        for (group, item) in self.reader.table("model_references", item).into_iter().flatten() {
            let path = format!("model_references.{}", group.get_ref());
            for (name, item) in self.reader.table(&path, item).into_iter().flatten() {
                let mut model = None;
                self.reader.fill(&mut model, &format!("{path}.{}", name.get_ref()), item, text);
                let reference = format!("{}.{}", group.get_ref(), name.get_ref());
                models.extend(model.map(|model| (reference, model)));
            }
        }
    }

    fn providers(&mut self, providers: &mut BTreeMap<String, ProviderRow>, item: &Item<'_>) {
        for (key, item) in self.reader.table("providers", item).into_iter().flatten() {
            let id = key.get_ref().as_ref();
            let path = format!("providers.{id}");
            if is_provider_id(id) {
                let row = self.provider(&path, item);
                let below = providers.remove(id).unwrap_or_default();
                providers.insert(id.to_owned(), below.overridden(row));
            } else {
                let message = "a provider's id is made of letters, digits, `-` and `_`, and is not \
                               `builtin`";
                self.reader.complain(key.span().start, Some(&path), message.to_owned().into());
            }
        }
    }

    fn provider(&mut self, table: &str, item: &Item<'_>) -> ProviderRow {
        let trust = self.trust;
        let mut row = ProviderRow::default();
        for (key, item) in self.reader.table(table, item).into_iter().flatten() {
            let path = format!("{table}.{}", key.get_ref());
            let reader = &mut self.reader;
            match key.get_ref().as_ref() {
                "base_url" => reader.put(&mut row.base_url, &path, item, |value| url(value, trust)),
                "key_env" => reader.put(&mut row.key_env, &path, item, |value| names(value, trust)),
                "key" => reader.put(&mut row.key, &path, item, key_rule),
                "hub_login" => {
                    reader.put(&mut row.hub_login, &path, item, |value| login(value, trust));
                }
                "max_tokens_field" => {
                    reader.put(&mut row.max_tokens_field, &path, item, max_tokens_field);
                }
                "schema_patterns" => reader.put(&mut row.schema_patterns, &path, item, switch),
                "context" => reader.put(&mut row.context, &path, item, count),
                "example" => reader.put(&mut row.example, &path, item, text),
                "headers" => row.headers = self.headers(&path, item),
                _ => reader.unknown(table, key, &PROVIDER_KEYS),
            }
        }
        row
    }

    fn headers(&mut self, table: &str, item: &Item<'_>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (key, item) in self.reader.table(table, item).into_iter().flatten() {
            let path = format!("{table}.{}", key.get_ref());
            match header_name(key.get_ref()) {
                Ok(name) => {
                    if let Some(value) = self.reader.value(&path, item, header_value) {
                        headers.insert(name, value);
                    }
                }
                Err(bad) => self.reader.complain(key.span().start, Some(&path), bad),
            }
        }
        headers
    }
}

/// Whether a model spec could name it.
fn is_alias(name: &str) -> bool {
    name.parse::<ModelSpec>().is_ok_and(|spec| spec.name == name)
}

/// Whether it can stand before a model's name.
fn is_provider_id(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !id.is_empty() && id != "builtin" && id.bytes().all(fits)
}

fn spec(value: &DeValue<'_>) -> Result<ModelSpec, Bad> {
    let text = text(value)?;
    text.parse().map_err(|error: ModelSpecError| Bad { message: error.message, hint: error.hint })
}

fn specs(value: &DeValue<'_>) -> Result<Vec<ModelSpec>, Bad> {
    match value {
        DeValue::Array(items) => items.iter().map(|item| spec(item.get_ref())).collect(),
        other => Err(mismatch("an array of model specs", other)),
    }
}

fn key_rule(value: &DeValue<'_>) -> Result<KeyRule, Bad> {
    match text(value)?.as_str() {
        "required" => Ok(KeyRule::Required),
        "optional" => Ok(KeyRule::Optional),
        other => Err(format!("expected required or optional, found `{other}`").into()),
    }
}

fn max_tokens_field(value: &DeValue<'_>) -> Result<MaxTokensField, Bad> {
    match text(value)?.as_str() {
        "max_tokens" => Ok(MaxTokensField::MaxTokens),
        "max_completion_tokens" => Ok(MaxTokensField::MaxCompletionTokens),
        other => {
            Err(Bad::from(format!("expected max_tokens or max_completion_tokens, found `{other}`")))
        }
    }
}

/// A URL that keys and tokens may be sent to. A project's file may only name this machine.
fn url(value: &DeValue<'_>, trust: Trust) -> Result<BaseUrl, Bad> {
    let url: BaseUrl = parsed(value, str::parse)?;
    match trust {
        Trust::Project if !url.is_loopback() => Err(untrusted("a URL on another machine")),
        Trust::Project | Trust::Full => Ok(url),
    }
}

fn names(value: &DeValue<'_>, trust: Trust) -> Result<Vec<String>, Bad> {
    if trust == Trust::Project {
        return Err(untrusted("where a key is"));
    }
    match value {
        DeValue::Array(items) => items.iter().map(|item| text(item.get_ref())).collect(),
        other => Err(mismatch("an array of variable names", other)),
    }
}

fn login(value: &DeValue<'_>, trust: Trust) -> Result<bool, Bad> {
    match trust {
        Trust::Project => Err(untrusted("where a key is")),
        Trust::Full => switch(value),
    }
}

fn untrusted(what: &str) -> Bad {
    Bad {
        message: format!("a project's file may not say {what}: keys could be sent to strangers"),
        hint: Some(
            "set it in your own config.toml, or name this file with `--config` if you trust it"
                .to_owned(),
        ),
    }
}

fn header_name(name: &str) -> Result<HeaderName, Bad> {
    let name = HeaderName::try_from(name).map_err(|error| Bad::from(error.to_string()))?;
    if name == http::header::AUTHORIZATION {
        return Err(Bad {
            message: "this header is made from the key".to_owned(),
            hint: Some("name the variable that holds the key: `key_env = [\"…\"]`".to_owned()),
        });
    }
    Ok(name)
}

fn header_value(value: &DeValue<'_>) -> Result<HeaderValue, Bad> {
    let mut header: HeaderValue = parsed(value, str::parse)?;
    header.set_sensitive(true);
    Ok(header)
}
