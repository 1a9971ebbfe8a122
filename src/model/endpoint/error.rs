//! Why a model spec leads nowhere, and what would.
//!
//! It never holds a key.

use std::path::{Path, PathBuf};

use crate::config::Rows;
use crate::model_spec::ModelSpec;
use crate::suggest::did_you_mean;

/// A model spec that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// No provider's id stands before it, and it is no alias.
    #[error("no provider is named in `{name}`, and it is no alias")]
    UnknownModel {
        /// The spec's name.
        name: String,
        /// What to write instead.
        hint: String,
    },
    /// The program comes with no such model.
    #[error("there is no built-in model `{name}`")]
    UnknownBuiltin {
        /// What stands behind `builtin.`.
        name: String,
    },
    /// A provider was added without saying where it is.
    #[error("provider `{provider}` has no base_url")]
    NoUrl {
        /// The provider.
        provider: String,
    },
    /// The provider wants a key and there is none.
    #[error("provider `{provider}` needs a key, and there is none in {}", variables.join(" or "))]
    MissingKey {
        /// The provider.
        provider: String,
        /// The model's id, without suffix.
        model: String,
        /// The variables that were looked at.
        variables: Vec<String>,
        /// The file that was looked for.
        file: Option<PathBuf>,
    },
    /// There is a key, but it cannot be one.
    #[error("the key in {place} cannot be used: it {problem}")]
    BadKey {
        /// The variable or file.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl ResolveError {
    /// What to do about it, most likely first.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::UnknownModel { hint, .. } => vec![hint.clone()],
            Self::UnknownBuiltin { .. } => vec![
                "the built-in models are builtin.hub, builtin.echo and builtin.scripted:FILE"
                    .to_owned(),
            ],
            Self::NoUrl { provider } => {
                vec![format!("set `base_url` under `[providers.{provider}]` in the configuration")]
            }
            Self::MissingKey { provider, model, variables, file } => {
                missing_key_hints(provider, model, variables, file.as_deref())
            }
            Self::BadKey { .. } => Vec::new(),
        }
    }

    pub(super) fn unknown_model(spec: &ModelSpec, rows: &Rows) -> Self {
        Self::UnknownModel { name: spec.name.clone(), hint: unknown_model_hint(spec, rows) }
    }
}

fn missing_key_hints(
    provider: &str,
    model: &str,
    variables: &[String],
    file: Option<&Path>,
) -> Vec<String> {
    let mut hints = Vec::new();
    if provider == "openai" && model.starts_with("gpt-oss") {
        hints.push(format!(
            "OpenAI does not serve gpt-oss; for the Hugging Face router write `hf.openai/{model}`"
        ));
    }
    let variable = variables.first().map_or("AGENTCARD_API_KEY", String::as_str);
    hints.push(match file {
        Some(file) => format!(
            "set {variable}, or log in with `hf auth login`, which keeps the token in {}",
            file.display()
        ),
        None => format!("set {variable}"),
    });
    hints
}

/// Somebody may have mistyped a provider or an alias, or left out the provider or the model.
fn unknown_model_hint(spec: &ModelSpec, rows: &Rows) -> String {
    let name = spec.name.as_str();
    let providers: Vec<&str> = rows.providers.keys().map(String::as_str).collect();
    if let Some((prefix, model)) = name.split_once(['.', '/'])
        && let Some(provider) = did_you_mean(prefix, providers.iter().copied().chain(["builtin"]))
    {
        return if model.is_empty() {
            format!("name a model behind it: `{provider}.MODEL`")
        } else {
            format!("did you mean `{provider}.{model}`?")
        };
    }
    if let Some(alias) = did_you_mean(name, rows.aliases.keys().map(String::as_str)) {
        return format!("did you mean `{alias}`?");
    }
    if name.contains('/') {
        return format!("for the Hugging Face router write `hf.{spec}`");
    }
    format!(
        "write `PROVIDER.{spec}` with one of {}, or with one you add under `[providers]` in the \
         configuration",
        providers.join(", ")
    )
}
