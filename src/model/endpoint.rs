//! From a model spec to where its requests go: URL, key, headers, and what is different about the
//! server there.
//!
//! It sends nothing. A new provider is a row in `providers.toml` and no code.

mod error;
mod key;
mod local;
mod table;

use std::path::PathBuf;

use http::HeaderMap;

use super::repair::Family;
use crate::config::{BaseUrl, Config, Environment, MaxTokensField};
use crate::model_spec::{ModelParams, ModelSpec};
use crate::secret::Secret;

pub use error::ResolveError;
pub use key::key_place;
pub use local::{LocalServer, local_servers};
pub use table::table;

/// What a model spec comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A model that comes with the program.
    Builtin(Builtin),
    /// A server.
    Endpoint(Box<Endpoint>),
}

impl Target {
    /// The model as the person knows it: `hf.openai/gpt-oss-20b:groq`, `builtin.hub`.
    pub fn name(&self) -> String {
        match self {
            Self::Endpoint(endpoint) => endpoint.name(),
            Self::Builtin(Builtin::Hub) => "builtin.hub".to_owned(),
            Self::Builtin(Builtin::Echo) => "builtin.echo".to_owned(),
            Self::Builtin(Builtin::Scripted(file)) => {
                format!("builtin.scripted:{}", file.display())
            }
        }
    }

    /// Whether a tool's schema may hold `pattern` there.
    pub fn takes_patterns(&self) -> bool {
        match self {
            Self::Endpoint(endpoint) => endpoint.quirks.schema_patterns,
            Self::Builtin(_) => false,
        }
    }
}

/// The models that come with the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Builtin {
    /// `builtin.hub`: the stand-in that answers questions about the Hub without a language model.
    Hub,
    /// `builtin.echo`: repeats what it is told.
    Echo,
    /// `builtin.scripted:FILE`: says what the file says.
    Scripted(PathBuf),
}

/// A server that speaks the `OpenAI` chat completions protocol, and what to send it.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// The provider's id.
    pub provider: String,
    /// Where `/chat/completions` is appended.
    pub base_url: BaseUrl,
    /// The key, where there is one that may go there; or why there is none that could be used. A
    /// card can be shown without its model's key, and not run.
    pub key: Result<Option<Secret>, ResolveError>,
    /// Sent with every request, besides the key.
    pub headers: HeaderMap,
    /// The model's id as it is sent: `openai/gpt-oss-20b:groq`.
    pub model: String,
    /// How many tokens the model can read and write at once, where that is known.
    pub context: Option<u64>,
    /// How the model is asked to reply.
    pub params: ModelParams,
    /// What is different about the server.
    pub quirks: Quirks,
}

/// What is different about a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quirks {
    /// The request field that limits a reply.
    pub max_tokens_field: MaxTokensField,
    /// Whether a tool's schema may hold `pattern`.
    pub schema_patterns: bool,
}

impl Endpoint {
    /// The model as the person knows it: `hf.openai/gpt-oss-20b:groq`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.provider, self.model)
    }
}

/// Resolves a model spec: an alias to what it stands for, a provider to its endpoint.
///
/// A configured base URL takes the provider's place as the server. The provider's own key stays
/// home then, unless that URL has the provider's origin, and so does `own_key`, which goes before it;
/// `AGENTCARD_API_KEY` is the key for servers anywhere.
pub fn resolve(
    spec: &ModelSpec,
    own_key: Option<&Secret>,
    config: &Config,
    environment: &Environment,
) -> Result<Target, ResolveError> {
    if let Some(builtin) = builtin(spec)? {
        return Ok(Target::Builtin(builtin));
    }
    let spec = match table::alias(config, spec) {
        Some(target) => spec.clone().expanded(target),
        None => spec.clone(),
    };
    if let Some(builtin) = builtin(&spec)? {
        return Ok(Target::Builtin(builtin));
    }
    let Some((provider, model)) = spec.split_provider(|id| table::has_provider(config, id)) else {
        return Err(ResolveError::unknown_model(&spec, &table(config)));
    };
    let row = table::provider(config, provider);
    let own_url = row.base_url.as_ref();
    let Some(base_url) = config.base_url.as_ref().map(|url| &url.value).or(own_url) else {
        return Err(ResolveError::NoUrl { provider: provider.to_owned() });
    };
    let key = match &config.api_key {
        Some(key) => Ok(Some(key.clone())),
        None if own_url.is_some_and(|own| own.same_origin(base_url)) => match own_key {
            Some(key) => Ok(Some(key.clone())),
            None => key::find(provider, model, &row, environment),
        },
        None => Ok(None),
    };
    Ok(Target::Endpoint(Box::new(Endpoint {
        provider: provider.to_owned(),
        base_url: base_url.clone(),
        key,
        context: row.context.or_else(|| known_context(model, base_url)),
        model: with_suffix(model, &spec),
        params: spec.params,
        quirks: Quirks {
            max_tokens_field: row.max_tokens_field.unwrap_or_default(),
            schema_patterns: row.schema_patterns.unwrap_or_default(),
        },
        headers: row.headers,
    })))
}

/// Every provider serves gpt-oss with the context it was trained for. A server on this machine has
/// the context it was started with.
fn known_context(model: &str, base_url: &BaseUrl) -> Option<u64> {
    (Family::of(model) == Family::GptOss && !base_url.is_loopback()).then_some(131_072)
}

/// A suffix is part of the id that is sent.
fn with_suffix(model: &str, spec: &ModelSpec) -> String {
    match &spec.suffix {
        Some(suffix) => format!("{model}:{suffix}"),
        None => model.to_owned(),
    }
}

fn builtin(spec: &ModelSpec) -> Result<Option<Builtin>, ResolveError> {
    let Some((_, name)) = spec.split_provider(|id| id == "builtin") else {
        return Ok(None);
    };
    // A file's name may hold a colon itself.
    let written = with_suffix(name, spec);
    let (name, file) = match written.split_once(':') {
        Some((name, file)) => (name, Some(file)),
        None => (written.as_str(), None),
    };
    match (name, file) {
        ("hub", None) => Ok(Some(Builtin::Hub)),
        ("echo", None) => Ok(Some(Builtin::Echo)),
        ("scripted", Some(file)) => Ok(Some(Builtin::Scripted(file.into()))),
        _ => Err(ResolveError::UnknownBuiltin { name: written }),
    }
}
