//! Where a provider's key is looked for.
//!
//! It does not know where the key is sent; whoever asks has made sure of that.

use std::io;

use super::{ResolveError, table};
use crate::config::{Config, Environment, KeyRule, ProviderRow, token_file};
use crate::secret::Secret;

/// Finds a provider's key: in the environment, then, for Hugging Face, where its login is kept.
pub(super) fn find(
    provider: &str,
    model: &str,
    row: &ProviderRow,
    environment: &Environment,
) -> Result<Option<Secret>, ResolveError> {
    let variables = row.key_env.as_deref().unwrap_or_default();
    for name in variables {
        if let Some(key) = parse(name, &environment.get(name).unwrap_or_default())? {
            return Ok(Some(key));
        }
    }
    if row.hub_login == Some(true)
        && let Some(key) = login(environment)?
    {
        return Ok(Some(key));
    }
    let rule =
        row.key.unwrap_or(if variables.is_empty() { KeyRule::Optional } else { KeyRule::Required });
    match rule {
        KeyRule::Optional => Ok(None),
        KeyRule::Required => Err(ResolveError::MissingKey {
            provider: provider.to_owned(),
            model: model.to_owned(),
            variables: variables.to_vec(),
            file: token_file(environment).filter(|_| row.hub_login == Some(true)),
        }),
    }
}

/// Where the key for a provider was found, for people.
pub fn key_place(config: &Config, provider: &str, environment: &Environment) -> Option<String> {
    if config.api_key.is_some() {
        return Some("AGENTCARD_API_KEY".to_owned());
    }
    let variables = table::provider(config, provider).key_env.unwrap_or_default();
    let variable = variables.into_iter().find(|name| environment.get(name).is_some());
    variable.or_else(|| Some(token_file(environment)?.display().to_string()))
}

/// The token `hf auth login` saved, if there is one.
fn login(environment: &Environment) -> Result<Option<Secret>, ResolveError> {
    let Some(path) = token_file(environment) else { return Ok(None) };
    let place = path.display().to_string();
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&place, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ResolveError::BadKey { place, problem: error.to_string() }),
    }
}

fn parse(place: &str, text: &str) -> Result<Option<Secret>, ResolveError> {
    Secret::parse(text).map_err(|error| ResolveError::BadKey {
        place: place.to_owned(),
        problem: error.to_string(),
    })
}
